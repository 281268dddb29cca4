import { siteOf } from '../call/compiled-sites.js'
import type { StandIn } from '../call/stand-in.js'
import { cached } from '../cold.js'
import type { AnyFunction } from '../manage/types.js'
import { createMemoryStore } from '../store/memory.js'
import type { Store } from '../store/store.js'
import { type CacheAct, cacheInUse, recordingsFor, runWithin, startCache } from './acts.js'
import type { Restore } from './restore.js'

/**
 * From now on, until what this answers is called, all tagged and wrapped functions of the process use an empty cache in
 * memory: they neither see nor write what their own cache holds, also where a tag names a `Cache`. The mode is `on`,
 * whatever the configuration says. Within another one the inner one counts.
 */
export function isolate(): Restore {
  return startCache(new TestCache())
}

/**
 * Runs `body` with an empty cache of its own, which counts for what it calls and waits for and for nothing else: tests
 * may run at the same time. It goes before `isolate()` and `useTestCache()`.
 */
export function runIsolated<T>(body: () => T): T {
  return runWithin(new TestCache(), body)
}

/**
 * Empties the test cache: the next call of each function runs; with functions, the next call of these. Recorded
 * functions are left alone. Throws a TypeError where no test cache is in use, since a real cache would be emptied, and
 * NotTransformedError.
 */
export function clear(...functions: AnyFunction[]): void {
  const cache = cacheInUse()
  if (!(cache instanceof TestCache)) {
    throw new TypeError(
      'clear() empties a test cache, and none is in use: call useTestCache() or isolate() before. ' +
        'cached(fn).removeAll() empties a real one.',
    )
  }
  if (functions.length === 0) cache.clear()
  for (const fn of functions) cache.clearOne(fn)
}

/** A store in memory for each store that the functions would use. */
export class TestCache implements CacheAct {
  #standIn = standInFor(new Map())

  get standIn(): StandIn {
    return this.#standIn
  }

  clear(): void {
    this.#standIn = standInFor(new Map())
  }

  clearOne(fn: AnyFunction): void {
    const entries = cached(fn)
    if (recordingsFor(entries.id) !== undefined) return
    // A function with path= has its entries in directories of its own choice.
    const chosen = siteOf(fn)?.memo()?.settings.path !== undefined
    for (const directory of chosen ? directoriesOf(entries.store) : [undefined]) {
      entries.removeAllSync(directory === undefined ? {} : { directory })
    }
  }
}

function standInFor(stores: Map<Store, Store>): StandIn {
  const store = (own: Store) => {
    const found = stores.get(own) ?? trackedMemory()
    stores.set(own, found)
    return found
  }
  return { store, resolve: (_, own) => ({ ...own, mode: 'on', store: store(own.store) }) }
}

/** The directories that were written to, of each test store. */
const directories = new WeakMap<Store, Set<string>>()

function directoriesOf(store: Store): Iterable<string> {
  return [...(directories.get(store) ?? [])]
}

function trackedMemory(): Store {
  const memory = createMemoryStore()
  const written = new Set<string>()
  const note = (path: string) => written.add(path.slice(0, path.lastIndexOf('/')))
  const store: Store = {
    ...memory,
    sync: {
      ...memory.sync,
      write: (path, bytes, options) => {
        note(path)
        return memory.sync.write(path, bytes, options)
      },
    },
    async: {
      ...memory.async,
      write: (path, bytes, options) => {
        note(path)
        return memory.async.write(path, bytes, options)
      },
    },
  }
  directories.set(store, written)
  return store
}
