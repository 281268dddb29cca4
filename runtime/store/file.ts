import * as nodeFs from 'node:fs'
import { resolve } from 'node:path'
import { cold } from '../on-first-use.js'
import { type DirectoryEntry, type FileSystem, findFile, ifThere, missingIsNone, statOf } from './file-system.js'
import { checkDirectory, checkPath, OWN_PREFIX } from './paths.js'
import { readWhole, readWholeAsync } from './read-whole.js'
import type { AsyncStore, Stat, Store, SyncStore } from './store.js'
import type { Target } from './write-whole.js'

export interface FileStoreOptions {
  /** Where the files lie; relative to the working directory of this moment. Made by the first write. */
  readonly directory: string
  /** Default: `node:fs`. */
  readonly fs?: FileSystem
}

/** Names per system call. A directory of a million entries is listed in constant memory. */
const LIST_BUFFER = { bufferSize: 1024 }

/**
 * Local files: directories `0700`, files `0600`, whatever the umask allows of that. Errors of the file system are
 * thrown as they are, with their code and path; a path that leaves the directory is a ConfigError.
 */
export function createFileStore(options: FileStoreOptions): Store {
  const fs: FileSystem = options.fs ?? nodeFs
  const location = resolve(options.directory)
  let sweep: ((directory: string) => void) | undefined

  function locate(path: string): string {
    checkPath(path)
    return `${location}/${path}`
  }

  function target(path: string): Target {
    const file = locate(path)
    const slash = file.lastIndexOf('/')
    return { directory: file.slice(0, slash), name: file.slice(slash + 1) }
  }

  function swept(directory: string): void {
    sweep ??= cold().createSweeper(fs)
    sweep(directory)
  }

  function statFile(file: string): Stat | undefined {
    const facts = findFile(fs, file)
    return facts && statOf(facts)
  }

  function isEntry(directory: string, found: DirectoryEntry): boolean {
    if (found.name.startsWith(OWN_PREFIX)) return false
    return found.isFile() || (found.isSymbolicLink() && statFile(`${directory}/${found.name}`) !== undefined)
  }

  function* names(directory: string): Generator<string> {
    const opened = ifThere(() => fs.opendirSync(directory, LIST_BUFFER))
    if (opened === undefined) return
    try {
      for (let found = opened.readSync(); found !== null; found = opened.readSync()) {
        if (isEntry(directory, found)) yield found.name
      }
    } finally {
      opened.closeSync()
    }
  }

  async function* namesAsync(directory: string): AsyncGenerator<string> {
    const opened = await fs.promises.opendir(directory, LIST_BUFFER).catch(missingIsNone)
    if (opened === undefined) return
    try {
      for (let found = await opened.read(); found !== null; found = await opened.read()) {
        if (isEntry(directory, found)) yield found.name
      }
    } finally {
      await opened.close()
    }
  }

  const sync: SyncStore = {
    read: (path) => readWhole(fs, locate(path)),
    write(path, bytes, writing) {
      const where = target(path)
      const stat = cold().writeWhole(fs, where, bytes, writing)
      swept(where.directory)
      return stat
    },
    stat: (path) => statFile(locate(path)),
    remove(path) {
      const file = locate(path)
      return (
        ifThere(() => {
          fs.unlinkSync(file)
          return true
        }) ?? false
      )
    },
    list(directory) {
      checkDirectory(directory)
      return names(`${location}/${directory}`)
    },
    tryLock: (path) => cold().tryFileLock(fs, target(path)),
  }

  const async: AsyncStore = {
    read: async (path) => readWholeAsync(fs, locate(path)),
    async write(path, bytes, writing) {
      const where = target(path)
      const stat = await cold().writeWholeAsync(fs, where, bytes, writing)
      swept(where.directory)
      return stat
    },
    stat: async (path) => sync.stat(path),
    remove: async (path) => sync.remove(path),
    async *list(directory) {
      checkDirectory(directory)
      yield* namesAsync(`${location}/${directory}`)
    },
    async tryLock(path) {
      const lock = sync.tryLock?.(path)
      return lock && { release: async () => lock.release() }
    },
  }

  return { protocol: 'file', location, sync, async }
}
