import type { GivenStore } from '../store/store.js'
import type { ClassCodecs, Codec } from '../value/codec.js'
import type { Lifetime } from './duration.js'

/** Any function, whatever its parameters. */
export type Callable = (...args: never[]) => unknown

/**
 * - `on`: answer from the cache, else run and keep.
 * - `off`: always run; read and write nothing.
 * - `refresh`: always run, and replace what is kept.
 * - `readonly`: answer from the cache, else run; write nothing.
 * - `offline`: answer from the cache, whatever its age; a miss throws CacheMissError.
 */
export type Mode = 'on' | 'off' | 'refresh' | 'readonly' | 'offline'

/** What a `valid` function is told of a stored entry. */
export interface EntryFacts {
  /** The function's id. */
  readonly id: string
  readonly key: string
  /** When the entry was made, milliseconds since the epoch. */
  readonly at: number
  /** How long the body took, milliseconds. */
  readonly took: number
  /** The named inputs of the call that wants the entry. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** The result as this call would get it. */
  readonly value: unknown
}

// Declared as methods, so that a function of a narrower type than `unknown` fits.
type ResultCheck = { check(result: unknown): unknown }['check']
type EntryCheck = { check(entry: EntryFacts): unknown }['check']
type DirectoryOf = { directory(inputs: Readonly<Record<string, unknown>>): string }['directory']

/** The options of a tag, in code. `undefined` inherits, `null` takes an inherited value away. */
export interface FunctionOptions {
  /** How long an entry is valid (`'7d'`: units ms, s, m, h, d, w, y), or until when (`'2027-01-01T00:00Z'`, a Date). Default: for ever. */
  readonly ttl?: string | Date | null | undefined
  /** What becomes of an expired entry: overwritten, or kept as history. Default: `replace`. */
  readonly expiry?: 'replace' | 'append' | null | undefined
  /** Parameters that are no part of the key, nor of the stored inputs. Default: none. */
  readonly ignore?: readonly string[] | string | null | undefined
  /** Parameters whose stored inputs show only that they were there; they are part of the key. Default: none. */
  readonly redact?: readonly string[] | string | null | undefined
  /** Properties of `this` that join the key. Default: none. */
  readonly attrs?: readonly string[] | string | null | undefined
  /** Codec for results, or its registered name. Default: JSON, and more than JSON where a value needs it. */
  readonly output?: Codec | string | null | undefined
  /** Codec for stored inputs, or its registered name. Default: as for `output`. */
  readonly input?: Codec | string | null | undefined
  /** Called with each new result, or the registered name of such a function; false or a throw: ValidationError, nothing kept. */
  readonly validate?: ResultCheck | string | null | undefined
  /** Called with each stored entry before it is used; a falsy answer or a throw: a miss. One, or several in order. */
  readonly valid?: EntryCheck | string | readonly (EntryCheck | string)[] | null | undefined
  /** From the named inputs to the directory of the entry, below the prefix. Default: the function's id. */
  readonly path?: DirectoryOf | string | null | undefined
  /** Keep exceptions as long as results, not at all, or for a time (`'5m'`). Default: `keep`. */
  readonly errors?: string | null | undefined
  /** Joins the key as the input `version`. Default: none. */
  readonly version?: string | number | null | undefined
  /** Entries of one function kept in memory, at most 64 MiB of them. Default: 1000. */
  readonly memory?: number | 'off' | null | undefined
  /** Hits return one deep-frozen object instead of a fresh copy each. Default: false. */
  readonly share?: boolean | null | undefined
  /** How long past `ttl` a result still answers while it is refreshed in the background (`'1d'`). Default: not at all. */
  readonly stale?: string | null | undefined
  /**
   * At most one process computes a key at a time; the others wait for its answer, for ten minutes or as long as this says
   * (`'2h'`), and then compute it themselves. Default: false.
   */
  readonly lock?: boolean | string | null | undefined
  /** Bytes of files that are kept (`'1GB'`, `'500MiB'`): in a tag, of the function; on a Cache, of all that lies there. Default: no limit. */
  readonly maxSize?: string | null | undefined
  /** Entries written longer ago are removed (`'30d'`). Scope as for `maxSize`. Default: no limit. */
  readonly maxAge?: string | null | undefined
  /** Results and exceptions that are kept. Scope as for `maxSize`. Default: no limit. */
  readonly maxEntries?: number | null | undefined
  /** Entries are signed and checked with the keys in the environment's `DECHE_SIGN_KEY`. Default: true if there are any. */
  readonly sign?: boolean | null | undefined
}

/** How much is kept. What is over is removed in the background, least recently used first. */
export interface Limits {
  /** Bytes of files. */
  readonly size?: number
  /** Milliseconds since it was written. */
  readonly age?: number
  /** Results and exceptions. */
  readonly entries?: number
}

