import { isAtHand } from '../store/at-hand.js'
import { isCancellation } from '../value/exception.js'
import { Items } from '../value/items.js'
import { type Waiter, waitFor, within } from './flights.js'
import { isFresh } from './freshness.js'
import { keepInputs, takeBack } from './keep.js'
import { addItem, keepItems } from './keep-items.js'
import { type Face, lookUp } from './look-up.js'
import { type Call, isUnchanged } from './memo.js'
import type { AsyncPlayer } from './players.js'
import { type Recording, recordingsOf } from './recordings.js'
import { runStepsAsync, runStepsEagerly, type Steps } from './steps.js'
import type { Remembered } from './tier.js'

/** A consumer of a shared recording. */
export interface Consumer {
  /** The body is about to run on this consumer's behalf. Throws CacheMissError in an offline run. */
  miss(): void
}

/** How a recording ended. */
export type End =
  | { readonly kind: 'returned' }
  /** `concerns` is the only consumer to whom the error says something; the others try for themselves. */
  | { readonly kind: 'thrown'; readonly error: unknown; readonly concerns: Consumer | undefined }
  /** What comes next cannot be shared: it belongs to `heir` alone, the others run the body for themselves. */
  | { readonly kind: 'lost'; readonly heir: Consumer | undefined }

/**
 * One run of an asynchronous generator's body that several consumers share: what it gave is written down for all of them, and
 * whoever needs the next item first gets it from the body. It begins by asking memory and the store, which may make a
 * run needless.
 */
export class SharedRecording implements Recording, Waiter {
  outdated = false
  readonly waits = new Set<Waiter>()
  /** The stored answer that was found instead. */
  stored: Remembered | undefined
  end: End | undefined
  /** While one of the consumers gets the next item. Never rejects. */
  pulling: Promise<void> | undefined
  readonly #call: Call
  readonly #leader: Consumer
  readonly #body: () => AsyncPlayer
  readonly #looksUp: boolean
  readonly #items: Items
  readonly #consumers = new Set<Consumer>()
  readonly #forget: () => void
  readonly #at = Date.now()
  #running: AsyncPlayer | undefined
  /** Items that the body gave, the last of which may not be in `#items`. */
  #given = 0
  #took = 0

  constructor(call: Call, leader: Consumer, body: () => AsyncPlayer, looksUp: boolean) {
    this.#call = call
    this.#leader = leader
    this.#body = body
    this.#looksUp = looksUp
    this.#items = new Items(call.memo.classes)
    this.#consumers.add(leader)
    this.#forget = recordingsOf(call.memo).share(call.place, this)
  }

  /** Whether what was recorded so far is young enough for someone who calls now. */
  get isFresh(): boolean {
    const { settings, mode } = this.#call.memo
    return this.#given === 0 || isFresh('data', this.#at, settings, mode)
  }

  join(consumer: Consumer): void {
    this.#consumers.add(consumer)
  }

  /** A copy of the item at this position, or of what was returned behind the last; `undefined` if it is not there yet. */
  turn(at: number): IteratorResult<unknown, unknown> | undefined {
    const isThere = at < this.#items.length || (at === this.#items.length && this.end?.kind === 'returned')
    return isThere ? this.#items.turn(at) : undefined
  }

  /** Gets the next item from the body, for all. Answers it as the body gave it, with its position. Never rejects: see `end`. */
  async pull(puller: Consumer): Promise<{ at: number; turn: IteratorResult<unknown, unknown> } | undefined> {
    let pulled = () => {}
    this.pulling = new Promise((resolve) => {
      pulled = resolve
    })
    try {
      const turn = await waitFor(this, () => this.#next(puller))
      return turn && { at: this.#given - (turn.done ? 0 : 1), turn }
    } finally {
      this.pulling = undefined
      if (this.end !== undefined || this.stored !== undefined) this.#forget()
      pulled()
    }
  }

  /** Hands the body over to a consumer who is at its position and whom nobody else shares it with, and ends the sharing. */
  claim(consumer: Consumer, given: number): AsyncPlayer | undefined {
    const isSole = this.#consumers.size === 1 && this.#consumers.has(consumer)
    const isHeir = this.end?.kind === 'lost' && this.end.heir === consumer
    const running = this.#running
    const isFree = isHeir || (isSole && this.end === undefined)
    if (running === undefined || given < this.#given || !isFree) return undefined
    this.#running = undefined
    this.end = { kind: 'lost', heir: undefined }
    this.#forget()
    this.#consumers.delete(consumer)
    return running
  }

  /** How many items the body gave. */
  get given(): number {
    return this.#given
  }

  /** The last one to leave closes the body. */
  async leave(consumer: Consumer): Promise<void> {
    this.#consumers.delete(consumer)
    const running = this.#running
    if (this.#consumers.size > 0 || running === undefined) return
    this.#running = undefined
    this.end ??= { kind: 'lost', heir: undefined }
    this.#forget()
    await within(this, () => running.return(undefined))
  }

  async #next(puller: Consumer): Promise<IteratorResult<unknown, unknown> | undefined> {
    if (this.#running === undefined) {
      try {
        const starting = runStepsEagerly(this.#start(puller))
        this.#running = starting instanceof Promise ? await starting : starting
      } catch (error) {
        this.end = { kind: 'thrown', error, concerns: puller }
      }
    }
    const running = this.#running
    if (running === undefined) return undefined
    // The body sees its caller's own arguments, which are no longer those that the others called with.
    if (this.#consumers.size > 1 && !isUnchanged(this.#call)) {
      this.end = { kind: 'lost', heir: this.#leader }
      return undefined
    }
    const started = performance.now()
    try {
      const turn = await within(this, () => running.next())
      this.#took += performance.now() - started
      if (turn.done) await this.#keep(turn.value)
      else this.#add(turn.value, puller)
      return turn
    } catch (error) {
      this.end = { kind: 'thrown', error, concerns: isCancellation(error) ? this.#leader : undefined }
      return undefined
    }
  }

  /** Answers the running body, unless something stored answers or the arguments are no longer what the key was made of. */
  *#start(puller: Consumer): Steps<AsyncPlayer | undefined> {
    const call = this.#call
    if (this.#looksUp) {
      const found = yield* lookUp(call, this.#face)
      if (found !== undefined) {
        this.stored = found.entry
        return undefined
      }
    }
    puller.miss()
    if (isUnchanged(call)) yield* keepInputs(call, this.#face)
    if (isUnchanged(call)) return this.#body()
    this.end = { kind: 'lost', heir: undefined }
    return undefined
  }

  #add(value: unknown, puller: Consumer): void {
    this.#given++
    if (!addItem(this.#call, this.#items, value)) this.end = { kind: 'lost', heir: puller }
  }

  async #keep(returned: unknown): Promise<void> {
    const run = { at: this.#at, took: this.#took, outdated: this.outdated }
    const keeping = runStepsEagerly(keepItems(this.#call, this.#items, returned, run, this.#call.memo.store.async))
    const isKept = await keeping
    if (this.outdated && !run.outdated) await runStepsAsync(takeBack(this.#call, 'data', this.#call.memo.store.async))
    this.end = isKept ? { kind: 'returned' } : { kind: 'lost', heir: undefined }
  }

  get #face(): Face {
    const { store } = this.#call.memo
    return isAtHand(store) ? store.sync : store.async
  }
}
