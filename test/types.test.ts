import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  Cache,
  type CacheOptions,
  type ClassCodec,
  type Codec,
  cached,
  configure,
  type Entries,
  type EntryFacts,
  type HistoryEntry,
  NotTransformedError,
  type Stats,
  type Store,
} from '../runtime/index.js'

/**
 * Checked by the compiler: `npm test` runs `tsc` over this directory before any test, and a type that is wrong here, or
 * a `@ts-expect-error` above a line without an error, ends it there. When run, the tests show that the names exist.
 */

interface Forecast {
  readonly city: string
  readonly days: number
}

const cache = new Cache({ protocol: 'memory' })

function forecast(city: string, days = 3, ...tags: string[]): Forecast {
  return { city, days: days + tags.length }
}

async function load(id: number, options?: { readonly deep: boolean }): Promise<Map<string, number>> {
  return new Map([[String(options?.deep), id]])
}

const plain = cache.wrap(forecast, { name: 'types.plain' })
const named = cache.wrap(forecast, { name: 'types.named', params: ['city', 'days', '...tags'] })
const later = cache.wrap(load, { name: 'types.later', params: ['id', 'options'] })

class Shop {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  readonly price = cache.wrap(
    function (this: { readonly name: string }, item: string): number {
      return this.name.length + item.length
    },
    { name: 'types.Shop.price', params: ['item'], attrs: ['name'] },
  )
}

describe('wrap', () => {
  test('what comes back is called as the function is', () => {
    expectTypeOf(plain).toBeCallableWith('Oslo')
    expectTypeOf(plain).toBeCallableWith('Oslo', 5, 'a', 'b')
    expectTypeOf(named).parameters.toEqualTypeOf<Parameters<typeof forecast>>()
    expectTypeOf(named).returns.toEqualTypeOf<Forecast>()
    expectTypeOf(named).toExtend<typeof forecast>()
    expectTypeOf(later).returns.toEqualTypeOf<Promise<Map<string, number>>>()
    // @ts-expect-error: a city is a string.
    expect(plain(5).city).toBe(5)
  })

  test('a method keeps the type of its this', () => {
    const shop = new Shop('corner')
    expectTypeOf(shop.price).thisParameter.toEqualTypeOf<{ readonly name: string }>()
    expect(shop.price('tea')).toBe(9)
  })

  test('options are checked', () => {
    // @ts-expect-error: a name is needed.
    expect(() => cache.wrap(forecast, {})).toThrow('name: it must be')
    // @ts-expect-error: an option of caches.
    expect(() => cache.wrap(forecast, { name: 'types.a', mode: 'off' })).toThrow("'mode' is no option here")
    // @ts-expect-error: a number needs a unit, and so it is text.
    expect(() => cache.wrap(forecast, { name: 'types.b', ttl: 7 })).toThrow('ttl: 7 must be')
    // @ts-expect-error: no such choice.
    expect(() => cache.wrap(forecast, { name: 'types.c', expiry: 'keep' })).toThrow("expiry: 'keep' must be")
    cache.wrap(forecast, {
      name: 'types.d',
      ttl: new Date(2e12),
      validate: (result: Forecast) => result.days > 0,
      valid: [(entry: EntryFacts) => entry.at > 0, 'registered'],
      path: (inputs) => String(inputs.city),
      params: ['city', 'days', '...tags'],
      ignore: ['days'],
      errors: null,
      version: 2,
      memory: 10,
      share: true,
    })
  })
})

