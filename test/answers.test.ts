import { describe, expect, it } from 'vitest'
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
    expect(cached(load).stats).toMatchObject({ misses: 3, hits: 3 })
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
