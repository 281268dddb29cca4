/** What a function's cache has done in this process. */
export interface Stats {
  /** Calls answered from memory or the store. */
  hits: number
  /** Calls that ran the body: nothing that is stored could answer. */
  misses: number
  /** Calls for which something was stored that had expired, or that `valid` turned down: misses, or hits under the option `stale`. */
  stale: number
  /** Times that the store, a codec or a stored entry failed and the call went on without it. */
  errors: number
  /** Milliseconds that the bodies behind the hits took when they ran. */
  timeSaved: number
}

export function newStats(): Stats {
  return { hits: 0, misses: 0, stale: 0, errors: 0, timeSaved: 0 }
}
