import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  Cache,
  type CacheOptions,
  cached,
  StoreError,
  type TierOptions,
  type WrapOptions,
} from '../../runtime/index.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import { encodeEntry } from '../../runtime/value/entry.js'
import { freePort } from '../helpers/servers.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

let near: string
let far: string
beforeEach(() => {
  near = join(temporaryDirectory(), 'near')
  far = join(temporaryDirectory(), 'far')
})

const NAME = 'demo.count'
let runs = 0
beforeEach(() => {
  runs = 0
})
afterEach(() => {
  delete process.env.DECHE_SIGN_KEY
})

type Options = CacheOptions & Partial<WrapOptions>

/** A function as a process would have it that just began: nothing is in memory. */
function started(options: Options, tiers?: readonly TierOptions[]) {
  const { output, ttl, expiry, lock, ...others } = options
  const cache = new Cache({ memory: 'off', ...others, ...(tiers && { tiers }) })
  const given = { output, ttl, expiry, lock, name: NAME, params: ['n'] }
  return cache.wrap((n: number) => {
    if (n < 0) throw new RangeError(`negative, run ${++runs}`)
    return `run ${++runs}`
  }, given)
}

const both = (options: Options = {}) => started(options, [{ prefix: near }, { prefix: far }])
const file = (directory: string, n: number, suffix = '') =>
  join(directory, NAME, cached(started({ prefix: near })).tokenize(n) + suffix)

describe('what a tier behind has', () => {
  it('answers, and lies nearer from then on', () => {
    expect(started({ prefix: far })(1)).toBe('run 1')
    expect(existsSync(file(near, 1))).toBe(false)
    expect(both()(1)).toBe('run 1')
    expect(readFileSync(file(near, 1))).toEqual(readFileSync(file(far, 1)))
    rmSync(far, { recursive: true })
    expect(both()(1)).toBe('run 1')
  })

  it('answers exceptions too', () => {
    expect(() => started({ prefix: far })(-1)).toThrow('negative, run 1')
    expect(() => both()(-1)).toThrow('negative, run 1')
    expect(existsSync(file(near, -1, '.exc'))).toBe(true)
  })

  it('answers where the nearer entry has expired, which it replaces', () => {
    for (const prefix of [near, far]) started({ prefix })(1)
    const header = { id: NAME, at: Date.now() - 86_400_000, took: 1, codec: 'json' }
    const key = file(near, 1).slice(-64)
    writeFileSync(file(near, 1), encodeEntry(header, key, new TextEncoder().encode('"a day old"')))
    const fn = both({ ttl: '1h' })
    expect(cached(fn).isValidSync(1)).toBe(true)
    expect(fn(1)).toBe('run 2')
    expect(readFileSync(file(near, 1))).toEqual(readFileSync(file(far, 1)))
  })

  it('answers where the nearer entry is damaged, and is not removed with it', () => {
    both()(1)
    truncateSync(file(near, 1), 100)
    expect(both()(1)).toBe('run 1')
    expect(readFileSync(file(near, 1))).toEqual(readFileSync(file(far, 1)))
  })

  it('is not copied when it is damaged itself', () => {
    started({ prefix: far })(1)
    truncateSync(file(far, 1), 100)
    expect(both({ mode: 'readonly' })(1)).toBe('run 2')
    expect(readdirSync(far)).toEqual([NAME])
    expect(existsSync(near)).toBe(false)
  })

  it.each(['readonly', 'offline'] as const)('is not copied under mode %s, where nothing is written', (mode) => {
    started({ prefix: far })(1)
    expect(both({ mode })(1)).toBe('run 1')
    expect(existsSync(near)).toBe(false)
  })

  it('answers where the nearer entry is not signed', () => {
    started({ prefix: near })(1)
    process.env.DECHE_SIGN_KEY = 'k'.repeat(32)
    started({ prefix: far })(1)
    expect(both()(1)).toBe('run 2')
    expect(readFileSync(file(near, 1))).toEqual(readFileSync(file(far, 1)))
  })

  it('does not become younger: the age of a raw file is the time it was written at', () => {
    const raw = {
      raw: true,
      name: 'text',
      encode: (value: unknown) => String(value),
      decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
    } as const
    started({ prefix: far, output: raw })(1)
    const [path] = readdirSync(join(far, NAME)).filter((name) => /^[0-9a-f]{64}$/.test(name))
    const old = new Date(Date.now() - 3_600_000)
    utimesSync(join(far, NAME, path ?? ''), old, old)
    expect(both({ output: raw, ttl: '2h' })(1)).toBe('run 1')
    expect(Math.abs(statSync(join(near, NAME, path ?? '')).mtimeMs - old.getTime())).toBeLessThan(1000)
    expect(both({ output: raw, ttl: '30m' })(1)).toBe('run 2')
    // A store that dates everything by its own clock gets no copy.
    const { sync, async } = createMemoryStore()
    const undated = {
      protocol: 'mine',
      location: 'mine',
      async,
      sync: { ...sync, write: (...[at, bytes]: Parameters<typeof sync.write>) => sync.write(at, bytes) },
    }
    utimesSync(join(far, NAME, path ?? ''), old, old)
    expect(started({ output: raw }, [{ store: undated }, { prefix: far }])(1)).toBe('run 2')
    expect([...sync.list(NAME)]).toEqual([])
  })

  it('is what an asynchronous function gets, and one whose calls are generators', async () => {
    const open = (prefix?: string) =>
      new Cache({
        memory: 'off',
        ...(prefix === undefined ? { tiers: [{ prefix: near }, { prefix: far }] } : { prefix }),
      })
    const wait = (cache: Cache) => cache.wrap(async (n: number) => n + ++runs, { name: 'demo.wait', params: ['n'] })
    const items = (cache: Cache) =>
      cache.wrap(
        function* (n: number) {
          yield n + ++runs
          yield n
        },
        { name: 'demo.items', params: ['n'] },
      )
    const later = (cache: Cache) =>
      cache.wrap(
        async function* (n: number) {
          yield n + ++runs
        },
        { name: 'demo.later', params: ['n'] },
      )
    const all = async (cache: Cache) => [await wait(cache)(1), [...items(cache)(1)], await taken(later(cache)(1))]
    const first = await all(open(far))
    expect(await all(open())).toEqual(first)
    rmSync(far, { recursive: true })
    expect(await all(open())).toEqual(first)
    expect(runs).toBe(3)
  })
})

