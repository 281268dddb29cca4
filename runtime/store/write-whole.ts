import { dirname } from 'node:path'
import {
  CHUNK,
  codeOf,
  type FileFacts,
  type FileSystem,
  SMALL,
  stamped,
  statOf,
  transferAsync,
  unlinkQuietly,
} from './file-system.js'
import type { Stat, WriteOptions } from './store.js'
import { temporaryName } from './temporary.js'

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** Taken before anyone can install fake timers. */
const now = Date.now

/** How often a write starts anew while others remove the directory under it. */
const ATTEMPTS = 5

/**
 * Writes a file so that nobody ever sees half of it: to a temporary file in the same directory, which then takes the
 * name in one step. Directories are made when they are missing. What fails removes its temporary file and throws.
 *
 * Nothing is fsynced: a rename without it survives the death of the process, which is what happens daily. After a loss
 * of power a file may be torn, which its checksum turns into a miss; that costs one recomputation, fsync costs ten
 * times the write, every time.
 */
export function writeWhole(
  fs: FileSystem,
  target: Target,
  bytes: Uint8Array,
  options?: WriteOptions,
): Stat | undefined {
  for (let attempt = 1; ; attempt++) {
    try {
      const draft = begin(fs, target, attempt)
      try {
        for (let length = 0; length < bytes.length; ) {
          length += progress(fs.writeSync(draft.fd, bytes, length, Math.min(bytes.length - length, CHUNK)))
        }
      } catch (error) {
        abandon(fs, draft)
        throw error
      }
      return publish(fs, draft, target, bytes.length, options)
    } catch (error) {
      giveUp(error, attempt)
    }
  }
}

/** `bytes` must not change before the promise settles. */
export async function writeWholeAsync(
  fs: FileSystem,
  target: Target,
  bytes: Uint8Array,
  options?: WriteOptions,
): Promise<Stat | undefined> {
  if (bytes.length <= SMALL) return writeWhole(fs, target, bytes, options)
  for (let attempt = 1; ; attempt++) {
    try {
      const draft = begin(fs, target, attempt)
      try {
        progress(await transferAsync(fs.write.bind(fs), draft.fd, bytes), bytes.length)
      } catch (error) {
        abandon(fs, draft)
        throw error
      }
      return publish(fs, draft, target, bytes.length, options)
    } catch (error) {
      giveUp(error, attempt)
    }
  }
}

/** Where a file shall stand: an absolute directory, and a name in it. */
export interface Target {
  readonly directory: string
  readonly name: string
}

/** An unfinished file, its own until it is published or abandoned. */
interface Draft {
  readonly fd: number
  readonly path: string
}

function begin(fs: FileSystem, { directory }: Target, attempt: number): Draft {
  if (attempt > 1) makeDirectory(fs, directory)
  const path = `${directory}/${temporaryName()}`
  // Exclusive: neither a file of the same name nor a planted link is ever written to.
  return { path, fd: fs.openSync(path, 'wx', FILE_MODE) }
}

/** Not by `recursive`, which says ENOENT where a read-only disk says EROFS. */
function makeDirectory(fs: FileSystem, path: string): void {
  if (makeOne(fs, path)) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(fs, parent)
  makeOne(fs, path)
}

/** Answers false when its parent is missing. What still is in the way shows when the file is opened. */
function makeOne(fs: FileSystem, path: string): boolean {
  try {
    fs.mkdirSync(path, { mode: DIRECTORY_MODE })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    if (code !== 'EEXIST') throw error
  }
  return true
}

function abandon(fs: FileSystem, draft: Draft): void {
  try {
    fs.closeSync(draft.fd)
  } catch {
    // What failed before is what the caller hears.
  }
  unlinkQuietly(fs, draft.path)
}

function publish(
  fs: FileSystem,
  draft: Draft,
  { directory, name }: Target,
  size: number,
  options?: WriteOptions,
): Stat | undefined {
  let facts: FileFacts | undefined
  try {
    if (options?.facts !== 'none') stamp(fs, draft.fd, options?.modified)
    // They take as long as writing a small file.
    if (options?.facts === undefined) facts = fs.fstatSync(draft.fd)
  } catch (error) {
    abandon(fs, draft)
    throw error
  }
  try {
    // Some file systems report a full disk only here.
    fs.closeSync(draft.fd)
    if (options?.ifAbsent) {
      if (!link(fs, draft.path, `${directory}/${name}`)) return undefined
    } else {
      rename(fs, draft.path, `${directory}/${name}`)
    }
  } catch (error) {
    unlinkQuietly(fs, draft.path)
    throw error
  }
  return facts === undefined ? { size, modified: now(), revision: '' } : statOf(facts)
}

/** The first writer wins. Where there are no hard links this throws: nothing else is both exclusive and whole. */
function link(fs: FileSystem, from: string, to: string): boolean {
  try {
    fs.linkSync(from, to)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    unlinkQuietly(fs, from)
    return false
  }
  unlinkQuietly(fs, from)
  return true
}

/** Milliseconds between attempts to rename: 126 in all, since a synchronous caller waits them out. */
const RENAME_PAUSES = [2, 4, 8, 16, 32, 64]

/** On Windows a scanner or a reader that has the file open makes a rename fail for a moment. */
function rename(fs: FileSystem, from: string, to: string): void {
  for (const pause of RENAME_PAUSES) {
    try {
      fs.renameSync(from, to)
      return
    } catch (error) {
      if (process.platform !== 'win32' || !['EPERM', 'EACCES', 'EBUSY'].includes(String(codeOf(error)))) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
  }
  fs.renameSync(from, to)
}

/** Whole microseconds, as `stamped` hands them to the kernel. */
let lastStamp = 0

/**
 * Makes the revision of each write its own. The kernel's time moves every 4 ms (before Linux 6.13), and a replaced
 * file's inode is given to the next one at once: two writes of equal size could otherwise look the same. `modified`: of
 * what this is a copy of, which is read now.
 */
function stamp(fs: FileSystem, fd: number, modified?: number): void {
  const time = Math.floor((now() + Math.random()) * 1000)
  // A clock that was set back is believed, rather than dating files into the future.
  lastStamp = lastStamp - time > 1_000_000 ? time : Math.max(time, lastStamp + 1)
  const own = modified === undefined ? lastStamp : Math.floor((modified + Math.random()) * 1000)
  try {
    fs.futimesSync(fd, stamped(lastStamp), stamped(own))
  } catch {
    // Then the kernel's time has to do.
  }
}

/** Starts anew after ENOENT, for which a missing directory is the reason: not made yet, or removed while running. */
function giveUp(error: unknown, attempt: number): void {
  if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error
}

/** Bytes that were written, if as many as must have been. A write that says 0 would be repeated for ever. */
function progress(count: number, least = 1): number {
  if (count < least) throw new Error(`the file system took ${count} of ${least} bytes`)
  return count
}
