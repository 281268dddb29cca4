import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { CacheOptions } from '../../runtime/config/options.js'
import {
  Cache,
  CacheMissError,
  ConfigError,
  cached,
  configure,
  EntryNotFoundError,
  ValidationError,
} from '../../runtime/index.js'
import { consume, consumers, drain, programs, runProgram } from '../helpers/generator-programs.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const stores: [string, () => CacheOptions][] = [
  ['in memory', () => ({ protocol: 'memory' })],
  ['in files', () => ({ prefix: temporaryDirectory() })],
  ['in files without a memory tier', () => ({ prefix: temporaryDirectory(), memory: 'off' })],
]

/** A cached generator of the numbers below `n`, and how often its body ran. */
function counting(options: CacheOptions, more: Readonly<Record<string, unknown>> = {}) {
  const seen = { runs: 0, closed: 0 }
  const numbers = new Cache(options).wrap(
    function* (n: number): Generator<{ at: number }, string, unknown> {
      seen.runs++
      try {
        for (let at = 0; at < n; at++) yield { at }
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
  it('whatever the body and its consumers do, each consumer gets what the plain generator gives', () => {
    const cache = new Cache(options())
    let call = 0
    fc.assert(
      fc.property(programs, fc.array(consumers, { minLength: 2, maxLength: 4 }), (program, actions) => {
        const generator = cache.wrap(
          function* (_: number) {
            return yield* runProgram(program)
          },
          {
            name: 'demo.program',
            params: ['n'],
          },
        )
        call++
        for (const each of actions) deepStrictEqual(consume(generator(call), each), consume(runProgram(program), each))
      }),
      { numRuns: 300 },
    )
  })

  it('interleaved consumers of one call each get everything', () => {
    const { numbers, seen } = counting(options())
    const [one, two] = [numbers(3), numbers(3)]
    const got = [one.next(), two.next(), one.next(), two.next(), one.next(), one.next(), two.next(), two.next()]
    expect(got.map(({ value }) => value)).toEqual(
      [0, 0, 1, 1, 2].map((at) => ({ at })).concat(['end', { at: 2 }, 'end'] as never),
    )
    expect(seen.runs).toBe(2)
    expect(drain(numbers(3))).toEqual(THREE)
    expect(seen.runs).toBe(2)
  })

  it('the first consumer gets the items themselves, and what it does to them changes no replay', () => {
    const own = { list: [1] }
    const one = new Cache(options()).wrap(
      function* (): Generator<{ list: number[] }, { list: number[] }> {
        yield own
        return own
      },
      { name: 'demo.own', params: [] },
    )
    const live = one()
    const first = live.next()
    expect(first.value).toBe(own)
    own.list.push(2)
    live.next()
    own.list.push(3)
    for (let turn = 0; turn < 2; turn++) {
      const { items, returned } = drain(one()) as { items: { list: number[] }[]; returned: { list: number[] } }
      expect(items).toEqual([{ list: [1] }])
      // What is returned is written down when it is returned.
      expect(returned).toEqual({ list: [1, 2] })
      items[0]?.list.push(9)
      returned.list.push(9)
    }
  })

  it.each<[string, (generator: Generator<unknown, unknown, unknown>) => void]>([
    ['leaves early', (generator) => void generator.return('early')],
    ['throws into it', (generator) => expect(() => generator.throw(new Error('out'))).toThrow('out')],
    [
      'sends a value',
      (generator) => expect([generator.next('sent').done, drain(generator).returned]).toEqual([false, 'end']),
    ],
    ['forgets it', () => {}],
  ])('a consumer that %s keeps nothing', (_, act) => {
    const { numbers, seen } = counting(options())
    const generator = numbers(3)
    generator.next()
    act(generator)
    expect(cached(numbers).hasDataSync({ args: [3] })).toBe(false)
    expect(drain(numbers(3))).toEqual(THREE)
    expect(seen.runs).toBe(2)
    expect(cached(numbers).hasDataSync({ args: [3] })).toBe(true)
  })
})

describe('what is kept', () => {
  it('is one line of JSON for each item, and one for what was returned', () => {
    const prefix = temporaryDirectory()
    const mixed = new Cache({ prefix }).wrap(
      function* (): Generator<unknown, unknown> {
        yield { text: 'two\nlines' }
        yield new Date(0)
        return [undefined]
      },
      { name: 'demo.mixed', params: [] },
    )
    drain(mixed())
    const [file = ''] = cached(mixed).listCachedDataSync({ paths: true })
    const [header = '', ...lines] = readFileSync(file, 'utf8').split('\n')
    expect(JSON.parse(header)).toMatchObject({ id: 'demo.mixed', codec: 'items' })
    expect(lines).toEqual([
      '{"item":{"text":"two\\nlines"}}',
      '{"item":[["Date","1970-01-01T00:00:00.000Z"]],"codec":"devalue6"}',
      '{"return":[[-1]],"codec":"devalue6"}',
    ])
    expect(drain(mixed())).toEqual({ items: [{ text: 'two\nlines' }, new Date(0)], returned: [undefined] })
  })

  it('is nothing when an item cannot be stored: the consumer gets it, and one warning says which', async () => {
    const warnings = collectWarnings()
    const prefix = temporaryDirectory()
    const socket = () => {}
    const open = new Cache({ prefix }).wrap(
      function* (): Generator<unknown, void> {
        yield 1
        yield { socket }
        yield { socket }
      },
      { name: 'demo.open', params: [] },
    )
    for (let turn = 0; turn < 2; turn++) expect(drain(open()).items).toEqual([1, { socket }, { socket }])
    expect(cached(open).listCachedDataSync()).toEqual([])
    // Not those of the programs above, which arrive late.
    expect((await warnings.texts()).filter((text) => text.includes('demo.open'))).toEqual([
      'The result of demo.open cannot be kept, so it runs each time: result.items[1].socket is a function',
    ])
  })

  it('is nothing when what is returned, or a promise among the items, cannot be stored', async () => {
    const warnings = collectWarnings()
    const cache = new Cache({ prefix: temporaryDirectory() })
    const promises = cache.wrap(
      function* (): Generator<Promise<number>, void> {
        yield Promise.resolve(1)
      },
      { name: 'demo.promises', params: [] },
    )
    const returns = cache.wrap(
      function* (): Generator<number, () => void> {
        yield 1
        return () => {}
      },
      { name: 'demo.returns', params: [] },
    )
    expect(drain(promises()).items[0]).toBeInstanceOf(Promise)
    expect(drain(returns()).returned).toBeTypeOf('function')
    expect(cached(promises).listCachedDataSync().concat(cached(returns).listCachedDataSync())).toEqual([])
    const texts = await warnings.texts()
    expect(texts.join()).toContain('demo.promises cannot be kept, so it runs each time: result.items[0] is a promise')
    expect(texts.join()).toContain('demo.returns cannot be kept, so it runs each time: result.return is a function')
  })

  it('is nothing when the body throws, under errors=keep too', () => {
    let runs = 0
    const fail = new Cache({ prefix: temporaryDirectory(), errors: 'keep' }).wrap(
      function* (): Generator<number, void> {
        yield 1
        throw new Error(`run ${++runs}`)
      },
      { name: 'demo.fail', params: [] },
    )
    for (const run of [1, 2]) {
      const generator = fail()
      expect(generator.next()).toEqual({ value: 1, done: false })
      expect(() => generator.next()).toThrow(`run ${run}`)
      expect(generator.next()).toEqual({ value: undefined, done: true })
    }
    expect(cached(fail).listCachedExceptionsSync()).toEqual([])
  })

  it('is nothing when the consumer changed the arguments meanwhile', async () => {
    const warnings = collectWarnings()
    const each = new Cache({ prefix: temporaryDirectory() }).wrap(
      function* (list: string[]): Generator<string, void> {
        yield* list
      },
      { name: 'demo.each', params: ['list'] },
    )
    const list = ['a', 'b']
    const seen: string[] = []
    for (const item of each(list)) {
      seen.push(item)
      if (seen.length === 1) list.push('c')
    }
    expect(seen).toEqual(['a', 'b', 'c'])
    expect([...each(['a', 'b'])]).toEqual(['a', 'b'])
    expect((await warnings.texts()).join()).toContain('its arguments changed while it ran')
  })

  it('comes from another kind of function under this id no more than the other way round', () => {
    const prefix = temporaryDirectory()
    const options = { name: 'demo.kind', params: ['n'] }
    const list = new Cache({ prefix }).wrap((n: number) => [n], options)
    list(1)
    const items = new Cache({ prefix }).wrap(function* (n: number) {
      yield n
    }, options)
    expect([...items(1)]).toEqual([1])
    expect(new Cache({ prefix, memory: 'off' }).wrap((n: number) => [n, n], options)(1)).toEqual([1, 1])
  })

  it('is recorded anew when a class of an item cannot be read, from where the replay was', async () => {
    class Money {
      readonly cents: number
      constructor(cents: number) {
        this.cents = cents
      }
    }
    let readable = true
    const decode = (cents: number) => {
      if (!readable) throw new Error('no money')
      return new Money(cents)
    }
    configure({ classes: { Money: { class: Money, encode: (money: Money) => money.cents, decode } } })
    const warnings = collectWarnings()
    let runs = 0
    const prices = new Cache({ prefix: temporaryDirectory() }).wrap(
      function* (): Generator<unknown, void> {
        runs++
        yield 'tea'
        yield new Money(5)
        yield 'end'
      },
      { name: 'demo.prices', params: [] },
    )
    drain(prices())
    readable = false
    expect(drain(prices()).items).toEqual(['tea', new Money(5), 'end'])
    expect(runs).toBe(2)
    readable = true
    expect(drain(prices()).items).toEqual(['tea', new Money(5), 'end'])
    expect(runs).toBe(2)
    expect((await warnings.texts()).join()).toContain('no money')
  })
})

describe('a replay', () => {
  it('goes over to the body when a value is sent, at the same position', () => {
    let runs = 0
    const sum = new Cache({ prefix: temporaryDirectory() }).wrap(
      function* (start: number): Generator<number, number, number | undefined> {
        runs++
        let total = start
        for (let turn = 0; turn < 3; turn++) total += (yield total) ?? 1
        return total
      },
      { name: 'demo.sum', params: ['start'] },
    )
    expect(drain(sum(10))).toEqual({ items: [10, 11, 12], returned: 13 })
    const replayed = sum(10)
    expect([replayed.next().value, replayed.next().value, runs]).toEqual([10, 11, 1])
    expect([replayed.next(100).value, runs]).toEqual([111, 2])
    expect(replayed.next()).toEqual({ value: 112, done: true })
    expect(drain(sum(10))).toEqual({ items: [10, 11, 12], returned: 13 })
    expect([runs, cached(sum).stats.hits, cached(sum).stats.misses]).toEqual([2, 2, 1])
  })

  it('that is left early ends, and the body does not run', () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    drain(numbers(3))
    const replayed = numbers(3)
    replayed.next()
    expect(replayed.return('left')).toEqual({ value: 'left', done: true })
    expect(replayed.next()).toEqual({ value: undefined, done: true })
    expect(seen).toEqual({ runs: 1, closed: 1 })
  })

  it('begins with the first next(), like the body', () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    const unused = numbers(3)
    expect(cached(numbers).stats).toMatchObject({ hits: 0, misses: 0 })
    expect(unused.return('x')).toEqual({ value: 'x', done: true })
    drain(numbers(3))
    drain(numbers(3))
    expect(cached(numbers).stats).toMatchObject({ hits: 1, misses: 1 })
    expect(seen.runs).toBe(1)
  })

  it('under share, gives all consumers the same frozen items', () => {
    const { numbers } = counting({ prefix: temporaryDirectory(), share: true })
    drain(numbers(3))
    const [one, two] = [drain(numbers(3)), drain(numbers(3))]
    expect(one.items[1]).toBe(two.items[1])
    expect(Object.isFrozen(one.items[1])).toBe(true)
  })
})

