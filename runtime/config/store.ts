import { resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import type { GivenStore } from '../store/store.js'
import { STORE_OPTIONS } from './options.js'
import type { Layer, Mode, TierOptions } from './types.js'
import { isPlainObject, show } from './values.js'

/** Where entries lie, resolved. */
export interface StoreSettings extends StoreChoice {
  /** The stores of a cache that has several, nearest first; then the rest does not apply. */
  readonly tiers?: readonly TierSettings[]
}

export interface TierSettings extends StoreChoice {
  /** For messages: `new Cache(), tiers[1]`. */
  readonly source: string
  readonly readonly: boolean
}

export interface StoreChoice {
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
    if (name === 'tiers') checkTiers(source, value)
    else if (!fits[name](value)) throw new ConfigError(source, `${name}: ${show(value)} must be ${ACCEPTS[name]}`)
  }
  const places = ['protocol', 'prefix', 'storageOptions'].filter((name) => isGiven(options[name]))
  if (isGiven(options.store) && places.length > 0) {
    throw new ConfigError(source, 'store: a store of your own takes the place of protocol, prefix and storageOptions')
  }
  const [other] = isGiven(options.store) ? ['store'] : places
  if (isGiven(options.tiers) && other !== undefined) {
    throw new ConfigError(source, `tiers: they take the place of ${other}; say it in the tier that it is of`)
  }
}

interface Prefix {
  readonly source: string
  readonly text: string
  readonly base: string
}

/**
 * Later layers win. `storageOptions` are merged by name as long as the protocol stays the same: what was meant for one
 * service is not handed to another. A `prefix` that was meant for files is also that of a tier of files without one.
 */
export function resolveStore(layers: readonly Layer[], places: Places): StoreSettings {
  let store: GivenStore | undefined
  let tiers: { readonly layer: Layer; readonly list: readonly TierOptions[] } | undefined
  let protocol = 'file'
  let prefix: Prefix | undefined
  let storageOptions: Readonly<Record<string, unknown>> = {}
  for (const layer of layers) {
    const { source, options, directory } = layer
    checkStoreOptions(source, options)
    if (options.protocol !== undefined) {
      const next = typeof options.protocol === 'string' ? options.protocol : 'file'
      if (next !== protocol) storageOptions = {}
      protocol = next
      store = undefined
      tiers = undefined
    }
    if (options.store !== undefined) {
      store = (options.store as GivenStore | null) ?? undefined
      if (store !== undefined) tiers = undefined
    }
    if (options.tiers === null) tiers = undefined
    else if (options.tiers !== undefined) {
      tiers = { layer, list: options.tiers as readonly TierOptions[] }
      store = undefined
      if (protocol !== 'file') prefix = undefined
      protocol = 'file'
      storageOptions = {}
    }
    if (options.prefix === null) prefix = undefined
    else if (typeof options.prefix === 'string')
      prefix = { source, text: options.prefix, base: directory ?? places.cwd }
    if (options.storageOptions === null) storageOptions = {}
    else if (isPlainObject(options.storageOptions)) storageOptions = mergeDeep(storageOptions, options.storageOptions)
  }
  return {
    ...(store && { store }),
    ...(tiers && { tiers: tierSettings(tiers.layer, tiers.list, prefix, places) }),
    protocol,
    prefix: placeOf(protocol, prefix, places),
    storageOptions,
  }
}

/** Memory is none of them: every function has it in front of its store. */
function tierSettings(
  { source, directory }: Layer,
  list: readonly TierOptions[],
  inherited: Prefix | undefined,
  places: Places,
): readonly TierSettings[] {
  return list.flatMap((tier, at) => {
    const protocol = tier.protocol ?? 'file'
    if (protocol === 'memory') return []
    const own = tierSource(source, at)
    const meant = protocol === 'file' ? inherited : undefined
    const prefix = isGiven(tier.prefix) ? { source: own, text: tier.prefix, base: directory ?? places.cwd } : meant
    return [
      {
        source: own,
        ...(tier.store && { store: tier.store }),
        protocol,
        prefix: placeOf(protocol, prefix, places),
        storageOptions: tier.storageOptions ?? {},
        readonly: tier.readonly ?? false,
      },
    ]
  })
}

function placeOf(protocol: string, prefix: Prefix | undefined, places: Places): string {
  return protocol === 'file' ? directoryOf(prefix, places) : (prefix?.text ?? '').replace(/\/+$/, '')
}

export function resolveMode(layers: readonly Layer[]): Mode {
  let mode: Mode = 'on'
  for (const { source, options } of layers) {
    checkStoreOptions(source, options)
    if (options.mode !== undefined) mode = MODES.find((known) => known === options.mode) ?? 'on'
  }
  return mode
}

const fits: { readonly [N in Exclude<(typeof STORE_OPTIONS)[number], 'tiers'>]: (value: unknown) => boolean } = {
  protocol: (value) => typeof value === 'string' && /^[a-z][a-z0-9_-]*$/.test(value),
  storageOptions: isPlainObject,
  prefix: (value) => typeof value === 'string',
  store: (value) =>
    typeof value === 'object' && value !== null && ['protocol', 'location', 'async'].every((part) => part in value),
  mode: (value) => MODES.some((known) => known === value),
}

const TIER_OPTIONS = ['protocol', 'prefix', 'storageOptions', 'store', 'readonly'] as const

function checkTiers(source: string, list: unknown): void {
  if (!Array.isArray(list) || list.length === 0) {
    const what = Array.isArray(list) ? 'an empty list' : show(list)
    const example = "[{ protocol: 'file' }, { protocol: 's3', prefix: 'my-bucket' }]"
    throw new ConfigError(source, `tiers: ${what} must be a list of stores, nearest first, such as ${example}`)
  }
  const tiers = list.map((tier: unknown, at) => checkedTier(tierSource(source, at), tier))
  const memory = tiers.findLastIndex(({ protocol }) => protocol === 'memory')
  const instead = 'put it first or leave it out, since every function has it (see the option memory)'
  if (memory > 0) throw new ConfigError(tierSource(source, memory), `memory is nearer than any store: ${instead}`)
  if (tiers.length === memory + 1)
    throw new ConfigError(
      source,
      "tiers: there is nothing but memory; say protocol: 'memory', or add a store behind it",
    )
  if (tiers.every(({ protocol, readonly }) => readonly === true || protocol === 'memory'))
    throw new ConfigError(source, "tiers: all of them are readonly, so nothing could be kept; say mode: 'readonly'")
}

/** Throws ConfigError for what cannot be a tier, or not this way. */
function checkedTier(source: string, tier: unknown): TierOptions {
  if (!isPlainObject(tier))
    throw new ConfigError(source, `${show(tier)} must be an object, such as { protocol: 'file' }`)
  const unknown = Object.keys(tier).find((name) => !TIER_OPTIONS.some((known) => known === name))
  if (unknown !== undefined)
    throw new ConfigError(source, `'${unknown}' is no option of a tier; options are ${TIER_OPTIONS.join(', ')}`)
  checkStoreOptions(source, tier)
  if (isGiven(tier.readonly) && typeof tier.readonly !== 'boolean')
    throw new ConfigError(source, `readonly: ${show(tier.readonly)} must be true or false`)
  if (tier.protocol === 'memory' && Object.keys(tier).length > 1)
    throw new ConfigError(source, 'memory takes no options here; see the option memory')
  return tier
}

function tierSource(source: string, at: number): string {
  return `${source}, tiers[${at}]`
}

function isGiven<T>(value: T): value is NonNullable<T> {
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
