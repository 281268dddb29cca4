import type { Cache } from '../cache.js'
import { configGeneration, followConfig } from '../config/config.js'
import { warnOnce } from '../warn.js'
import type { SiteFactory } from './factories.js'
import { createMemo, type Memo } from './memo.js'
import { warnOfNamesake } from './namesakes.js'
import { keyedNames, type SiteSpec } from './site.js'
import { type StandIn, stage, standInFor } from './stand-in.js'
import { newStats, type Stats } from './stats.js'

/** A function with the cache of the moment: its own, or that of a test. */
interface Binding {
  memo: Memo | undefined
  /** Of the configuration that `memo` was made from. */
  generation: number
  readonly stats: Stats
}

/** A tagged or wrapped function in this process. */
export class Site {
  readonly spec: SiteSpec
  /** It is declared synchronous and answered with a promise, so concurrent calls can share one run. */
  answersPromises = false
  /** Made by `cache.wrap` or `cache.open`, whose options these are; absent for a tagged function. */
  readonly wrapped: Readonly<Record<string, unknown>> | undefined
  readonly #cacheOf: (refs: Readonly<Record<string, unknown>>) => Cache
  readonly #own = newBinding()
  #inTests: WeakMap<StandIn, Binding> | undefined
  readonly #factory: SiteFactory | undefined
  #orders = 0

  constructor(
    spec: SiteSpec,
    cacheOf: (refs: Readonly<Record<string, unknown>>) => Cache,
    wrapped?: Readonly<Record<string, unknown>>,
    factory?: SiteFactory,
  ) {
    this.spec = spec
    this.#cacheOf = cacheOf
    this.wrapped = wrapped
    this.#factory = factory
  }

  /**
   * The function bound to its cache, anew after each `configure()`; `undefined` while its module is still loading and a
   * binding that its tag names does not exist yet. Throws ConfigError.
   */
  memo(): Memo | undefined {
    const standIn = standInFor(this.spec.id)
    const binding = standIn === undefined ? this.#own : this.#under(standIn)
    const generation = configGeneration()
    if (binding.memo === undefined || binding.generation !== generation) {
      const refs = this.#refs()
      if (refs === undefined) return undefined
      const cache = this.#cacheOf(refs)
      const own = cache.resolve(this.#source, this.#options(refs))
      // What it answered by shortcuts is not in the statistics yet.
      binding.memo?.tier?.count()
      binding.memo = createMemo(this, cache, standIn?.resolve(this.spec.id, own) ?? own, binding.stats)
      warnOfNamesake(binding.memo.store, this.spec)
      binding.generation = generation
      if (standIn === undefined) this.#offer()
    }
    return binding.memo
  }

  /** What its cache has done: in this process, or in the test that runs. */
  get stats(): Stats {
    const standIn = standInFor(this.spec.id)
    const { memo, stats } = standIn === undefined ? this.#own : this.#under(standIn)
    memo?.tier?.count()
    return stats
  }

  /** While an order is given, every call of the function comes to `run`. */
  ordered<T>(call: () => T): T {
    this.#orders++
    this.#offer()
    try {
      return call()
    } finally {
      this.#orders--
      this.#offer()
    }
  }

  /** Where the compiled function looks first. */
  #offer(): void {
    if (this.#factory === undefined) return
    const { memo, generation } = this.#own
    const holds =
      stage.find === undefined &&
      this.#orders === 0 &&
      generation === configGeneration() &&
      getsWhatItNeeds(this.spec, memo)
    this.#factory.hit = holds ? memo?.shortcut?.hit : undefined
    if (holds) offering.add(this.#factory)
  }

  #under(standIn: StandIn): Binding {
    this.#inTests ??= new WeakMap()
    const binding = this.#inTests.get(standIn) ?? newBinding()
    this.#inTests.set(standIn, binding)
    return binding
  }

  /** For messages. */
  get #source(): string {
    return this.wrapped === undefined ? `the tag of ${this.spec.id}` : `cache.wrap of ${this.spec.id}`
  }

  #options(refs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if (this.wrapped !== undefined) return this.wrapped
    const { cache: _, ...named } = { ...this.spec.options, ...refs }
    const { attrs, code } = this.spec
    return {
      ...named,
      ...(attrs && { attrs }),
      ...(code !== undefined && 'version' in named && named.version === 'auto' && { version: code }),
    }
  }

  /** What the tag's names stand for. Under CommonJS an export that does not exist yet is `undefined`. */
  #refs(): Readonly<Record<string, unknown>> | undefined {
    const { id, refs: read } = this.spec
    if (read === undefined) return {}
    let refs: Readonly<Record<string, unknown>> = {}
    let missing: string | undefined
    try {
      refs = read()
      missing = Object.keys(refs).find((option) => refs[option] === undefined)
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error
      missing = error.message
    }
    if (missing === undefined) return refs
    warnOnce(
      'DECHE3006',
      id,
      `${id} was called before what its tag names exists (${missing}), and ran without its cache. Modules that import ` +
        'each other are the usual cause.',
    )
    return undefined
  }
}

/** Functions that look at their shortcuts, until the configuration changes or a test puts something in the place of stores. */
const offering = new Set<SiteFactory>()

function withdraw(): void {
  for (const factory of offering) factory.hit = undefined
  offering.clear()
}

followConfig(withdraw)
stage.withdrawals.add(withdraw)

/** The compiled code hands over what its tag does not ignore; a configuration that ignores more must see all of it. */
function getsWhatItNeeds(spec: SiteSpec, memo: Memo | undefined): boolean {
  if (memo === undefined) return false
  const needed = memo.names.filter((name) => !memo.settings.ignore.has(name))
  const given = keyedNames(spec)
  return needed.length === given.length && needed.every((name, index) => name === given[index])
}

function newBinding(): Binding {
  return { memo: undefined, generation: -1, stats: newStats() }
}
