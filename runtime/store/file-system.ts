import type { Listed, Stat } from './store.js'

/** The slice of `node:fs` that the file store uses. Anything of this shape (memfs, say) can stand in for it. */
export interface FileSystem {
  openSync(path: string, flags: string | number, mode?: number): number
  closeSync(fd: number): void
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: null): number
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number): number
  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: null, done: Done): void
  write(fd: number, buffer: Uint8Array, offset: number, length: number, position: null, done: Done): void
  fstatSync(fd: number): FileFacts
  existsSync(path: string): boolean
  statSync(path: string, options: { throwIfNoEntry: false }): FileFacts | undefined
  /** What kind of file system a path is on. Without it, `directoryRevision` tells nothing. */
  statfsSync?(path: string): { readonly type: number }
  lstatSync(path: string, options: { throwIfNoEntry: false }): FileFacts | undefined
  futimesSync(fd: number, accessed: number, modified: number): void
  renameSync(from: string, to: string): void
  linkSync(from: string, to: string): void
  unlinkSync(path: string): void
  mkdirSync(path: string, options: { mode: number }): unknown
  opendirSync(path: string, options: { bufferSize: number }): Directory
  readonly promises: { opendir(path: string, options: { bufferSize: number }): Promise<Directory> }
}

type Done = (error: Error | null, count: number) => void

export interface FileFacts {
  readonly size: number
  /** Milliseconds, with a fraction. */
  readonly mtimeMs: number
  readonly atimeMs: number
  readonly ino: number
  readonly dev?: number
  readonly ctimeMs?: number
  readonly mode?: number
  readonly uid?: number
  isFile(): boolean
}

export interface Directory {
  read(): Promise<DirectoryEntry | null>
  readSync(): DirectoryEntry | null
  close(): Promise<void>
  closeSync(): void
}

export interface DirectoryEntry {
  readonly name: string
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

export function statOf(facts: FileFacts): Stat {
  return { size: facts.size, modified: modifiedOf(facts), revision: revisionOf(facts) }
}

export function modifiedOf({ mtimeMs }: FileFacts): number {
  return Math.floor(mtimeMs)
}

/**
 * The time of the last write, which `writeWhole` keeps apart, and the number of the inode. Doubles cost half of what
 * bigint facts do on every hit. Joined, since a template would stay in memory as a tree of its parts.
 */
export function revisionOf(facts: FileFacts): string {
  return [writtenAt(facts), facts.ino, facts.size].join('-')
}

/**
 * The time of the last write, whole microseconds. Versions of Node keep half a microsecond that `stamped` adds (24) or
 * drop it (20), and the two doubles on the way are off by an eighth each: a fifth more, and all say the same. The
 * milliseconds apart, since a double of so many microseconds has no room for an eighth.
 */
export function writtenAt({ mtimeMs }: FileFacts): number {
  return Math.floor(mtimeMs) * 1000 + Math.floor((mtimeMs % 1) * 1000 + 0.2)
}

/** Whole microseconds as what `futimes` takes, in seconds. Half of one more survives all rounding on the way. */
export function stamped(micros: number): number {
  return (micros + 0.5) / 1e6
}

/** As `statOf`, with when it was last read: a write sets both times, so a later one is a read's. */
export function listedOf(name: string, facts: FileFacts): Listed {
  const stat = statOf(facts)
  return { name, ...stat, ...(facts.atimeMs > facts.mtimeMs && { read: Math.floor(facts.atimeMs) }) }
}

/** Node's error code (`ENOSPC`), if it has one. */
export function codeOf(error: unknown): unknown {
  // Test runners give each test file globals of its own: there, an error of Node is no instance of their Error.
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** What `action` answers, or nothing when the file, or a directory on the way to it, is not there. */
export function ifThere<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    return missingIsNone(error)
  }
}

export function missingIsNone(error: unknown): undefined {
  const code = codeOf(error)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
}

/**
 * Facts of a regular file, through links: whoever can place a link can place a file. A directory or a pipe of that
 * name is no entry.
 */
export function findFile(fs: FileSystem, path: string): FileFacts | undefined {
  const facts = ifThere(() => fs.statSync(path, { throwIfNoEntry: false }))
  return facts?.isFile() ? facts : undefined
}

/** For cleaning up after a failure, which must not hide the failure. */
export function unlinkQuietly(fs: FileSystem, path: string): void {
  try {
    fs.unlinkSync(path)
  } catch {
    // The sweep removes what stays.
  }
}

/**
 * Bytes up to which the asynchronous face uses synchronous calls. Below it they take microseconds, a tenth of the
 * promises that would replace them; above it the transfer would hold up the event loop. Opening, renaming and the like
 * move no bytes and are synchronous always.
 */
export const SMALL = 64 * 1024

/** Node refuses to move more than 2 GiB in one call. */
export const CHUNK = 1 << 30

/** Reads or writes all of `bytes` off the main thread, and answers how many moved before the file ended. */
export async function transferAsync(move: FileSystem['read'], fd: number, bytes: Uint8Array): Promise<number> {
  let length = 0
  while (length < bytes.length) {
    const count = await new Promise<number>((resolve, reject) => {
      move(fd, bytes, length, Math.min(bytes.length - length, CHUNK), null, (error, moved) => {
        if (error) reject(error)
        else resolve(moved)
      })
    })
    if (count === 0) break
    length += count
  }
  return length
}
