import { StoreError } from '../../errors.js'
import { warnOnce } from '../../warn.js'

/** The longest that a store which keeps failing is left alone, milliseconds. */
const LONGEST_PAUSE = 60_000

/**
 * Stops asking a store that is dead: without it, every call would wait for the deadline. After a pause one operation
 * asks again; each time that fails, the next pause is twice as long.
 */
export class Breaker {
  readonly #location: string
  readonly #firstPause: number
  #pause: number
  /** Since when it is not asked (`performance.now()`), and for how long. */
  #paused: { readonly since: number; readonly ms: number; readonly why: string } | undefined
  #asking = false

  /** `pause`: the first one, milliseconds. */
  constructor(location: string, pause: number) {
    this.#location = location
    this.#firstPause = pause
    this.#pause = pause
  }

  /** Throws StoreError while the store is left alone. */
  enter(): void {
    if (this.#paused === undefined) return
    const { since, ms, why } = this.#paused
    if (this.#asking || performance.now() - since < ms) {
      const error = new StoreError(this.#location, 'paused', why)
      error.announced = true
      throw error
    }
    this.#asking = true
  }

  succeeded(): void {
    this.#paused = undefined
    this.#asking = false
    this.#pause = this.#firstPause
  }

  /** Of a failure that says something about the store, and not only about one operation. */
  failed(error: StoreError, reading: boolean): void {
    if (!isOfStore(error, reading)) {
      // It answered.
      this.succeeded()
      return
    }
    // Operations that were under way when another one failed say nothing new.
    if (this.#paused === undefined || this.#asking) {
      this.#paused = { since: performance.now(), ms: this.#pause, why: error.why }
      this.#pause = Math.min(this.#pause * 2, Math.max(LONGEST_PAUSE, this.#firstPause))
    }
    this.#asking = false
    error.announced = true
    warnOnce(
      'DECHE3011',
      this.#location,
      `${error.message.replace(/^DECHE\d+: /, 'The store ')}. Functions run without it. It is asked again after ${this.#firstPause / 1000} s; each time that ` +
        `fails, it is left alone twice as long, at most ${Math.max(LONGEST_PAUSE, this.#firstPause) / 1000} s.`,
    )
  }
}

/** Whoever may not read has nothing of a store; whoever may only read, much. */
function isOfStore({ failure }: StoreError, reading: boolean): boolean {
  return (
    failure === 'timeout' ||
    failure === 'unreachable' ||
    failure === 'unavailable' ||
    (failure === 'refused' && reading)
  )
}
