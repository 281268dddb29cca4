import { CacheMissError } from '../errors.js'
import { Items } from '../value/items.js'
import { answer, callFor, miss, replaces } from './call.js'
import { keepInputs } from './keep.js'
import { addItem, keepItems } from './keep-items.js'
import { cannotRead, lookUp, recall } from './look-up.js'
import type { Call } from './memo.js'
import { takeOrder } from './orders.js'
import { drive, ended, type Player } from './players.js'
import { type Recording, recordingsOf } from './recordings.js'
import type { Site } from './sites.js'
import { runSteps } from './steps.js'

/** The way of a call to a generator, from the first `next()` on: a replay of what is stored, or a recording of its body. */
export function generate(site: Site, values: readonly unknown[] | undefined, body: () => Player): Player {
  const order = takeOrder(site, values)
  if (order === 'bind') return ended(undefined)
  const call = callFor(site, order, values)
  if (call === undefined) return body()
  const { memo } = call

  if (order === 'refresh') memo.flights.outdate(call.place)
  if (!replaces(memo, order)) {
    const found = recall(call) ?? runSteps(lookUp(call, memo.store.sync))
    if (found !== undefined) return new Replay(call, answer(memo, found) as Player, body)
  }
  miss(call)
  return new Recorder(call, body)
}

/**
 * Gives the stored items. The body may depend on what is sent to it and on what is thrown into it, which no key knows:
 * then the body itself is brought to the same position, and goes on in place of the replay.
 */
class Replay implements Player {
  readonly #call: Call
  readonly #replay: Player
  readonly #body: () => Player
  #live: Player | undefined
  #given = 0

  constructor(call: Call, replay: Player, body: () => Player) {
    this.#call = call
    this.#replay = replay
    this.#body = body
  }

  next(sent?: unknown): IteratorResult<unknown, unknown> {
    if (this.#live !== undefined) return this.#live.next(sent)
    if (sent !== undefined) return this.#goLive(this.#body).next(sent)
    try {
      const turn = this.#replay.next()
      this.#given++
      return turn
    } catch (error) {
      cannotRead(this.#call.memo, error)
      return this.#goLive(() => new Recorder(this.#call, this.#body)).next()
    }
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    return (this.#live ?? this.#goLive(this.#body)).throw(error)
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    return (this.#live ?? this.#replay).return(value)
  }

  [Symbol.iterator](): Player {
    return this
  }

  #goLive(start: () => Player): Player {
    const { memo, key } = this.#call
    if (memo.mode === 'offline') throw new CacheMissError(memo.id, key, memo.store.location)
    this.#live = drive(start(), this.#given)
    return this.#live
  }
}

/** Runs the body and writes down what it gives, until its consumer does something that no key knows. */
class Recorder implements Player, Recording {
  outdated = false
  readonly #call: Call
  readonly #running: Player
  readonly #at = Date.now()
  readonly #forget: () => void
  #items: Items | undefined
  #took = 0

  constructor(call: Call, body: () => Player) {
    this.#call = call
    this.#items = new Items(call.memo.classes)
    runSteps(keepInputs(call, call.memo.store.sync))
    this.#forget = recordingsOf(call.memo).start(call.place, this)
    this.#running = body()
  }

  next(sent?: unknown): IteratorResult<unknown, unknown> {
    if (sent !== undefined) this.#stop()
    const started = performance.now()
    let turn: IteratorResult<unknown, unknown>
    try {
      turn = this.#running.next(sent)
    } catch (error) {
      this.#stop()
      throw error
    }
    this.#took += performance.now() - started
    if (turn.done) this.#keep(turn.value)
    else if (this.#items !== undefined && !addItem(this.#call, this.#items, turn.value)) this.#stop()
    return turn
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    this.#stop()
    return this.#running.throw(error)
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    this.#stop()
    return this.#running.return(value)
  }

  [Symbol.iterator](): Player {
    return this
  }

  #keep(returned: unknown): void {
    const items = this.#items
    this.#stop()
    if (items === undefined) return
    const run = { at: this.#at, took: this.#took, outdated: this.outdated }
    runSteps(keepItems(this.#call, items, returned, run, this.#call.memo.store.sync))
  }

  #stop(): void {
    this.#items = undefined
    this.#forget()
  }
}
