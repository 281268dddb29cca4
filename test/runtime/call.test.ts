import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CacheOptions } from '../../runtime/config/options.js'
import { Cache, cached, configure } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const stores: [string, () => CacheOptions][] = [
  ['in memory', () => ({ protocol: 'memory' })],
  ['in files', () => ({ prefix: temporaryDirectory() })],
  ['in files without a memory tier', () => ({ prefix: temporaryDirectory(), memory: 'off' })],
]

describe.each(stores)('%s', (_, options) => {
  it('a synchronous function runs once for equal arguments', () => {
    let runs = 0
    const sum = new Cache(options()).wrap(
      (a: number, b: number) => {
        runs++
        return a + b
      },
      { name: 'sum', params: ['a', 'b'] },
    )
    expect([sum(1, 2), sum(1, 2), sum(2, 1)]).toEqual([3, 3, 3])
    expect(runs).toBe(2)
    expect(cached(sum).stats).toMatchObject({ hits: 1, misses: 2 })
  })

  it('an asynchronous function runs once for equal arguments, also when called at once', async () => {
    let runs = 0
    const cache = new Cache(options())
    const square = cache.wrap(
      async (n: number) => {
        runs++
        await new Promise((resolve) => setTimeout(resolve, 5))
        return { square: n * n }
      },
      { name: 'square', params: ['n'] },
    )
    const all = await Promise.all([square(3), square(3), square(3)])
    expect(all).toEqual([{ square: 9 }, { square: 9 }, { square: 9 }])
    expect(await square(3)).toEqual({ square: 9 })
    expect(runs).toBe(1)
  })

  it('callers that shared one run do not share its result', async () => {
    const make = new Cache(options()).wrap(async () => ({ list: [1] }), { name: 'make', params: [] })
    const [one, two] = await Promise.all([make(), make()])
    one.list.push(2)
    expect(two).toEqual({ list: [1] })
  })

  it('a caller who mutates a result does not change the next hit', () => {
    const make = new Cache(options()).wrap(() => ({ list: [1], when: new Date(0) }), { name: 'make', params: [] })
    for (let turn = 0; turn < 3; turn++) {
      const result = make()
      expect(result).toEqual({ list: [1], when: new Date(0) })
      result.list.push(2)
      result.when.setTime(99)
    }
  })

  it('under share, hits return one object that nobody can change', () => {
    const cache = new Cache({ prefix: temporaryDirectory(), share: true })
    const make = cache.wrap(() => ({ list: [1] }), { name: 'make', params: [] })
    make().list.push(2)
    expect(make()).toEqual({ list: [1] })
    expect(make()).toBe(make())
    expect(() => make().list.push(2)).toThrow(TypeError)
  })

  it('under share, what cannot be frozen is still copied', () => {
    const cache = new Cache({ prefix: temporaryDirectory(), share: true })
    const make = cache.wrap(() => ({ seen: new Map([[1, new Date(0)]]) }), { name: 'make', params: [] })
    make()
    make().seen.clear()
    expect(make().seen).toEqual(new Map([[1, new Date(0)]]))
  })

  it('under share, so is an error that may have private fields', () => {
    class Count extends Error {
      #count = 0
      next() {
        return ++this.#count
      }
    }
    const classes = { Count: { class: Count, encode: () => ({}), decode: () => new Count() } }
    configure({ classes })
    const cache = new Cache({ prefix: temporaryDirectory(), share: true })
    const make = cache.wrap(() => new Count(), { name: 'make', params: [] })
    expect([make().next(), make().next(), make().next()]).toEqual([1, 1, 1])
  })

  it('an exception is kept and thrown again, as a new object of its class', () => {
    let runs = 0
    const fail = new Cache(options()).wrap(
      () => {
        runs++
        throw Object.assign(new RangeError('no'), { code: 'E_NO' })
      },
      { name: 'fail', params: [] },
    )
    const errors = [1, 2, 3].map(() => {
      try {
        return fail()
      } catch (error) {
        return error
      }
    })
    expect(runs).toBe(1)
    for (const error of errors) {
      expect(error).toBeInstanceOf(RangeError)
      expect(error).toMatchObject({ message: 'no', code: 'E_NO' })
    }
    expect(errors[1]).not.toBe(errors[2])
  })

  it('a function that answers a promise without being async answers promises on hits too', async () => {
    let runs = 0
    const later = new Cache(options()).wrap((n: number) => Promise.resolve({ n, run: ++runs }), {
      name: 'later',
      params: ['n'],
    })
    const first = later(1)
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toEqual({ n: 1, run: 1 })
    const second = later(1)
    expect(second).toBeInstanceOf(Promise)
    expect(await second).toEqual({ n: 1, run: 1 })
  })

  it('its rejections are kept too', async () => {
    let runs = 0
    const later = new Cache(options()).wrap(
      (_: number) => {
        runs++
        return Promise.reject(new TypeError('later'))
      },
      { name: 'later', params: ['n'] },
    )
    for (let turn = 0; turn < 3; turn++) await expect(later(1)).rejects.toThrow(new TypeError('later'))
    expect(runs).toBe(1)
  })

  it('a function that retries by calling itself does not wait for itself', async () => {
    let runs = 0
    const retry = new Cache(options()).wrap(
      async (n: number): Promise<number> => {
        if (++runs < 3) return retry(n)
        return n
      },
      { name: 'retry', params: ['n'] },
    )
    expect(await retry(7)).toBe(7)
    expect(runs).toBe(3)
  })

  it('two functions that wait for each other do not wait for ever', async () => {
    const seen = new Set<string>()
    const cache = new Cache(options())
    const crawl = cache.wrap(
      async (page: string): Promise<string[]> => {
        if (seen.has(page)) return []
        seen.add(page)
        await new Promise((resolve) => setTimeout(resolve, 5))
        return [page, ...(await crawl(page === 'a' ? 'b' : 'a'))]
      },
      { name: 'crawl', params: ['page'] },
    )
    const both = await Promise.all([crawl('a'), crawl('b')])
    expect(new Set(both.flat())).toEqual(new Set(['a', 'b']))
  })

  it('a cancelled call does not cancel those that waited for it, and is not kept', async () => {
    let runs = 0
    const cache = new Cache({ ...options(), ignore: ['signal'] })
    const wait = cache.wrap(
      async (n: number, signal?: AbortSignal) => {
        runs++
        await new Promise((resolve) => setTimeout(resolve, 10))
        signal?.throwIfAborted()
        return n
      },
      { name: 'wait', params: ['n', 'signal'] },
    )
    const controller = new AbortController()
    const first = wait(1, controller.signal)
    const second = wait(1)
    controller.abort()
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    expect(await second).toBe(1)
    expect(runs).toBe(2)
    expect(await cached(wait).listCachedExceptions()).toEqual([])
  })

  it('a result that cannot be stored is returned, each time anew, with one warning that names the path', async () => {
    const warnings = collectWarnings()
    let runs = 0
    const make = new Cache(options()).wrap(() => ({ at: { run: ++runs, close: () => {} } }), {
      name: `make${Math.random().toString(36).slice(2)}`,
      params: [],
    })
    expect([make().at.run, make().at.run, make().at.run]).toEqual([1, 2, 3])
    const texts = await warnings.texts()
    expect(texts).toHaveLength(1)
    expect(texts[0]).toContain('result.at.close is a function')
  })
})

