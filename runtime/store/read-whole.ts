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
import type { Stored } from './store.js'

/** Told of each file that is read, while it is open. */
export type OnRead = (fd: number, facts: FileFacts) => void

/** What to expect of the next file. */
export interface Outlook {
  /** Whether the last one that was asked for was there: most likely the next one is, too. */
  isThere: boolean
  /** How to open a file that may be a pipe, which would block until somebody writes to it. */
  readonly withoutWaiting: number
}

/** Reads all of one file. The file that was opened is the one that is read, whatever takes its name meanwhile. */
export function readWhole(fs: FileSystem, path: string, onRead?: OnRead, outlook?: Outlook): Stored | undefined {
  const opened = open(fs, path, outlook)
  if (opened === undefined) return undefined
  try {
    const stored = readOpened(fs, opened)
    onRead?.(opened.fd, opened.facts)
    return stored
  } finally {
    fs.closeSync(opened.fd)
  }
}

export async function readWholeAsync(
  fs: FileSystem,
  path: string,
  onRead: OnRead,
  outlook: Outlook,
): Promise<Stored | undefined> {
  const opened = open(fs, path, outlook)
  if (opened === undefined) return undefined
  try {
    onRead(opened.fd, opened.facts)
    if (opened.facts.size <= SMALL) return readOpened(fs, opened)
    const bytes = new Uint8Array(opened.facts.size)
    const length = await transferAsync(fs.read.bind(fs), opened.fd, bytes)
    return stored(opened.facts, bytes, length)
  } finally {
    fs.closeSync(opened.fd)
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
