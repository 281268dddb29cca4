import type { Store } from '../store/store.js'
import type { Resolution } from './memo.js'

/** What a test puts in the place of stores and modes: `deche/testing` makes them. A new one begins with nothing in memory. */
export interface StandIn {
  /** What a function works with instead of what its cache and its tag say. */
  readonly resolve: (id: string, own: Resolution) => Resolution
  /** What a `Cache` shows as its store. */
  readonly store: (own: Store) => Store
}

/** Where the stand-in is found; empty outside of tests. */
export interface Stage {
  /** The one for a function of this id, or for a `Cache` itself. */
  find?: (id: string | undefined) => StandIn | undefined
  /** Of each copy of deche: takes back what lets compiled functions answer without asking for a stand-in. Called once `find` is there. */
  readonly withdrawals: Set<() => void>
}

/** Of the process and not of this module: a test means every copy of deche that its program brings. */
const STAGE = Symbol.for('deche.testing.stage')
const everywhere: typeof globalThis & { [STAGE]?: Stage } = globalThis

// Not by assignment, which a frozen global object would answer with an error.
if (everywhere[STAGE] === undefined)
  Reflect.defineProperty(everywhere, STAGE, { value: { withdrawals: new Set() } satisfies Stage })

export const stage: Stage = everywhere[STAGE] ?? { withdrawals: new Set() }

export function standInFor(id: string | undefined): StandIn | undefined {
  return stage.find?.(id)
}
