import { stat } from 'node:fs/promises'
import { Cache } from '../runtime/index.js'
import { canScan } from '../runtime/limits/prune.js'
import { isAtHand } from '../runtime/store/at-hand.js'
import type { Store } from '../runtime/store/store.js'
import { kindOf } from '../runtime/value/entry.js'

interface Count {
  results: number
  exceptions: number
  bytes: number
  files: number
}

const HEAD = '   results  exceptions           bytes  id'

/**
 * The lines that `deche ls` prints: one for each directory of entries, which is a function's id unless `path=` chose
 * another. Files are counted as they are met, so a store of millions takes no memory. Throws ConfigError, and for a
 * store that cannot tell what it holds.
 */
export async function* list(prefix: string | undefined): AsyncGenerator<string, void, undefined> {
  const store = await storeAt(prefix)
  if (store === undefined) {
    yield `No entries: ${new Cache().store.location} does not exist yet.`
    return
  }
  let found = false
  const face = scanning(store)
  const directories: string[] = []
  for await (const directory of face.directories()) directories.push(directory)
  for (const directory of directories.sort()) {
    const { results, exceptions, bytes, files } = await countEntries(face, directory)
    if (files === 0) continue
    if (!found) yield HEAD
    found = true
    yield `${column(results, 10)}  ${column(exceptions, 10)}  ${column(bytes, 14)}  ${directory}`
  }
  if (!found) yield `No entries in ${store.location}.`
}

/**
 * The configured store, or that of files in a directory; `undefined` if the configured directory does not exist yet.
 * Throws ConfigError, and for a store whose entries no other process sees.
 */
export async function storeAt(prefix: string | undefined): Promise<Store | undefined> {
  const { store } = new Cache(prefix === undefined ? {} : { protocol: 'file', prefix })
  if (store.protocol === 'memory')
    throw new Error("the configured store is 'memory', which ends with each process and is empty here")
  if (store.protocol !== 'file' || (await exists(store.location))) return store
  if (prefix !== undefined) throw new Error(`there is no directory '${prefix}'`)
  return undefined
}

/** Throws for a store that cannot list with facts. */
export function scanning(store: Store) {
  const face = isAtHand(store) ? store.sync : store.async
  if (!canScan(face))
    throw new Error(`the configured store is '${store.protocol}', which cannot list what it holds with facts`)
  return face
}

async function countEntries(face: ReturnType<typeof scanning>, directory: string): Promise<Count> {
  const count: Count = { results: 0, exceptions: 0, bytes: 0, files: 0 }
  for await (const { name, size } of face.scan(directory)) {
    const kind = kindOf(name)?.kind
    if (kind === undefined) continue
    count.files++
    count.bytes += size
    if (kind === 'data') count.results++
    if (kind === 'exception') count.exceptions++
  }
  return count
}

async function exists(location: string): Promise<boolean> {
  try {
    return (await stat(location)) !== undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

export function column(value: number, width: number): string {
  return String(value).padStart(width)
}
