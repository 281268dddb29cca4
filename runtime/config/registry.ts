import { ConfigError } from '../errors.js'
import type { Codec } from '../value/codec.js'
import type { CacheLike, Callable, Layer, NamedCodec, Registry } from './types.js'
import { hasMethods, isPlainObject, show } from './values.js'

/** What names in options mean: registration, and looking one up. */

const MUST_BE = {
  caches: 'a Cache',
  codecs: 'a codec, an object with encode and decode',
  functions: 'a function',
  classes: 'an object with class, and encode and decode if it needs them',
} as const satisfies Record<keyof Registry, string>

/** Throws ConfigError unless what is registered is what its registry holds. */
export function checkRegistries(source: string, options: Readonly<Record<string, unknown>>): void {
  for (const registry of Object.keys(MUST_BE) as (keyof Registry)[]) {
    const entries = options[registry]
    if (entries === undefined) continue
    if (!isPlainObject(entries)) throw new ConfigError(source, `${registry}: ${show(entries)} must be an object`)
    for (const [name, value] of Object.entries(entries)) {
      if (!/^[^\s,]+$/.test(name)) {
        throw new ConfigError(source, `${registry}: ${show(name)} cannot be a name; a tag could not say it`)
      }
      if (!fits[registry](value)) {
        throw new ConfigError(source, `${registry}.${name}: ${show(value)} must be ${MUST_BE[registry]}`)
      }
    }
  }
}

/** All that is registered; of one name, the last. Throws ConfigError for a class under two names. */
export function mergeRegistries(layers: readonly Layer[]): Registry {
  const all = <T>(registry: keyof Registry): Readonly<Record<string, T>> =>
    Object.fromEntries(layers.flatMap(({ options }) => Object.entries((options[registry] as Record<string, T>) ?? {})))
  const registry: Registry = {
    caches: all('caches'),
    codecs: all('codecs'),
    functions: all('functions'),
    classes: all('classes'),
  }
  const names = new Map<unknown, string>()
  for (const [name, codec] of Object.entries(registry.classes)) {
    const other = names.get(codec.class)
    if (other !== undefined) {
      throw new ConfigError('configure()', `classes: one class is registered twice, as ${other} and as ${name}`)
    }
    names.set(codec.class, name)
  }
  return registry
}

/** Throws ConfigError with the registered names for one that is not. */
export function cacheNamed(source: string, name: string, { caches }: Registry): CacheLike {
  return lookUp(source, 'cache', 'Cache', name, 'caches', caches)
}

export function functionOf(
  source: string,
  option: string,
  value: string | Callable,
  { functions }: Registry,
): (of: unknown) => unknown {
  const found = typeof value === 'function' ? value : lookUp(source, option, 'function', value, 'functions', functions)
  return found as (of: unknown) => unknown
}

/** The codec with the name that entries get: its own, or the one it is registered under. */
export function codecOf(source: string, option: string, value: string | object, { codecs }: Registry): NamedCodec {
  if (typeof value === 'string') {
    return withName(source, option, lookUp(source, option, 'codec', value, 'codecs', codecs), value)
  }
  const codec = value as Codec
  const registered = Object.keys(codecs).find((name) => codecs[name] === codec)
  // A raw entry has no header that could name its codec.
  return withName(source, option, codec, registered ?? (codec.raw ? 'raw' : undefined))
}

function withName(source: string, option: string, codec: Codec, otherwise: string | undefined): NamedCodec {
  const name: unknown = codec.name ?? otherwise
  if (typeof name !== 'string' || name === '') {
    throw new ConfigError(
      source,
      `${option}: the codec has no name, and entries must say who wrote them; add name: '…' to it`,
    )
  }
  if (name === 'json' || name === 'exception' || name.startsWith('devalue')) {
    throw new ConfigError(source, `${option}: a codec cannot be called '${name}', the name of one of deche's own`)
  }
  if (name === codec.name) return codec as NamedCodec
  return {
    name,
    ...(codec.raw && { raw: true }),
    encode: (result) => codec.encode(result),
    decode: (bytes) => codec.decode(bytes),
  }
}

function lookUp<T>(
  source: string,
  option: string,
  what: string,
  name: string,
  registry: keyof Registry,
  entries: Readonly<Record<string, T>>,
): T {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined
  if (found !== undefined) return found
  const known = Object.keys(entries).join(', ') || 'none'
  throw new ConfigError(
    source,
    `${option}: no ${what} is registered as '${name}' with configure({ ${registry} }); registered: ${known}`,
  )
}

const fits: { readonly [N in keyof Registry]: (value: unknown) => boolean } = {
  caches: (value) => hasMethods(value, 'wrap'),
  codecs: (value) => hasMethods(value, 'encode', 'decode'),
  functions: (value) => typeof value === 'function',
  classes: (value) =>
    isPlainObject(value) &&
    typeof value.class === 'function' &&
    [value.encode, value.decode].every((part) => part === undefined || typeof part === 'function'),
}
