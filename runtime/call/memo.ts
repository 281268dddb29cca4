import type { Cache } from '../cache.js'
import type { Mode, Settings } from '../config/options.js'
import { show } from '../config/values.js'
import { ConfigError, UnkeyableArgumentError } from '../errors.js'
import { inputsText, keyOf } from '../key/key.js'
import { directoryName } from '../names.js'
import { cold } from '../on-first-use.js'
import { refuseSync } from '../store/async-only.js'
import { checkDirectory } from '../store/paths.js'
import { type Peek, peekOf } from '../store/peek.js'
import type { Store } from '../store/store.js'
import { limitedStores } from '../store/tiered.js'
import type { ClassCodecs } from '../value/codec.js'
import { entryNames } from '../value/entry.js'
import type { Signing } from '../value/signing.js'
import { warnOnce } from '../warn.js'
import type { Inputs } from './bind.js'
import { Flights } from './flights.js'
import { Shortcut } from './shortcut.js'
import { boundNames, type SiteSpec } from './site.js'
import type { Site } from './sites.js'
import type { Stats } from './stats.js'
import { MemoryTier } from './tier.js'
import { areStill, type Values } from './values.js'

/** A function bound to its cache under the configuration of the moment: what its calls need. */
export interface Memo {
  readonly id: string
  /** The names of the values that a call hands over, in their order. */
  readonly names: readonly string[]
  /** Hash of the function's code, and what is in it; absent for functions that no compiler has seen. */
  readonly code?: string
  readonly pieces?: SiteSpec['pieces']
  /** How many of them, the last ones, are captured variables. */
  readonly captures: number
  /** Declared `async`: all its answers are promises. */
  readonly async: boolean
  /** A generator: its results are items. `unknown` for a cache opened by its id alone. */
  readonly generator: boolean | 'unknown'
  readonly cache: Cache
  readonly settings: Settings
  readonly mode: Mode
  readonly store: Store
  /** The function's directory in the store, unless `path=` chooses one for each call. */
  readonly directory: string
  readonly classes: ClassCodecs
  readonly tier: MemoryTier | undefined
  /** Of a store that has such ways. */
  readonly peek: Peek | undefined
  /** Whether a look at a file may answer a hit: no codec of the user's sees the bytes, nor anything else has a say. */
  readonly mayLook: boolean
  /** To what is in memory, without a key. */
  shortcut: Shortcut | undefined
  readonly flights: Flights
  readonly stats: Stats
  /** Signs what is stored, and looks at the signatures of what is found. */
  readonly signing?: Signing
  /** In place of sha256, for functions whose inputs hold secrets. */
  readonly keyedHash?: (inputs: string) => string
  readonly missed?: Resolution['missed']
}

/** What `Cache` resolves for one function. */
export interface Resolution {
  readonly settings: Settings
  readonly mode: Mode
  readonly store: Store
  readonly classes: ClassCodecs
  /** In place of CacheMissError, for whoever can say more of a call that offline nothing answers. */
  readonly missed?: (call: Call) => Error
}

/**
 * Throws ConfigError when a Cache or the configuration asks for attributes that the compiled function does not hand
 * over, or that a wrapped function cannot have, for a version that a parameter of this name would hide, for a
 * generator whose results a codec would have to write, or for a synchronous function on a store that is not.
 */
