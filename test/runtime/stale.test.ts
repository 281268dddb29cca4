import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { endOf, isDue, mayBeDue } from '../../runtime/call/freshness.js'
import { resolveSettings, type Settings } from '../../runtime/config/options.js'
import { Cache, cached } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A cache whose entries have all expired and all may answer. */
function open(options = {}): Cache {
  return new Cache({ prefix: temporaryDirectory(), ttl: '0s', stale: '1h', ...options })
}

describe('past ttl', () => {
  it('an asynchronous function answers what is there, and runs once for all who ask', async () => {
    let runs = 0
    const count = open().wrap(async () => ++runs, { name: 'demo.count', params: [] })
    expect(await count()).toBe(1)
    expect(await Promise.all([count(), count(), count()])).toEqual([1, 1, 1])
    await expect.poll(() => runs).toBe(2)
    await expect.poll(() => cached(count).loadCachedDataSync({ args: [] })).toBe(2)
    const { stale, misses } = cached(count).stats
    expect([stale > 0, misses]).toEqual([true, 2])
  })

  it.each(['file', 'memory'] as const)('a synchronous function runs in a later turn (%s)', async (protocol) => {
    let runs = 0
    const options = protocol === 'memory' ? { protocol, prefix: undefined } : {}
    const count = open(options).wrap(() => ++runs, { name: 'demo.count', params: [] })
    expect([count(), count(), count()]).toEqual([1, 1, 1])
    expect(runs).toBe(1)
    await turn()
    expect([runs, count()]).toEqual([2, 2])
  })

  it('a caller during the refresh gets the old result', async () => {
    let finish = (_: string) => {}
    let runs = 0
    const slow = open().wrap(
      async () => (runs++ === 0 ? 'old' : new Promise<string>((resolve) => (finish = resolve))),
      { name: 'demo.slow', params: [] },
    )
    expect(await slow()).toBe('old')
    expect(await slow()).toBe('old')
    await expect.poll(() => runs).toBe(2)
    expect(await slow()).toBe('old')
    finish('new')
    await expect.poll(slow).toBe('new')
  })

  it('what a refresh brings is not kept when the entry was removed meanwhile', async () => {
    let finish = (_: string) => {}
    let runs = 0
    const slow = open().wrap(
      async () => (runs++ === 0 ? 'old' : new Promise<string>((resolve) => (finish = resolve))),
      { name: 'demo.slow', params: [] },
    )
    await slow()
    await slow()
    await expect.poll(() => runs).toBe(2)
    await cached(slow).removeCachedData({ args: [] })
    finish('of before')
    await turn()
    await turn()
    expect(await cached(slow).hasData({ args: [] })).toBe(false)
  })

  it.each([{ sync: true }, { sync: false }])(
    'a body that throws leaves the old result (sync: $sync)',
    async ({ sync }) => {
      let runs = 0
      const body = () => {
        if (++runs > 1) throw new RangeError('no more')
        return runs
      }
      const cache = open()
      const fn = sync
        ? cache.wrap(body, { name: 'demo.fails', params: [] })
        : cache.wrap(async () => body(), { name: 'demo.fails', params: [] })
      for (let call = 0; call < 4; call++) {
        expect(await fn()).toBe(1)
        await turn()
        await turn()
      }
      // Not with each hit.
      expect(runs).toBe(2)
    },
  )

  it('a synchronous function that answers a rejected promise in the background harms nobody', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    let runs = 0
    const fn = open({ lock: true }).wrap(
      (): unknown => (++runs === 1 ? 1 : Promise.reject(new RangeError('no more'))),
      { name: 'demo.turns', params: [] },
    )
    expect([fn(), fn()]).toEqual([1, 1])
    for (let turns = 0; turns < 5; turns++) await turn()
    process.off('unhandledRejection', note)
    expect([runs, unhandled, fn()]).toEqual([2, [], 1])
  })

  it('arguments that were changed meanwhile are not refreshed under the old key', async () => {
    let runs = 0
    const sum = open().wrap(
      (list: number[]) => {
        runs++
        return list.length
      },
      { name: 'demo.sum', params: ['list'] },
    )
    sum([1])
    const list = [1]
    expect(sum(list)).toBe(1)
    list.push(2)
    await turn()
    expect([runs, sum([1])]).toEqual([1, 1])
  })

  it('under lock a refresh leaves the lock as it found it, and the new result answers', async () => {
    const prefix = temporaryDirectory()
    let runs = 0
    const count = open({ prefix, lock: true }).wrap(() => ++runs, { name: 'demo.count', params: [] })
    count()
    count()
    await turn()
    expect([runs, count()]).toEqual([2, 2])
    await turn()
    expect(readdirSync(join(prefix, 'demo.count')).filter((name) => /^\.deche-(?:lock|tmp)/.test(name))).toEqual([])
  })

  it('when stale is over too, the call runs; readonly answers without a refresh', async () => {
    let runs = 0
    const prefix = temporaryDirectory()
    const count = open({ prefix, stale: '0s' }).wrap(() => ++runs, { name: 'demo.count', params: [] })
    expect([count(), count()]).toEqual([1, 2])
    const readonly = open({ prefix, mode: 'readonly' }).wrap(() => ++runs, { name: 'demo.count', params: [] })
    expect(readonly()).toBe(2)
    await turn()
    expect(runs).toBe(2)
  })
})

describe('before ttl is over', () => {
  const settings: Settings = resolveSettings([{ source: 'test', options: { ttl: '1h', stale: '1h' } }], {
    caches: {},
    codecs: {},
    functions: {},
    classes: {},
  })
  const entry = (left: number, took: number) => ({
    kind: 'data' as const,
    at: Date.now() - 3_600_000 + left,
    took,
  })

  test('the draw decides, by what is left and what the body took', () => {
    // -ln(e^-2) = 2: due within two times of what it took.
    const draw = () => Math.exp(-2)
    expect(isDue(entry(190_000, 100_000), settings, draw)).toBe(true)
    expect(isDue(entry(210_000, 100_000), settings, draw)).toBe(false)
    expect(isDue(entry(2_000_000, 100_000), settings, () => 0)).toBe(false)
  })

  test('whoever may be due is asked, and without stale nobody is', () => {
    expect(mayBeDue(entry(900_000, 100_000), settings)).toBe(true)
    expect(mayBeDue(entry(1_100_000, 100_000), settings)).toBe(false)
    const { stale: _, ...without } = settings
    expect(mayBeDue(entry(1, 100_000), without)).toBe(false)
    expect(isDue(entry(1, 100_000), without, () => 0)).toBe(false)
  })

  test('a store is told to keep what may still answer', () => {
    expect(endOf('data', 0, settings)).toBe(7_200_000)
    expect(endOf('inputs', 0, settings)).toBe(7_200_000)
    expect(endOf('exception', 0, settings)).toBe(3_600_000)
  })
})
