import { checkDirectory, checkPath } from './paths.js'
import type { AsyncStore, Store, Stored, SyncStore } from './store.js'

/** Entries of this thread, until it ends. Bytes are copied on the way in and out, so no two callers share any. */
export function createMemoryStore(): Store {
  const directories = new Map<string, Map<string, Stored>>()
  let writes = 0

  function find(path: string): Stored | undefined {
    const [directory, name] = split(path)
    return directories.get(directory)?.get(name)
  }

  const sync: SyncStore = {
    read(path) {
      const entry = find(path)
      return entry && { ...entry, bytes: copy(entry.bytes) }
    },
    write(path, bytes, options) {
      const [directory, name] = split(path)
      const entries = directories.get(directory) ?? new Map<string, Stored>()
      if (options?.ifAbsent && entries.has(name)) return undefined
      const stat = { size: bytes.length, modified: Date.now(), revision: String(++writes) }
      entries.set(name, { ...stat, bytes: copy(bytes) })
      directories.set(directory, entries)
      return stat
    },
    stat(path) {
      const entry = find(path)
      return entry && { size: entry.size, modified: entry.modified, revision: entry.revision }
    },
    remove(path) {
      const [directory, name] = split(path)
      const entries = directories.get(directory)
      const removed = entries?.delete(name) ?? false
      if (entries?.size === 0) directories.delete(directory)
      return removed
    },
    list(directory) {
      checkDirectory(directory)
      // A copy of the names: whoever writes while listing would otherwise never see the end.
      return [...(directories.get(directory)?.keys() ?? [])]
    },
  }

  const async: AsyncStore = {
    read: async (path) => sync.read(path),
    write: async (path, bytes, options) => sync.write(path, bytes, options),
    stat: async (path) => sync.stat(path),
    remove: async (path) => sync.remove(path),
    async *list(directory) {
      yield* sync.list(directory)
    },
  }

  return { protocol: 'memory', location: 'memory', sync, async }
}

/** Of a Buffer, `slice` would be no copy. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

function split(path: string): [directory: string, name: string] {
  checkPath(path)
  const slash = path.lastIndexOf('/')
  return [path.slice(0, slash), path.slice(slash + 1)]
}
