import * as hooks from 'vitest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Cache, cached, NotTransformedError } from '../../runtime/index.js'
import { clear, isolate, runIsolated, useTestCache } from '../../runtime/testing/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'

/** A function that counts its runs, with its entries as files. */
function counter(cache = new Cache({ prefix: temporaryDirectory() }), name = 'demo.count', parameter = 'of') {
  let runs = 0
  return cache.wrap((of: string) => `${of} ${++runs}`, { name, params: [parameter] })
}

function isolatedUntilTheTestEnds(): void {
  onTestFinished(isolate())
}

describe('isolate', () => {
  it('neither sees nor writes what the cache of the function holds', () => {
    const count = counter()
    expect(count('a')).toBe('a 1')
    const restore = isolate()
    expect([count('a'), count('a'), count('b')]).toEqual(['a 2', 'a 2', 'b 3'])
    restore()
    expect(count('a')).toBe('a 1')
    expect(cached(count).hasDataSync({ args: ['b'] })).toBe(false)
  })

  it('what is asked of the cache itself is of the test too', () => {
    const cache = new Cache({ prefix: temporaryDirectory() })
    const count = counter(cache)
    isolatedUntilTheTestEnds()
    count('a')
    expect(cache.store.protocol).toBe('memory')
    expect([...cache.store.sync.list('demo.count')]).toHaveLength(2)
    expect(cached(count).listCachedDataSync()).toEqual([cached(count).tokenize('a')])
    expect(cached(count).stats).toMatchObject({ hits: 0, misses: 1 })
  })

  it('a cache with a store of its own, or in memory, is isolated too, and two caches stay two', () => {
    const { store } = new Cache({ protocol: 'memory' })
    const one = counter(new Cache({ store }))
    const other = counter(new Cache({ protocol: 'memory' }))
    one('a')
    isolatedUntilTheTestEnds()
    expect([one('a'), one('a'), other('a'), other('a')]).toEqual(['a 2', 'a 2', 'a 1', 'a 1'])
    expect([...store.sync.list('demo.count')]).toHaveLength(2)
  })

  it('a mode of the cache does not count', () => {
    const count = counter(new Cache({ prefix: temporaryDirectory(), mode: 'offline' }))
    expect(() => count('a')).toThrow(expect.objectContaining({ code: 'DECHE2003' }))
    isolatedUntilTheTestEnds()
    expect([count('a'), count('a')]).toEqual(['a 1', 'a 1'])
  })

  it('within another the inner one counts, in whatever order they end', () => {
    const count = counter()
    const outer = isolate()
    count('a')
    const inner = isolate()
    expect(count('a')).toBe('a 2')
    outer()
    expect(count('a')).toBe('a 2')
    inner()
    inner()
    expect(count('a')).toBe('a 3')
  })

  it('ends with its block under using', () => {
    const count = counter()
    count('a')
    {
      using _ = isolate()
      expect(count('a')).toBe('a 2')
    }
    expect(count('a')).toBe('a 1')
  })

  it('counts hits and misses from none, and leaves those of before as they were', () => {
    const count = counter()
    count('a')
    const restore = isolate()
    count('b')
    count('b')
    expect(cached(count).stats).toMatchObject({ hits: 1, misses: 1 })
    restore()
    expect(cached(count).stats).toMatchObject({ hits: 0, misses: 1 })
  })

  it('a call that ends after its test is kept where it began', async () => {
    let finish = () => {}
    const cache = new Cache({ prefix: temporaryDirectory() })
    const slow = cache.wrap(
      async (of: string) => {
        await new Promise<void>((done) => {
          finish = done
        })
        return of
      },
      { name: 'demo.slow', params: ['of'] },
    )
    const first = isolate()
    const late = slow('a')
    await Promise.resolve()
    first()
    const second = isolate()
    finish()
    expect(await late).toBe('a')
    expect(await cached(slow).listCachedData()).toEqual([])
    second()
    expect(await cached(slow).listCachedData()).toEqual([])
  })
})

