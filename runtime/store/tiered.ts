import { isAtHand } from './at-hand.js'
import type { AsyncStore, Stat, Store, Stored, SyncStore } from './store.js'

/** What is known of a store that is made of several; tiers.ts makes them. */

/** One of the stores, nearest first. */
export interface Tier {
  readonly store: Store
  /** Nothing is written or removed there. */
  readonly readonly: boolean
}

export interface Bringing {
  /** As in `WriteOptions`. */
  readonly expires?: number
  /** Its age is what the store says of it: a copy that would be younger is none. */
  readonly isDated: boolean
}

/** What a face of such a store has besides. `stored` is what it answered itself. */
interface Tiers<Read, Facts, Done> {
  /** What a tier behind the one that answered `stored` has in place of it, for whoever cannot use that. */
  behind(path: string, stored: Stored): Read
  /**
   * Copies what was good for an answer into the tiers in front of it, in place of what was not. Answers what `stat` says
   * from now on, if that is the copy. Never throws.
   */
  bringNearer(path: string, stored: Stored, options: Bringing): Facts
  /** Removes from the tier that answered it what nobody can use. */
  discard(path: string, stored: Stored): Done
}

export interface TieredSync extends SyncStore, Tiers<Stored | undefined, Stat | undefined, boolean> {}

export interface TieredAsync
  extends AsyncStore,
    Tiers<Promise<Stored | undefined>, Promise<Stat | undefined>, Promise<boolean>> {}

/** Either face of a store. */
export type Face = SyncStore | AsyncStore

/** Either face of one that is made of several. */
export function isTiered(face: Face): face is TieredSync | TieredAsync {
  return 'bringNearer' in face
}

/** A store that is made of several. */
export interface TieredStore extends Store {
  readonly protocol: typeof TIERS
  readonly tiers: readonly Tier[]
}

export const TIERS = 'tiers'

/** `undefined`: it is one store. Not by what this module remembers: the command has a copy of its own. */
export function tiersOf(store: Store): readonly Tier[] | undefined {
  return store.protocol === TIERS && 'tiers' in store ? (store as TieredStore).tiers : undefined
}

/**
 * The stores in which limits are kept, each by itself: of tiers, those on this machine. What many machines share would
 * otherwise be cut down to what one of them has room for.
 */
export function limitedStores(store: Store): readonly Store[] {
  const tiers = tiersOf(store)
  if (tiers === undefined) return [store]
  return tiers.filter((tier) => !tier.readonly && isAtHand(tier.store)).map((tier) => tier.store)
}
