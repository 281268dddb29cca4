import type { Store } from './store.js'

/** Where asking takes less than the promises for it would. */
export function isAtHand({ protocol }: Store): boolean {
  return protocol === 'file' || protocol === 'memory'
}
