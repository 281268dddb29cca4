import { join } from 'node:path'
import type * as Sdk from 'opendal'
import type { StoreFailure } from '../../errors.js'
import { hash } from '../../key/sha256.js'
import type { Stored } from '../store.js'
import { requireClient } from './client.js'
import type { Driver, DriverSpec, Part } from './driver.js'
import { statusFailure, storeError, textOf } from './failure.js'

/** Names that one part of a listing has. */
const PART = 1000

/** Listings under way that are remembered. Those that were abandoned go when there are more. */
const LISTINGS = 100

/**
 * Any service of Apache OpenDAL. Reading brings the bytes alone, so what is known of an entry comes from the entry
 * itself: a hit stays one request. That is why there are no listings with facts.
 */
export async function openOpenDal({
  protocol,
  client: file,
  location,
  prefix,
  options,
  timeout,
}: DriverSpec): Promise<Driver> {
  // The layer that keeps a dead service from occupying its threads for ever is not in what `require('opendal')` answers.
  const { Operator, TimeoutLayer } = requireClient<typeof Sdk>(join(file, '../generated.js'))
  const limits = new TimeoutLayer()
  limits.timeout = timeout
  limits.ioTimeout = timeout
  const operator = new Operator(protocol, serviceOptions(options)).layer(limits.build())
  const knowsConditions = operator.capability().writeWithIfNotExists
  const root = prefix === '' ? '' : `${prefix}/`
  const listings = new Map<string, AsyncIterator<string>>()
  let listed = 0

  async function answer<T>(asking: Promise<T>, expected: string): Promise<T | undefined> {
    try {
      return await asking
    } catch (error) {
      if (kindOf(error) === expected) return undefined
      throw storeError(location, failureOf(error), error, describe(error))
    }
  }

  async function read(path: string): Promise<Stored | undefined> {
    const got = await answer(operator.read(root + path), 'NotFound')
    if (got === undefined) return undefined
    const bytes = new Uint8Array(got)
    const made = madeAt(bytes)
    const facts = { size: bytes.length, revision: hash(bytes), bytes }
    if (made !== undefined) return { ...facts, modified: made }
    const metadata = await answer(operator.stat(root + path), 'NotFound')
    return metadata && { ...facts, modified: Math.floor(Date.parse(metadata.lastModified ?? '')) || 0 }
  }

  async function stat(path: string) {
    const stored = await read(path)
    if (stored === undefined) return undefined
    const { bytes: _, ...facts } = stored
    return facts
  }

  async function* namesIn(directory: string): AsyncGenerator<string> {
    const start = `${root}${directory}/`
    const lister = await answer(operator.lister(start), 'NotFound')
    for (;;) {
      const entry = lister && (await answer(lister.next(), 'NotFound'))
      if (!entry) return
      const name = entry.path().slice(start.length)
      if (name !== '' && !name.includes('/')) yield name
    }
  }

  return {
    read,
    stat,
    async write(path, bytes, { ifAbsent }) {
      // Of two who write at once to a service that knows no conditions, the later one wins.
      if (ifAbsent && !knowsConditions && (await answer(operator.stat(root + path), 'NotFound'))) return undefined
      const condition = ifAbsent && knowsConditions ? { ifNotExists: true } : undefined
      const done = await answer(operator.write(root + path, Buffer.from(bytes), condition), 'ConditionNotMatch')
      if (done === undefined) return undefined
      return { size: bytes.length, revision: hash(bytes), modified: madeAt(bytes) ?? Date.now() }
    },
    async remove(path) {
      if ((await answer(operator.stat(root + path), 'NotFound')) === undefined) return false
      await answer(operator.delete(root + path), 'NotFound')
      return true
    },
    async names(directory, from): Promise<Part<string>> {
      const names = from === undefined ? namesIn(directory) : listings.get(from)
      if (names === undefined) throw storeError(location, 'failed', undefined, 'too many listings at once')
      const items: string[] = []
      while (items.length < PART) {
        const turn = await names.next()
        if (turn.done) return { items, next: undefined }
        items.push(turn.value)
      }
      const next = from ?? String(++listed)
      listings.delete(next)
      listings.set(next, names)
      for (const oldest of listings.keys()) {
        if (listings.size <= LISTINGS) break
        listings.delete(oldest)
      }
      return { items, next }
    },
  }
}

/** When an entry was made, by its header; `undefined` for bytes that are no entry of deche's format. */
function madeAt(bytes: Uint8Array): number | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1')
  const at = /^\{"deche":\d+,[^\n]*?"at":(\d+)[,}]/.exec(start)?.[1]
  return at === undefined ? undefined : Number(at)
}

/** OpenDAL's options are text, and named in snake case; the environment and code write camel case. */
function serviceOptions(options: DriverSpec['options']): Record<string, string> {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [snake(name), String(value)]))
}

/** Throws an Error that says what is wrong with the options of a service, or that there is no such service. */
export function checkService(file: string, protocol: string, options: DriverSpec['options']): void {
  const { Operator } = requireClient<typeof Sdk>(file)
  try {
    new Operator(protocol, serviceOptions(options))
  } catch (error) {
    throw new Error(describe(error))
  }
}

/** Every error of OpenDAL has one class and one code: what it is stands at the beginning of its message. */
function kindOf(error: unknown): string {
  return /^\w*/.exec(textOf(error, 'message'))?.[0] ?? ''
}

function failureOf(error: unknown): StoreFailure {
  const kind = kindOf(error)
  if (kind === 'PermissionDenied' || kind === 'ConfigInvalid') return 'refused'
  if (kind === 'RateLimited') return 'unavailable'
  const status = /\bresponse: Parts \{ status: (\d{3})\b/.exec(textOf(error, 'message'))?.[1]
  if (status !== undefined) return statusFailure(Number(status)) ?? 'failed'
  if (/timeout|timed out/.test(describe(error))) return 'timeout'
  return /^\w+ \((?:temporary|persistent)\)/.test(textOf(error, 'message')) ? 'unreachable' : 'failed'
}

/** Characters of what a service says: it may be a page. */
const TOLD = 200

/** Without the context, in which an address may hold a signature. */
function describe(error: unknown): string {
  const message = textOf(error, 'message')
  const what = message
    .slice(message.lastIndexOf('=> ') + 1)
    .replace(/^> /, '')
    .replace(/\(https?:[^)]*\)/g, '')
  const told = `${kindOf(error)} ${what}`.replace(/\s+/g, ' ').trim()
  return told.length > TOLD ? `${told.slice(0, TOLD)}…` : told
}
