import { requireAsIs } from './as-is.js'
import type { Cold } from './cold.js'
import { ConfigError, MissingPartError } from './errors.js'
import type { Remote } from './remote.js'
import { reason, warnOnce } from './warn.js'
import type { Way } from './way.js'

/**
 * The way to what a program does not need yet, in files of their own: reading a file is most of what importing it costs.
 * A program that only has compiled functions loads `way.js` with its first call, `cold.js` (writing, the formats beyond JSON,
 * the management interface) with its first miss, and `remote.js` with its first store elsewhere. `deche` imports the
 * first two. Bundlers follow the `module` condition of the package, which imports all.
 */
let called: Way | undefined
let loaded: Cold | undefined
let stores: Remote | undefined

/** Called by `way.js` when it is loaded. */
export function provideWay(way: Way): void {
  called = way
}

/** Called by `cold.js`. */
export function provide(cold: Cold): void {
  loaded = cold
}

/** Called by `remote.js`. */
export function provideStores(remote: Remote): void {
  stores = remote
}

/**
 * What calls need. Without it says so once and answers `undefined`: then the function runs as if it had no cache. Throws where
 * the environment says that it must not.
 */
export function way(): Way | undefined {
  if (called !== undefined) return called
  try {
    return load('way.js', () => called)
  } catch (error) {
    if (process.env.DECHE_MODE === 'offline') throw error
    warnOfMissing(error)
    return undefined
  }
}

/** Throws MissingPartError, or what `require` throws, when a bundler left the file behind. */
export function cold(): Cold {
  return loaded ?? load('cold.js', () => loaded)
}

/** Whether calls can be kept; if not, says so once. */
export function canKeep(): boolean {
  try {
    return cold() !== undefined
  } catch (error) {
    warnOfMissing(error)
    return false
  }
}

/** What opens stores elsewhere. Throws ConfigError when a bundler left it behind. */
export function remote(): Remote {
  try {
    return stores ?? load('remote.js', () => stores)
  } catch (cause) {
    throw new ConfigError('protocol', `a part of deche could not be loaded. ${BUNDLED}`, { cause })
  }
}

/** What a file beside this one provides. Throws MissingPartError for a file of another copy of deche. */
function load<T>(file: string, provided: () => T | undefined): T {
  const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
  const path = require.resolve(`./${file}`)
  requireAsIs(path)
  // A runtime that somebody made CommonJS of needs a file of its kind.
  if (provided() === undefined) require(path)
  const parts = provided()
  if (parts === undefined) throw new MissingPartError(file)
  return parts
}

const BUNDLED = "If the program is a bundle, let the bundler resolve the condition 'module', or import 'deche' in it."

function warnOfMissing(error: unknown): void {
  warnOnce(
    'DECHE3007',
    'part',
    `A part of deche could not be loaded, so functions run without their cache: ${reason(error)}. ${BUNDLED}`,
  )
}
