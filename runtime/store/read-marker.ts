import { type FileFacts, type FileSystem, ifThere, stamped, writtenAt } from './file-system.js'

/**
 * Reads, for limits to know what was used of late. A file's access time says it, but file systems write that down once
 * a day at best (`relatime`), so a read sets it, once in a while. The modification time, which tells writes apart and
 * dates raw files, stays as it is.
 */
export interface ReadMarker {
  /** Told of a file that is read while it is open. */
  readonly opened: (fd: number, facts: FileFacts, file: string) => void
  /** Whether `opened` has to be told of a read; not, if it was of late. */
  readonly isDue: (file: string) => boolean
  /** A file is written anew, and nothing was read of it. */
  readonly written: (file: string) => void
  /** As `opened`, of a file that is not open. */
  readonly file: (path: string) => void
}

/** How exactly a read is dated, milliseconds: setting a time costs a read of a file 2 µs. */
export const EVERY = 30_000

/** After a failure (another user's files, a read-only disk) nothing is tried for so long, milliseconds: errors cost more. */
const PAUSE = 3_600_000

/** Files that a process remembers having noted. */
const REMEMBERED = 10_000

/** Taken before anyone can install fake timers. */
const now = Date.now

export function createReadMarker(fs: FileSystem): ReadMarker {
  let pausedUntil = 0
  /** When each file was last noted, by whatever process. */
  const noted = new Map<string, number>()

  function opened(fd: number, facts: FileFacts, file: string): void {
    const { atimeMs, mtimeMs } = facts
    const time = now()
    const isNoted = atimeMs > mtimeMs && time - atimeMs < EVERY
    if (noted.size >= REMEMBERED) noted.clear()
    noted.set(file, isNoted ? Math.min(atimeMs, time) : time)
    if (isNoted || time < pausedUntil) return
    try {
      // Later than the write, whose time may be a fraction ahead.
      fs.futimesSync(fd, Math.max(time, mtimeMs + 1) / 1000, stamped(writtenAt(facts)))
    } catch {
      pausedUntil = time + PAUSE
    }
  }

  function isDue(file: string): boolean {
    const since = now() - (noted.get(file) ?? Number.NEGATIVE_INFINITY)
    return since < 0 || since >= EVERY
  }

  function file(path: string): void {
    if (now() < pausedUntil) return
    try {
      // Through the open file: by name it could be another one meanwhile, and get this one's modification time.
      const fd = ifThere(() => fs.openSync(path, 'r'))
      if (fd === undefined) return
      try {
        opened(fd, fs.fstatSync(fd), path)
      } finally {
        fs.closeSync(fd)
      }
    } catch {
      // Whoever reads it next is told.
    }
  }

  return { opened, isDue, written: (file) => noted.delete(file), file }
}