async function taken(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('what is stored', () => {
  it('lies in every tier, inputs too, and is listed once', async () => {
    const fn = both()
    fn(1)
    for (const directory of [near, far]) {
      expect(existsSync(file(directory, 1))).toBe(true)
      expect(existsSync(file(directory, 1, '.inputs'))).toBe(true)
    }
    started({ prefix: far })(2)
    expect(await cached(fn).listCachedData()).toHaveLength(2)
    expect(
      cached(fn)
        .listCachedDataSync({ paths: true })
        .every((path) => path.startsWith(near)),
    ).toBe(true)
    expect(cached(fn).path).toBe(join(near, NAME))
    expect(cached(fn).store.location).toBe(`${near} → ${far}`)
    expect(await cached(fn).loadCachedInputs({ args: [2] })).toEqual({ n: 2 })
  })

  it('is removed everywhere', async () => {
    const fn = both()
    fn(1)
    fn(2)
    await cached(fn).removeCachedData({ args: [1] })
    expect([existsSync(file(near, 1)), existsSync(file(far, 1))]).toEqual([false, false])
    await cached(fn).removeAll()
    expect(await cached(fn).listCachedData()).toEqual([])
    expect(fn(2)).toBe('run 3')
  })

  it('goes on under expiry=append with one history', async () => {
    const fn = both({ ttl: '0s', expiry: 'append' })
    for (let call = 0; call < 3; call++) fn(1)
    expect(await cached(fn).history({ args: [1] })).toHaveLength(3)
  })
})

describe('a tier that is only asked', () => {
  const open = (options: Options = {}) => started(options, [{ prefix: near }, { prefix: far, readonly: true }])

  it('answers and is copied from; nothing is written there', () => {
    started({ prefix: far })(1)
    const before = readdirSync(join(far, NAME)).sort()
    const fn = open()
    expect([fn(1), fn(2)]).toEqual(['run 1', 'run 2'])
    expect(readdirSync(join(far, NAME)).sort()).toEqual(before)
    expect(existsSync(file(near, 2))).toBe(true)
  })

  it('makes a removal fail that leaves something there', async () => {
    const warnings = collectWarnings()
    started({ prefix: far })(1)
    const fn = open()
    fn(1)
    fn(2)
    const removing = cached(fn).removeCachedData({ args: [1] })
    await expect(removing).rejects.toThrow(/far refuses access: this tier is readonly, and still has demo\.count/)
    expect(existsSync(file(near, 1))).toBe(false)
    await cached(fn).removeCachedData({ args: [2] })
    expect(await warnings.codes()).toEqual([])
  })
})

describe('a tier that fails', () => {
  it('is passed over, with one warning; the others go on', async () => {
    const warnings = collectWarnings()
    mkdirSync(join(near, '..'), { recursive: true })
    writeFileSync(near, 'no directory')
    const fn = both()
    expect([fn(1), fn(1), fn(2), fn(2)]).toEqual(['run 1', 'run 1', 'run 2', 'run 2'])
    expect(await warnings.codes()).toEqual(['DECHE3001'])
    expect((await warnings.texts())[0]).toMatch(/^The tier in .*near could not be written, and is passed over: ENOTDIR/)
  })

  it('elsewhere is left alone for a while', async () => {
    const warnings = collectWarnings()
    const url = `redis://127.0.0.1:${await freePort()}`
    const open = () => started({}, [{ prefix: near }, { protocol: 'redis', storageOptions: { url, pause: '1m' } }])
    expect([open()(1), open()(1), open()(2)]).toEqual(['run 1', 'run 1', 'run 2'])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    await expect(cached(open()).removeCachedData({ args: [1] })).rejects.toThrow(StoreError)
    // It is removed where it can be.
    expect(existsSync(file(near, 1))).toBe(false)
    await expect(cached(open()).loadCachedData({ args: [3] })).rejects.toThrow(StoreError)
  })
})

it('limits are kept on this machine alone, and count what is copied there', async () => {
  const { async, sync } = createMemoryStore()
  const shared: TierOptions = { store: { protocol: 'mine', location: 'mine://here', async, sync } }
  const all = started({}, [shared])
  for (let n = 0; n < 300; n++) all(n)
  const fn = started({ maxEntries: 50 }, [{ prefix: near }, shared])
  const results = (names: Iterable<string>) => [...names].filter((name) => /^[0-9a-f]{64}$/.test(name))
  for (let n = 0; n < 300; n++) {
    fn(n)
    await turn()
    // What was read within the last minute stays: as if each were a while ago.
    const old = new Date(Date.now() - 3_600_000)
    for (const name of results(readdirSync(join(near, NAME)))) utimesSync(join(near, NAME, name), old, old)
  }
  for (let count = 0; count < 200; count++) await turn()
  expect(results(readdirSync(join(near, NAME))).length).toBeLessThanOrEqual(55)
  expect(results(sync.list(NAME))).toHaveLength(300)
  expect(runs).toBe(300)
})

it('limits need a tier on this machine', () => {
  const { async, sync } = createMemoryStore()
  const fn = started({ maxEntries: 5 }, [{ store: { protocol: 'mine', location: 'mine://here', async, sync } }])
  expect(() => fn(1)).toThrow(
    'of tiers, those on this machine keep limits, and mine://here has none that is written: leave maxSize, maxAge and maxEntries away',
  )
})

it('a lock is taken in the farthest tier that has them', () => {
  const taken: string[] = []
  const { async, sync } = createMemoryStore()
  const noting = (location: string, hasLocks: boolean) => {
    const tryLock = () => {
      taken.push(location)
      return { release() {} }
    }
    return { store: { protocol: 'mine', location, async, sync: { ...sync, ...(hasLocks && { tryLock }) } } }
  }
  started({ lock: true }, [noting('one', true), noting('two', true), noting('three', false)])(1)
  expect(taken).toEqual(['two'])
})

it('a tier without sync serves asynchronous functions alone', async () => {
  const { async } = createMemoryStore()
  const tiers = [{ prefix: near }, { store: { protocol: 'mine', location: 'mine://here', async } }]
  const cache = new Cache({ tiers, memory: 'off' })
  const fn = cache.wrap(async (n: number) => n + ++runs, { name: NAME, params: ['n'] })
  expect([await fn(1), await fn(1)]).toEqual([2, 2])
  expect(() => started({}, tiers)(1)).toThrow(/→ mine:\/\/here has no 'sync'/)
})
