import type { NamedCodec } from '../config/options.js'
import { cold } from '../on-first-use.js'
import { isAtHand } from '../store/at-hand.js'
import type { Peeked } from '../store/peek.js'
import type { Stored } from '../store/store.js'
import { type Face, isTiered } from '../store/tiered.js'
import { decodeEntry, type EntryBody, type EntryHeader, type EntryKind, sizeOf } from '../value/entry.js'
import { reason, warnOnce } from '../warn.js'
import { DUE, letAnswer } from './coarse-clock.js'
import { endOf, isDue, isFresh, isRecent, isUseful, mayBeDue } from './freshness.js'
import { type Call, type Memo, pathsOf } from './memo.js'
import { refuseAsynchronous, type Steps, take } from './steps.js'
import { storeFailed } from './store-failed.js'
import type { Remembered } from './tier.js'
import { touch } from './touch.js'

export type { Face }

/** A stored answer and the copy of it that this call gets. */
export interface Found {
  readonly entry: Remembered
  readonly value: unknown
  /** It answers, and is to be refreshed in the background: it has expired, or does so soon. */
  readonly renew?: 'stale' | 'early'
}

/**
 * The shortest way to an answer: memory that was compared with the store within the last second, and nothing that
 * could need waiting. `undefined` sends the call through `lookUp`.
 */
export function recall(call: Call): Found | undefined {
  const { tier, settings, mode } = call.memo
  const entry = tier?.get(call.place)
  if (entry === undefined || !isRecent(entry) || !isFresh(entry.kind, entry.at, settings, mode)) return undefined
  if (settings.output !== undefined || settings.valid.length > 0 || mayBeDue(entry, settings)) return undefined
  try {
    call.memo.shortcut?.learn(call.values, entry)
    return { entry, value: entry.load() }
  } catch {
    // A class's own decode failed. `lookUp` meets it again, and says so.
    return undefined
  }
}

/**
 * The next shortest: a stored result of which memory knows nothing, in a small file, and nothing that could need waiting. What
 * is not as it should be is left to `lookUp`.
 */
export function glimpse(call: Call): Found | undefined {
  const { memo, place } = call
  const { tier, settings, mode, peek } = memo
  if (peek === undefined || !memo.mayLook || tier?.get(place) !== undefined) return undefined
  try {
    const seen = peek.look(place, tier !== undefined)
    const entry = seen && open(call, 'data', seen)
    if (typeof entry !== 'object' || !isFresh(entry.kind, entry.at, settings, mode)) return undefined
    if (mayBeDue(entry, settings)) return undefined
    const found = { entry, value: entry.load() }
    tier?.set(place, entry)
    if (entry.code !== undefined && entry.code !== memo.code) warnOfChange(memo, entry)
    return found
  } catch {
    return undefined
  }
}

/** Memory, then the stored result, then the stored exception. Whatever fails on the way is a miss. */
export function* lookUp(call: Call, face: Face): Steps<Found | undefined> {
  const { tier, settings, mode } = call.memo
  const entry = tier?.get(call.place)
  if (entry !== undefined && isFresh(entry.kind, entry.at, settings, mode) && (yield* isCurrent(call, entry, face))) {
    const found = yield* accept(call, entry)
    if (found !== undefined) {
      learn(call, entry)
      return early(call, found)
    }
  }
  tier?.delete(call.place)
  const result = yield* find(call, 'data', face)
  if (typeof result === 'object') return result
  const exception = mayHaveException(call) ? yield* find(call, 'exception', face) : undefined
  if (typeof exception === 'object') return exception
  if (result === 'stale' || exception === 'stale') call.memo.stats.stale++
  return undefined
}

/** Asked when the store was asked for the result: it has told if something is wrong with it. */
function mayHaveException(call: Call): boolean {
  const { settings, peek } = call.memo
  return settings.errors !== 'off' && (peek === undefined || peek.has(pathsOf(call).exception))
}

/** Where the store answers at once, the arguments are as they were. */
function learn({ memo, values }: Call, entry: Remembered): void {
  if (!isAtHand(memo.store)) return
  try {
    memo.shortcut?.learn(values, entry)
  } catch {
    // A class's own decode failed, as it may at any time.
  }
}

/** `'stale'`: expired, or turned down. Of a store of tiers, what the nearest has does not hide what one behind it has. */
function* find(call: Call, kind: EntryKind, face: Face): Steps<Found | 'stale' | undefined> {
  const path = pathsOf(call)[kind]
  let best: Found | 'stale' | undefined
  let stored = yield* read(call.memo, path, face)
  while (stored !== undefined) {
    const found = yield* use(call, kind, path, stored, face)
    if (typeof found === 'object' && found.renew !== 'stale') return found
    if (typeof best !== 'object') best = found ?? best
    stored = yield* readBehind(call.memo, path, stored, face)
  }
  return best
}

