import { afterEach, describe, expect, it, vi } from 'vitest'
import { Cache, type CacheOptions, type Codec, cached } from '../runtime/index.js'
import { temporaryDirectory } from './helpers/temporary.js'
import { collectWarnings } from './helpers/warnings.js'

/** Ways to a wrong answer that are no broken file: changed arguments, exceptions beside results, names of parameters. */

const attempt = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return String(error)
  }
}

describe('a caller who changes an argument right after the call of an asynchronous function', () => {
  it.each([
    ['in files', () => new Cache({ prefix: temporaryDirectory() })],
    ['in memory', () => new Cache({ protocol: 'memory' })],
  ])('gets the answers to what was asked, as without a cache (%s)', async (_, make) => {
    const load = make().wrap(async (request: { readonly page: number }) => `page ${request.page}`, {
      name: 'answers.load',
      params: ['request'],
    })
    const ask = () => {
      const request = { page: 0 }
      return [1, 2, 3].map((page) => {
        request.page = page
        return load(request)
      })
    }
    expect(await Promise.all(ask())).toEqual(['page 1', 'page 2', 'page 3'])
    expect(await Promise.all(ask())).toEqual(['page 1', 'page 2', 'page 3'])
    // Nobody can tell whether the body looked before or after the change, so only the last answer of each round is kept.
    expect(cached(load).stats).toMatchObject({ misses: 5, hits: 1 })
    const inputs = await Promise.all([1, 2, 3].map((page) => cached(load).loadCachedInputs({ args: [{ page }] })))
    expect(inputs).toEqual([1, 2, 3].map((page) => ({ request: { page } })))
  })

  it('stores nothing under the arguments of before where the store is far away and the body starts later', async () => {
    const { sync, async, location } = new Cache({ protocol: 'memory' }).store
    const cache = new Cache({ store: { protocol: 'far', location, sync, async } })
    const load = cache.wrap(async (request: { readonly page: number }) => `page ${request.page}`, {
      name: 'answers.far',
      params: ['request'],
    })
    const request = { page: 1 }
    const answer = load(request)
    request.page = 2
    await answer
    expect(await load({ page: 1 })).toBe('page 1')
    expect(await load({ page: 2 })).toBe('page 2')
  })
})

describe('an exception beside a result', () => {
  function flaky(prefix: string) {
    const state = { broken: false, runs: 0 }
    const fn = new Cache({ prefix }).wrap(
      (n: number) => {
        state.runs++
        if (state.broken) throw new RangeError('no')
        return n
      },
      { name: 'answers.flaky', params: ['n'] },
    )
    return { fn, state }
  }

  it('a refresh that throws leaves the valid result in place, for this process as for the next', () => {
    const prefix = temporaryDirectory()
    const { fn, state } = flaky(prefix)
    expect(fn(1)).toBe(1)
    state.broken = true
    expect(() => cached(fn).refreshSync(1)).toThrow(new RangeError('no'))
    expect([attempt(() => fn(1)), attempt(() => flaky(prefix).fn(1))]).toEqual([1, 1])
    expect(cached(fn).hasExceptionSync({ args: [1] })).toBe(true)
    state.broken = false
    expect(cached(fn).refreshSync(1)).toBe(1)
    expect(cached(fn).hasExceptionSync({ args: [1] })).toBe(false)
  })

  it('a hit on an exception beside an expired result is no stale call', () => {
    let runs = 0
    const cache = new Cache({ prefix: temporaryDirectory(), ttl: '0s', errors: '1h' })
    const flaky = cache.wrap(
      () => {
        if (runs++ > 0) throw new Error('down')
      },
      { name: 'answers.stale', params: [] },
    )
    for (let turn = 0; turn < 4; turn++) attempt(flaky)
    expect(cached(flaky).stats).toMatchObject({ hits: 2, misses: 2, stale: 1, errors: 0 })
  })

  it('a process that remembers an exception sees the result that another one has meanwhile', async () => {
    const prefix = temporaryDirectory()
    const { fn, state } = flaky(prefix)
    state.broken = true
    expect(() => fn(1)).toThrow(new RangeError('no'))
    const other = flaky(prefix)
    cached(other.fn).writeCachedDataSync({ args: [1] }, 1)
    await expect.poll(() => attempt(() => fn(1)), { timeout: 5000 }).toBe(1)
    expect(state.runs).toBe(1)
  })
})

