import { types } from 'node:util'
import { ConfigError } from '../errors.js'
import { NAME_PATTERN } from '../names.js'
import { DURATIONS, LIFETIMES, type Lifetime, type Parsed, parseDuration, parseLifetime } from './duration.js'
import { limitsOf } from './limits.js'
import { codecOf, functionOf } from './registry.js'
import { parseSize, SIZES } from './size.js'
import type { Callable, Layer, Registry, Settings } from './types.js'
import { hasMethods, show } from './values.js'

export type { Lifetime, Parsed } from './duration.js'
export type * from './types.js'

/** What an option means once it is read. Text in place of an object or a function is a registered name. */
export interface OptionValues {
  ttl: Lifetime
  expiry: 'replace' | 'append'
  ignore: readonly string[]
  redact: readonly string[]
  attrs: readonly string[]
  cache: string | object
  output: string | object
  input: string | object
  validate: string | Callable
  valid: readonly (string | Callable)[]
  path: string | Callable
  name: string
  errors: 'keep' | 'off' | { readonly ms: number }
  version: string
  memory: 'off' | { readonly entries: number }
  share: boolean
  stale: { readonly ms: number }
  lock: false | { readonly ms: number }
  /** Bytes. */
  maxSize: number
  /** Milliseconds. */
  maxAge: number
  maxEntries: number
  sign: boolean
  unkeyable: 'throw' | 'bypass'
}

export type OptionName = keyof OptionValues

/**
 * `names` are comma-separated in a tag; a `reference` is a binding of the module or a registered name; a `switch` is a
 * bare word in a tag; a `switch or duration` may have a length too; a `limit` is a number, perhaps with a unit, or `off`.
 */
export type OptionKind =
  | 'lifetime'
  | 'duration'
  | 'choice'
  | 'names'
  | 'reference'
  | 'text'
  | 'switch'
  | 'switch or duration'
  | 'limit'

export interface OptionSpec<T = unknown> {
  readonly kind: OptionKind
  /** `tag`: in tags and `wrap` alone. `cache`: in `new Cache`, `replace`, `configure` and files alone. */
  readonly allowed: 'tag' | 'cache' | 'both'
  /** Ends the sentence "must be …". */
  readonly accepts: string
  /** The form in tags and in the environment. A switch takes `true` and `false` here. A problem ends the sentence "x …". */
  readonly parse: (text: string) => Parsed<T>
  /** The form in code and in files: any value. Text means what it means in a tag. */
  readonly read: (value: unknown) => Parsed<T>
}

const PARAMETER = /^(?:this\.)?#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u
/** Also what a warning of the build names: `process.env.HOME`, `Date.now`. */
const INPUT = /^#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*(?:\.#?[\p{ID_Continue}$\u200c\u200d]+)*$/u
const PROPERTY = /^#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u
const CODEC = 'a codec (an object with encode and decode), or the registered name of one'

