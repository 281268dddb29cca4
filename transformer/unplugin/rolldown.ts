import type { Plugin } from 'rolldown'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

export default function deche(options: Options = {}): Plugin {
  return plugin.rolldown(options)
}