describe('a function that answers promises without being async', () => {
  const wrap = (options: CacheOptions) => {
    const runs = { count: 0 }
    const fn = new Cache(options).wrap(
      (n: number) => {
        runs.count++
        return Promise.resolve(n)
      },
      { name: 'answers.promise', params: ['n'] },
    )
    return { fn, runs }
  }

  it('answers promises on every hit, also to what was written for it', async () => {
    const prefix = temporaryDirectory()
    const { fn } = wrap({ prefix })
    expect(await fn(1)).toBe(1)
    cached(fn).writeCachedDataSync({ args: [2] }, 22)
    for (const each of [fn, wrap({ prefix }).fn]) {
      for (const n of [1, 2]) expect(each(n)).toBeInstanceOf(Promise)
      expect(await each(2)).toBe(22)
    }
    const hitsOnly = wrap({ prefix }).fn
    await hitsOnly(1)
    cached(hitsOnly).writeCachedDataSync({ args: [3] }, 33)
    expect(hitsOnly(3)).toBeInstanceOf(Promise)
  })

  it('gets its own promise back, and nothing is kept, if that is more than what it brings', async () => {
    const warnings = collectWarnings()
    class Task extends Promise<number> {}
    const cache = new Cache({ prefix: temporaryDirectory(), validate: (result) => result === 1 })
    const request = () => Object.assign(Promise.resolve(1), { json: () => 2 })
    const cases = { task: () => Task.resolve(1), request }
    for (const [name, make] of Object.entries(cases)) {
      let made: unknown
      const fn = cache.wrap(
        () => {
          made = make()
          return made
        },
        { name: `answers.${name}`, params: [] },
      )
      for (let turn = 0; turn < 2; turn++) expect(fn()).toBe(made)
      expect(cached(fn).listCachedDataSync()).toEqual([])
    }
    expect(await warnings.texts()).toEqual(
      Object.keys(cases).map(
        (name) =>
          `The result of answers.${name} cannot be kept, so it runs each time: result is a promise with properties of its own, ` +
          'or of a subclass. Make the function async, and its callers get a plain one.',
      ),
    )
  })

  it('is not kept by a codec, if what it answers can be waited for but is no promise', async () => {
    const warnings = collectWarnings()
    class Query {
      // biome-ignore lint/suspicious/noThenProperty: that is what such classes do
      then(use: (rows: number) => void) {
        use(5)
      }
    }
    const output: Codec = { name: 'text', encode: (value) => JSON.stringify(value), decode: () => 'decoded' }
    const cache = new Cache({ prefix: temporaryDirectory(), output })
    const fn = cache.wrap(() => new Query(), { name: 'answers.query', params: [] })
    for (let turn = 0; turn < 2; turn++) expect(fn()).toBeInstanceOf(Query)
    expect(await warnings.codes()).toEqual(['DECHE3002'])
  })

  it('is not kept by a raw codec, whose file could not say so', async () => {
    const warnings = collectWarnings()
    const output: Codec<number> = { name: 'digits', raw: true, encode: String, decode: (bytes) => Number(bytes) }
    const { fn, runs } = wrap({ prefix: temporaryDirectory(), output })
    for (let turn = 1; turn <= 2; turn++) {
      expect(await fn(1)).toBe(1)
      expect(runs.count).toBe(turn)
    }
    expect(await warnings.texts()).toEqual([
      "The result of answers.promise cannot be kept, its codec 'digits' failed, so it runs each time: a raw file cannot say that the answer was a promise; declare the function async",
    ])
  })
})

