import type { Stored, SyncStore } from './store.js'

/**
 * A look at a small file that is most likely there. The bytes are the store's own and the next look overwrites them. Facts are
 * answered if they are asked for. `undefined` says nothing: `read` has to be asked.
 */
export type Peek = (path: string, wantsFacts: boolean) => Peeked | undefined

export type Peeked = Pick<Stored, 'bytes'> & Partial<Stored>

const peeks = new WeakMap<SyncStore, Peek>()

/** Not a method of the store: whoever makes a store of their own out of this one would hand it on, and their `read` would not be asked. */
export function providePeek(store: SyncStore, peek: Peek): void {
  peeks.set(store, peek)
}

export function peekOf(store: SyncStore): Peek | undefined {
  return peeks.get(store)
}