export function createMemo(site: Site, cache: Cache, resolution: Resolution, stats: Stats): Memo {
  const { spec } = site
  const { settings, store } = resolution
  if (site.wrapped === undefined && spec.attrs === undefined && settings.attrs.length > 0) {
    throw new ConfigError(
      `attrs for ${spec.id}`,
      `a tagged method names them in its own tag: attrs=${settings.attrs.join(',')}`,
    )
  }
  const hidden = settings.attrs.find((attr) => attr.startsWith('#'))
  if (site.wrapped !== undefined && hidden !== undefined) {
    throw new ConfigError(
      `attrs for ${spec.id}`,
      `only a tag can name '${hidden}': outside of its class nobody can read a private property`,
    )
  }
  const attributes = settings.attrs.map((attr) => `this.${attr}`)
  const names = [...boundNames(spec.params), ...attributes, ...(spec.captures ?? [])]
  if (settings.version !== undefined && names.includes('version')) {
    throw new ConfigError(
      `version for ${spec.id}`,
      "it joins the key as the input 'version', and a parameter has that name: rename the parameter",
    )
  }
  if (spec.generator) refuseForGenerators(spec.id, settings)
  const isOpened = site.wrapped !== undefined && spec.self === undefined
  if (!spec.async && !isOpened) refuseSync(store, spec.id)
  if ((settings.functionLimits ?? settings.cacheLimits) !== undefined) checkLimited(spec.id, store)
  const keys = secrets(spec.id, settings)
  const memo: Memo = {
    id: spec.id,
    names,
    captures: spec.captures?.length ?? 0,
    ...(spec.code !== undefined && { code: spec.code }),
    ...(spec.pieces !== undefined && { pieces: spec.pieces }),
    async: spec.async === true,
    generator: isOpened ? 'unknown' : spec.generator === true,
    cache,
    ...resolution,
    // What a generator throws is thrown after items that were given already: it is no answer of its own.
    ...(spec.generator && { settings: { ...settings, errors: 'off' as const } }),
    directory: directoryName(spec.id),
    // A memory store is its own memory.
    tier: settings.memory === 'off' || store.protocol === 'memory' ? undefined : new MemoryTier(settings.memory, stats),
    shortcut: undefined,
    peek: peekOf(store.sync),
    mayLook: settings.output === undefined && settings.valid.length === 0 && keys.signing === undefined,
    flights: new Flights(),
    stats,
    ...keys,
  }
  if (mayTakeShortcut(memo)) memo.shortcut = new Shortcut(memo)
  return memo
}

/** Throws ConfigError for a store in which limits cannot be kept. */
function checkLimited(id: string, store: Store): void {
  const limited = limitedStores(store)
  if (limited.length > 0 && limited.every(({ async }) => async.scan !== undefined)) return
  const problem =
    limited.length > 0
      ? `the store ${store.location} cannot tell what it holds: give it scan and directories, or leave maxSize, maxAge and maxEntries away`
      : `of tiers, those on this machine keep limits, and ${store.location} has none that is written: leave maxSize, maxAge and maxEntries away`
  throw new ConfigError(`limits for ${id}`, problem)
}

/** What the environment's keys are for. Throws ConfigError for one that is too short, or that an option asks for in vain. */
function secrets(id: string, { sign, output, input, redact }: Settings): Pick<Memo, 'signing' | 'keyedHash'> {
  const { DECHE_SIGN_KEY: signKey = '', DECHE_REDACT_KEY: redactKey = '' } = process.env
  if (sign === true && signKey === '') throw new ConfigError(`sign for ${id}`, 'there is no key in DECHE_SIGN_KEY')
  const signs = sign !== false && signKey !== ''
  if (signs && (output?.raw || input?.raw))
    throw new ConfigError(`sign for ${id}`, 'a file of a raw codec has no place for a signature: say sign=false')
  return {
    ...(signs && { signing: cold().createSigning(signKey) }),
    ...(redact.size > 0 && redactKey !== '' && { keyedHash: cold().createKeyedHash(redactKey) }),
  }
}

/** Options that mean nothing for a generator, and why. */
const NOT_FOR_GENERATORS = {
  output: 'the items of a generator are stored one by one, not by a codec',
  stale: 'a generator is recorded while its items are taken, never in the background',
  lock: 'a generator runs as long as its consumer takes, so others would wait for it in vain',
} as const satisfies Partial<Record<keyof Settings, string>>

function refuseForGenerators(id: string, settings: Settings): void {
  for (const [option, why] of Object.entries(NOT_FOR_GENERATORS)) {
    const value = settings[option as keyof typeof NOT_FOR_GENERATORS]
    if (value === undefined || value === false) continue
    throw new ConfigError(
      `${option} for ${id}`,
      `${why}: leave ${option} away (where a Cache has it, use cache.replace({ ${option}: null })), or cache a ` +
        'function that answers the items as an array',
    )
  }
}

/** Where each hit asks more than memory, or asks functions of the user that see its arguments, it takes the long way. */
function mayTakeShortcut({ tier, generator, settings, mode }: Memo): boolean {
  if (tier === undefined || generator !== false || mode === 'off' || mode === 'refresh') return false
  return settings.output === undefined && settings.valid.length === 0 && settings.path === undefined
}

