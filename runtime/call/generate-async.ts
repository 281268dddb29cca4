import { CacheMissError } from '../errors.js'
import { callFor, miss, replaces } from './call.js'
import { waitFor, waitsForUs } from './flights.js'
import { cannotRead, copy, type Found, recall } from './look-up.js'
import type { Call } from './memo.js'
import { type Order, takeOrder } from './orders.js'
import { type AsyncPlayer, driveAsync, endedAsync } from './players.js'
import { recordingsOf } from './recordings.js'
import { type Consumer, SharedRecording } from './shared-recording.js'
import type { Site } from './sites.js'
import { runStepsAsync } from './steps.js'
import type { Remembered } from './tier.js'

/** The way of a call to an asynchronous generator: as `generate`, but concurrent calls with one key share one recording. */
export function generateAsync(
  site: Site,
  values: readonly unknown[] | undefined,
  body: () => AsyncPlayer,
): AsyncPlayer {
  const order = takeOrder(site, values)
  if (order === 'bind') return endedAsync(undefined)
  const call = callFor(site, order, values)
  if (call === undefined) return body()
  if (order === 'refresh') call.memo.flights.outdate(call.place)
  return new SharingPlayer(call, order, body)
}

/** Where a consumer's items come from. */
type Source =
  | { readonly kind: 'replay'; readonly from: AsyncPlayer }
  | { readonly kind: 'shared'; readonly from: SharedRecording }
  /** The body, for this consumer alone. */
  | { readonly kind: 'live'; readonly from: AsyncPlayer }

/** One consumer of the stored items or of a recording. It knows how many it gave, so it can go on from another source. */
class SharingPlayer implements AsyncPlayer, Consumer {
  readonly #call: Call
  readonly #order: Order | undefined
  readonly #body: () => AsyncPlayer
  #source: Source | undefined
  #given = 0
  /** The stored items could not be read: the body runs whatever the store has. */
  #unreadable = false
  #isCounted = false

  constructor(call: Call, order: Order | undefined, body: () => AsyncPlayer) {
    this.#call = call
    this.#order = order
    this.#body = body
  }

  async next(sent?: unknown): Promise<IteratorResult<unknown, unknown>> {
    if (this.#source?.kind === 'live') return this.#source.from.next(sent)
    if (sent !== undefined) return (await this.#goLive()).next(sent)
    for (;;) {
      this.#source ??= this.#open()
      const turn = await this.#nextFrom(this.#source)
      if (turn === undefined) continue
      if (!turn.done) this.#given++
      return turn
    }
  }

  async throw(error: unknown): Promise<IteratorResult<unknown, unknown>> {
    return (await this.#goLive()).throw(error)
  }

  async return(value: unknown): Promise<IteratorResult<unknown, unknown>> {
    const source = this.#source
    const claimed = source?.kind === 'shared' ? source.from.claim(this, this.#given) : undefined
    if (claimed !== undefined) this.#source = { kind: 'live', from: claimed }
    if (this.#source?.kind === 'live') return this.#source.from.return(value)
    let returned: unknown
    try {
      returned = await value
    } catch (error) {
      // As where a body waits at a `yield`: what is returned is awaited there.
      return this.throw(error)
    }
    if (source?.kind === 'shared') await source.from.leave(this)
    return { done: true, value: returned }
  }

  [Symbol.asyncIterator](): AsyncPlayer {
    return this
  }

  miss(): void {
    const { memo, key } = this.#call
    if (!this.#isCounted) miss(this.#call)
    else if (memo.mode === 'offline') throw new CacheMissError(memo.id, key, memo.store.location)
    this.#isCounted = true
  }

  #hit(took: number): void {
    if (this.#isCounted) return
    this.#isCounted = true
    this.#call.memo.stats.hits++
    this.#call.memo.stats.timeSaved += took
  }

  /** What memory has, or the recording that runs already, or a new one. */
  #open(): Source {
    const { memo, place } = this.#call
    const looksUp = !replaces(memo, this.#order) && !this.#unreadable
    const found = looksUp ? recall(this.#call) : undefined
    if (found !== undefined) return this.#replayOf(found)
    const running = this.#order === 'refresh' ? undefined : recordingsOf(memo).at(place)
    if (running?.isFresh && !waitsForUs(running)) {
      running.join(this)
      return { kind: 'shared', from: running }
    }
    return { kind: 'shared', from: new SharedRecording(this.#call, this, this.#body, looksUp) }
  }

  /** `undefined`: the source has changed, ask it. */
  async #nextFrom(source: Source): Promise<IteratorResult<unknown, unknown> | undefined> {
    if (source.kind === 'live') return source.from.next()
    if (source.kind === 'shared') return this.#nextShared(source.from)
    try {
      return await source.from.next()
    } catch (error) {
      this.#cannotRead(error)
      return undefined
    }
  }

  async #nextShared(shared: SharedRecording): Promise<IteratorResult<unknown, unknown> | undefined> {
    const { stored, end } = shared
    if (stored !== undefined) {
      await this.#replayStored(stored)
      return undefined
    }
    let turn: IteratorResult<unknown, unknown> | undefined
    try {
      turn = shared.turn(this.#given)
    } catch (error) {
      cannotRead(this.#call.memo, error)
      await this.#goLive()
      return undefined
    }
    if (turn !== undefined) {
      this.#hit(0)
      return turn
    }
    if (end?.kind === 'thrown') {
      if (end.concerns === undefined || end.concerns === this) throw end.error
      await shared.leave(this)
      this.#source = undefined
    } else if (end !== undefined || waitsForUs(shared)) {
      await this.#goLive()
    } else if (shared.pulling !== undefined) {
      const { pulling } = shared
      await waitFor(shared, () => pulling)
    } else {
      const pulled = await shared.pull(this)
      if (pulled?.at === this.#given) return pulled.turn
    }
    return undefined
  }

  #replayOf(found: Found): Source & { readonly kind: 'replay' } {
    this.#hit(found.entry.took)
    return { kind: 'replay', from: found.value as AsyncPlayer }
  }

  #cannotRead(error: unknown): void {
    cannotRead(this.#call.memo, error)
    this.#unreadable = true
    this.#source = undefined
  }

  /** From the position where this consumer is. */
  async #replayStored(stored: Remembered): Promise<void> {
    const found = await runStepsAsync(copy(this.#call.memo, stored))
    this.#source = undefined
    this.#unreadable = found === undefined
    if (found === undefined) return
    const replay = this.#replayOf(found)
    try {
      await driveAsync(replay.from, this.#given)
      this.#source = replay
    } catch (error) {
      this.#cannotRead(error)
    }
  }

  /**
   * From here on the body runs for this consumer alone: the one at hand if nobody else needs it, otherwise a new one, brought to the
   * same position.
   */
  async #goLive(): Promise<AsyncPlayer> {
    const source = this.#source
    if (source?.kind === 'live') return source.from
    const shared = source?.kind === 'shared' ? source.from : undefined
    const claimed = shared?.claim(this, this.#given)
    let from: AsyncPlayer
    if (shared !== undefined && claimed !== undefined) {
      from = await driveAsync(claimed, this.#given - shared.given)
    } else {
      const { memo, key } = this.#call
      if (memo.mode === 'offline') throw new CacheMissError(memo.id, key, memo.store.location)
      // How the body of the others ends is not for this consumer.
      await shared?.leave(this).catch(() => {})
      from = await driveAsync(this.#body(), this.#given)
    }
    this.#source = { kind: 'live', from }
    return from
  }
}
