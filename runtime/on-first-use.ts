import type { Cold } from './cold.js'
import { MissingPartError } from './errors.js'
import { reason, warnOnce } from './warn.js'

/**
 * The way to what a hit does not need: writing, the formats beyond JSON, the management interface. It lies in a file
 * of its own, because reading a file is most of what importing it costs. `deche` imports that file; a program that
 * only has compiled functions loads it with its first miss. Bundlers follow the `module` condition of the package, which
 * imports it too.
 */
let loaded: Cold | undefined

/** Called by that file when it is loaded. */
export function provide(cold: Cold): void {
  loaded = cold
}

/** Throws MissingPartError, or what `require` throws, when a bundler left the file behind. */
export function cold(): Cold {
  if (loaded === undefined) load()
  if (loaded === undefined) throw new MissingPartError()
  return loaded
}

/**
 * First past those who changed `require`: tsx makes CommonJS of all that is asked for with it, and of what that imports,
 * which would be a second runtime. But a runtime that became CommonJS itself needs a file of its kind.
 */
function load(): void {
  const { createRequire, Module } = process.getBuiltinModule('node:module')
  const require = createRequire(import.meta.url)
  const file = require.resolve('./cold.js')
  const module = new Module(file) as NodeModule & { _compile?(text: string, file: string, format: string): void }
  module.filename = file
  try {
    module._compile?.(process.getBuiltinModule('node:fs').readFileSync(file, 'utf8'), file, 'module')
  } catch {
    // Not the Node that deche knows: `require` will do, or say more.
  }
  if (loaded === undefined) require(file)
}

/** Whether calls can be kept; if not, says so once. */
export function canKeep(): boolean {
  try {
    return cold() !== undefined
  } catch (error) {
    warnOnce(
      'DECHE3007',
      'cold',
      `A part of deche could not be loaded, so functions run without their cache: ${reason(error)}. ` +
        "If the program is a bundle, let the bundler resolve the condition 'module', or import 'deche' in it.",
    )
    return false
  }
}
