import type { Stored, SyncStore } from './store.js'

/** Shorter ways than those of a store, to what decides most calls. */
export interface Peek {
  /**
   * A look at a small file that is most likely there. The bytes are the store's own and the next look overwrites them. Facts
   * are answered if they are asked for. `undefined` says nothing: `read` has to be asked.
   */
  look(path: string, wantsFacts: boolean): Peeked | undefined
  /**
   * Whether something is there; `true` where the store may not be used, which `read` tells. `false` also where the file system
   * fails: it is for what stands beside a path that was asked for. Never throws.
   */
  has(path: string): boolean
}

export type Peeked = Pick<Stored, 'bytes'> & Partial<Stored>

const peeks = new WeakMap<SyncStore, Peek>()

/** Not methods of the store: whoever makes a store of their own out of this one would hand them on, and their `read` would not be asked. */
export function providePeek(store: SyncStore, peek: Peek): void {
  peeks.set(store, peek)
}

export function peekOf(store: SyncStore): Peek | undefined {
  return peeks.get(store)
}
