import { requireAsIs } from './as-is.js'
import type { Cold } from './cold.js'
import { ConfigError, MissingPartError } from './errors.js'
import type { Remote } from './remote.js'
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
  if (loaded === undefined) load('./cold.js', () => loaded !== undefined)
  if (loaded === undefined) throw new MissingPartError()
  return loaded
}

function load(part: string, isThere: () => boolean): void {
  const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
  const file = require.resolve(part)
  requireAsIs(file)
  // A runtime that somebody made CommonJS of needs a file of its kind.
  if (!isThere()) require(file)
}

let stores: Remote | undefined

/** Called by `remote.js` when it is loaded. */
export function provideStores(remote: Remote): void {
  stores = remote
}

/** What opens stores elsewhere, in a third file. Throws ConfigError when a bundler left it behind. */
export function remote(): Remote {
  try {
    if (stores === undefined) load('./remote.js', () => stores !== undefined)
  } catch (cause) {
    throw new ConfigError('protocol', `a part of deche could not be loaded. ${BUNDLED}`, { cause })
  }
  if (stores === undefined) throw new MissingPartError()
  return stores
}

const BUNDLED = "If the program is a bundle, let the bundler resolve the condition 'module', or import 'deche' in it."

/** Whether calls can be kept; if not, says so once. */
export function canKeep(): boolean {
  try {
    return cold() !== undefined
  } catch (error) {
    warnOnce(
      'DECHE3007',
      'cold',
      `A part of deche could not be loaded, so functions run without their cache: ${reason(error)}. ${BUNDLED}`,
    )
    return false
  }
}
