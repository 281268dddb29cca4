import { types } from 'node:util'
import type { NamedCodec } from '../config/options.js'
import { ConfigError, UnstorableError, ValidationError } from '../errors.js'
import { enforce } from '../limits/enforce.js'
import { isAtHand } from '../store/at-hand.js'
import { SMALL } from '../store/file-system.js'
import type { Stat, WriteOptions } from '../store/store.js'
import { type EntryBody, type EntryHeader, type EntryKind, encodeEntry, historyName } from '../value/entry.js'
import { encodeException, isKeepable } from '../value/exception.js'
import { encodeValue } from '../value/value.js'
import { reason, warnOnce } from '../warn.js'
import { keepCode } from './code.js'
import { endOf } from './freshness.js'
import { codecOf, type Face, open, read, remember } from './look-up.js'
import { type Call, pathsOf, storedInputs } from './memo.js'
import { isPromiseLike, refuseAsynchronous, type Steps, take } from './steps.js'
import { storeFailed } from './store-failed.js'
import type { Remembered } from './tier.js'

/** Facts of the run that go into the header. */
export interface Run {
  /** Milliseconds that the body took. */
  readonly took: number
  /** A synchronous function answered with a promise. */
  readonly promise: boolean
}

/** Inputs that are to be stored with the answer. */
const waiting = new WeakMap<Call, Uint8Array>()

/** Stores the inputs, before the body runs and may change them; elsewhere than at hand, the body need not wait for that. */
export function* keepInputs(call: Call, face: Face): Steps<void> {
  if (!mayWrite(call)) return
  const encoded = yield* encode(call, 'inputs', storedInputs(call), { took: 0, promise: false })
  if (encoded === undefined) return
  if (isAtHand(call.memo.store)) yield* write(call, 'inputs', encoded.file, face)
  else waiting.set(call, encoded.file)
}

/** Inputs first, the answer last: who finds the answer finds them too. */
function* keepWaiting(call: Call, face: Face): Steps<void> {
  const file = waiting.get(call)
  if (file === undefined) return
  waiting.delete(call)
  yield* write(call, 'inputs', file, face)
}

/** Throws ValidationError when `validate` turns the result down; answers what memory now holds, if anything could be kept. */
export function* keepResult(call: Call, value: unknown, run: Run, face: Face): Steps<Remembered | undefined> {
  yield* check(call, value)
  const encoded = yield* encode(call, 'data', value, run)
  return encoded && (yield* keepEncoded(call, encoded, face))
}

/** Answers what memory now holds. */
export function* keepEncoded(call: Call, encoded: Encoded, face: Face): Steps<Remembered> {
  const paths = pathsOf(call)
  let stat: Stat | undefined
  if (mayWrite(call)) {
    yield* keepWaiting(call, face)
    if (call.memo.settings.expiry === 'append') yield* keepOlder(call, face)
    stat = yield* write(call, 'data', encoded.file, face)
    if (stat !== undefined) enforce(call, stat.size)
    yield* keepCode(call.memo, face)
    yield* remove(call, paths.exception, face)
  }
  return enter(call, 'data', encoded, stat)
}

/** Keeps what the body threw, unless `errors=off` or it says nothing about the next call (a cancellation, a full stack). */
export function* keepException(call: Call, thrown: unknown, run: Run, face: Face): Steps<Remembered | undefined> {
  if (call.memo.settings.errors === 'off' || !isKeepable(thrown)) return undefined
  const encoded = yield* encode(call, 'exception', thrown, run)
  if (encoded === undefined) return undefined
  let stat: Stat | undefined
  if (mayWrite(call)) {
    yield* keepWaiting(call, face)
    stat = yield* write(call, 'exception', encoded.file, face)
    if (stat !== undefined) enforce(call, stat.size)
    yield* keepCode(call.memo, face)
  }
  // An older result goes before the exception as long as it is valid: here as in every other process.
  if (yield* hasResult(call, face)) {
    call.memo.tier?.delete(call.place)
    return remember(call, 'exception', encoded.header, encoded.body, stat?.revision)
  }
  return enter(call, 'exception', encoded, stat)
}

