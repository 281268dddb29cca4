import { warnOnce } from '../warn.js'
import type { Site } from './sites.js'

/**
 * The values of a nested function's call; `undefined`, with a warning, while a variable that it captures does not exist
 * yet. Its body then runs without the cache; in an offline run, which must not run it, the ReferenceError is thrown.
 */
export function values(site: Site, read: () => readonly unknown[]): readonly unknown[] | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ReferenceError) || site.memo()?.mode === 'offline') throw error
    const { id } = site.spec
    warnOnce(
      'DECHE3006',
      `${id} ${error.message}`,
      `${id} was called before a variable around it exists (${error.message}), and ran without its cache. Declare the ` +
        'variable before the first call.',
    )
    return undefined
  }
}
