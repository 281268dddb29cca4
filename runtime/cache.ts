import type { Resolution } from './call/memo.js'
import type { SiteSpec } from './call/site.js'
import { Site } from './call/sites.js'
import { standInFor } from './call/stand-in.js'
import { type Config, checkOptions, currentConfig } from './config/config.js'
import { type CacheOptions, type Layer, resolveSettings, type WrapOptions } from './config/options.js'
import { cacheNamed } from './config/registry.js'
import { resolveMode, resolveStore, type StoreChoice, type TierSettings } from './config/store.js'
import { ConfigError } from './errors.js'
import type { Entries } from './manage/entries.js'
import type { AnyFunction, Wrapped } from './manage/types.js'
import { ID_PATTERN } from './names.js'
import { cold, remote } from './on-first-use.js'
import { completeStore } from './store/async-only.js'
import { createFileStore } from './store/file.js'
import { createMemoryStore } from './store/memory.js'
import type { Store } from './store/store.js'
import { type Tier, tiersOf } from './store/tiered.js'

/** Memory stores of a cache and of those that `replace` made of it, by prefix: they see the same entries. */
type MemoryStores = Map<string, Store>

/**
 * A store, and options for the functions that use it. What is not given comes from the configuration; `null` takes a
 * configured value away. Throws ConfigError for unknown options and wrong values.
 */
export class Cache {
  readonly options: CacheOptions
  readonly #memory: MemoryStores

  constructor(options: CacheOptions = {}) {
    checkOptions('new Cache()', options)
    this.options = options
    this.#memory = inherited ?? (options.protocol === 'memory' ? new Map() : configuredMemory)
  }

  /** Where its entries lie. Throws ConfigError when the configuration is wrong. */
  get store(): Store {
    const own = this.#storeUnder(currentConfig())
    return standInFor(undefined)?.store(own) ?? own
  }

  /** A cache with other options, in the same store unless they name another. */
  replace(changes: CacheOptions): Cache {
    checkOptions('cache.replace()', changes)
    const { protocol, store, tiers } = changes
    const movesStore = protocol !== undefined || store !== undefined || tiers !== undefined
    inherited = movesStore ? undefined : this.#memory
    try {
      return create({ ...keptBy(changes, this.options), ...changes })
    } finally {
      inherited = undefined
    }
  }

  /**
   * Caches a function without the transformer, under the id `name`. `params` names its parameters, the last one perhaps
   * as `'...rest'`; further arguments do not reach the function. Without `params` all arguments are one input `args`.
   * What comes back has the function's name, length and `this`. Throws ConfigError for wrong options.
   */
  wrap<F extends AnyFunction, const N extends readonly string[] = readonly string[]>(
    fn: F,
    options: WrapOptions & { readonly params?: N },
  ): Wrapped<F, N> {
    return cold().wrapFunction(this, fn, options) as Wrapped<F, N>
  }

  /** The stored calls under an id, without the function: they are named by key. Throws TypeError for an impossible id. */
  open(id: string): Entries {
    if (!ID_PATTERN.test(id))
      throw new TypeError(`'${id}' is no id; an id is what cached(fn).id or a directory below the prefix says`)
    const { Entries } = cold()
    return new Entries({ site: new Site({ id, params: [] }, () => this, {}), fn: undefined, self: undefined })
  }

  /** @internal What a function of this cache works with. */
  resolve(source: string, options: Readonly<Record<string, unknown>>): Resolution {
    const config = currentConfig()
    const layers = this.#layers(config)
    return {
      settings: resolveSettings([...layers, { source, options, isFunction: true }], config.registry),
      mode: resolveMode(layers),
      store: this.#storeUnder(config),
      classes: config.registry.classes,
    }
  }

  #layers(config: Config): Layer[] {
    return [...config.layers, { source: 'new Cache()', options: { ...this.options } }]
  }

  #storeUnder(config: Config): Store {
    const { tiers, ...choice } = resolveStore(this.#layers(config), config)
    if (tiers === undefined) return this.#open(choice, config)
    return tieredStore(
      tiers,
      tiers.map((tier) => ({ store: this.#open(tier, config), readonly: tier.readonly })),
    )
  }

  #open({ store, ...settings }: StoreChoice, config: Config): Store {
    if (store !== undefined) return completeStore(store)
    const { protocol, prefix, storageOptions } = settings
    if (protocol !== 'file' && protocol !== 'memory')
      return remote().openStore({ protocol, prefix, storageOptions }, config.root)
    const [stores, create] =
      protocol === 'memory'
        ? [this.#memory, () => createMemoryStore()]
        : [files, () => createFileStore({ directory: prefix, trust: storageOptions.trust === true })]
    const name = storageOptions.trust === true ? `trusted ${prefix}` : prefix
    let found = stores.get(name)
    if (found === undefined) {
      found = create()
      stores.set(name, found)
    }
    return found
  }
}

/** What a cache has of its own that `changes` put nothing else in the place of. */
function keptBy({ protocol, store, tiers }: CacheOptions, options: CacheOptions): CacheOptions {
  const { store: _, tiers: __, ...kept } = options
  if (tiers !== undefined && tiers !== null) {
    const { protocol: ___, prefix: ____, storageOptions: _____, ...others } = kept
    return others
  }
  return protocol !== undefined || (store !== undefined && store !== null) ? kept : options
}

/** Outside the class: one that names itself gets another name from the bundler. */
function create(options: CacheOptions): Cache {
  return new Cache(options)
}

/** Handed from `replace` to the constructor, whose parameters are public. */
let inherited: MemoryStores | undefined

/** File stores by directory. */
const files = new Map<string, Store>()

/** Stores of several tiers, by the first of them. */
const tiered = new WeakMap<Store, Store[]>()

/** Throws ConfigError for tiers that are one store. */
function tieredStore(settings: readonly TierSettings[], tiers: readonly Tier[]): Store {
  tiers.forEach(({ store }, at) => {
    const same = tiers.findIndex((other) => isSame(other.store, store))
    if (same === at) return
    const problem = `it is the same store as ${settings[same]?.source}, ${store.location}; leave one of them out`
    throw new ConfigError(settings[at]?.source ?? 'tiers', problem)
  })
  const [nearest] = tiers
  if (nearest === undefined) throw new ConfigError('tiers', 'there are none')
  const made = tiered.get(nearest.store) ?? []
  let found = made.find((store) => isEqual(tiersOf(store) ?? [], tiers))
  if (found === undefined) {
    found = cold().createTieredStore(tiers)
    tiered.set(nearest.store, [...made, found])
  }
  return found
}

function isSame(one: Store, other: Store): boolean {
  return one === other || (one.protocol === 'file' && other.protocol === 'file' && one.location === other.location)
}

function isEqual(some: readonly Tier[], others: readonly Tier[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ store, readonly }, at) => store === others[at]?.store && readonly === others[at]?.readonly)
  )
}

/** What the configuration's `protocol: 'memory'` means. */
const configuredMemory: MemoryStores = new Map()

/** The cache of functions whose tag names none. */
let standard: Cache | undefined

/** The cache that a tag names. Throws ConfigError for an unknown name. */
export function cacheOf(spec: SiteSpec, refs: Readonly<Record<string, unknown>>): Cache {
  const source = `the tag of ${spec.id}`
  const named = refs.cache ?? spec.options?.cache
  if (named === undefined) {
    standard ??= new Cache()
    return standard
  }
  const cache = typeof named === 'string' ? cacheNamed(source, named, currentConfig().registry) : named
  if (cache instanceof Cache) return cache
  throw new ConfigError(source, 'cache: it must be a Cache')
}
