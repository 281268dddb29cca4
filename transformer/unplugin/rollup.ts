import type { Plugin } from 'rollup'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

export default function deche(options: Options = {}): Plugin {
  return plugin.rollup(options)
}
