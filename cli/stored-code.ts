import { closeSync, type Dir, opendirSync, openSync, readFileSync, readSync } from 'node:fs'
import path from 'node:path'
import { Cache, type Store } from '../runtime/index.js'
import { directoryName } from '../runtime/names.js'
import { tiersOf } from '../runtime/store/tiered.js'
import { codeName, codeOf, kindOf } from '../runtime/value/entry.js'
import { diagnose } from '../transformer/diagnostics.js'
import type { CheckedSite, Problem } from './checked.js'

/** The entries that one version of a function's code has made. */
export interface StoredCode {
  /** `undefined`: entries that do not say, because no compiler knew their function. */
  readonly hash: string | undefined
  entries: number
  /** When the latest of them was made, milliseconds since the epoch. */
  latest: number
  /** What is in the hash, a line for each piece; `undefined` if nobody kept it. */
  readonly pieces: readonly string[] | undefined
}

/** No header of deche comes near it. */
const LONGEST_HEADER = 4096

/**
 * Which code made a function's stored entries, latest first: results and exceptions in the configured store. Nothing
 * for a function whose tag says where its entries lie (`cache=`, `path=`). At most `most` entries are looked at. Throws
 * ConfigError, and StoreError for a store elsewhere that fails.
 */
export function storedCode({ site }: CheckedSite, most = Number.POSITIVE_INFINITY): StoredCode[] {
  const { store } = new Cache()
  if (isElsewhere(site)) return []
  const { names, headerOf, textOf } = filesOf(store, directoryName(site.id))
  const found = new Map<string | undefined, StoredCode>()
  let looked = 0
  for (const name of names()) {
    const kind = kindOf(name)?.kind
    if (kind !== 'data' && kind !== 'exception') continue
    if (looked++ >= most) break
    const header = headerOf(name)
    if (header === undefined || header.id !== site.id) continue
    const known = found.get(header.code) ?? {
      hash: header.code,
      entries: 0,
      latest: 0,
      pieces: header.code === undefined ? undefined : piecesIn(textOf(codeName(header.code))),
    }
    found.set(header.code, known)
    known.entries++
    known.latest = Math.max(known.latest, header.at)
  }
  return [...found.values()].sort((a, b) => b.latest - a.latest)
}

/**
 * A warning for each function whose stored entries were made by other code, and which has no version to decide by.
 * A store that cannot be read has nothing to say here: the functions themselves will.
 */
export function codeChanges(sites: readonly CheckedSite[]): Problem[] {
  const problems: Problem[] = []
  for (const checked of sites) {
    const { source, site } = checked
    try {
      if (site.options.version !== undefined || site.refs.version !== undefined) continue
      if (!mayHaveChanged(checked)) continue
      const other = storedCode(checked, MOST).find(({ hash }) => hash !== undefined && hash !== site.code.hash)
      if (other === undefined) continue
      const date = new Date(other.latest).toISOString()
      problems.push({ source, diagnostic: diagnose('codeChanged', site.nameRange, site.name, date), id: site.id })
    } catch {
      return problems
    }
  }
  return problems
}

/** Entries of one function that a check looks at. */
const MOST = 1000

/**
 * Each code leaves a file with its first entry, so most functions need no look at their entries. A check asks no store
 * elsewhere: it would cost requests for each function.
 */
function mayHaveChanged({ site }: CheckedSite): boolean {
  const cache = new Cache()
  const files = (tiersOf(cache.store) ?? [cache]).find(({ store }) => store.protocol === 'file')
  if (files === undefined || isElsewhere(site)) return false
  if (cache.resolve('deche check', {}).settings.version !== undefined) return false
  const directory = path.join(files.store.location, directoryName(site.id))
  for (const name of namesIn(directory)) {
    const hash = codeOf(name)
    if (hash !== undefined && hash !== site.code.hash) return true
  }
  return false
}

/** Streamed; none for a directory that does not exist. */
function* namesIn(directory: string): Generator<string, void, undefined> {
  let opened: Dir
  try {
    opened = opendirSync(directory, { bufferSize: 1024 })
  } catch {
    return
  }
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) yield entry.name
  } finally {
    opened.closeSync()
  }
}

function isElsewhere({ options, refs }: CheckedSite['site']): boolean {
  return ['cache', 'path'].some((option) => option in options || option in refs)
}

interface Header {
  readonly id: string
  readonly at: number
  readonly code: string | undefined
}

/** The files of one directory in a store. Of local ones, only the first line is read. */
function filesOf(store: Store, directory: string) {
  const isLocal = store.protocol === 'file'
  const local = path.join(store.location, directory)
  const bytesOf = (name: string) => store.sync.read(`${directory}/${name}`)?.bytes
  return {
    names: () => (isLocal ? namesIn(local) : store.sync.list(directory)),
    headerOf: (name: string) => parseHeader(isLocal ? startOf(path.join(local, name)) : bytesOf(name)),
    textOf: (name: string) => new TextDecoder().decode(isLocal ? wholeOf(path.join(local, name)) : bytesOf(name)),
  }
}

/** Nothing for a file that was removed meanwhile. */
function startOf(file: string): Uint8Array | undefined {
  let handle: number | undefined
  try {
    handle = openSync(file, 'r')
    const buffer = Buffer.alloc(LONGEST_HEADER)
    return buffer.subarray(0, readSync(handle, buffer, 0, LONGEST_HEADER, 0))
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function wholeOf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Nothing for what is no entry of ours: a raw file has no header. */
function parseHeader(bytes: Uint8Array | undefined): Header | undefined {
  if (bytes === undefined) return undefined
  try {
    const text = new TextDecoder().decode(bytes.subarray(0, LONGEST_HEADER))
    const line: unknown = JSON.parse(text.slice(0, Math.max(0, text.indexOf('\n'))))
    if (typeof line !== 'object' || line === null) return undefined
    const { id, at, code } = line as Record<string, unknown>
    if (typeof id !== 'string' || typeof at !== 'number') return undefined
    return { id, at, code: typeof code === 'string' ? code : undefined }
  } catch {
    return undefined
  }
}

/** What a file about code says is in it. */
function piecesIn(text: string): readonly string[] | undefined {
  try {
    const kept: unknown = JSON.parse(text)
    const pieces: unknown = typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'pieces') : undefined
    const isText = (item: unknown): item is string => typeof item === 'string'
    return Array.isArray(pieces) && pieces.every(isText) ? pieces : undefined
  } catch {
    return undefined
  }
}