describe('cached', () => {
  test('arguments and results are the function’s own, results awaited', async () => {
    expectTypeOf(cached(plain).tokenize).parameters.toEqualTypeOf<Parameters<typeof forecast>>()
    expectTypeOf(cached(plain).isValid).parameters.toEqualTypeOf<Parameters<typeof forecast>>()
    expectTypeOf(cached(plain).refresh).returns.toEqualTypeOf<Promise<Forecast>>()
    expectTypeOf(cached(plain).refreshSync).returns.toEqualTypeOf<Forecast>()
    expectTypeOf(cached(later).refresh).returns.toEqualTypeOf<Promise<Map<string, number>>>()
    expectTypeOf(cached(later).refreshSync).returns.toEqualTypeOf<Promise<Map<string, number>>>()
    expectTypeOf(cached(later).loadCachedData).returns.toEqualTypeOf<Promise<Map<string, number>>>()
    expectTypeOf(cached(later).loadCachedDataSync).returns.toEqualTypeOf<Map<string, number>>()
    expectTypeOf(cached(later).loadCachedInputs).returns.toEqualTypeOf<Promise<Record<string, unknown>>>()
    expectTypeOf(cached(later).loadCachedExceptionSync).returns.toEqualTypeOf<unknown>()
    expectTypeOf(cached(later).writeCachedData).parameter(1).toEqualTypeOf<Map<string, number>>()
    expectTypeOf(cached(later).func).toEqualTypeOf<typeof later>()
    expect(await cached(later).refresh(1)).toEqual(new Map([['undefined', 1]]))
    // @ts-expect-error: an id is a number.
    expect(cached(later).tokenize('1')).not.toBe(cached(later).tokenize(1))
    // @ts-expect-error: the result is a Map.
    await expect(cached(later).writeCachedData({ args: [1] }, new Set())).resolves.toBe(undefined)
  })

  test('of an overloaded function the last signature counts', () => {
    function parse(text: string): string
    function parse(text: number): number
    function parse(text: string | number): string | number {
      return text
    }
    const wrapped = cache.wrap(parse, { name: 'types.parse', params: ['text'] })
    expectTypeOf(cached(wrapped).tokenize).parameters.toEqualTypeOf<[text: number]>()
    expectTypeOf(cached(wrapped).loadCachedDataSync).returns.toEqualTypeOf<number>()
    expectTypeOf(wrapped('a')).toEqualTypeOf<string>()
    expectTypeOf(wrapped(1)).toEqualTypeOf<number>()
  })

  test('methods are given with their object', () => {
    const shop = new Shop('corner')
    const entries = cached(shop.price, shop)
    expectTypeOf(entries.tokenize).parameters.toEqualTypeOf<[item: string]>()
    expectTypeOf(entries.refresh).returns.toEqualTypeOf<Promise<number>>()
    // @ts-expect-error: an object, not its name.
    expect(() => cached(shop.price, 'corner').tokenize('tea')).not.toThrow()
  })

  test('only functions have entries', () => {
    // @ts-expect-error: no function.
    expect(() => cached({})).toThrow(NotTransformedError)
    expect(() => cached(forecast)).toThrow(NotTransformedError)
  })

  test('what it holds besides', () => {
    const entries = cached(plain)
    expectTypeOf(entries.path).toEqualTypeOf<string>()
    expectTypeOf(entries.id).toEqualTypeOf<string>()
    expectTypeOf(entries.cache).toEqualTypeOf<Cache>()
    expectTypeOf(entries.store).toEqualTypeOf<Store>()
    expectTypeOf(entries.stats).toEqualTypeOf<Readonly<Stats>>()
    expectTypeOf(cache.open('types.plain')).toExtend<Entries>()
    // @ts-expect-error: statistics are read.
    entries.stats.hits = 5
    expect(entries.stats.hits).toBe(0)
  })
})

describe('selectors', () => {
  test('one of args, kwargs and key', () => {
    const entries = cached(named)
    expect(entries.hasDataSync({ args: ['Oslo'] })).toBe(false)
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo' } })).toBe(false)
    expect(entries.hasDataSync({ key: '0'.repeat(64) })).toBe(false)
    // @ts-expect-error: one of them.
    expect(() => entries.hasDataSync({ args: ['Oslo'], key: '0'.repeat(64) })).toThrow('not args and key')
    // @ts-expect-error: one of them.
    expect(() => entries.hasDataSync({ args: ['Oslo'], kwargs: { city: 'Oslo' } })).toThrow('not args and kwargs')
    // @ts-expect-error: one of them.
    expect(() => entries.hasDataSync({})).toThrow('not nothing')
    // @ts-expect-error: arguments as they are declared.
    expect(entries.hasDataSync({ args: [5] })).toBe(false)
    // @ts-expect-error: a city is needed.
    expect(entries.hasDataSync({ args: [] })).toBe(false)
    // @ts-expect-error: no such selector.
    expect(() => entries.hasDataSync({ arguments: ['Oslo'] })).toThrow('not arguments')
  })

  test('names are known where wrap was told them', () => {
    const entries = cached(named)
    expectTypeOf<Parameters<typeof entries.hasData>[0]['kwargs']>().toExtend<
      { readonly city?: string; readonly days?: number | undefined } | undefined
    >()
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo', days: 4 } })).toBe(false)
    // @ts-expect-error: no such name.
    expect(() => entries.hasDataSync({ kwargs: { town: 'Oslo' } })).toThrow("no parameter 'town'")
    // @ts-expect-error: a number.
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo', days: 'four' } })).toBe(false)
    expect(cached(later).hasDataSync({ kwargs: { id: 1, options: { deep: true } } })).toBe(false)
    // @ts-expect-error: as declared.
    expect(cached(later).hasDataSync({ kwargs: { id: 1, options: { deep: 1 } } })).toBe(false)
  })

  test('a rest parameter is given as a list, under its own name', () => {
    const entries = cached(named)
    expect(entries.tokenize('Oslo', 3, 'a')).not.toBe(entries.tokenize('Oslo', 3))
    named('Oslo', 3, 'a')
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo', days: 3, tags: ['a'] } })).toBe(true)
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo', days: 3, tags: ['b'] } })).toBe(false)
    // @ts-expect-error: a list of texts.
    expect(entries.hasDataSync({ kwargs: { city: 'Oslo', days: 3, tags: [1] } })).toBe(false)
  })

  test('elsewhere any name may be tried', () => {
    expectTypeOf(cached(plain).hasData).parameter(0).toExtend<{ readonly kwargs?: Readonly<Record<string, unknown>> }>()
    expect(() => cached(plain).hasDataSync({ kwargs: { town: 'Oslo' } })).toThrow("no parameter 'town'")
  })
})

