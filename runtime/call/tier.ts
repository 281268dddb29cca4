import type { EntryKind } from '../value/entry.js'
import { revoke } from './coarse-clock.js'
import type { Stats } from './stats.js'
import { forget, type Way } from './ways.js'

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
  readonly code: string | undefined
  readonly codec: string
  /** A fresh copy, or the one frozen object under `share`. */
  load: () => unknown
  /** Bytes of the entry, for the limit. */
  size: number
  /** `<directory>/<key>`: its name in memory, and the path of a stored result. */
  readonly place: string
  /** The stored entry that this is a copy of; `undefined` when none could be stored. */
  revision: string | undefined
  /** When it was last compared with the store, milliseconds since the epoch. */
  checked: number
  /** What stood for a directory in which nothing changes when it was last compared: stillness.ts. 0: nothing. */
  seal: number
  /** When the store was last told that it is in use, milliseconds since the epoch; 0: never. */
  touched: number
  /** What a shortcut has to see to: shortcut.ts. */
  state: number
  /** When it answers without further questions, milliseconds since the epoch: `until` excluded. */
  from: number
  until: number
  /** Which of its arguments are 0, which a Map does not tell from -0: a bit for each. */
  zeros: number
  /** What shortcuts find, once one has learnt it. */
  answer: Answer | undefined
  /** The ways of a shortcut that end there. */
  ways: Way | undefined
  /** How many hits the answer was granted: those that are not left are not counted yet. */
  granted: number
  /** Further hits through a shortcut that are not counted yet. */
  hits: number
  /** Asked for since the last search for something to drop. */
  wanted: boolean
}

/** What a hit by a shortcut touches of an entry: so small that a hundred of them stay in the processor's nearest cache. */
export class Answer {
  /** How many more hits it answers at once. */
  left = 0
  /** What it answers, or makes its copies of. */
  value: unknown = undefined
  readonly entry: Remembered

  constructor(entry: Remembered) {
    this.entry = entry
  }
}

/** The entry is in memory no more: whoever still holds it must not answer with it. */
export const GONE = 1

/**
 * The entries of one function kept in memory, limited by number and by bytes. What goes first is found by SIEVE (Zhang
 * and others, NSDI 2024): a hand walks from the oldest entry to the newest and drops the first that nobody asked for since it
 * last came by. A hit only leaves a mark.
 */
export class MemoryTier {
  readonly #entries = new Map<string, Remembered>()
  readonly #most: number
  readonly #mostBytes: number
  readonly #stats: Stats
  #hand: Iterator<[string, Remembered]> | undefined
  #bytes = 0

  constructor(limits: { readonly entries: number; readonly bytes: number }, stats: Stats) {
    this.#most = limits.entries
    this.#mostBytes = limits.bytes
    this.#stats = stats
  }

  get(place: string): Remembered | undefined {
    const entry = this.#entries.get(place)
    if (entry !== undefined) entry.wanted = true
    return entry
  }

  set(place: string, entry: Remembered): void {
    this.delete(place)
    if (entry.size > this.#mostBytes || this.#most < 1) return
    while (this.#entries.size >= this.#most || this.#bytes + entry.size > this.#mostBytes) this.#drop()
    this.#entries.set(place, entry)
    this.#bytes += entry.size
  }

  /** An entry takes another number of bytes than when it came. */
  resize(entry: Remembered, size: number): void {
    if (entry.state & GONE) return
    this.#bytes += size - entry.size
    entry.size = size
    while (this.#bytes > this.#mostBytes) this.#drop()
  }

  delete(place: string): void {
    const entry = this.#entries.get(place)
    if (entry === undefined) return
    this.#entries.delete(place)
    this.#bytes -= entry.size
    this.#leave(entry)
  }

  clear(): void {
    for (const entry of this.#entries.values()) this.#leave(entry)
    this.#entries.clear()
    this.#bytes = 0
  }

  /** Counts what was answered through shortcuts. */
  count(): void {
    for (const entry of this.#entries.values()) this.#countOne(entry)
  }

  #drop(): void {
    for (;;) {
      this.#hand ??= this.#entries.entries()
      const { done, value } = this.#hand.next()
      if (done) {
        this.#hand = undefined
        continue
      }
      const [place, entry] = value
      this.#countOne(entry)
      if (!entry.wanted) {
        this.delete(place)
        return
      }
      entry.wanted = false
    }
  }

  #countOne(entry: Remembered): void {
    const left = entry.answer?.left ?? 0
    const hits = entry.hits + entry.granted - left
    if (hits === 0) return
    this.#stats.hits += hits
    this.#stats.timeSaved += hits * entry.took
    entry.hits = 0
    entry.granted = left
    entry.wanted = true
  }

  #leave(entry: Remembered): void {
    this.#countOne(entry)
    entry.state |= GONE
    revoke(entry)
    if (entry.answer !== undefined) entry.answer.value = undefined
    for (let way = entry.ways; way !== undefined; way = way.next) forget(way, entry.answer)
    entry.ways = undefined
  }
}
