import { warnOnce } from '../warn.js'
import type { Site } from './sites.js'

/** The values of a call: parameters, attributes, captured variables. */
export interface Values extends ReadonlyArray<unknown> {
  /** Reads them once more, for a function that captures variables. */
  read?: () => readonly unknown[]
}

/**
 * The values of a nested function's call; `undefined`, with a warning, while a variable that it captures does not exist
 * yet. Its body then runs without the cache; in an offline run, which must not run it, the ReferenceError is thrown.
 */
export function values(site: Site, read: () => readonly unknown[]): Values | undefined {
  try {
    return Object.assign(read(), { read })
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

/** Whether captured variables, the last `count` of the values, are what they were: others may assign to them while a call waits. */
export function areStill(values: Values, count: number): boolean {
  const now = values.read?.()
  return now === undefined || values.slice(-count).every((value, index) => Object.is(value, now.at(index - count)))
}
