import { resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import type { GivenStore } from '../store/store.js'
import { STORE_OPTIONS } from './options.js'
import type { Layer, Mode } from './types.js'
import { isPlainObject, show } from './values.js'

/** Where entries lie, resolved. */
export interface StoreSettings {
  /** A store of the user's own; then the rest does not apply. */
  readonly store?: GivenStore
  /** `file`, `memory`, or what opens a store elsewhere. */
  readonly protocol: string
  /** For `file` an absolute directory; otherwise without a slash at its end. */
  readonly prefix: string
  readonly storageOptions: Readonly<Record<string, unknown>>
}

/** What relative prefixes and the default prefix are relative to. */
export interface Places {
  /** The directory of the nearest package.json. */
  readonly root: string
  readonly cwd: string
}

const MODES = ['on', 'off', 'refresh', 'readonly', 'offline'] as const

/** Ends the sentence "must be …". */
const ACCEPTS = {
  protocol: 'file, memory, s3, redis or the name of an Apache OpenDAL service, such as gcs',
  storageOptions: 'an object',
  prefix: 'a directory',
  store: 'a store, an object with protocol, location and async, and perhaps sync',
  mode: 'on, off, refresh, readonly or offline',
} as const

/** Throws ConfigError unless each of these options, where it is given, is what it must be. */
export function checkStoreOptions(source: string, options: Readonly<Record<string, unknown>>): void {
  for (const name of STORE_OPTIONS) {
    const value = options[name]
    if (value === undefined || value === null) continue
    if (!fits[name](value)) throw new ConfigError(source, `${name}: ${show(value)} must be ${ACCEPTS[name]}`)
  }
  if (
    isGiven(options.store) &&
    (isGiven(options.protocol) || isGiven(options.prefix) || isGiven(options.storageOptions))
  ) {
    throw new ConfigError(source, 'store: a store of your own takes the place of protocol, prefix and storageOptions')
  }
}

/**
 * Later layers win. `storageOptions` are merged by name as long as the protocol stays the same: what was meant for one
 * service is not handed to another.
 */
export function resolveStore(layers: readonly Layer[], places: Places): StoreSettings {
  let store: GivenStore | undefined
  let protocol = 'file'
  let prefix: { readonly source: string; readonly text: string; readonly base: string } | undefined
  let storageOptions: Readonly<Record<string, unknown>> = {}
  for (const { source, options, directory } of layers) {
    checkStoreOptions(source, options)
    if (options.protocol !== undefined) {
      const next = typeof options.protocol === 'string' ? options.protocol : 'file'
      if (next !== protocol) storageOptions = {}
      protocol = next
      store = undefined
    }
    if (options.store !== undefined) store = (options.store as GivenStore | null) ?? undefined
    if (options.prefix === null) prefix = undefined
    else if (typeof options.prefix === 'string')
      prefix = { source, text: options.prefix, base: directory ?? places.cwd }
    if (options.storageOptions === null) storageOptions = {}
    else if (isPlainObject(options.storageOptions)) storageOptions = mergeDeep(storageOptions, options.storageOptions)
  }
  const at = protocol === 'file' ? directoryOf(prefix, places) : (prefix?.text ?? '').replace(/\/+$/, '')
  return { ...(store && { store }), protocol, prefix: at, storageOptions }
}

export function resolveMode(layers: readonly Layer[]): Mode {
  let mode: Mode = 'on'
  for (const { source, options } of layers) {
    checkStoreOptions(source, options)
    if (options.mode !== undefined) mode = MODES.find((known) => known === options.mode) ?? 'on'
  }
  return mode
}

const fits: { readonly [N in (typeof STORE_OPTIONS)[number]]: (value: unknown) => boolean } = {
  protocol: (value) => typeof value === 'string' && /^[a-z][a-z0-9_-]*$/.test(value),
  storageOptions: isPlainObject,
  prefix: (value) => typeof value === 'string',
  store: (value) =>
    typeof value === 'object' && value !== null && ['protocol', 'location', 'async'].every((part) => part in value),
  mode: (value) => MODES.some((known) => known === value),
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function directoryOf(
  prefix: { readonly source: string; readonly text: string; readonly base: string } | undefined,
  { root }: Places,
): string {
  if (prefix === undefined) return resolve(root, '.deche')
  const { source, text, base } = prefix
  const refuse = (problem: string) => new ConfigError(source, `prefix: ${show(text)} ${problem}`)
  if (text === '' || text.includes('\0')) throw refuse('must be a directory')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) throw refuse('is a URL; under protocol file it must be a directory')
  if (/^~(?:\/|$)/.test(text)) throw refuse('starts with ~, which only a shell replaces; write the whole path')
  return resolve(base, text)
}

function mergeDeep(
  under: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  // A Map and fromEntries, because assigning to a key called __proto__ would set the prototype.
  const merged = new Map(Object.entries(under))
  for (const [name, value] of Object.entries(over)) {
    const inherited = merged.get(name)
    merged.set(name, isPlainObject(inherited) && isPlainObject(value) ? mergeDeep(inherited, value) : value)
  }
  return Object.fromEntries(merged)
}
