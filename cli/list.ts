import type { Dir } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Cache } from '../runtime/index.js'
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
 * store that is not made of files.
 */
export async function* list(prefix: string | undefined): AsyncGenerator<string, void, undefined> {
  const { store } = new Cache(prefix === undefined ? {} : { protocol: 'file', prefix })
  if (store.protocol !== 'file')
    throw new Error(`the configured store is '${store.protocol}'; ls lists stores of files`)
  if (!(await exists(store.location))) {
    if (prefix !== undefined) throw new Error(`there is no directory '${prefix}'`)
    yield `No entries: ${store.location} does not exist yet.`
    return
  }
  let found = false
  for await (const [directory, count] of directories(store.location, '')) {
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

async function foldersIn(directory: string): Promise<string[]> {
  const folders: string[] = []
  for await (const entry of await opendir(directory)) if (entry.isDirectory()) folders.push(entry.name)
  return folders
}

async function countEntries(directory: string): Promise<Count> {
  const count: Count = { results: 0, exceptions: 0, bytes: 0, files: 0 }
  const opened: Dir = await opendir(directory, { bufferSize: 1024 })
  for await (const entry of opened) {
    const kind = kindOf(entry.name)?.kind
    if (kind === undefined || entry.isDirectory()) continue
    const facts = await stat(path.join(directory, entry.name)).catch(() => undefined)
    // Removed by another process meanwhile.
    if (facts === undefined) continue
    count.files++
    count.bytes += facts.size
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

function column(value: number, width: number): string {
  return String(value).padStart(width)
}