describe('options and modes', () => {
  it('ttl counts from when the body started, whatever time its consumer took', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const { numbers, seen } = counting({ protocol: 'memory', ttl: '1m' })
      const slow = numbers(2)
      slow.next()
      vi.advanceTimersByTime(45_000)
      drain(slow)
      drain(numbers(2))
      expect(seen.runs).toBe(1)
      vi.advanceTimersByTime(20_000)
      drain(numbers(2))
      expect(seen.runs).toBe(2)
      expect(cached(numbers).stats).toMatchObject({ hits: 1, misses: 2, stale: 1 })
    } finally {
      vi.useRealTimers()
    }
  })

  it('expiry=append keeps older recordings, and history replays them', () => {
    let run = 0
    const append = new Cache({ protocol: 'memory', ttl: '0s', expiry: 'append' }).wrap(
      function* (): Generator<number, void> {
        yield ++run
      },
      { name: 'demo.append', params: [] },
    )
    drain(append())
    drain(append())
    const history = cached(append).historySync({ args: [] })
    expect(history.map(({ load }) => [...load()])).toEqual([[1], [2]])
  })

  it('validate looks at the items before they are kept, and the last next() throws', () => {
    const validate = (items: Iterable<{ at: number }>) => [...items].length === 3
    const { numbers } = counting({ prefix: temporaryDirectory() }, { validate })
    expect(drain(numbers(3))).toEqual(THREE)
    const short = numbers(2)
    expect([short.next().done, short.next().done]).toEqual([false, false])
    try {
      short.next()
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ValidationError)
      expect([...((error as ValidationError).result as Iterable<unknown>)]).toEqual([{ at: 0 }, { at: 1 }])
    }
    expect(cached(numbers).hasDataSync({ args: [2] })).toBe(false)
  })

  it('each valid function sees all items, and using them up takes none from the caller', () => {
    const counts: number[] = []
    const count = ({ value }: { value: unknown }) => counts.push([...(value as Iterable<unknown>)].length)
    const { numbers, seen } = counting({ prefix: temporaryDirectory() }, { valid: [count, count] })
    drain(numbers(3))
    expect(drain(numbers(3))).toEqual(THREE)
    expect(cached(numbers).isValidSync(3)).toBe(true)
    expect(counts).toEqual([3, 3, 3, 3])
    expect(seen.runs).toBe(1)
  })

  it('output is a ConfigError that says what to do, at the first next()', () => {
    const codec = { name: 'x', encode: () => 'x', decode: () => 'x' }
    const { numbers } = counting({ protocol: 'memory', output: codec })
    const generator = numbers(1)
    expect(() => generator.next()).toThrow(ConfigError)
    expect(() => numbers(1).next()).toThrow(/output for demo.numbers.*replace\(\{ output: null \}\)/)
    const { numbers: others } = counting({ protocol: 'memory', output: codec }, { output: null })
    expect(drain(others(3))).toEqual(THREE)
  })

  it('off, readonly, refresh and offline hold', () => {
    const prefix = temporaryDirectory()
    const inMode = (mode: 'off' | 'readonly' | 'refresh' | 'offline' | 'on') => counting({ prefix, mode })
    const off = inMode('off')
    expect([drain(off.numbers(3)), drain(off.numbers(3)), off.seen.runs]).toEqual([THREE, THREE, 2])
    const readonly = inMode('readonly')
    expect([drain(readonly.numbers(3)), readonly.seen.runs]).toEqual([THREE, 1])
    expect(cached(readonly.numbers).hasDataSync({ args: [3] })).toBe(false)
    expect(() => inMode('offline').numbers(3).next()).toThrow(CacheMissError)
    const on = inMode('on')
    drain(on.numbers(3))
    const refresh = inMode('refresh')
    expect([drain(refresh.numbers(3)), drain(refresh.numbers(3)), refresh.seen.runs]).toEqual([THREE, THREE, 2])
    const offline = inMode('offline')
    expect([drain(offline.numbers(3)), offline.seen.runs]).toEqual([THREE, 0])
    const replayed = offline.numbers(3)
    replayed.next()
    expect(() => replayed.next('sent')).toThrow(CacheMissError)
    expect(offline.seen.runs).toBe(0)
  })

  it('a recording larger than its function may have in memory is read from its file', () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory(), memory: 1 })
    drain(numbers(3))
    drain(numbers(2))
    expect([drain(numbers(3)), drain(numbers(3)), seen.runs]).toEqual([THREE, THREE, 2])
  })
})