/**
 * Removes what became outdated while it was stored, which takes its time for large values and elsewhere. What has
 * replaced it meanwhile may go with it: that costs a computation.
 */
export function* takeBack(call: Call, kind: EntryKind, face: Face): Steps<void> {
  call.memo.tier?.delete(call.place)
  if (mayWrite(call)) yield* remove(call, pathsOf(call)[kind], face)
}

function* hasResult(call: Call, face: Face): Steps<boolean> {
  try {
    return (yield* take(face.stat(pathsOf(call).data))) !== undefined
  } catch (error) {
    storeFailed(call.memo, 'read', error)
    return false
  }
}

/** Of what a function answers at once. A promise of a class of its own, or with methods of its own, would come back without them. */
export function warnOfPromise({ memo }: Call): void {
  memo.stats.errors++
  warnOnce(
    'DECHE3002',
    `${memo.id} promise`,
    `The result of ${memo.id} cannot be kept, so it runs each time: result is a promise with properties of its own, or ` +
      'of a subclass. Make the function async, and its callers get a plain one.',
  )
}

export interface Encoded {
  readonly header: EntryHeader
  readonly body: EntryBody
  /** The bytes of the file. */
  readonly file: Uint8Array
}

function* encode(call: Call, kind: EntryKind, value: unknown, run: Run): Steps<Encoded | undefined> {
  const { id, classes } = call.memo
  const codec = codecOf(call.memo, kind)
  try {
    if (codec?.raw && run.promise && !call.memo.async)
      throw new TypeError('a raw file cannot say that the answer was a promise; declare the function async')
    let name: string
    let body: EntryBody
    let whole: Uint8Array | undefined
    if (codec !== undefined) {
      if (kind === 'data' && isPromiseLike(value)) throw new TypeError('the result is something to wait for')
      name = codec.name
      const bytes = fromCodec(yield* take<unknown>(codec.encode(value)))
      body = bytes
      if (codec.raw) whole = bytes
    } else if (kind === 'exception') {
      name = 'exception'
      body = encodeException(value, classes)
    } else {
      const encoded = encodeValue(value, classes, kind === 'inputs' ? 'inputs' : 'result')
      name = encoded.codec
      body = encoded.text
    }
    const header: EntryHeader = {
      id,
      at: Date.now(),
      took: run.took,
      codec: name,
      ...(kind !== 'data' && { kind }),
      ...(run.promise && { promise: true }),
      ...(kind !== 'inputs' && call.memo.code !== undefined && { code: call.memo.code }),
    }
    return { header, body, file: whole ?? encodeEntry(header, call.key, body, call.memo.signing?.sign) }
  } catch (error) {
    cannotKeep(call, kind, error)
    return undefined
  }
}

/** Warns of a value that no codec could write. The management interface gets the error itself. */
export function cannotKeep(call: Call, kind: EntryKind, error: unknown): void {
  if (call.strict) throw error
  const { id, stats } = call.memo
  stats.errors++
  const what = { data: 'result', inputs: 'inputs', exception: 'exception' }[kind]
  const where = error instanceof UnstorableError ? `${error.path} is ${error.what}` : reason(error)
  warnOnce(
    'DECHE3002',
    `${id} ${kind} ${where}`,
    `The ${what} of ${id} cannot be kept${consequence(kind, codecOf(call.memo, kind))}: ${where}`,
  )
}

/** What came of a call whose arguments, or what is in them, are no longer what its key was made of. */
export function warnOfArguments(call: Call): void {
  cannotKeep(call, 'data', new TypeError('its arguments changed while it ran'))
}