describe('generators', () => {
  const pages = cache.wrap(
    function* (book: string): Generator<{ readonly page: number }, string, undefined> {
      yield { page: book.length }
      return 'end'
    },
    { name: 'types.pages', params: ['book'] },
  )
  const stream = cache.wrap(
    async function* (book: string): AsyncIterableIterator<string> {
      yield book
    },
    { name: 'types.stream', params: ['book'] },
  )

  test('what is loaded and refreshed is what the function answers', () => {
    expectTypeOf(pages('tea')).toEqualTypeOf<Generator<{ readonly page: number }, string, undefined>>()
    expectTypeOf(cached(pages).loadCachedDataSync).returns.toEqualTypeOf<ReturnType<typeof pages>>()
    expectTypeOf(cached(pages).refresh).returns.resolves.toEqualTypeOf<ReturnType<typeof pages>>()
    expectTypeOf(cached(stream).loadCachedData).returns.resolves.toEqualTypeOf<AsyncIterableIterator<string>>()
  })

  test('what is written is an iterable of the items, an asynchronous one where it can be waited for', async () => {
    cached(pages).writeCachedDataSync({ args: ['tea'] }, [{ page: 1 }])
    await cached(pages).writeCachedData({ args: ['tea'] }, pages('tea'))
    await cached(stream).writeCachedData({ args: ['tea'] }, stream('tea'))
    cached(stream).writeCachedDataSync({ args: ['tea'] }, new Set(['a']))
    // @ts-expect-error: items of another type.
    await cached(pages).writeCachedData({ args: ['tea'] }, [1])
    // @ts-expect-error: asynchronous ones.
    expect(() => cached(stream).writeCachedDataSync({ args: ['tea'] }, stream('tea'))).toThrow(TypeError)
    expectTypeOf(new Cache({ protocol: 'memory' }).open('types.pages').writeCachedDataSync)
      .parameter(1)
      .toEqualTypeOf<unknown>()
  })
})

describe('listings and history', () => {
  test('lists of keys, one at a time or all', () => {
    const entries = cached(later)
    expectTypeOf(entries.listCachedData({ paths: true })).toEqualTypeOf<Promise<string[]>>()
    expectTypeOf(entries.listCachedInputsSync()).toEqualTypeOf<string[]>()
    expectTypeOf(entries.iterCachedExceptions()).toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
    expectTypeOf(entries.iterCachedDataSync({ directory: 'a/b' })).toEqualTypeOf<Generator<string, void, undefined>>()
    // @ts-expect-error: paths.
    expect(entries.listCachedDataSync({ path: true })).toEqual(entries.listCachedDataSync())
  })

  test('history loads what the function answers', () => {
    expectTypeOf(cached(later).history).returns.resolves.toEqualTypeOf<HistoryEntry<Promise<Map<string, number>>>[]>()
    expectTypeOf(cached(later).historySync).returns.toEqualTypeOf<HistoryEntry<Map<string, number>>[]>()
    expectTypeOf<HistoryEntry<Forecast>>().toHaveProperty('at').toEqualTypeOf<Date>()
  })
})

describe('caches and configuration', () => {
  test('options of caches', () => {
    expectTypeOf<CacheOptions['mode']>().toEqualTypeOf<
      'on' | 'off' | 'refresh' | 'readonly' | 'offline' | null | undefined
    >()
    expectTypeOf(cache.replace({ ttl: '7d' })).toEqualTypeOf<Cache>()
    expectTypeOf(cache.options).toEqualTypeOf<CacheOptions>()
    // @ts-expect-error: a name.
    expect(() => new Cache({ protocol: 3 })).toThrow('protocol: ')
    // @ts-expect-error: an option of wrap.
    expect(() => cache.replace({ name: 'types.x' })).toThrow("'name' is no option here")
    // @ts-expect-error: misspelt.
    expect(() => new Cache({ tll: '7d' })).toThrow("'tll' is no option here")
    // @ts-expect-error: options are read; replace() makes a cache with others.
    new Cache().options.ttl = '1d'
  })

  test('registries', () => {
    const lines: Codec<string[]> = {
      encode: (value) => value.join('\n'),
      decode: (bytes) => new TextDecoder().decode(bytes).split('\n'),
    }
    const shop: ClassCodec<Shop, string> = { class: Shop, encode: ({ name }) => name, decode: (name) => new Shop(name) }
    expectTypeOf(configure).parameter(0).toExtend<CacheOptions>()
    configure({ codecs: { lines }, functions: { positive: (n: number) => n > 0 }, classes: {} })
    expect(shop.decode?.('corner').name).toBe('corner')
    // @ts-expect-error: a codec writes and reads.
    expect(() => configure({ codecs: { half: { encode: String } } })).toThrow('codecs.half')
    // @ts-expect-error: a function.
    expect(() => configure({ functions: { positive: true } })).toThrow('functions.positive')
  })
})
