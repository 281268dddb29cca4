import { readOption } from './options.js'
import type { Layer, Limits, Settings } from './types.js'

/** The options that limit how much is kept, and what each limits. */
export const LIMITS = { maxSize: 'size', maxAge: 'age', maxEntries: 'entries' } as const

/**
 * A limit in a tag is the function's; one on a Cache, in `configure()` or a file counts all that lies in the store. A
 * function cannot take the cache's away.
 */
export function limitsOf(layers: readonly Layer[]): Pick<Settings, 'functionLimits' | 'cacheLimits'> {
  const functionLimits = merged(layers.filter(({ isFunction }) => isFunction))
  const cacheLimits = merged(layers.filter(({ isFunction }) => !isFunction))
  return { ...(functionLimits && { functionLimits }), ...(cacheLimits && { cacheLimits }) }
}

function merged(layers: readonly Layer[]): Limits | undefined {
  const limits: { -readonly [L in keyof Limits]: Limits[L] } = {}
  for (const { source, options } of layers) {
    for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
      const value = options[name]
      if (value === null) delete limits[LIMITS[name]]
      else if (value !== undefined) limits[LIMITS[name]] = readOption(source, name, value)
    }
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}
