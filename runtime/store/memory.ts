import { checkDirectory, checkPath } from './paths.js'
import type { AsyncStore, Listed, Store, Stored, SyncStore } from './store.js'

/** `read`: when it was last read. */
type Held = Stored & { read?: number }

/** Entries of this thread, until it ends. Bytes are copied on the way in and out, so no two callers share any. */
export function createMemoryStore(): Store {
  const directories = new Map<string, Map<string, Held>>()
  let writes = 0

  function find(path: string): Held | undefined {
    const [directory, name] = split(path)
    return directories.get(directory)?.get(name)
  }

  const sync: SyncStore = {
    read(path) {
      const entry = find(path)
      if (entry === undefined) return undefined
      entry.read = Date.now()
      const { size, modified, revision, bytes } = entry
      return { size, modified, revision, bytes: copy(bytes) }
    },
    write(path, bytes, options) {
      const [directory, name] = split(path)
      const entries = directories.get(directory) ?? new Map<string, Held>()
      if (options?.ifAbsent && entries.has(name)) return undefined
      const { modified = Date.now() } = options ?? {}
      const stat = { size: bytes.length, modified, revision: String(++writes) }
      // A copy is made because somebody wants it now.
      const isCopy = options?.modified !== undefined
      entries.set(name, { ...stat, bytes: copy(bytes), ...(isCopy && { read: Date.now() }) })
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
    scan(directory) {
      checkDirectory(directory)
      return Array.from(directories.get(directory) ?? [], ([name, held]) => listed(name, held))
    },
    directories: () => [...directories.keys()],
    inspect(path) {
      const held = find(path)
      return held && listed(split(path)[1], held)
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
    async *scan(directory) {
      checkDirectory(directory)
      for (const [name, held] of [...(directories.get(directory) ?? [])]) yield listed(name, held)
    },
    async *directories() {
      yield* [...directories.keys()]
    },
    inspect: async (path) => sync.inspect?.(path),
  }

  return { protocol: 'memory', location: 'memory', sync, async }
}

function listed(name: string, { bytes: _, ...facts }: Held): Listed {
  return { name, ...facts }
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