/** What a stored entry is for this call. */
function* use(
  call: Call,
  kind: EntryKind,
  path: string,
  stored: Stored,
  face: Face,
): Steps<Found | 'stale' | undefined> {
  const { memo } = call
  const opened = open(call, kind, stored)
  if (opened === 'other') return undefined
  if (opened === undefined) {
    yield* discard(memo, path, stored, face)
    return undefined
  }
  const fresh = isFresh(kind, opened.at, memo.settings, memo.mode)
  const useful = fresh || (kind === 'data' && isUseful(opened.at, memo.settings))
  const found = useful ? yield* accept(call, opened) : undefined
  if (found === undefined) return 'stale'
  if (!fresh) return { ...found, renew: 'stale' }
  yield* bringNearer(call, path, stored, opened, face)
  memo.tier?.set(call.place, opened)
  if (opened.code !== undefined && opened.code !== memo.code) warnOfChange(memo, opened)
  return early(call, found)
}

function early({ memo }: Call, found: Found): Found {
  if (memo.mode === 'offline' || !isDue(found.entry, memo.settings)) return found
  return { ...found, renew: 'early' }
}

/** An answer of earlier code. Whoever names a version decides when the code's meaning changes. */
function warnOfChange({ id, code, settings }: Memo, { at }: Remembered): void {
  if (code === undefined || settings.version !== undefined) return
  cold().warnOfChange(id, at)
}

/** The stored bytes, or `undefined` with a warning when the store cannot be read. */
export function* read(memo: Memo, path: string, face: Face): Steps<Stored | undefined> {
  try {
    return yield* take(face.read(path))
  } catch (error) {
    storeFailed(memo, 'read', error)
    return undefined
  }
}

/** What a tier behind has in place of what cannot be used. */
function* readBehind(memo: Memo, path: string, stored: Stored, face: Face): Steps<Stored | undefined> {
  if (!isTiered(face)) return undefined
  try {
    return yield* take(face.behind(path, stored))
  } catch (error) {
    storeFailed(memo, 'read', error)
    return undefined
  }
}

/** Only what answers is copied: nothing that is damaged, expired or not signed, and nothing for who writes nothing. */
function* bringNearer(call: Call, path: string, stored: Stored, entry: Remembered, face: Face): Steps<void> {
  const { settings, mode } = call.memo
  if (!isTiered(face) || mode === 'readonly' || mode === 'offline') return
  const expires = endOf(entry.kind, entry.at, settings)
  const isDated = codecOf(call.memo, entry.kind)?.raw === true
  const options = { isDated, ...(expires !== undefined && { expires }) }
  const stat = yield* take(face.bringNearer(path, stored, options))
  if (stat === undefined) return
  entry.revision = stat.revision
  cold().enforce(call, stat.size)
}

/** An entry that nobody can use: truncated, altered, of another format version. */
function* discard(memo: Memo, path: string, stored: Stored, face: Face): Steps<void> {
  memo.stats.errors++
  if (memo.mode === 'readonly' || memo.mode === 'offline') return
  try {
    yield* take(isTiered(face) ? face.discard(path, stored) : face.remove(path))
  } catch (error) {
    storeFailed(memo, 'written', error)
  }
}

/** Whether the store still holds what memory holds. Another process may have replaced or removed it. */
function* isCurrent(call: Call, entry: Remembered, face: Face): Steps<boolean> {
  if (isRecent(entry)) return true
  try {
    const stat = yield* take(face.stat(pathsOf(call)[entry.kind]))
    if (stat?.revision !== entry.revision) return false
    // Another process may have a result meanwhile, which goes before the exception.
    if (entry.kind === 'exception' && (yield* take(face.stat(pathsOf(call).data))) !== undefined) return false
  } catch (error) {
    storeFailed(call.memo, 'read', error)
  }
  entry.checked = Date.now()
  if (entry.ways !== undefined) letAnswer(entry)
  touch(face, pathsOf(call)[entry.kind], entry)
  return true
}

/** The checks that need the value: the codec can read it, and `valid` has nothing against it. What fails stays until it is overwritten. */
export function* accept(call: Call, entry: Remembered): Steps<Found | undefined> {
  const { memo } = call
  const found = yield* copy(memo, entry)
  if (found === undefined || entry.kind === 'exception') return found
  for (const check of memo.settings.valid) {
    let verdict: unknown
    try {
      // One check must not use up the items that the next one wants to see.
      const value = memo.generator === true ? entry.load() : found.value
      verdict = yield* take(
        check({ id: memo.id, key: call.key, at: entry.at, took: entry.took, inputs: call.inputs, value }),
      )
    } catch (error) {
      refuseAsynchronous(error, 'valid', memo.id)
      verdict = false
    }
    if (!verdict) return undefined
  }
  return found
}

/** The entry with a copy of its value, or `undefined` with a warning when its codec cannot read it. */
export function* copy(memo: Memo, entry: Remembered): Steps<Found | undefined> {
  try {
    return { entry, value: memo.settings.output === undefined ? entry.load() : yield* take(entry.load()) }
  } catch (error) {
    cannotRead(memo, error)
    return undefined
  }
}

/** A codec failed, or a class is no longer registered. */
export function cannotRead(memo: Memo, error: unknown): void {
  memo.stats.errors++
  warnOnce(
    'DECHE3002',
    `${memo.id} decode`,
    `An entry of ${memo.id} could not be read, it is recomputed: ${reason(error)}`,
  )
}

