import { RECHECK } from './coarse-clock.js'
import type { Memo } from './memo.js'

/**
 * How long a directory's revision must have been seen without a change before it tells something, milliseconds: two writes within
 * one step of a file system's clock date it alike. The longest known step is the 2 s of FAT.
 */
const SETTLED = 2500

/**
 * How long each entry goes without a look of its own, milliseconds. Whoever copies files over others, in place, changes
 * them and not their directory.
 */
const LONGEST = 30_000

/**
 * Whether anything in a function's directory was written since its entries were compared with it: one question in place
 * of one for each entry.
 */
export class Stillness {
  readonly #memo: Memo
  #revision: string | undefined
  /** By the clock that nobody sets. */
  #since = 0
  #looked = Number.NEGATIVE_INFINITY
  #sealed = 0
  #seal = 0
  #seals = 0

  constructor(memo: Memo) {
    this.#memo = memo
  }

  /**
   * What an entry that is compared with the store from now on is sealed with: as long as this answers the same, nobody has
   * changed it. 0: that cannot be told.
   */
  seal(): number {
    const now = performance.now()
    if (now - this.#looked < RECHECK) return this.#seal
    this.#looked = now
    const { store, directory } = this.#memo
    const revision = store.sync.directoryRevision?.(directory)
    if (revision === undefined || revision !== this.#revision) {
      this.#revision = revision
      this.#since = now
      this.#seal = 0
    } else if (now - this.#since >= SETTLED && (this.#seal === 0 || now - this.#sealed >= LONGEST)) {
      this.#sealed = now
      this.#seal = ++this.#seals
    }
    return this.#seal
  }
}