/** The one table of all options. The transformer checks tags with it, the runtime everything else. */
export const OPTIONS: { readonly [N in OptionName]: OptionSpec<OptionValues[N]> } = {
  ttl: spec('lifetime', 'both', LIFETIMES, {
    text: parseLifetime,
    other: (value) => (types.isDate(value) ? parseLifetime(value) : undefined),
  }),
  expiry: choice('both', 'replace', 'append'),
  ignore: names('names of parameters', INPUT),
  redact: names('names of parameters', PARAMETER),
  attrs: names('names of properties of this', PROPERTY),
  cache: reference('tag', 'a Cache, or the registered name of one', (value) => hasMethods(value, 'wrap')),
  output: reference('both', CODEC, (value) => hasMethods(value, 'encode', 'decode')),
  input: reference('both', CODEC, (value) => hasMethods(value, 'encode', 'decode')),
  validate: reference('both', 'a function of the result, or the registered name of one', isFunction),
  valid: spec('reference', 'both', 'a function of a stored entry, or the registered name of one', {
    text: (text) => (isWord(text) ? ok([text]) : undefined),
    other: (value) => {
      const list = Array.isArray(value) ? value : [value]
      return list.every((item) => isFunction(item) || isWord(item)) ? ok(list) : undefined
    },
  }),
  path: reference('both', 'a function of the inputs, or the registered name of one', isFunction),
  name: spec('text', 'tag', 'letters, digits, _, $, @ and -, joined by dots, as in weather.forecast', {
    text: (text) => (NAME_PATTERN.test(text) ? ok(text) : undefined),
  }),
  errors: spec<OptionValues['errors']>('duration', 'both', `keep, off or ${DURATIONS}`, {
    text: (text) => (text === 'keep' || text === 'off' ? ok(text) : length(text)),
  }),
  version: spec('text', 'both', 'a text, such as 2', {
    text: version,
    other: (value) => (typeof value === 'number' && Number.isFinite(value) ? ok(String(value)) : undefined),
  }),
  memory: spec<OptionValues['memory']>('limit', 'both', 'a whole number of entries from 1, or off', {
    text: (text) => (text === 'off' ? ok('off') : /^\d+$/.test(text) ? entries(Number(text)) : undefined),
    other: entries,
  }),
  share: toggle(),
  stale: spec('duration', 'both', DURATIONS, { text: length }),
  lock: spec<OptionValues['lock']>('switch or duration', 'both', `true, false or ${DURATIONS}`, {
    text: (text) => (text === 'true' || text === 'false' ? lock(text === 'true') : length(text)),
    other: (value) => (typeof value === 'boolean' ? lock(value) : undefined),
  }),
  maxSize: spec('limit', 'both', SIZES, { text: parseSize }),
  maxAge: spec('duration', 'both', DURATIONS, { text: parseDuration }),
  maxEntries: spec('limit', 'both', 'a whole number of entries from 1', {
    text: (text) => (/^\d+$/.test(text) ? count(Number(text)) : undefined),
    other: count,
  }),
  sign: toggle(),
  unkeyable: choice('cache', 'throw', 'bypass'),
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name)
}

/** Reads one option in its form for code and files. Throws ConfigError naming source, value and what is accepted. */
export function readOption<N extends OptionName>(source: string, name: N, value: unknown): OptionValues[N] {
  const option: OptionSpec<OptionValues[N]> = OPTIONS[name]
  const parsed = option.read(value)
  if (parsed.ok) return parsed.value
  throw new ConfigError(source, `${name}: ${show(value)} ${parsed.problem}`)
}

/** 64 MiB of one function's entries in memory, whatever their number. */
const MEMORY = { entries: 1000, bytes: 64 * 1024 * 1024 } as const

/** Options that say where entries lie: `resolveStore` reads them. */
export const STORE_OPTIONS = ['protocol', 'storageOptions', 'prefix', 'store', 'tiers', 'mode'] as const

/** What `configure` registers; no options of a function. */
export const REGISTRIES = ['caches', 'codecs', 'functions', 'classes'] as const

/**
 * One function's options from all layers, in rising priority: a key that is `undefined` inherits, `null` takes the
 * inherited value away. Throws ConfigError for an unknown option, a wrong value, or a name that is not registered.
 */
export function resolveSettings(layers: readonly Layer[], registry: Registry): Settings {
  // What a program puts on Object.prototype is no option.
  const chosen: { -readonly [N in OptionName]?: { readonly source: string; readonly value: OptionValues[N] } } =
    Object.create(null)
  const choose = <N extends OptionName>(source: string, name: N, value: unknown) => {
    if (value === null) delete chosen[name]
    else Object.assign(chosen, { [name]: { source, value: readOption(source, name, value) } })
  }
  for (const { source, options } of layers) {
    for (const [name, value] of Object.entries(options)) {
      if (isOptionName(name)) {
        if (value !== undefined) choose(source, name, value)
      } else if (!isElsewhere(name)) {
        throw new ConfigError(source, `'${name}' is no option; options are ${Object.keys(OPTIONS).join(', ')}`)
      }
    }
  }
  const { ttl, output, input, validate, path, version, memory, valid } = chosen
  const callable = (option: string, source: string, value: string | Callable) =>
    functionOf(source, option, value, registry)
  return {
    ...(ttl && { ttl: ttl.value }),
    expiry: chosen.expiry?.value ?? 'replace',
    ignore: new Set(chosen.ignore?.value),
    redact: new Set(chosen.redact?.value),
    attrs: chosen.attrs?.value ?? [],
    ...(output && { output: codecOf(output.source, 'output', output.value, registry) }),
    ...(input && { input: codecOf(input.source, 'input', input.value, registry) }),
    ...(validate && { validate: callable('validate', validate.source, validate.value) }),
    valid: valid ? valid.value.map((check) => callable('valid', valid.source, check)) : [],
    ...(path && { path: callable('path', path.source, path.value) }),
    errors: chosen.errors?.value ?? 'keep',
    ...(version && { version: version.value }),
    memory: memory?.value === 'off' ? 'off' : { ...MEMORY, ...memory?.value },
    ...(chosen.stale && { stale: chosen.stale.value }),
    share: chosen.share?.value ?? false,
    lock: chosen.lock?.value ?? false,
    unkeyable: chosen.unkeyable?.value ?? 'throw',
    ...limitsOf(layers),
    ...(chosen.sign && { sign: chosen.sign.value }),
  }
}

