import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

/** A `BunPlugin`, whose types are in a package that few have. */
export interface Plugin {
  name: string
  setup(build: never): void | Promise<void>
}

export default function deche(options: Options = {}): Plugin {
  return plugin.bun(options) as Plugin
}