/** An entry file as something that can be remembered; `'other'` belongs to another function, `undefined` to nobody. */
export function open(call: Call, kind: EntryKind, stored: Peeked): Remembered | 'other' | undefined {
  const codec = codecOf(call.memo, kind)
  if (codec?.raw && stored.modified !== undefined) {
    const header = { at: stored.modified, took: 0, codec: codec.name }
    return remember(call, kind, header, stored.bytes, revisionOf(call.memo, stored))
  }
  const entry = decodeEntry(stored.bytes, { id: call.memo.id, key: call.key, kind })
  if (entry === undefined || entry === 'other') return entry
  const { signing } = call.memo
  if (signing !== undefined && !signing.accepts(entry.sum, entry.signature ?? ''))
    return unsigned(call.memo, entry.signature)
  if (codec !== undefined && entry.header.codec !== codec.name) return 'other'
  if (codec === undefined && !isBuiltIn(call.memo, kind, entry.header.codec)) return 'other'
  return remember(call, kind, entry.header, entry.body, revisionOf(call.memo, stored))
}

/** Whoever keeps nothing in memory has nothing to compare. */
function revisionOf({ tier }: Memo, stored: Peeked): string | undefined {
  return tier === undefined ? undefined : stored.revision
}

/** Not removed: it may be somebody else's who has other keys. What is computed takes its place. */
function unsigned({ id, stats, store }: Memo, signature: string | undefined): 'other' {
  stats.errors++
  const what = signature === undefined ? 'is not signed' : 'has a signature of another key'
  warnOnce(
    'DECHE3016',
    `${id} ${what}`,
    `An entry of ${id} in ${store.location} ${what}, and does not answer: it is computed anew. The keys are those in DECHE_SIGN_KEY.`,
  )
  return 'other'
}

/** Whether a header's codec is the one that deche itself uses for this kind of entry. */
function isBuiltIn({ generator }: Memo, kind: EntryKind, codec: string): boolean {
  if (kind === 'exception') return codec === 'exception'
  if (codec === 'items') return kind === 'data' && generator !== false
  return (codec === 'json' || codec === 'devalue6') && !(kind === 'data' && generator === true)
}

/** The user's codec for this kind of entry, if there is one. */
export function codecOf(memo: Memo, kind: EntryKind): NamedCodec | undefined {
  return kind === 'data' ? memo.settings.output : kind === 'inputs' ? memo.settings.input : undefined
}

/** An entry's bytes as an answer that makes a fresh copy each time it is asked. */
export function remember(
  call: Call,
  kind: EntryKind,
  header: Pick<EntryHeader, 'at' | 'took' | 'codec' | 'promise' | 'code'>,
  body: EntryBody,
  revision: string | undefined,
): Remembered {
  return {
    kind,
    at: header.at,
    took: header.took,
    promise: header.promise === true,
    // One text for all entries.
    code: header.code === call.memo.code ? call.memo.code : header.code,
    codec: header.codec,
    load: loader(call.memo, kind, header.codec, body),
    size: sizeOf(body),
    place: call.place,
    revision,
    checked: Date.now(),
    seal: 0,
    touched: 0,
    state: DUE,
    from: 0,
    until: 0,
    zeros: 0,
    answer: undefined,
    ways: undefined,
    granted: 0,
    hits: 0,
    wanted: false,
  }
}

/** Short texts are read from a Buffer in a quarter of the time that a TextDecoder takes. */
function textOf(body: EntryBody): string {
  if (typeof body === 'string') return body
  return Buffer.isBuffer(body) ? body.toString() : new TextDecoder().decode(body)
}

/** What it answers stays in memory, with all that the functions around it hold: so each has one of its own. */
function loader(memo: Memo, kind: EntryKind, codecName: string, body: EntryBody): () => unknown {
  const codec = codecOf(memo, kind)
  if (codec !== undefined) return ownLoader(codec, body as Uint8Array)
  return memo.settings.share && kind !== 'exception' && codecName !== 'items'
    ? sharedLoader(textLoader(memo, kind, codecName, textOf(body)))
    : textLoader(memo, kind, codecName, textOf(body))
}

function ownLoader(codec: NamedCodec, body: Uint8Array): () => unknown {
  // Not `slice`: of a Buffer that is no copy.
  return () => codec.decode(new Uint8Array(body))
}

function textLoader(memo: Memo, kind: EntryKind, codecName: string, text: string): () => unknown {
  if (kind === 'exception') return () => cold().decodeException(text, memo.classes)
  if (codecName === 'items') return cold().itemsLoader(text, memo)
  return codecName === 'json' ? jsonLoader(text) : () => cold().decodeValue(codecName, text, memo.classes)
}

function jsonLoader(text: string): () => unknown {
  return () => JSON.parse(text)
}

function sharedLoader(decode: () => unknown): () => unknown {
  let shared: { readonly value: unknown } | undefined
  return () => {
    if (shared !== undefined) return shared.value
    const value = decode()
    // What cannot be frozen (a Map, a Date, bytes) is copied for each caller after all.
    if (cold().deepFreeze(value)) shared = { value }
    return value
  }
}
