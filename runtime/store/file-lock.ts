import { codeOf, type FileSystem, missingIsNone, unlinkQuietly } from './file-system.js'
import { isDead, isOwner, type Owner, ownOwner } from './owner.js'
import { OWN_PREFIX } from './paths.js'
import { readWhole } from './read-whole.js'
import type { Lock } from './store.js'
import { temporaryName } from './temporary.js'
import { type Target, writeWhole } from './write-whole.js'

/** A lock file's content. */
interface Holding extends Owner {
  /** Of this one holding, and of no other anywhere. */
  readonly nonce: string
}

/** The lock of a file lies beside it, under a name of the store's own. */
const LOCK = `${OWN_PREFIX}lock-`

export function isLock(name: string): boolean {
  return name.startsWith(LOCK)
}

/**
 * Tries once to take the lock of a file: a file that names its holder, which only one can link into place. Of a holder that
 * is seen to be dead (on this machine, in this process namespace) it is taken over.
 *
 * A takeover never meets another one, nor a live holder: whoever wants to replace the lock file of a dead holding first takes
 * the lock of that one holding's succession, and looks once more. Only the successor may replace the file, and no holding ever
 * comes back. A successor that dies on the way is succeeded in the same manner.
 */
export function tryFileLock(fs: FileSystem, { directory, name }: Target): Lock | undefined {
  return tryLockFile(fs, directory, `${directory}/${LOCK}${name}`)
}

/** Removes a lock file whose holder is dead, as one who takes it over would. */
export function removeIfDead(fs: FileSystem, directory: string, name: string): void {
  tryLockFile(fs, directory, `${directory}/${name}`)?.release()
}

function tryLockFile(fs: FileSystem, directory: string, path: string): Lock | undefined {
  // Whoever waits looks often: that is no reason to write each time.
  const holder = holderOf(fs, path)
  if (holder !== undefined && !isDead(holder)) return undefined
  const holding: Holding = { ...ownOwner(), nonce: temporaryName() }
  const draft = `${directory}/${holding.nonce}`
  writeWhole(fs, { directory, name: holding.nonce }, new TextEncoder().encode(JSON.stringify(holding)))
  try {
    if (!claim(fs, directory, draft, path)) return undefined
  } finally {
    unlinkQuietly(fs, draft)
  }
  let released = false
  return {
    release() {
      if (released) return
      released = true
      releaseFile(fs, path, holding.nonce)
    },
  }
}

function claim(fs: FileSystem, directory: string, draft: string, path: string): boolean {
  if (link(fs, draft, path)) return true
  const holder = holderOf(fs, path)
  // Released a moment ago: the next try finds out.
  if (holder === undefined || !isDead(holder)) return false
  const succession = `${directory}/${holder.nonce}.next`
  if (!claim(fs, directory, draft, succession)) return false
  try {
    if (holderOf(fs, path)?.nonce !== holder.nonce) return false
    // A rename needs a name to give away; between two names of one file it does nothing, which these are not.
    const spare = `${directory}/${temporaryName()}`
    fs.linkSync(draft, spare)
    fs.renameSync(spare, path)
    return true
  } finally {
    unlinkQuietly(fs, succession)
  }
}

function link(fs: FileSystem, from: string, to: string): boolean {
  try {
    fs.linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

function releaseFile(fs: FileSystem, path: string, nonce: string): void {
  try {
    if (holderOf(fs, path)?.nonce === nonce) fs.unlinkSync(path)
  } catch {
    // It ends with this process.
  }
}

/** `undefined`: nobody. A file that is no lock's has a holder about whom nothing can be seen. */
function holderOf(fs: FileSystem, path: string): Holding | undefined {
  let bytes: Uint8Array | undefined
  try {
    bytes = readWhole(fs, path)?.bytes
  } catch (error) {
    return missingIsNone(error)
  }
  if (bytes === undefined) return undefined
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (isHolding(read)) return read
  } catch {
    // As below.
  }
  return { machine: '', pid: 0, nonce: '' }
}

/** The nonce becomes part of a path. */
function isHolding(value: unknown): value is Holding {
  if (!isOwner(value)) return false
  const nonce: unknown = Reflect.get(value, 'nonce')
  return typeof nonce === 'string' && /^[\w.-]+$/.test(nonce)
}
