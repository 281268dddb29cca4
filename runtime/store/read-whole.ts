import {
  CHUNK,
  type FileFacts,
  type FileSystem,
  findFile,
  ifThere,
  SMALL,
  statOf,
  transferAsync,
} from './file-system.js'
import type { Stored } from './store.js'

/** Told of each file that is read, while it is open. */
export type OnRead = (fd: number, facts: FileFacts) => void

/** Reads all of one file. The file that was opened is the one that is read, whatever takes its name meanwhile. */
export function readWhole(fs: FileSystem, path: string, onRead?: OnRead): Stored | undefined {
  const opened = open(fs, path)
  if (opened === undefined) return undefined
  try {
    const stored = readOpened(fs, opened)
    onRead?.(opened.fd, opened.facts)
    return stored
  } finally {
    fs.closeSync(opened.fd)
  }
}

export async function readWholeAsync(fs: FileSystem, path: string, onRead: OnRead): Promise<Stored | undefined> {
  const opened = open(fs, path)
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

/**
 * Asking first costs a hit 1 µs, saves a miss the 5 µs of a thrown error, and never opens a pipe, which would block.
 */
function open(fs: FileSystem, path: string): Opened | undefined {
  if (findFile(fs, path) === undefined) return undefined
  const fd = ifThere(() => fs.openSync(path, 'r'))
  if (fd === undefined) return undefined
  try {
    return { fd, facts: fs.fstatSync(fd) }
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
  return { ...statOf(facts), bytes: length === bytes.length ? bytes : bytes.slice(0, length) }
}