function consequence(kind: EntryKind, codec: NamedCodec | undefined): string {
  if (kind === 'inputs') return '; its entries have no .inputs'
  return codec === undefined ? ', so it runs each time' : `, its codec '${codec.name}' failed, so it runs each time`
}

/** The codec's own bytes are copied: it may use them again, or they may be the very result that the caller gets. */
function fromCodec(encoded: unknown): Uint8Array {
  if (types.isUint8Array(encoded)) return new Uint8Array(encoded)
  if (typeof encoded !== 'string') throw new TypeError('encode must answer a Uint8Array or a string')
  if (/\p{Surrogate}/u.test(encoded)) throw new TypeError('its text has half a character, which UTF-8 cannot say')
  return new TextEncoder().encode(encoded)
}

/** `validate` accepts unless it answers false or throws. Throws ValidationError. */
export function* check(call: Call, value: unknown): Steps<void> {
  const { id, settings } = call.memo
  if (settings.validate === undefined) return
  let verdict: unknown
  try {
    verdict = yield* take(settings.validate(value))
  } catch (error) {
    refuseAsynchronous(error, 'validate', id)
    throw new ValidationError(id, value, error)
  }
  if (verdict === false) throw new ValidationError(id, value)
}

/** Under `expiry=append` the result that is about to be overwritten is kept beside the new one. */
function* keepOlder(call: Call, face: Face): Steps<void> {
  const path = pathsOf(call).data
  const stored = yield* read(call.memo, path, face)
  const older = stored && open(call, 'data', stored)
  if (stored === undefined || older === undefined || older === 'other') return
  try {
    // Two results of one millisecond stand a microsecond apart.
    for (let micros = 0; micros < 1000; micros++) {
      const kept = `${call.directory}/${historyName(call.key, older.at + micros / 1000)}`
      if ((yield* take(face.write(kept, stored.bytes, { ifAbsent: true }))) !== undefined) return
      const there = yield* take(face.read(kept))
      if (there !== undefined && Buffer.compare(there.bytes, stored.bytes) === 0) return
    }
  } catch (error) {
    storeFailed(call.memo, 'written', error)
  }
}

function* write(call: Call, kind: EntryKind, file: Uint8Array, face: Face): Steps<Stat | undefined> {
  const { settings, tier, store, peek } = call.memo
  // Both faces write small files at once: one of them without a promise.
  const writer = peek !== undefined && file.length <= SMALL ? store.sync : face
  const expires = endOf(kind, Date.now(), settings)
  // Only of answers does memory, of whatever process, remember the revision.
  const facts = kind === 'inputs' ? 'none' : tier === undefined ? 'size' : undefined
  const options: WriteOptions = { ...(expires !== undefined && { expires }), ...(facts !== undefined && { facts }) }
  try {
    return yield* take<Stat | undefined>(writer.write(pathsOf(call)[kind], file, options))
  } catch (error) {
    if (call.strict) throw error
    storeFailed(call.memo, 'written', error)
    return undefined
  }
}

function* remove(call: Call, path: string, face: Face): Steps<void> {
  const { store, peek } = call.memo
  try {
    // There is hardly ever something there, and to be told so by an error takes ten times as long as asking.
    if (peek !== undefined ? !peek.has(path) : isAtHand(store) && store.sync.stat(path) === undefined) return
    yield* take(face.remove(path))
  } catch (error) {
    storeFailed(call.memo, 'written', error)
  }
}

function enter(call: Call, kind: EntryKind, encoded: Encoded, stat: Stat | undefined): Remembered {
  const entry = remember(call, kind, encoded.header, encoded.body, stat?.revision)
  call.memo.tier?.set(call.place, entry)
  return entry
}

function mayWrite({ memo, strict }: Call): boolean {
  if (memo.mode === 'on' || memo.mode === 'refresh') return true
  if (strict) throw new ConfigError(`mode '${memo.mode}'`, `nothing is written, so ${memo.id} cannot be given a result`)
  return false
}
