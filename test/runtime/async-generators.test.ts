import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { CacheOptions } from '../../runtime/config/options.js'
import { Cache, CacheMissError, cached, ValidationError } from '../../runtime/index.js'
import {
  consume,
  consumeAsync,
  consumers,
  drainAsync,
  programs,
  runProgram,
  runProgramAsync,
  ticks,
} from '../helpers/generator-programs.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const stores: [string, () => CacheOptions][] = [
  ['in memory', () => ({ protocol: 'memory' })],
  ['in files', () => ({ prefix: temporaryDirectory() })],
  ['in files without a memory tier', () => ({ prefix: temporaryDirectory(), memory: 'off' })],
]

type Item = { at: number }

/** A cached generator of the numbers below `n`, and what its body did. */
function counting(options: CacheOptions, more: Readonly<Record<string, unknown>> = {}) {
  const seen = { runs: 0, given: 0, closed: 0 }
  const numbers = new Cache(options).wrap(
    async function* (n: number): AsyncGenerator<Item, string, unknown> {
      seen.runs++
      try {
        for (let at = 0; at < n; at++) {
          await ticks(1)
          seen.given++
          yield { at }
        }
        return 'end'
      } finally {
        seen.closed++
      }
    },
    { name: 'demo.numbers', params: ['n'], ...more },
  )
  return { numbers, seen }
}

const THREE = { items: [{ at: 0 }, { at: 1 }, { at: 2 }], returned: 'end' }