/** One of the stores of a cache that has several: where it is, as for a cache that has one. */
export interface TierOptions {
  /** As for a cache. `memory` can only be the nearest: it is the memory that every function has, see `memory`. Default: `file`. */
  readonly protocol?: 'file' | 'memory' | 's3' | 'redis' | (string & {}) | undefined
  /** As for a cache. Nothing is inherited. */
  readonly storageOptions?: Readonly<Record<string, unknown>> | undefined
  /** As for a cache. A tier of files without one lies where the `prefix` of other places says. */
  readonly prefix?: string | undefined
  /** A store of your own, in place of these. */
  readonly store?: GivenStore | undefined
  /** Only asked: nothing is written or removed there. Default: false. */
  readonly readonly?: boolean | undefined
}

/** For `new Cache`, `replace` and `configure`. `undefined` inherits, `null` takes an inherited value away. */
export interface CacheOptions extends FunctionOptions {
  /** What an argument that has no key does: throw UnkeyableArgumentError, or run the function without its cache. Default: `throw`. */
  readonly unkeyable?: 'throw' | 'bypass' | null | undefined
  /** Which kind of store: `file`, `memory`, `s3`, `redis`, or any other name for a service of Apache OpenDAL (`gcs`, `azblob`, …). Default: `file`. */
  readonly protocol?: 'file' | 'memory' | 's3' | 'redis' | (string & {}) | null | undefined
  /**
   * What the store's client is given; merged by name with inherited ones of the same protocol. Default: nothing. Two are
   * deche's own: `timeout`, how long one operation may take (default `5s`), and `pause`, how long a store that fails is
   * not asked at first (default `5s`).
   */
  readonly storageOptions?: Readonly<Record<string, unknown>> | null | undefined
  /**
   * The directory; relative to a configuration file, or in code to the working directory. Default: `.deche` beside
   * package.json. Under `s3` the bucket, and perhaps a directory in it: `my-bucket/cache`; elsewhere a directory in the store.
   */
  readonly prefix?: string | null | undefined
  /** A store of your own, in place of protocol, prefix and storageOptions. Without `sync` it serves asynchronous functions alone. */
  readonly store?: GivenStore | null | undefined
  /**
   * Several stores as one, nearest first, in place of protocol, prefix, storageOptions and store: the nearest that has an entry
   * answers and those in front of it get a copy; what is stored reaches all. One that fails is passed over. Default: none.
   */
  readonly tiers?: readonly TierOptions[] | null | undefined
  /** Default: `on`. */
  readonly mode?: Mode | null | undefined
}

/** For `cache.wrap(fn, …)`. */
export interface WrapOptions extends FunctionOptions {
  /** The function's id, such as `weather.forecast`. */
  readonly name: string
  /** The names of its parameters, in order, the last perhaps as `'...rest'`. Default: all arguments are one input `args`. */
  readonly params?: readonly string[] | undefined
}

/** For `configure`: options of all caches, and what names in tags mean. */
export interface ConfigureOptions extends CacheOptions, Partial<Registry> {}

/** What can be a named cache; `Cache` is. */
export interface CacheLike {
  wrap(...args: never[]): unknown
}

/** What names in options mean. */
export interface Registry {
  readonly caches: Readonly<Record<string, CacheLike>>
  readonly codecs: Readonly<Record<string, Codec>>
  readonly functions: Readonly<Record<string, Callable>>
  readonly classes: ClassCodecs
}

/** Options from one place. Later layers win. */
export interface Layer {
  /** For messages: `package.json`'s path, `DECHE_TTL`, `new Cache()`, `the tag of pkg.mod.fn`. */
  readonly source: string
  readonly options: Readonly<Record<string, unknown>>
  /** What a relative prefix is relative to. Default: the working directory at first use. */
  readonly directory?: string
  /** Of one function: its tag, or what `wrap` was given. */
  readonly isFunction?: true
}

/** A codec that has a name to write into entries. */
export type NamedCodec = Codec & { readonly name: string }

/** The options of one function, resolved. */
export interface Settings {
  readonly ttl?: Lifetime
  readonly expiry: 'replace' | 'append'
  readonly ignore: ReadonlySet<string>
  readonly redact: ReadonlySet<string>
  readonly attrs: readonly string[]
  readonly output?: NamedCodec
  readonly input?: NamedCodec
  readonly validate?: (result: unknown) => unknown
  readonly valid: readonly ((entry: EntryFacts) => unknown)[]
  readonly path?: (inputs: Readonly<Record<string, unknown>>) => unknown
  readonly errors: 'keep' | 'off' | { readonly ms: number }
  readonly version?: string
  readonly memory: 'off' | { readonly entries: number; readonly bytes: number }
  readonly share: boolean
  readonly stale?: { readonly ms: number }
  /** How long to wait for another process, milliseconds. */
  readonly lock: false | { readonly ms: number }
  readonly unkeyable: 'throw' | 'bypass'
  /** For the function's own entries. */
  readonly functionLimits?: Limits
  /** For all that lies in the store. */
  readonly cacheLimits?: Limits
  readonly sign?: boolean
}
