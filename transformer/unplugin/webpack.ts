import type { WebpackPluginInstance } from 'webpack'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

export default function deche(options: Options = {}): WebpackPluginInstance {
  return plugin.webpack(options)
}