describe.each(stores)('%s', (_, options) => {
  const wrapAll = () => {
    const cache = new Cache(options())
    let call = 0
    return (program: Parameters<typeof runProgramAsync>[0]) => {
      const n = call++
      const generator = cache.wrap(
        async function* (_: number) {
          return yield* runProgramAsync(program)
        },
        { name: 'demo.program', params: ['n'] },
      )
      return () => generator(n)
    }
  }

  it('whatever the body and its consumers do, each consumer gets what the plain generator gives', async () => {
    const wrap = wrapAll()
    await fc.assert(
      fc.asyncProperty(programs, fc.array(consumers, { minLength: 2, maxLength: 4 }), async (program, actions) => {
        const generator = wrap(program)
        for (const each of actions) {
          deepStrictEqual(await consumeAsync(generator(), each), consume(runProgram(program), each))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('so does each of several at once, whatever their pace', async () => {
    const wrap = wrapAll()
    const paced = fc.array(fc.tuple(consumers, fc.nat(3)), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(programs, paced, async (program, actions) => {
        const generator = wrap(program)
        const outcomes = await Promise.all(actions.map(([each, pauses]) => consumeAsync(generator(), each, pauses)))
        const plain = actions.map(([each]) => consume(runProgram(program), each))
        deepStrictEqual(outcomes, plain)
      }),
      { numRuns: 150 },
    )
  })

  it('concurrent consumers share one run, and each has its own items', async () => {
    const { numbers, seen } = counting(options())
    const all = await Promise.all([drainAsync(numbers(3)), drainAsync(numbers(3)), drainAsync(numbers(3))])
    for (const each of all) expect(each).toEqual(THREE)
    expect(new Set(all.map(({ items }) => items[1])).size).toBe(3)
    expect(await drainAsync(numbers(3))).toEqual(THREE)
    expect(seen).toEqual({ runs: 1, given: 3, closed: 1 })
    expect(cached(numbers).stats).toMatchObject({ hits: 3, misses: 1 })
  })
})

describe('a shared recording', () => {
  const files = () => ({ prefix: temporaryDirectory() })

  it('is replayed as far as it goes, without waiting for its end, and whoever is first gets the next item', async () => {
    const { numbers, seen } = counting(files())
    const [one, two] = [numbers(3), numbers(3)]
    expect((await one.next()).value).toEqual({ at: 0 })
    expect((await two.next()).value).toEqual({ at: 0 })
    expect(seen.given).toBe(1)
    expect((await two.next()).value).toEqual({ at: 1 })
    expect((await two.next()).value).toEqual({ at: 2 })
    expect(await two.next()).toEqual({ value: 'end', done: true })
    expect(await drainAsync(one)).toEqual({ items: [{ at: 1 }, { at: 2 }], returned: 'end' })
    expect(seen.runs).toBe(1)
  })

  it('starts its body before next() returns', async () => {
    const { numbers, seen } = counting(files())
    const first = numbers(1).next()
    expect(seen.runs).toBe(1)
    await first
  })

  it('goes on when one consumer leaves, and is kept', async () => {
    const { numbers, seen } = counting(files())
    const [one, two, three] = [numbers(3), numbers(3), numbers(3)]
    await Promise.all([one.next(), two.next(), three.next()])
    expect(await one.return('left' as never)).toEqual({ value: 'left', done: true })
    await expect(two.throw(new Error('out'))).rejects.toThrow('out')
    expect(await drainAsync(three)).toEqual({ items: [{ at: 1 }, { at: 2 }], returned: 'end' })
    expect(await cached(numbers).hasData({ args: [3] })).toBe(true)
    // The one that threw had a body of its own for it.
    expect(seen.runs).toBe(2)
  })

  it('ends with its last consumer, whose leaving closes the body and keeps nothing', async () => {
    const { numbers, seen } = counting(files())
    const [one, two] = [numbers(3), numbers(3)]
    await Promise.all([one.next(), two.next()])
    await one.next()
    await one.return('left' as never)
    expect(seen.closed).toBe(0)
    await two.return('left' as never)
    expect(seen).toEqual({ runs: 1, given: 2, closed: 1 })
    expect(await drainAsync(numbers(3))).toEqual(THREE)
    expect(seen.runs).toBe(2)
  })

  it('of one consumer is its body: leaving it closes it, with what its finally does', async () => {
    const closing = new Cache(files()).wrap(
      async function* (): AsyncGenerator<string, string, unknown> {
        try {
          yield 'one'
        } finally {
          yield 'closing'
        }
        return 'end'
      },
      { name: 'demo.closing', params: [] },
    )
    const generator = closing()
    await generator.next()
    expect(await generator.return('left')).toEqual({ value: 'closing', done: false })
    expect(await generator.next()).toEqual({ value: 'left', done: true })
    expect(await cached(closing).listCachedData()).toEqual([])
  })

  it('what one of two sends goes to a body of its own', async () => {
    let runs = 0
    const echo = new Cache(files()).wrap(
      async function* (): AsyncGenerator<unknown, void, unknown> {
        runs++
        let sent: unknown = 'first'
        for (let turn = 0; turn < 3; turn++) sent = yield sent
      },
      { name: 'demo.echo', params: [] },
    )
    const [one, two] = [echo(), echo()]
    await Promise.all([one.next(), two.next()])
    expect((await one.next('sent')).value).toBe('sent')
    expect((await two.next()).value).toBe(undefined)
    expect((await one.next('again')).value).toBe('again')
    expect((await drainAsync(two)).items).toEqual([undefined])
    expect(runs).toBe(2)
    expect((await drainAsync(echo())).items).toEqual(['first', undefined, undefined])
    expect(runs).toBe(2)
  })

  it('what the last one sends goes to a body of its own, if one that left was ahead', async () => {
    const echo = new Cache(files()).wrap(
      async function* (): AsyncGenerator<unknown, void, unknown> {
        yield ['one', yield ['two', yield 'start']]
      },
      { name: 'demo.echo', params: [] },
    )
    const [ahead, behind] = [echo(), echo()]
    await Promise.all([ahead.next(), behind.next()])
    expect((await ahead.next()).value).toEqual(['two', undefined])
    await ahead.return()
    expect((await behind.next('sent')).value).toEqual(['two', 'sent'])
    expect((await behind.next('again')).value).toEqual(['one', 'again'])
  })

  it('what the only one sends goes to the body that runs, and nothing is kept', async () => {
    let runs = 0
    const echo = new Cache(files()).wrap(
      async function* (): AsyncGenerator<unknown, void, unknown> {
        runs++
        yield yield 1
      },
      { name: 'demo.echo', params: [] },
    )
    const one = echo()
    await one.next()
    expect((await one.next('sent')).value).toBe('sent')
    const two = drainAsync(echo())
    expect(await one.next()).toEqual({ value: undefined, done: true })
    expect((await two).items).toEqual([1, undefined])
    expect(runs).toBe(2)
  })

  it('an error of the body reaches all, and is not kept', async () => {
    let runs = 0
    const fail = new Cache(files()).wrap(
      async function* (): AsyncGenerator<number, void> {
        runs++
        yield 1
        await ticks(1)
        throw new RangeError(`run ${runs}`)
      },
      { name: 'demo.fail', params: [] },
    )
    const both = await Promise.allSettled([drainAsync(fail()), drainAsync(fail())])
    expect(both.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'RangeError: run 1',
      'RangeError: run 1',
    ])
    await expect(drainAsync(fail())).rejects.toThrow('run 2')
  })

  it.each([0, 1])('who is cancelled stops nobody else, whoever of them gets the next item (%i)', async (first) => {
    let runs = 0
    const wait = new Cache(files()).wrap(
      async function* (_: string, signal?: AbortSignal): AsyncGenerator<number, string> {
        runs++
        for (let at = 0; at < 3; at++) {
          await ticks(1)
          signal?.throwIfAborted()
          yield at
        }
        return 'end'
      },
      { name: 'demo.wait', params: ['name', 'signal'], ignore: ['signal'] },
    )
    const controller = new AbortController()
    const cancelled = wait('a', controller.signal)
    const other = wait('a')
    const third = wait('a')
    await Promise.all([cancelled.next(), other.next(), third.next()])
    controller.abort()
    const rest = [() => expect(cancelled.next()).rejects.toThrow('aborted'), () => drainAsync(other)]
    if (first === 1) rest.reverse()
    const [, thirds] = await Promise.all([Promise.all(rest.map((each) => each())), drainAsync(third)])
    expect(thirds).toEqual({ items: [1, 2], returned: 'end' })
    expect(runs).toBe(2)
    expect(await drainAsync(wait('a'))).toEqual({ items: [0, 1, 2], returned: 'end' })
    expect(runs).toBe(2)
  })

  it('of items that cannot be stored leaves each consumer with a body of its own', async () => {
    const warnings = collectWarnings()
    const close = () => {}
    let runs = 0
    const open = new Cache(files()).wrap(
      async function* (): AsyncGenerator<unknown, () => void> {
        runs++
        yield 1
        yield { close }
        yield 3
        return close
      },
      { name: 'demo.openLater', params: [] },
    )
    const both = await Promise.all([drainAsync(open()), drainAsync(open())])
    for (const each of both) expect(each).toEqual({ items: [1, { close }, 3], returned: close })
    expect(runs).toBe(2)
    expect((await warnings.texts()).join()).toContain('result.items[1].close is a function')
  })

  it('whose arguments one caller changes is not for the others', async () => {
    const each = new Cache(files()).wrap(
      async function* (list: string[]): AsyncGenerator<string, void> {
        for (const item of list) {
          await ticks(1)
          yield item
        }
      },
      { name: 'demo.each', params: ['list'] },
    )
    const list = ['a', 'b']
    const [one, two] = [each(list), each(['a', 'b'])]
    await Promise.all([one.next(), two.next()])
    list[1] = 'changed'
    expect((await drainAsync(two)).items).toEqual(['b'])
    expect((await drainAsync(one)).items).toEqual(['changed'])
    expect((await drainAsync(each(['a', 'b']))).items).toEqual(['a', 'b'])
  })

  it('that nobody continues is joined only while it is young enough', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { numbers, seen } = counting({ protocol: 'memory', ttl: '1m' })
      await numbers(3).next()
      vi.advanceTimersByTime(50_000)
      await numbers(3).next()
      expect(seen.runs).toBe(1)
      vi.advanceTimersByTime(20_000)
      expect(await drainAsync(numbers(3))).toEqual(THREE)
      expect(seen.runs).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a recording never waits for itself', () => {
  it('when a body consumes its own generator with the same arguments', async () => {
    let depth = 0
    const nest = new Cache({ prefix: temporaryDirectory() }).wrap(
      async function* (name: string): AsyncGenerator<string, void> {
        const own = ++depth
        yield `${name} ${own}`
        if (own < 3) for await (const item of nest(name)) yield item
      },
      { name: 'demo.nest', params: ['name'] },
    )
    expect((await drainAsync(nest('a'))).items).toEqual(['a 1', 'a 2', 'a 3'])
  })

  it('when a function consumes a generator whose body calls the function, at once or later', async () => {
    for (const pause of [0, 2]) {
      let calls = 0
      const cache = new Cache({ prefix: temporaryDirectory() })
      const total = cache.wrap(
        async (): Promise<number> => {
          if (++calls > 1) return 10
          let sum = 0
          for await (const item of parts()) sum += item
          return sum
        },
        { name: 'demo.total', params: [] },
      )
      const parts = cache.wrap(
        async function* (): AsyncGenerator<number, void> {
          if (pause > 0) await ticks(pause)
          yield await total()
          yield 5
        },
        { name: 'demo.parts', params: [] },
      )
      expect(await total()).toBe(15)
      expect(calls).toBe(2)
    }
  })
})

describe('options, modes and management', () => {
  it('validate and valid may be asynchronous, and look at generators of their own', async () => {
    const count = async (items: AsyncIterable<unknown>) => {
      let length = 0
      for await (const _ of items) length++
      return length
    }
    const validate = async (items: AsyncIterable<unknown>) => (await count(items)) === 3
    const counts: number[] = []
    const valid = async ({ value }: { value: unknown }) => counts.push(await count(value as AsyncIterable<unknown>)) > 0
    const { numbers, seen } = counting({ prefix: temporaryDirectory() }, { validate, valid: [valid, valid] })
    const both = await Promise.allSettled([drainAsync(numbers(2)), drainAsync(numbers(2))])
    for (const each of both) {
      expect(each.status === 'rejected' && each.reason).toBeInstanceOf(ValidationError)
    }
    expect(await drainAsync(numbers(3))).toEqual(THREE)
    expect(await drainAsync(numbers(3))).toEqual(THREE)
    expect(counts).toEqual([3, 3])
    expect(seen.runs).toBe(2)
    expect(await cached(numbers).isValid(3)).toBe(true)
  })

  it('offline runs no body', async () => {
    const prefix = temporaryDirectory()
    const offline = counting({ prefix, mode: 'offline' })
    const both = await Promise.allSettled([offline.numbers(3).next(), offline.numbers(3).next()])
    for (const each of both) expect(each.status === 'rejected' && each.reason).toBeInstanceOf(CacheMissError)
    await drainAsync(counting({ prefix }).numbers(3))
    expect(await drainAsync(offline.numbers(3))).toEqual(THREE)
    const replayed = offline.numbers(3)
    await replayed.next()
    await expect(replayed.next('sent')).rejects.toThrow(CacheMissError)
    expect(offline.seen.runs).toBe(0)
  })

  it('what began before a removal, a write or a refresh is not kept, and nobody joins it', async () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    const entries = cached(numbers)
    const before = numbers(3)
    await before.next()
    await entries.removeAll()
    const after = numbers(3)
    await after.next()
    expect(seen.runs).toBe(2)
    await drainAsync(before)
    expect(await entries.hasData({ args: [3] })).toBe(false)
    const refreshed = await entries.refresh(3)
    await refreshed.next()
    expect(seen.runs).toBe(3)
    // This one joins the refresh.
    const joined = numbers(3)
    await joined.next()
    expect(seen.runs).toBe(3)
    await drainAsync(after)
    expect(await entries.hasData({ args: [3] })).toBe(false)
    expect(await drainAsync(joined)).toEqual({ items: [{ at: 1 }, { at: 2 }], returned: 'end' })
    await drainAsync(refreshed)
    expect(await entries.hasData({ args: [3] })).toBe(true)
    await entries.writeCachedData({ args: [3] }, [{ at: 9 }])
    expect((await drainAsync(numbers(3))).items).toEqual([{ at: 9 }])
  })

  it('loads, writes and runs without the cache', async () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    const entries = cached(numbers)
    expect(await drainAsync(entries.func(3))).toEqual(THREE)
    await entries.writeCachedData({ args: [3] }, numbers(2))
    expect((await drainAsync(await entries.loadCachedData({ args: [3] }))).returned).toBe('end')
    expect((await drainAsync(entries.loadCachedDataSync({ args: [3] }))).items).toEqual([{ at: 0 }, { at: 1 }])
    entries.writeCachedDataSync({ args: [4] }, [{ at: 4 }])
    expect(await drainAsync(numbers(4))).toEqual({ items: [{ at: 4 }], returned: undefined })
    expect(() => entries.writeCachedDataSync({ args: [4] }, numbers(1) as never)).toThrow('come asynchronously')
    expect(seen.runs).toBe(2)
  })

  it('a value to return is awaited, also while replaying', async () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    await drainAsync(numbers(3))
    const replayed = numbers(3)
    await replayed.next()
    expect(await replayed.return(Promise.resolve('later'))).toEqual({ value: 'later', done: true })
    expect(seen.runs).toBe(1)
    // The engine of Node 22 and 24 takes it for a next(), in whatever delegates by yield*.
    const delegated = (async function* () {
      return yield* numbersOf(3)
    })()
    await delegated.next()
    const expected = await outcomeOf(delegated.return(Promise.reject(new Error('no'))))
    const rejected = numbers(3)
    await rejected.next()
    expect(await outcomeOf(rejected.return(Promise.reject(new Error('no'))))).toEqual(expected)
  })
})

async function* numbersOf(n: number): AsyncGenerator<{ at: number }, unknown> {
  for (let at = 0; at < n; at++) yield { at }
  return 'end'
}

function outcomeOf(turn: Promise<unknown>): Promise<unknown> {
  return turn.catch((error: unknown) => String(error))
}
