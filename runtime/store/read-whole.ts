import {
  CHUNK,
  type FileFacts,
  type FileSystem,
  findFile,
  ifThere,
  modifiedOf,
  revisionOf,
  SMALL,
  transferAsync,
} from './file-system.js'
import type { Peeked } from './peek.js'
import type { ReadMarker } from './read-marker.js'
import type { Stored } from './store.js'

/** What to expect of the next file. */
export interface Outlook {
  /** Whether the last one that was asked for was there: most likely the next one is, too. */
  isThere: boolean
  /** Whether the last one that was read was small. */
  isSmall: boolean
  /** How to open a file that may be a pipe, which would block until somebody writes to it. */
  readonly withoutWaiting: number
}

/** Reads all of one file. The file that was opened is the one that is read, whatever takes its name meanwhile. */
export function readWhole(fs: FileSystem, path: string, mark?: ReadMarker, outlook?: Outlook): Stored | undefined {
  const opened = open(fs, path, outlook)
  if (opened === undefined) return undefined
  try {
    const stored = readOpened(fs, opened)
    mark?.opened(opened.fd, opened.facts, path)
    return stored
  } finally {
    fs.closeSync(opened.fd)
  }
}

export async function readWholeAsync(
  fs: FileSystem,
  path: string,
  mark: ReadMarker,
  outlook: Outlook,
): Promise<Stored | undefined> {
  const opened = open(fs, path, outlook)
  if (opened === undefined) return undefined
  try {
    mark.opened(opened.fd, opened.facts, path)
    if (opened.facts.size <= SMALL) return readOpened(fs, opened)
    const bytes = new Uint8Array(opened.facts.size)
    const length = await transferAsync(fs.read.bind(fs), opened.fd, bytes)
    return stored(opened.facts, bytes, length)
  } finally {
    fs.closeSync(opened.fd)
  }
}

/** Where `peek` reads to: making room for each file costs as much as opening one. */
let page: Buffer | undefined

/**
 * The shortest way to what a small file holds: neither its size nor its kind is asked, since what was read proves itself by
 * its checksum or is read again. Its facts are looked up where they are wanted, or where the read has to be noted.
 */
export function peek(
  fs: FileSystem,
  path: string,
  mark: ReadMarker,
  outlook: Outlook,
  wantsFacts: boolean,
): Peeked | undefined {
  if (!outlook.isThere || !outlook.isSmall) return undefined
  let fd: number
  try {
    fd = fs.openSync(path, outlook.withoutWaiting)
  } catch {
    outlook.isThere = false
    return undefined
  }
  try {
    page ??= Buffer.allocUnsafeSlow(SMALL)
    const length = fs.readSync(fd, page, 0, SMALL, null)
    if (length === SMALL) return undefined
    const bytes = page.subarray(0, length)
    if (!wantsFacts && !mark.isDue(path)) return { bytes }
    // After the read, which often has set the time already.
    const facts = fs.fstatSync(fd)
    mark.opened(fd, facts, path)
    return new StoredFile(facts, bytes)
  } catch {
    return undefined
  } finally {
    fs.closeSync(fd)
  }
}

interface Opened {
  readonly fd: number
  readonly facts: FileFacts
}

/** Asking first costs a hit 1 µs and saves a miss the 5 µs of a thrown error. */
function open(fs: FileSystem, path: string, outlook: Outlook | undefined): Opened | undefined {
  if (outlook === undefined) return openIfThere(fs, path)
  const opened = (outlook.isThere ? openAtOnce(fs, path, outlook.withoutWaiting) : undefined) ?? openIfThere(fs, path)
  outlook.isThere = opened !== undefined
  if (opened !== undefined) outlook.isSmall = opened.facts.size < SMALL
  return opened
}

/** `undefined` also when it fails: whoever looks more closely is told why. */
function openAtOnce(fs: FileSystem, path: string, flags: number): Opened | undefined {
  let fd: number
  try {
    fd = fs.openSync(path, flags)
  } catch {
    return undefined
  }
  const opened = { fd, facts: factsOf(fs, fd) }
  if (opened.facts.isFile()) return opened
  fs.closeSync(fd)
  return undefined
}

function openIfThere(fs: FileSystem, path: string): Opened | undefined {
  if (findFile(fs, path) === undefined) return undefined
  const fd = ifThere(() => fs.openSync(path, 'r'))
  return fd === undefined ? undefined : { fd, facts: factsOf(fs, fd) }
}

function factsOf(fs: FileSystem, fd: number): FileFacts {
  try {
    return fs.fstatSync(fd)
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}

function readOpened(fs: FileSystem, { fd, facts }: Opened): Stored {
  // Not a slice of Buffer's pool: a codec may put a view on `bytes.buffer`.
  const bytes = new Uint8Array(facts.size)
  let length = 0
  while (length < bytes.length) {
    const count = fs.readSync(fd, bytes, length, Math.min(bytes.length - length, CHUNK), null)
    if (count === 0) break
    length += count
  }
  return stored(facts, bytes, length)
}

/** A file that somebody truncated while it was read comes out short, for the checksum to find. */
function stored(facts: FileFacts, bytes: Uint8Array, length: number): Stored {
  return new StoredFile(facts, length === bytes.length ? bytes : bytes.slice(0, length))
}

/** The text of its revision takes as long as a system call, so it is made only for those who ask. */
class StoredFile implements Stored {
  readonly #facts: FileFacts
  readonly bytes: Uint8Array

  constructor(facts: FileFacts, bytes: Uint8Array) {
    this.#facts = facts
    this.bytes = bytes
  }

  get size(): number {
    return this.#facts.size
  }

  get modified(): number {
    return modifiedOf(this.#facts)
  }

  get revision(): string {
    return revisionOf(this.#facts)
  }
}
