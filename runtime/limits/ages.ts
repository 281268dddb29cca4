/**
 * How many entries, and how many bytes, were last used how long ago, in constant memory: ages that differ by 1 % or less
 * share a slot.
 */
export class Ages {
  readonly #entries = new Float64Array(SLOTS)
  readonly #bytes = new Float64Array(SLOTS)

  add(age: number, bytes: number): void {
    const slot = slotOf(age)
    this.#entries[slot] = (this.#entries[slot] ?? 0) + 1
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes
  }

  /** Which slots hold so many entries and bytes, from the oldest on; `perEntry` are bytes that belong to each entry besides its own. */
  oldest(entries: number, bytes: number, perEntry: number): Oldest {
    for (let slot = SLOTS - 1; slot >= 0 && (entries > 0 || bytes > 0); slot--) {
      const count = this.#entries[slot] ?? 0
      const size = (this.#bytes[slot] ?? 0) + count * perEntry
      if (entries <= count && bytes <= size) return { slot, entries, bytes }
      entries -= count
      bytes -= size
    }
    return entries > 0 || bytes > 0 ? { slot: -1, entries: 0, bytes: 0 } : { slot: SLOTS, entries: 0, bytes: 0 }
  }
}

/** All that is in older slots than this, and of what is in it as much as makes so many entries and bytes. */
export interface Oldest {
  readonly slot: number
  entries: number
  bytes: number
}

const PER_OCTAVE = 64
/** 2^42 milliseconds are 139 years. */
const SLOTS = 42 * PER_OCTAVE + 1

/** Of an age in milliseconds. What lies in the future counts as new. */
export function slotOf(age: number): number {
  return Math.min(SLOTS - 1, Math.floor(Math.log2(1 + Math.max(0, age)) * PER_OCTAVE))
}
