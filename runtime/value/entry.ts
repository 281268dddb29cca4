import { hash } from '../key/sha256.js'
import { quote } from '../key/text.js'

/**
 * The file of one entry: a header, which is one line of JSON, then the bytes that the codec wrote. docs/on-disk.md
 * describes it for other programs; a change here is a new `FORMAT`.
 */
const FORMAT = 1

/** What a file holds: the result, the named inputs, or the exception of a call. `history` is an older result. */
export type EntryKind = 'data' | 'inputs' | 'exception'

export interface EntryHeader {
  /** `module.fnName` of the function whose entry it is. */
  readonly id: string
  /** Default: `data`. Covered by the checksum, so an exception renamed to a result is no result. */
  readonly kind?: Exclude<EntryKind, 'data'>
  /** When it was made, milliseconds since the epoch. */
  readonly at: number
  /** How long the body ran, milliseconds; kept to the microsecond. */
  readonly took: number
  /** Which codec wrote the body. */
  readonly codec: string
  /** A function that is not `async` returned a promise. */
  readonly promise?: true
  /** Hash of the function's code when the entry was made. */
  readonly code?: string
}

/** What a codec wrote. A text stands in the file as UTF-8, and has no half characters. */
export type EntryBody = Uint8Array | string

export interface Entry {
  readonly header: EntryHeader
  /** The checksum, and what signs it; `signature` is absent from an entry that nobody signed. */
  readonly sum: string
  readonly signature: string | undefined
  /** A view of the bytes given to `decodeEntry`, not a copy. */
  readonly body: Uint8Array
}

const SUM = ',"sum":"'
const SIGNATURE = ',"sig":"'
const DIGITS = 64
const TAIL = SUM.length + DIGITS + '"}'.length
/** What a signature adds to the header. */
const SIGNED = SIGNATURE.length + DIGITS + '"'.length
const NEWLINE = 10
/** No header comes near it; it keeps a broken file from being decoded as one long line. */
const LONGEST_HEADER = 1 << 20

/** Characters up to which a text is made part of longer ones sooner than copied into a file's bytes. */
const SHORT = 8192

/** Answers the signature of a checksum: 64 lower-case hex digits. */
export type Signer = (sum: string) => string

export function encodeEntry(header: EntryHeader, key: string, body: EntryBody, sign?: Signer): Uint8Array {
  const text = headerText(header)
  if (typeof body === 'string' && body.length <= SHORT) {
    const sum = hash(`${text}\n${key}\n${body}`)
    return Buffer.from(`${text}${tailText(sum, sign)}${body}`)
  }
  const length = Buffer.byteLength(text)
  const tail = sign === undefined ? TAIL : TAIL + SIGNED
  const start = length + tail + 1
  const file = Buffer.allocUnsafe(start + sizeOf(body))
  file.write(text)
  if (typeof body === 'string') file.write(body, start)
  else file.set(body, start)
  file.write(tailText(checksum(file, length, key, start), sign), length)
  return file
}

/** JSON, but for its end. */
function headerText({ id, kind, at, took, codec, promise, code }: EntryHeader): string {
  const what = kind === undefined ? '' : `,"kind":"${kind}"`
  const ran = `"at":${at},"took":${Math.round(took * 1000) / 1000}`
  const more = `${promise ? ',"promise":true' : ''}${code === undefined ? '' : `,"code":${quote(code)}`}`
  return `{"deche":${FORMAT},"id":${quote(id)}${what},${ran},"codec":${quote(codec)}${more}`
}