it('stack overflow is the caller’s, and is not kept', () => {
  const cache = new Cache({ protocol: 'memory' })
  const depth = cache.wrap((n: number): number => (n === 0 ? 0 : 1 + depth(n - 1)), { name: 'depth', params: ['n'] })
  expect(() => depth(1e6)).toThrow(RangeError)
  expect(cached(depth).listCachedExceptionsSync()).toEqual([])
  expect(depth(50)).toBe(50)
})

it('a changed byte in an entry is a recomputation', () => {
  const prefix = temporaryDirectory()
  let runs = 0
  const once = () =>
    new Cache({ prefix, memory: 'off' }).wrap((n: number) => n + ++runs, { name: 'once', params: ['n'] })
  expect(once()(1)).toBe(2)
  const [file] = readdirSync(join(prefix, 'once')).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const path = join(prefix, 'once', String(file))
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/2\n?$/, '3'))
  expect(once()(1)).toBe(3)
})

it('a synchronous function with an asynchronous validate or valid says so, at once', () => {
  const cache = new Cache({ prefix: temporaryDirectory() })
  const one = cache.wrap(() => 1, { name: 'one', validate: async () => true })
  expect(() => one()).toThrow('validate of one: it answered with a promise')
  const two = cache.wrap(() => 2, { name: 'two', valid: async () => true })
  expect(two()).toBe(2)
  expect(() => two()).toThrow('valid of two: it answered with a promise')
})

it('functions of one id in one store are told apart by a warning', async () => {
  const warnings = collectWarnings()
  const cache = new Cache({ protocol: 'memory' })
  const name = `twin${process.hrtime.bigint()}`
  const one = cache.wrap((n: number) => n + 1, { name, params: ['n'] })
  const two = cache.wrap((n: number) => n + 2, { name, params: ['n'] })
  one(1)
  two(1)
  expect(await warnings.codes()).toEqual(['DECHE3004'])
})
