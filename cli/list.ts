import type { Dir } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Cache, type Store } from '../runtime/index.js'
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
 * another. Files are counted as they are met, so a store of millions takes no memory. Throws ConfigError, for a
 * store that cannot list what it holds, and StoreError.
 */
export async function* list(prefix: string | undefined): AsyncGenerator<string, void, undefined> {
  const { store } = new Cache(prefix === undefined ? {} : { protocol: 'file', prefix })
  const isLocal = store.protocol === 'file'
  if (isLocal && !(await exists(store.location))) {
    if (prefix !== undefined) throw new Error(`there is no directory '${prefix}'`)
    yield `No entries: ${store.location} does not exist yet.`
    return
  }
  let found = false
  for await (const [directory, count] of isLocal ? directories(store.location, '') : directoriesElsewhere(store)) {
    if (!found) yield HEAD
    found = true
    const { results, exceptions, bytes } = count
    yield `${column(results, 10)}  ${column(exceptions, 10)}  ${column(bytes, 14)}  ${directory}`
  }
  if (!found) yield `No entries in ${store.location}.`
}

/** Every directory that holds entries, sorted, by its path below the prefix. */
async function* directories(root: string, below: string): AsyncGenerator<[string, Count], void, undefined> {
  const here = path.join(root, below)
  if (below !== '') {
    const count = await countEntries(here)
    if (count.files > 0) yield [below, count]
  }
  for (const name of (await foldersIn(here)).sort()) yield* directories(root, below === '' ? name : `${below}/${name}`)
}

/** The same of a store that is no directory. */
async function* directoriesElsewhere(store: Store): AsyncGenerator<[string, Count], void, undefined> {
  const { async } = store
  if (async.directories === undefined || async.scan === undefined)
    throw new Error(`the configured store is '${store.protocol}', which cannot list what it holds with facts`)
  const names: string[] = []
  for await (const directory of async.directories()) names.push(directory)
  for (const directory of names.sort()) {
    const count: Count = { results: 0, exceptions: 0, bytes: 0, files: 0 }
    for await (const { name, size } of async.scan(directory)) add(count, name, size)
    if (count.files > 0) yield [directory, count]
  }
}

async function foldersIn(directory: string): Promise<string[]> {
  const folders: string[] = []
  for await (const entry of await opendir(directory)) if (entry.isDirectory()) folders.push(entry.name)
  return folders
}

async function countEntries(directory: string): Promise<Count> {
  const count: Count = { results: 0, exceptions: 0, bytes: 0, files: 0 }
  const opened: Dir = await opendir(directory, { bufferSize: 1024 })
  for await (const entry of opened) {
    if (kindOf(entry.name) === undefined || entry.isDirectory()) continue
    const facts = await stat(path.join(directory, entry.name)).catch(() => undefined)
    // Removed by another process meanwhile.
    if (facts !== undefined) add(count, entry.name, facts.size)
  }
  return count
}

/** Counts a file, if it is an entry's. */
function add(count: Count, name: string, size: number): void {
  const kind = kindOf(name)?.kind
  if (kind === undefined) return
  count.files++
  count.bytes += size
  if (kind === 'data') count.results++
  if (kind === 'exception') count.exceptions++
}

async function exists(location: string): Promise<boolean> {
  try {
    return (await stat(location)) !== undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

function column(value: number, width: number): string {
  return String(value).padStart(width)
}