function tailText(sum: string, sign: Signer | undefined): string {
  return `${SUM}${sum}${sign === undefined ? '' : `"${SIGNATURE}${sign(sum)}`}"}\n`
}

/** Its length in the file. */
export function sizeOf(body: EntryBody): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

/**
 * The entry in `bytes`, if every byte is as it was written for this key and kind; `undefined` if not. `other` is an
 * intact entry of another function that shares the directory: a miss, and not ours to remove. Without `expected.id`
 * any function's entry is answered. Never throws.
 */
export function decodeEntry(
  bytes: Uint8Array,
  expected: { id?: string; key: string; kind?: EntryKind },
): Entry | 'other' | undefined {
  const file = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = file.indexOf(NEWLINE)
  if (end < TAIL || end > LONGEST_HEADER) return undefined
  const line = file.toString('latin1', 0, end)
  const isSigned = line.startsWith(SIGNATURE, end - TAIL)
  const start = isSigned ? end - TAIL - SIGNED : end - TAIL
  if (start < 0 || !line.startsWith(SUM, start) || !line.endsWith('"}')) return undefined
  const sum = line.slice(start + SUM.length, start + SUM.length + DIGITS)
  if (sum !== checksum(file, start, expected.key, end + 1)) return undefined
  const header = (isSigned ? undefined : usualHeader(line, start)) ?? parseHeader(file.toString('utf8', 0, end))
  if (header === undefined || (header.kind ?? 'data') !== (expected.kind ?? 'data')) return undefined
  if (expected.id !== undefined && header.id !== expected.id) return 'other'
  const signature = isSigned ? line.slice(end - TAIL + SIGNATURE.length, -2) : undefined
  return { header, body: file.subarray(end + 1), sum, signature }
}

/** One `crypto.hash` of a small copy costs half of what a digest object with three updates does. */
const scratch = Buffer.allocUnsafeSlow(8192)

/** sha256 of the header line up to `,"sum":`, where `head` ends, a newline, the key, a newline, and what begins at `body`. */
function checksum(file: Buffer, head: number, key: string, body: number): string {
  if (file.length + key.length * 3 > scratch.length)
    return hash(file.subarray(0, head), `\n${key}\n`, file.subarray(body))
  file.copy(scratch, 0, 0, head)
  const start = head + scratch.write(`\n${key}\n`, head)
  return hash(scratch.subarray(0, start + file.copy(scratch, start, body)))
}

/** A header as `encodeEntry` writes it, with nothing in it that JSON escapes. */
const USUAL =
  /^\{"deche":1,"id":"([!#-[\]-~]*)"(?:,"kind":"(inputs|exception)")?,"at":(\d{1,15}),"took":(\d{1,15}(?:\.\d{1,3})?),"codec":"([!#-[\]-~]*)"(,"promise":true)?(?:,"code":"([0-9a-f]*)")?$/

/** JSON.parse takes four times as long. */
function usualHeader(line: string, end: number): EntryHeader | undefined {
  const [, id, kind, at, took, codec, promise, code] = USUAL.exec(line.slice(0, end)) ?? []
  if (id === undefined || codec === undefined) return undefined
  const header: Writable<EntryHeader> = { id, at: Number(at), took: Number(took), codec }
  if (kind !== undefined) header.kind = kind as 'inputs' | 'exception'
  if (promise !== undefined) header.promise = true
  if (code !== undefined) header.code = code
  return header
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

function parseHeader(line: string): EntryHeader | undefined {
  try {
    const header: unknown = JSON.parse(line)
    return isHeader(header) ? header : undefined
  } catch {
    return undefined
  }
}

function isHeader(value: unknown): value is EntryHeader {
  if (typeof value !== 'object' || value === null) return false
  const { deche, id, kind, at, took, codec, promise, code } = value as Record<string, unknown>
  return (
    deche === FORMAT &&
    typeof id === 'string' &&
    (kind === undefined || kind === 'inputs' || kind === 'exception') &&
    typeof at === 'number' &&
    typeof took === 'number' &&
    typeof codec === 'string' &&
    (promise === undefined || promise === true) &&
    (code === undefined || typeof code === 'string')
  )
}

const SUFFIXES = { data: '', inputs: '.inputs', exception: '.exc' } as const satisfies Record<EntryKind, string>

/** The names of an entry's files in the function's directory. */
export function entryNames(key: string): { data: string; inputs: string; exception: string } {
  return { data: key, inputs: key + SUFFIXES.inputs, exception: key + SUFFIXES.exception }
}

/** The name of an older result, made `at` milliseconds since the epoch, under `expiry=append`. */
export function historyName(key: string, at: number): string {
  return `${key}-${Math.round(at * 1000)}`
}

/** What is in a hash of code: `<hash>.code`. It is no entry. */
export function codeName(hash: string): string {
  return `${hash}.code`
}

/** The hash of the function's own piece, in which a hash of its code ends. */
export function ownMark(hash: string): string {
  return hash.slice(-8)
}

/** The hash of code that a file's name says. */
export function codeOf(name: string): string | undefined {
  return /^([0-9a-f]{28})\.code$/.exec(name)?.[1]
}

export type EntryName =
  | { readonly kind: EntryKind; readonly key: string }
  | { readonly kind: 'history'; readonly key: string; readonly at: number }

const KEY_LENGTH = 64
const KEY = /^[0-9a-f]+$/

/** The key of a file of this kind; `undefined` for any other. Listings of millions ask: the length turns most names down. */
export function keyOf(kind: EntryKind, name: string): string | undefined {
  const suffix = SUFFIXES[kind]
  if (name.length !== KEY_LENGTH + suffix.length || !name.endsWith(suffix)) return undefined
  const key = suffix === '' ? name : name.slice(0, KEY_LENGTH)
  return KEY.test(key) ? key : undefined
}

const KINDS = Object.keys(SUFFIXES) as EntryKind[]
const HISTORY = /^([0-9a-f]{64})-(\d{1,16})$/

/** What a file's name says; `undefined` for a file that is no entry. Of a path, only the last segment counts. */
export function kindOf(path: string): EntryName | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  for (const kind of KINDS) {
    const key = keyOf(kind, name)
    if (key !== undefined) return { kind, key }
  }
  const [, key, micros] = HISTORY.exec(name) ?? []
  return key === undefined ? undefined : { kind: 'history', key, at: Number(micros) / 1000 }
}