describe('a run that began before its entry was removed or replaced', () => {
  const setUp = () => {
    const state = { source: 'old', pause: 40 }
    const cache = new Cache({ prefix: temporaryDirectory() })
    const read = cache.wrap(
      async (_: number) => {
        const { source, pause } = state
        await new Promise((resolve) => setTimeout(resolve, pause))
        if (source === 'broken') throw new Error(source)
        return source
      },
      { name: 'answers.read', params: ['n'] },
    )
    return { read, entries: cached(read), state }
  }

  it.each([
    ['removeCachedData', (entries: ReturnType<typeof setUp>['entries']) => entries.removeCachedData({ args: [1] })],
    ['removeAll', (entries: ReturnType<typeof setUp>['entries']) => entries.removeAll()],
    ['refresh', (entries: ReturnType<typeof setUp>['entries']) => entries.refresh(1)],
    [
      'writeCachedData',
      (entries: ReturnType<typeof setUp>['entries']) => entries.writeCachedData({ args: [1] }, 'new'),
    ],
  ])('answers its own callers, and nobody who calls after %s', async (_, change) => {
    const { read, entries, state } = setUp()
    const before = read(1)
    Object.assign(state, { source: 'new', pause: 1 })
    await change(entries)
    expect(await read(1)).toBe('new')
    expect(await before).toBe('old')
    expect(await read(1)).toBe('new')
    expect(await entries.loadCachedData({ args: [1] })).toBe('new')
  })

  it('keeps no exception either', async () => {
    const { read, entries, state } = setUp()
    state.source = 'broken'
    const before = read(1)
    Object.assign(state, { source: 'new', pause: 1 })
    await entries.removeCachedData({ args: [1] })
    await expect(before).rejects.toThrow('broken')
    expect(await entries.listCachedExceptions()).toEqual([])
    expect(await read(1)).toBe('new')
  })
})

describe('an offline run', () => {
  it('runs nothing: neither for arguments without a key nor to refresh', async () => {
    const prefix = temporaryDirectory()
    let runs = 0
    const wrap = (options: CacheOptions) =>
      new Cache({ prefix, unkeyable: 'bypass', ...options }).wrap((_: unknown) => ++runs, {
        name: 'answers.offline',
        params: ['what'],
      })
    wrap({})(1)
    const offline = wrap({ mode: 'offline' })
    expect(offline(1)).toBe(1)
    expect(() => offline(() => 1)).toThrow('DECHE2001')
    expect(() => cached(offline).refreshSync(1)).toThrow(
      "DECHE2006: mode 'offline': nothing is run, so answers.offline cannot be refreshed",
    )
    expect(runs).toBe(1)
  })
})

it('a private property is no attribute of a wrapped function', () => {
  const cache = new Cache({ protocol: 'memory' })
  const get = cache.wrap((n: number) => n, { name: 'answers.private', params: ['n'], attrs: ['#host'] })
  expect(() => get(1)).toThrow(
    "DECHE2006: attrs for answers.private: only a tag can name '#host': outside of its class nobody can read a private property",
  )
})

describe('dates under fake timers', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are dates like any other, in keys and in results', () => {
    const prefix = temporaryDirectory()
    let runs = 0
    const wrap = () =>
      new Cache({ prefix }).wrap(
        (when: Date) => {
          runs++
          return { when, made: new Date() }
        },
        { name: 'answers.dates', params: ['when'] },
      )
    const real = new Date(5000)
    vi.useFakeTimers({ now: 7000 })
    const expected = { when: new Date(5000), made: new Date(7000) }
    expect(wrap()(new Date(5000))).toEqual(expected)
    expect(wrap()(real)).toEqual(expected)
    vi.useRealTimers()
    expect(wrap()(new Date(5000))).toEqual(expected)
    expect(runs).toBe(1)
  })
})

describe('history', () => {
  it.each([
    ['in files', () => new Cache({ prefix: temporaryDirectory(), ttl: '0s', expiry: 'append' })],
    ['in memory', () => new Cache({ protocol: 'memory', ttl: '0s', expiry: 'append' })],
  ])('loses no result, also of those that were made in the same millisecond (%s)', (_, make) => {
    let runs = 0
    const count = make().wrap((_: string) => ++runs, { name: 'answers.count', params: ['_'] })
    for (let turn = 0; turn < 50; turn++) count('a')
    const results = cached(count)
      .historySync({ args: ['a'] })
      .map((entry) => entry.load())
    expect(results).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })
})
