import { isLock, removeIfDead } from './file-lock.js'
import { codeOf, type FileSystem, unlinkQuietly } from './file-system.js'
import { OWN_PREFIX } from './paths.js'

/** Unfinished writes: how their files are called, and how what killed processes left of them is swept. */

const TEMPORARY = /^\.deche-tmp-[0-9]+-[0-9a-f]{16}-[0-9a-z]+(?:\.next)?$/

/** Its modification time says when its directory was last swept, by whatever process. */
const MARKER = `${OWN_PREFIX}swept`

/** Milliseconds between sweeps of a directory, and the age from which an unfinished write counts as left behind. */
const HOUR = 3_600_000

/** Entries a write looks at itself, in some 3 ms. The rest of a large directory is looked through in the background. */
const AT_ONCE = 4096

/** Directories a process remembers having looked at. */
const REMEMBERED = 10_000

/** Of this thread: each loads its own copy of this module. Random, as process ids repeat over containers and machines. */
let thread: string | undefined
let calls = 0

/** A name that no other process, thread or call uses. */
export function temporaryName(): string {
  // Importing node:crypto would cost every process 2 ms, those too that only read.
  thread ??= process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex')
  return `${OWN_PREFIX}tmp-${process.pid}-${thread}-${(calls++).toString(36)}`
}

/** Taken before anyone can install fake timers. */
const now = Date.now

/**
 * Answers a function to be called after each write to a directory. Once an hour over all processes it removes the
 * temporary files there that are older than an hour. It never throws: what it cannot do, a later sweep does.
 */
export function createSweeper(fs: FileSystem): (directory: string) => void {
  const looked = new Map<string, number>()
  return (directory) => {
    const last = looked.get(directory)
    if (last !== undefined && isWithinTheHour(last)) return
    if (looked.size >= REMEMBERED) looked.clear()
    looked.set(directory, now())
    try {
      const started = claim(fs, directory)
      if (started !== undefined) sweep(fs, directory, started - HOUR)
    } catch {
      // Housekeeping is never the reason for a failure.
    }
  }
}

/** Either way round: a clock that was set back must not put off the sweep for ever. */
function isWithinTheHour(time: number): boolean {
  return Math.abs(now() - time) < HOUR
}

/**
 * The time, by the file system's clock, if it is for this call to sweep. Of several processes that try at once one
 * makes the marker; two may still get through if one removes what the other has just made, which does no harm.
 */
function claim(fs: FileSystem, directory: string): number | undefined {
  const path = `${directory}/${MARKER}`
  const marker = fs.lstatSync(path, { throwIfNoEntry: false })
  if (marker !== undefined) {
    if (isWithinTheHour(marker.mtimeMs)) return undefined
    fs.unlinkSync(path)
  }
  let fd: number
  try {
    fd = fs.openSync(path, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
  try {
    return fs.fstatSync(fd).mtimeMs
  } finally {
    fs.closeSync(fd)
  }
}

function sweep(fs: FileSystem, path: string, before: number): void {
  const directory = fs.opendirSync(path, { bufferSize: 1024 })
  let unfinished = false
  try {
    for (let count = 0; count < AT_ONCE; count++) {
      const entry = directory.readSync()
      if (entry === null) return
      removeIfLeft(fs, path, entry.name, before)
    }
    unfinished = true
  } finally {
    if (!unfinished) directory.closeSync()
  }
  void sweepOn()

  async function sweepOn(): Promise<void> {
    try {
      for (let entry = await directory.read(); entry !== null; entry = await directory.read()) {
        removeIfLeft(fs, path, entry.name, before)
      }
      await directory.close()
    } catch {
      directory.close().catch(() => {})
    }
  }
}

function removeIfLeft(fs: FileSystem, directory: string, name: string, before: number): void {
  const lock = isLock(name)
  if (!lock && !TEMPORARY.test(name)) return
  const path = `${directory}/${name}`
  const facts = fs.lstatSync(path, { throwIfNoEntry: false })
  if (!facts?.isFile() || facts.mtimeMs >= before) return
  if (lock) removeIfDead(fs, directory, name)
  else unlinkQuietly(fs, path)
}
