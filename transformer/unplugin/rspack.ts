import type { RspackPluginInstance } from '@rspack/core'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

export default function deche(options: Options = {}): RspackPluginInstance {
  return plugin.rspack(options)
}
