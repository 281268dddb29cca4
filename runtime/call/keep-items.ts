import { ValidationError } from '../errors.js'
import { encodeEntry } from '../value/entry.js'
import { decodeTurn, Items, linesOf, play, playAsync } from '../value/items.js'
import { deepFreeze } from './freeze.js'
import { cannotKeep, check, keepEncoded, keepInputs, warnOfArguments } from './keep.js'
import type { Face } from './look-up.js'
import { type Call, isUnchanged, type Memo } from './memo.js'
import { type Steps, take } from './steps.js'

/** Facts of a generator's run. */
export interface ItemsRun {
  /** When the body started, milliseconds since the epoch: its consumer may take any time between two items. */
  readonly at: number
  /** Milliseconds that the body took, without its consumer. */
  readonly took: number
  readonly outdated: boolean
}

/** Writes an item down as it is when it is given; answers false, with a warning, if that is impossible. */
export function addItem(call: Call, items: Items, value: unknown): boolean {
  try {
    items.add(value)
    return true
  } catch (error) {
    cannotKeep(call, 'data', error)
    return false
  }
}

/**
 * Keeps what a body gave that ran to its end. Answers whether what it returned could be written down, so that others can
 * have it too. Throws ValidationError.
 */
export function* keepItems(call: Call, items: Items, returned: unknown, run: ItemsRun, face: Face): Steps<boolean> {
  try {
    items.end(returned)
  } catch (error) {
    cannotKeep(call, 'data', error)
    return false
  }
  yield* checkItems(call, items)
  if (run.outdated) return true
  // The consumer may have changed them between two items, and the body gone on with what they are now.
  if (isUnchanged(call)) yield* write(call, items, run, face)
  else warnOfArguments(call)
  return true
}

/** Stores the items of an iterable as if the generator had given them. Throws TypeError for anything else, and as `keepItems` does. */
export function* storeItems(call: Call, given: unknown, inputs: boolean, face: Face): Steps<void> {
  const items = new Items(call.memo.classes)
  const at = Date.now()
  const iterator = iteratorOf(call.memo, given, face)
  let turn = (yield* take(iterator.next())) as IteratorResult<unknown, unknown>
  while (!turn.done) {
    try {
      items.add(turn.value)
    } catch (error) {
      yield* take(iterator.return?.())
      throw error
    }
    turn = (yield* take(iterator.next())) as IteratorResult<unknown, unknown>
  }
  items.end(turn.value)
  call.memo.flights.outdate(call.place)
  yield* checkItems(call, items)
  if (inputs) yield* keepInputs(call, face)
  yield* write(call, items, { at, took: 0 }, face)
}

/** `validate` looks at a generator of its own, and so does who catches the ValidationError. */
function* checkItems(call: Call, items: Items): Steps<void> {
  if (call.memo.settings.validate === undefined) return
  const replay = () => (call.memo.async ? playAsync : play)((at) => items.turn(at))
  try {
    yield* check(call, replay())
  } catch (error) {
    throw error instanceof ValidationError ? new ValidationError(call.memo.id, replay(), error.cause) : error
  }
}

function* write(call: Call, items: Items, { at, took }: Omit<ItemsRun, 'outdated'>, face: Face): Steps<void> {
  let body: string
  try {
    body = items.body()
  } catch (error) {
    // Longer than a string can be.
    cannotKeep(call, 'data', error)
    return
  }
  const { id, code } = call.memo
  const header = { id, at, took, codec: 'items', ...(code !== undefined && { code }) }
  yield* keepEncoded(call, { header, body, file: encodeEntry(header, call.key, body, call.memo.signing?.sign) }, face)
}

function iteratorOf({ id, store }: Memo, given: unknown, face: Face): Iterator<unknown> | AsyncIterator<unknown> {
  const iterable = Object(given) as Partial<Iterable<unknown> & AsyncIterable<unknown>>
  if (Symbol.iterator in iterable) return (iterable as Iterable<unknown>)[Symbol.iterator]()
  if (Symbol.asyncIterator in iterable) {
    if (face !== store.sync) return (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    throw new TypeError(`the items of ${id} come asynchronously: give them to writeCachedData, or as an array`)
  }
  throw new TypeError(`${id} is a generator: give its items as a generator, an array or another iterable`)
}

/** The stored items as something that answers a new generator each time; under `share` all give the same frozen items. */
export function itemsLoader(text: string, { async, classes, settings }: Memo): () => unknown {
  const shared = new Map<number, IteratorResult<unknown, unknown>>()
  return () => {
    const lines = linesOf(text)
    return (async ? playAsync : play)((at) => {
      const known = shared.get(at)
      if (known !== undefined) return known
      const turn = decodeTurn(lines[at], classes)
      // What cannot be frozen (a Map, a Date, bytes) is copied for each consumer after all.
      if (settings.share && deepFreeze(turn.value)) shared.set(at, turn)
      return turn
    })
  }
}