describe('runIsolated', () => {
  it('tests that run at the same time have a cache each', async () => {
    const count = counter()
    count('a')
    const test = () =>
      runIsolated(async () => {
        const before = count('a')
        await new Promise((resolve) => setTimeout(resolve, 5))
        return [before, count('a')]
      })
    const restore = isolate()
    expect(await Promise.all([test(), test()])).toEqual([
      ['a 2', 'a 2'],
      ['a 3', 'a 3'],
    ])
    restore()
    expect(count('a')).toBe('a 1')
  })

  it('what it leaves running stays isolated', async () => {
    const count = counter()
    let late: Promise<string> | undefined
    runIsolated(() => {
      late = new Promise((resolve) => setTimeout(() => resolve(count('a')), 5))
    })
    expect(await late).toBe('a 1')
    expect(cached(count).listCachedDataSync()).toEqual([])
  })
})

describe.concurrent('around tests of Vitest that run at the same time', () => {
  const count = counter(new Cache({ protocol: 'memory' }))
  const seen: string[] = []
  hooks.aroundEach((runTest) => runIsolated(runTest))

  for (const which of ['one', 'another']) {
    it(`a test has a cache of its own, ${which}`, async () => {
      const first = count('a')
      seen.push(first)
      while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
      expect(count('a')).toBe(first)
      expect(new Set(seen).size).toBe(2)
    })
  }
})

describe('clear', () => {
  it('makes every function run again, or the one that is named', () => {
    const one = counter()
    const other = counter(new Cache({ prefix: temporaryDirectory() }), 'demo.other')
    isolatedUntilTheTestEnds()
    one('a')
    other('a')
    clear(one)
    expect([one('a'), other('a')]).toEqual(['a 2', 'a 1'])
    clear()
    expect([one('a'), other('a')]).toEqual(['a 3', 'a 2'])
  })

  it('finds what path= put elsewhere, and leaves what others have there', () => {
    const cache = new Cache({ prefix: temporaryDirectory(), path: (inputs) => `by/${Object.values(inputs)}` })
    const one = counter(cache)
    const other = counter(cache, 'demo.other', 'from')
    isolatedUntilTheTestEnds()
    one('a')
    one('b')
    other('a')
    clear(one)
    expect([one('a'), one('b'), other('a')]).toEqual(['a 3', 'b 4', 'a 1'])
  })

  it('is refused where it would mean a real cache, and for a function without one', () => {
    const count = counter()
    expect(() => clear()).toThrow(TypeError)
    expect(() => clear(count)).toThrow('cached(fn).removeAll()')
    isolatedUntilTheTestEnds()
    expect(() => clear(() => 1)).toThrow(NotTransformedError)
  })
})

describe('useTestCache', () => {
  const count = counter(new Cache({ protocol: 'memory' }))
  count('a')
  useTestCache(hooks)

  for (const run of [2, 3]) {
    it(`a test begins with an empty cache, ${run}`, () => {
      expect([count('a'), count('a')]).toEqual([`a ${run}`, `a ${run}`])
    })
  }

  it('takes the global hooks of Jest and Mocha, around each test and around all', () => {
    const run: Record<string, () => unknown> = {}
    for (const name of ['before', 'beforeEach', 'afterEach', 'after']) {
      vi.stubGlobal(name, (hook: () => unknown) => {
        run[name] = hook
      })
    }
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    useTestCache()
    const own = counter()
    const runs = ['before', 'beforeEach', 'afterEach', 'beforeEach', 'afterEach', 'after'].map((name) => {
      expect(run[name]?.()).toBeUndefined()
      return own('a')
    })
    // Between the tests, and for hooks around all of them, there is one cache.
    expect(runs.slice(0, 5)).toEqual(['a 1', 'a 2', 'a 1', 'a 3', 'a 1'])
  })

  it('says what to give where there are no global hooks', () => {
    expect(() => useTestCache()).toThrow("import * as hooks from 'vitest'")
  })
})

it('after the tests of a suite the cache is what it was', () => {
  const cache = new Cache({ prefix: temporaryDirectory() })
  expect(cache.store.protocol).toBe('file')
})