describe('management', () => {
  it('reads, writes and removes recordings', async () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    const entries = cached(numbers)
    expect(() => entries.loadCachedDataSync({ args: [3] })).toThrow(EntryNotFoundError)
    drain(numbers(3))
    expect(drain(entries.loadCachedDataSync({ args: [3] }))).toEqual(THREE)
    expect([...(await entries.loadCachedData({ key: entries.tokenize(3) }))]).toEqual(THREE.items)
    expect(await entries.isValid(3)).toBe(true)
    expect(await entries.loadCachedInputs({ kwargs: { n: 3 } })).toEqual({ n: 3 })
    entries.removeCachedDataSync({ args: [3] })
    expect(entries.isValidSync(3)).toBe(false)

    entries.writeCachedDataSync({ args: [1] }, [{ at: 7 }, { at: 8 }])
    expect(drain(numbers(1))).toEqual({ items: [{ at: 7 }, { at: 8 }], returned: undefined })
    await entries.writeCachedData({ args: [2] }, numbers(3))
    expect(drain(numbers(2))).toEqual(THREE)
    const later = async function* () {
      yield { at: 9 }
    }
    await entries.writeCachedData({ args: [4] }, later())
    expect([...numbers(4)]).toEqual([{ at: 9 }])
    expect(() => entries.writeCachedDataSync({ args: [4] }, later() as never)).toThrow(TypeError)
    expect(() => entries.writeCachedDataSync({ args: [4] }, { at: 1 } as never)).toThrow('give its items as')
    let closed = false
    const bad = (function* (): Generator<{ at: number }> {
      try {
        yield { at: (() => {}) as never }
      } finally {
        closed = true
      }
    })()
    expect(() => entries.writeCachedDataSync({ args: [5] }, bad)).toThrow('result.items[0].at is a function')
    expect([closed, entries.hasDataSync({ args: [5] })]).toEqual([true, false])
    expect(seen.runs).toBe(2)
  })

  it('refresh runs as it is consumed and replaces at the end; func leaves everything as it is', async () => {
    const { numbers, seen } = counting({ prefix: temporaryDirectory() })
    const entries = cached(numbers)
    expect(drain(entries.func(3))).toEqual(THREE)
    expect(entries.hasDataSync({ args: [3] })).toBe(false)
    entries.writeCachedDataSync({ args: [3] }, [])
    const refreshed = await entries.refresh(3)
    expect(refreshed.next().value).toEqual({ at: 0 })
    expect([...numbers(3)]).toEqual([])
    expect([...refreshed]).toEqual([{ at: 1 }, { at: 2 }])
    expect(drain(numbers(3))).toEqual(THREE)
    const left = entries.refreshSync(3)
    left.next()
    left.return('left')
    expect(seen).toEqual({ runs: 3, closed: 3 })
    const early = entries.func(3)
    expect(early.return('unused')).toEqual({ value: 'unused', done: true })
    drain(numbers(3))
    expect(seen.runs).toBe(3)
  })

  it('what began before a removal is not kept; what began after it is', () => {
    const { numbers } = counting({ prefix: temporaryDirectory() })
    const entries = cached(numbers)
    const [one, two] = [numbers(3), numbers(3)]
    one.next()
    two.next()
    const other = numbers(2)
    other.next()
    entries.removeCachedDataSync({ args: [3] })
    const three = numbers(3)
    three.next()
    drain(one)
    drain(two)
    expect(entries.hasDataSync({ args: [3] })).toBe(false)
    drain(three)
    drain(other)
    expect([entries.hasDataSync({ args: [3] }), entries.hasDataSync({ args: [2] })]).toEqual([true, true])
  })

  it('a cache opened by its id replays the items', () => {
    const prefix = temporaryDirectory()
    const { numbers } = counting({ prefix })
    drain(numbers(3))
    const entries = new Cache({ prefix }).open('demo.numbers')
    const [key = ''] = entries.listCachedDataSync()
    expect([...(entries.loadCachedDataSync({ key }) as Iterable<unknown>)]).toEqual(THREE.items)
  })
})

describe('wrap', () => {
  it('what comes back is a generator function with the name, length and this of the function', () => {
    const shop = {
      city: 'Oslo',
      items: new Cache({ protocol: 'memory' }).wrap(
        function* items(this: { city: string }, count: number): Generator<string> {
          for (let at = 0; at < count; at++) yield `${this.city} ${at}`
        },
        { name: 'demo.items', params: ['count'], attrs: ['city'] },
      ),
    }
    expect([shop.items.name, shop.items.length]).toEqual(['items', 1])
    expect(Object.prototype.toString.call(shop.items)).toBe('[object GeneratorFunction]')
    expect([...shop.items(2)]).toEqual(['Oslo 0', 'Oslo 1'])
    shop.city = 'Rome'
    expect([...shop.items(2)]).toEqual(['Rome 0', 'Rome 1'])
    const generator = shop.items(1)
    expect(generator).toBeInstanceOf(shop.items)
    expect(generator[Symbol.iterator]()).toBe(generator)
  })
})
