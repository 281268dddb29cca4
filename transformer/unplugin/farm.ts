import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

/** A `JsPlugin`, as far as it needs a type here. */
export interface Plugin {
  name: string
  priority?: number
}

export default function deche(options: Options = {}): Plugin {
  return plugin.farm(options) as Plugin
}
