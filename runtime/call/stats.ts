/** What a function's cache has done in this process. */
export interface Stats {
  /** Calls answered from memory or the store. */
  hits: number
  /** Calls that ran the body because nothing was stored. */
  misses: number
  /** Calls that ran the body because what was stored had expired or was turned down by `valid`. */
  stale: number
  /** Times that the store, a codec or a stored entry failed and the call went on without it. */
  errors: number
  /** Milliseconds that the bodies behind the hits took when they ran. */
  timeSaved: number
}

export function newStats(): Stats {
  return { hits: 0, misses: 0, stale: 0, errors: 0, timeSaved: 0 }
}