function isElsewhere(name: string): boolean {
  return [...STORE_OPTIONS, ...REGISTRIES].some((known) => known === name)
}

interface Forms<T> {
  /** `undefined`: must be what the option accepts. */
  readonly text: (text: string) => Parsed<T> | undefined
  readonly other?: (value: unknown) => Parsed<T> | undefined
}

function spec<T>(kind: OptionKind, allowed: OptionSpec['allowed'], accepts: string, forms: Forms<T>): OptionSpec<T> {
  const misfit = { ok: false, problem: `must be ${accepts}` } as const
  return {
    kind,
    allowed,
    accepts,
    parse: (text) => forms.text(text) ?? misfit,
    read: (value) => (typeof value === 'string' ? forms.text(value) : forms.other?.(value)) ?? misfit,
  }
}

function choice<T extends string>(allowed: OptionSpec['allowed'], ...words: readonly T[]): OptionSpec<T> {
  return spec('choice', allowed, words.join(' or '), {
    text: (text) => {
      const word = words.find((candidate) => candidate === text)
      return word && ok(word)
    },
  })
}

function names(what: string, pattern: RegExp): OptionSpec<readonly string[]> {
  const check = (list: readonly unknown[]): Parsed<readonly string[]> | undefined => {
    const isName = (item: unknown): item is string => typeof item === 'string' && pattern.test(item)
    return list.every(isName) ? ok(list) : undefined
  }
  return spec('names', 'both', `${what}, separated by commas`, {
    text: (text) => check(text.split(',')),
    other: (value) => (Array.isArray(value) ? check(value) : undefined),
  })
}

function reference<T>(
  allowed: OptionSpec['allowed'],
  accepts: string,
  fits: (value: unknown) => value is T,
): OptionSpec<string | T> {
  return spec<string | T>('reference', allowed, accepts, {
    text: (text) => (isWord(text) ? ok(text) : undefined),
    other: (value) => (fits(value) ? ok(value) : undefined),
  })
}

function toggle(): OptionSpec<boolean> {
  const text = (word: string) => (word === 'true' || word === 'false' ? ok(word === 'true') : undefined)
  const other = (value: unknown) => (typeof value === 'boolean' ? ok(value) : undefined)
  return spec('switch', 'both', 'true or false', { text, other })
}

function length(text: string): Parsed<{ readonly ms: number }> | undefined {
  const parsed = parseDuration(text)
  return parsed?.ok ? ok({ ms: parsed.value }) : parsed
}

/** How long `lock` waits for another process that computes, unless it says. */
const LOCK_WAIT = 600_000

function lock(on: boolean): Parsed<OptionValues['lock']> {
  return ok(on && { ms: LOCK_WAIT })
}

function entries(value: unknown): Parsed<{ readonly entries: number }> | undefined {
  const counted = count(value)
  return counted?.ok ? ok({ entries: counted.value }) : counted
}

function count(value: unknown): Parsed<number> | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? ok(value) : undefined
}

function version(text: string): Parsed<string> | undefined {
  if (text === 'auto')
    return {
      ok: false,
      problem:
        'belongs into a tag, where the compiler knows the code: write a text, such as 2, and change it with the code',
    }
  return text === '' ? undefined : ok(text)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s,]+$/.test(value)
}

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function'
}

function ok<T>(value: T): Parsed<T> {
  return { ok: true, value }
}