/** One call: its inputs, its key, and where its files lie. */
export interface Call {
  readonly memo: Memo
  readonly inputs: Inputs
  readonly key: string
  readonly directory: string
  /** `<directory>/<key>`: the result's path, and the call's name in memory. */
  readonly place: string
  /** What its inputs were made of. */
  readonly values: Values
  /** Made by the management interface: what fails is the caller's to know. */
  readonly strict?: true
}

/** The paths of a call's files. */
export function pathsOf(call: Call): ReturnType<typeof entryNames> {
  const names = entryNames(call.key)
  const at = (name: string) => `${call.directory}/${name}`
  return { data: at(names.data), inputs: at(names.inputs), exception: at(names.exception) }
}

/**
 * The call that these values make; `undefined` when it has no key and `unkeyable: 'bypass'` lets it run without one.
 * Throws UnkeyableArgumentError otherwise, and ConfigError when `path=` fails.
 */
export function callOf(memo: Memo, values: Values): Call | undefined {
  const inputs = inputsOf(memo, values)
  try {
    const key = hashOf(memo, inputsText(identified(memo, inputs), memo))
    const directory = directoryOf(memo, inputs)
    return { memo, values, inputs, key, directory, place: `${directory}/${key}` }
  } catch (error) {
    if (!(error instanceof UnkeyableArgumentError) || memo.settings.unkeyable !== 'bypass') throw error
    // An offline run must not run the body.
    if (memo.mode === 'offline') throw error
    warnOnce('DECHE3003', `${memo.id} ${error.parameter}`, `${error.message} It ran without its cache.`)
    return undefined
  }
}

/** Whether captured variables are still what the key was made of, and what is in them. */
export function capturesHold(call: Call): boolean {
  const { memo, values } = call
  if (memo.captures === 0) return true
  return areStill(values, memo.captures) && (!values.slice(-memo.captures).some(isObject) || makesSameKey(call))
}

/**
 * Whether the arguments are still what the key was made of. The caller of an asynchronous function may have changed
 * them while its cache was being asked.
 */
export function isUnchanged(call: Call): boolean {
  if (call.memo.captures > 0 && !areStill(call.values, call.memo.captures)) return false
  return !Object.values(call.inputs).some(isObject) || makesSameKey(call)
}

function hashOf({ keyedHash }: Memo, inputs: string): string {
  return keyedHash === undefined ? keyOf(inputs) : keyedHash(inputs)
}

function makesSameKey({ memo, inputs, key }: Call): boolean {
  try {
    return hashOf(memo, inputsText(identified(memo, inputs), memo)) === key
  } catch {
    return false
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function inputsOf(memo: Memo, values: readonly unknown[]): Inputs {
  const { ignore, version } = memo.settings
  const inputs: Record<string, unknown> = Object.create(null)
  memo.names.forEach((name, position) => {
    if (!ignore.has(name)) inputs[name] = values[position]
  })
  if (version !== undefined) inputs.version = version
  return inputs
}

/**
 * A raw file has no header that could say whose it is and who wrote it, and directories may be shared (`path=`, disks
 * that ignore case): its function's id and its codec's name are part of its key.
 */
function identified(memo: Memo, inputs: Inputs): Inputs {
  const { output } = memo.settings
  return output?.raw ? { ...inputs, '@id': memo.id, '@codec': output.name } : inputs
}

function directoryOf(memo: Memo, inputs: Inputs): string {
  const { path } = memo.settings
  if (path === undefined) return memo.directory
  let directory: unknown
  try {
    directory = path({ ...inputs })
  } catch (error) {
    throw new ConfigError(`the path function of ${memo.id}`, 'it threw', { cause: error })
  }
  const segments = typeof directory === 'string' ? directory.split('/').filter((segment) => segment !== '') : []
  try {
    checkDirectory(segments.join('/'))
  } catch (cause) {
    const problem = `it answered ${show(directory)}; it must answer a directory below the cache's prefix, such as '2027/01'`
    throw new ConfigError(`the path function of ${memo.id}`, problem, { cause })
  }
  return segments.join('/')
}

/** The stored form of the inputs: those that are `undefined` are left out, a redacted one shows only that it was there. */
export function storedInputs(call: Call): Inputs {
  const { redact } = call.memo.settings
  return Object.fromEntries(
    Object.entries(call.inputs)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, redact.has(name) ? '[redacted]' : value]),
  )
}
