import type { RsbuildPlugin } from '@rsbuild/core'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

export default function deche(options: Options = {}): RsbuildPlugin {
  return plugin.rsbuild(options)
}
