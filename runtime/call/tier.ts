import type { EntryKind } from '../value/entry.js'

/** An answer kept in memory. It never hands out the same mutable object twice. */
export interface Remembered {
  readonly kind: EntryKind
  /** When the entry was made, milliseconds since the epoch. */
  readonly at: number
  /** How long the body took, milliseconds. */
  readonly took: number
  /** A synchronous function answered with a promise; so does the hit. */
  readonly promise: boolean
  /** Hash of the function's code when the entry was made. */
  readonly code?: string
  /** A fresh copy, or the one frozen object under `share`. */
  readonly load: () => unknown
  /** Bytes of the entry, for the limit. */
  readonly size: number
  /** The stored entry that this is a copy of; `undefined` when none could be stored. */
  readonly revision: string | undefined
  /** When it was last compared with the store, milliseconds since the epoch. */
  checked: number
}

/** The entries of one function kept in memory, least recently used first out. Limited by number and by bytes. */
export class MemoryTier {
  readonly #entries = new Map<string, Remembered>()
  readonly #most: number
  readonly #mostBytes: number
  #bytes = 0

  constructor(limits: { readonly entries: number; readonly bytes: number }) {
    this.#most = limits.entries
    this.#mostBytes = limits.bytes
  }

  get(place: string): Remembered | undefined {
    const entry = this.#entries.get(place)
    if (entry === undefined) return undefined
    this.#entries.delete(place)
    this.#entries.set(place, entry)
    return entry
  }

  set(place: string, entry: Remembered): void {
    this.delete(place)
    if (entry.size > this.#mostBytes) return
    this.#entries.set(place, entry)
    this.#bytes += entry.size
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most && this.#bytes <= this.#mostBytes) break
      this.delete(oldest)
    }
  }

  delete(place: string): void {
    const entry = this.#entries.get(place)
    if (entry === undefined) return
    this.#entries.delete(place)
    this.#bytes -= entry.size
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }
}
