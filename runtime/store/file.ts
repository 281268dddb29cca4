import * as nodeFs from 'node:fs'
import { resolve } from 'node:path'
import { cold } from '../on-first-use.js'
import { createDirectoryRevision } from './directory-revision.js'
import {
  type DirectoryEntry,
  type FileFacts,
  type FileSystem,
  findFile,
  ifThere,
  listedOf,
  missingIsNone,
  statOf,
} from './file-system.js'
import { checkDirectory, checkPath, OWN_PREFIX } from './paths.js'
import { providePeek } from './peek.js'
import { createReadMarker } from './read-marker.js'
import { type Outlook, peek, readWhole, readWholeAsync } from './read-whole.js'
import type { AsyncStore, Listed, Stat, Store, SyncStore } from './store.js'
import { createGuard } from './trusted.js'
import type { Target } from './write-whole.js'

export interface FileStoreOptions {
  /** Where the files lie; relative to the working directory of this moment. Made by the first write. */
  readonly directory: string
  /** Whoever owns the directory or can write to it. Default: false. */
  readonly trust?: boolean
  /** Default: `node:fs`. */
  readonly fs?: FileSystem
}

/**
 * Names per batch. However many there are, they are listed in constant memory: larger batches are no faster, and what
 * of them lives through a collection makes the heap grow.
 */
const LIST_BUFFER = { bufferSize: 64 }

/**
 * Local files: directories `0700`, files `0600`, whatever the umask allows of that. Errors of the file system are
 * thrown as they are, with their code and path; a path that leaves the directory is a ConfigError.
 */
export function createFileStore(options: FileStoreOptions): Store {
  const fs: FileSystem = options.fs ?? nodeFs
  const location = resolve(options.directory)
  let sweep: ((directory: string) => void) | undefined
  const mark = createReadMarker(fs)
  const revisionOfDirectory = createDirectoryRevision(fs)
  // Windows has no pipes among its files.
  const { O_RDONLY, O_NONBLOCK = 0 } = nodeFs.constants
  const outlook: Outlook = { isThere: false, isSmall: false, withoutWaiting: O_RDONLY | O_NONBLOCK }
  const guard = options.trust ? () => {} : createGuard(fs, location)

  function locate(path: string): string {
    checkPath(path)
    guard()
    return `${location}/${path}`
  }

  function target(path: string): Target {
    const file = locate(path)
    mark.written(file)
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

  function* facts(directory: string): Generator<Listed> {
    for (const name of names(directory)) {
      // Removed meanwhile: no longer there.
      const found = findFile(fs, `${directory}/${name}`)
      if (found !== undefined) yield listedOf(name, found)
    }
  }

  async function* factsAsync(directory: string): AsyncGenerator<Listed> {
    for await (const name of namesAsync(directory)) {
      const found = findFile(fs, `${directory}/${name}`)
      if (found !== undefined) yield listedOf(name, found)
    }
  }

  /** Links to directories are not followed: they may lead in circles, or out of the store. */
  function* directoriesBelow(below: string): Generator<string> {
    const here = below === '' ? location : `${location}/${below}`
    const opened = ifThere(() => fs.opendirSync(here, LIST_BUFFER))
    if (opened === undefined) return
    let isKnown = below === ''
    try {
      for (let found = opened.readSync(); found !== null; found = opened.readSync()) {
        if (found.isDirectory()) {
          if (found.name.startsWith(OWN_PREFIX)) continue
          yield* directoriesBelow(below === '' ? found.name : `${below}/${found.name}`)
        } else if (!isKnown && isEntry(here, found)) {
          isKnown = true
          yield below
        }
      }
    } finally {
      opened.closeSync()
    }
  }

  function inspect(path: string): Listed | undefined {
    const file = locate(path)
    const found: FileFacts | undefined = findFile(fs, file)
    return found && listedOf(path.slice(path.lastIndexOf('/') + 1), found)
  }

  const touch = (path: string) => mark.file(locate(path))

  const sync: SyncStore = {
    read: (path) => readWhole(fs, locate(path), mark, outlook),
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
      guard()
      return names(`${location}/${directory}`)
    },
    tryLock: (path) => cold().tryFileLock(fs, target(path)),
    scan(directory) {
      checkDirectory(directory)
      guard()
      return facts(`${location}/${directory}`)
    },
    directories: () => directoriesBelow(''),
    directoryRevision: (directory) => revisionOfDirectory(`${location}/${directory}`),
    inspect,
    touch,
  }

  const async: AsyncStore = {
    read: async (path) => readWholeAsync(fs, locate(path), mark, outlook),
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
      guard()
      yield* namesAsync(`${location}/${directory}`)
    },
    async tryLock(path) {
      const lock = sync.tryLock?.(path)
      return lock && { release: async () => lock.release() }
    },
    async *scan(directory) {
      checkDirectory(directory)
      guard()
      yield* factsAsync(`${location}/${directory}`)
    },
    async *directories() {
      yield* directoriesBelow('')
    },
    inspect: async (path) => inspect(path),
    touch,
  }

  providePeek(sync, {
    look: (path, wantsFacts) => peek(fs, locate(path), mark, outlook, wantsFacts),
    has(path) {
      try {
        return fs.existsSync(locate(path))
      } catch {
        return true
      }
    },
  })
  return { protocol: 'file', location, sync, async }
}
