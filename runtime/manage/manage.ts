import { forgetCode } from '../call/code.js'
import { isFresh } from '../call/freshness.js'
import { keepInputs, keepResult } from '../call/keep.js'
import { storeItems } from '../call/keep-items.js'
import { accept, type Face, open } from '../call/look-up.js'
import { type Call, type Memo, pathsOf } from '../call/memo.js'
import { type Steps, take } from '../call/steps.js'
import type { Remembered } from '../call/tier.js'
import { EntryNotFoundError } from '../errors.js'
import type { Stored } from '../store/store.js'
import { isTiered } from '../store/tiered.js'
import { codeOf, decodeEntry, type EntryKind, entryNames, kindOf } from '../value/entry.js'

/** What the management interface does, as steps: `Entries` runs each of them synchronously and asynchronously. */

const SHOWN: Readonly<Record<EntryKind, string>> = { data: 'result', inputs: 'inputs', exception: 'exception' }

export function* has(call: Call, kind: EntryKind, face: Face): Steps<boolean> {
  return (yield* take(face.stat(pathsOf(call)[kind]))) !== undefined
}

/** Whether a call would be answered by its stored result. */
export function* isValid(call: Call, face: Face): Steps<boolean> {
  const { settings, mode } = call.memo
  const answers = function* (entry: Remembered): Steps<boolean> {
    return isFresh('data', entry.at, settings, mode) && (yield* accept(call, entry)) !== undefined
  }
  return (yield* firstOf(call, 'data', pathsOf(call).data, face, answers)) !== undefined
}

/** The entry at a path that fits; of a store of tiers the nearest, as a call would find it. */
function* firstOf(
  call: Call,
  kind: EntryKind,
  path: string,
  face: Face,
  fits?: (entry: Remembered) => Steps<boolean>,
): Steps<Remembered | undefined> {
  let stored: Stored | undefined = yield* take<Stored | undefined>(face.read(path))
  while (stored !== undefined) {
    const entry = open(call, kind, stored)
    if (typeof entry === 'object' && (fits === undefined || (yield* fits(entry)))) return entry
    stored = isTiered(face) ? yield* take<Stored | undefined>(face.behind(path, stored)) : undefined
  }
  return undefined
}

/** Throws EntryNotFoundError. */
export function* load(call: Call, kind: EntryKind, face: Face): Steps<unknown> {
  return yield* loadFrom(call, kind, pathsOf(call)[kind], face)
}

export function* loadFrom(call: Call, kind: EntryKind, path: string, face: Face): Steps<unknown> {
  const entry = yield* firstOf(call, kind, path, face)
  if (entry === undefined) {
    throw new EntryNotFoundError(call.memo.id, call.key, SHOWN[kind], call.memo.store.location)
  }
  return yield* take(entry.load())
}

/** Stores a result as if the function had answered it; of a generator, what an iterable gives. Throws ValidationError. */
export function* store(
  call: Call,
  value: unknown,
  how: { readonly inputs: boolean; readonly promise: boolean },
  face: Face,
): Steps<void> {
  if (call.memo.generator === true) return yield* storeItems(call, value, how.inputs, face)
  call.memo.flights.outdate(call.place)
  if (how.inputs) yield* keepInputs(call, face)
  yield* keepResult(call, value, { took: 0, promise: how.promise }, face)
}

/**
 * Removes one kind of file of a call; of a result also what `expiry=append` kept of it. A run that began before is not
 * kept: what it saw may be the reason for the removal.
 */
export function* remove(call: Call, kind: EntryKind, face: Face): Steps<void> {
  if (kind !== 'inputs') call.memo.flights.outdate(call.place)
  call.memo.tier?.delete(call.place)
  yield* take(face.remove(pathsOf(call)[kind]))
  if (kind !== 'data' || call.memo.settings.expiry !== 'append') return
  for (const older of yield* olderOf(call, face)) yield* take(face.remove(older.path))
}

/** The results that `expiry=append` kept of a call, oldest first. */
export function* olderOf(call: Call, face: Face): Steps<{ readonly at: number; readonly path: string }[]> {
  const older: { readonly at: number; readonly path: string }[] = []
  yield* each(face.list(call.directory), (name) => {
    const parsed = kindOf(name)
    if (parsed?.kind === 'history' && parsed.key === call.key)
      older.push({ at: parsed.at, path: `${call.directory}/${name}` })
  })
  return older.sort((a, b) => a.at - b.at)
}

/** When the present result was made, milliseconds since the epoch. */
export function* madeAt(call: Call, face: Face): Steps<number | undefined> {
  return (yield* firstOf(call, 'data', pathsOf(call).data, face))?.at
}

/** Removes the files of these kinds of all calls; in a directory that `path=` may share, only the function's own. */
export function* removeAll(memo: Memo, directory: string, kinds: readonly EntryKind[], face: Face): Steps<void> {
  memo.tier?.clear()
  if (kinds.some((kind) => kind !== 'inputs')) memo.flights.outdate()
  const paths: string[] = []
  const codes: string[] = []
  yield* each(face.list(directory), (name) => {
    if (codeOf(name) !== undefined) codes.push(`${directory}/${name}`)
    const kind = kindOf(name)?.kind
    if (kind !== undefined && kinds.includes(kind === 'history' ? 'data' : kind)) paths.push(`${directory}/${name}`)
  })
  // The stored inputs may be all that says whose a raw result is, so they go last.
  paths.sort((one, other) => Number(one.endsWith('.inputs')) - Number(other.endsWith('.inputs')))
  for (const path of paths) if (yield* isOwn(memo, path, face)) yield* take(face.remove(path))
  // Without entries, what their code was is of no use. A directory of `path=` holds none of it.
  if (!kinds.includes('data') || !kinds.includes('exception')) return
  for (const path of codes) yield* take(face.remove(path))
  forgetCode(memo)
}

/** Of a raw file, which does not say whose it is, the stored inputs beside it are asked. */
function* isOwn(memo: Memo, path: string, face: Face): Steps<boolean> {
  const name = kindOf(path)
  if (memo.settings.path === undefined || name === undefined) return name !== undefined
  const kind = name.kind === 'history' ? 'data' : name.kind
  const witness = kind === 'data' && memo.settings.output?.raw ? 'inputs' : kind
  const directory = path.slice(0, path.lastIndexOf('/'))
  const file = witness === kind ? path : `${directory}/${entryNames(name.key).inputs}`
  const stored = yield* take(face.read(file))
  const entry = stored && decodeEntry(stored.bytes, { id: memo.id, key: name.key, kind: witness })
  return entry !== undefined && entry !== 'other'
}

function* each(names: Iterable<string> | AsyncIterable<string>, visit: (name: string) => void): Steps<void> {
  if (Symbol.iterator in names) {
    for (const name of names) visit(name)
    return
  }
  yield* take(
    (async () => {
      for await (const name of names) visit(name)
    })(),
  )
}
