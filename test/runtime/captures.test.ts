import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runAsync, runGenerator, type SiteFactory, values } from '../../runtime/compiled.js'
import { configure } from '../../runtime/index.js'
import { collectWarnings } from '../helpers/warnings.js'

/** Nested functions, in the form that the transformer gives them. */

beforeEach(() => configure({ protocol: 'memory', prefix: String(Math.random()) }))
afterEach(() => configure({ protocol: null, prefix: null }))

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe('a captured variable that changes while the function runs', () => {
  it('an asynchronous result belongs to no key then, and the waiting calls run for themselves', async () => {
    let rate = 1
    let runs = 0
    const own: SiteFactory = () => [
      'demo.price',
      ['item'],
      undefined,
      undefined,
      undefined,
      { captures: ['rate'], async: true },
    ]
    async function price(item: number): Promise<number> {
      return runAsync(
        own,
        values(own, () => [item, rate]),
        async () => {
          runs++
          await later()
          item += 0
          return item * rate
        },
      ) as Promise<number>
    }
    const first = price(5)
    const waiting = price(5)
    rate = 3
    expect([await first, await waiting]).toEqual([15, 15])
    expect(runs).toBe(2)
    rate = 1
    expect(await price(5), 'nothing was kept of what ran half with another rate').toBe(5)
    expect(await price(5)).toBe(5)
    expect(runs).toBe(3)
  })

  it('nor does what is in a captured object, and only there', async () => {
    const settings = { rate: 1 }
    let runs = 0
    const own: SiteFactory = () => [
      'demo.inside',
      ['item'],
      undefined,
      undefined,
      undefined,
      { captures: ['settings'], async: true },
    ]
    const price = (item: number) =>
      runAsync(
        own,
        values(own, () => [item, settings]),
        async () => {
          runs++
          await later()
          return item * settings.rate
        },
      )
    const first = price(5)
    settings.rate = 3
    expect(await first).toBe(15)
    settings.rate = 1
    expect([await price(5), await price(5), runs]).toEqual([5, 5, 2])
  })

  it('an exception is not kept either', async () => {
    let limit = 1
    const own: SiteFactory = () => [
      'demo.check',
      ['n'],
      undefined,
      undefined,
      undefined,
      { captures: ['limit'], async: true },
    ]
    const check = (n: number) =>
      runAsync(
        own,
        values(own, () => [n, limit]),
        async () => {
          await later()
          if (n > limit) throw new RangeError(`${n} is over ${limit}`)
          return n
        },
      )
    const first = check(2)
    limit = 0
    await expect(first).rejects.toThrow('2 is over 0')
    limit = 1
    await expect(check(2)).rejects.toThrow('2 is over 1')
  })

  it('parameters that the body assigns to are its own affair', async () => {
    const limit = 1
    let runs = 0
    const own: SiteFactory = () => [
      'demo.down',
      ['n'],
      undefined,
      undefined,
      undefined,
      { captures: ['limit'], async: true },
    ]
    const down = (n: number) =>
      runAsync(
        own,
        values(own, () => [n, limit]),
        async () => {
          runs++
          await later()
          while (n > limit) n--
          return n
        },
      )
    expect([await down(4), await down(4), runs]).toEqual([1, 1, 1])
  })

  it('a generator whose captured variable changed between two items is not kept', async () => {
    const warnings = collectWarnings()
    let step = 1
    const own: SiteFactory = () => [
      'demo.count',
      ['to'],
      undefined,
      undefined,
      undefined,
      { captures: ['step'], generator: true },
    ]
    function* count(to: number): Generator<unknown> {
      return yield* runGenerator(
        own,
        values(own, () => [to, step]),
        function* () {
          for (let n = 0; n < to; n += step) yield n
        },
      )
    }
    const items: unknown[] = []
    for (const n of count(6)) {
      items.push(n)
      step = 2
    }
    expect(items).toEqual([0, 2, 4])
    step = 1
    expect([...count(6)]).toEqual([0, 1, 2, 3, 4, 5])
    expect(await warnings.codes()).toEqual(['DECHE3002'])
  })
})

describe('an argument that changes while an asynchronous function runs', () => {
  it('its answer is about a value that nobody knows, and is not kept', async () => {
    const warnings = collectWarnings()
    let runs = 0
    const own: SiteFactory = () => ['demo.total', ['order'], undefined, undefined, undefined, { async: true }]
    const total = (order: { count: number }) =>
      runAsync(own, [order], async () => {
        runs++
        await later()
        if (order.count < 0) throw new RangeError(`${order.count}`)
        return order.count
      })
    const order = { count: 1 }
    const first = total(order)
    order.count = 5
    expect(await first).toBe(5)
    expect(await total({ count: 1 })).toBe(1)
    expect(await total({ count: 1 })).toBe(1)
    expect(runs).toBe(2)
    expect((await warnings.texts()).join()).toContain(
      'demo.total cannot be kept, so it runs each time: its arguments changed',
    )
  })
})
