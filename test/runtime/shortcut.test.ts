import { rmSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { own, siteMadeBy } from '../../runtime/call/compiled-sites.js'
import { type Param, run, runAsync, type SiteFactory } from '../../runtime/compiled.js'
import { Cache, cached, configure } from '../../runtime/index.js'
import { inputsText } from '../../runtime/key/key.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { DISTINCT, EQUAL } from './key-values.js'

/** Functions in the form that the transformer gives them, whose hits in memory make no key. */

let prefix = ''
beforeEach(() => {
  prefix = temporaryDirectory()
  configure({ prefix })
})
afterEach(() => configure({ prefix: null, memory: null, ignore: null }))

let functions = 0

/** A function of so many parameters; `body` gets its arguments. `hits` counts the calls that the shortcut answered. */
function compile(params: readonly Param[], body: (...args: never[]) => unknown, options = {}) {
  const id = `shortcut.f${functions++}`
  const factory: SiteFactory = () => [id, params, undefined, () => fn, options]
  const fn = (...given: unknown[]): unknown => {
    const args = params.map((_, index) => given[index])
    const found = (factory.hit as ((...args: unknown[]) => unknown) | undefined)?.(...args)
    if (found !== undefined && found !== null) {
      counts.hits++
      return found
    }
    return run(factory, args, () => {
      counts.runs++
      return body(...(args as never[]))
    })
  }
  const counts = { hits: 0, runs: 0 }
  own(fn, siteMadeBy(factory))
  return { fn, counts, id, entries: cached(fn as (...args: unknown[]) => unknown) }
}

/** Objects that look like others, or like plain ones, to those who do not look closely. */
const MASKED: readonly (() => unknown)[] = [
  () => ({ a: 1, b: 2 }),
  () => ({ b: 2, a: 1 }),
  () => ({ a: 1 }),
  () => ({ a: '1' }),
  () => ({ a: 0 }),
  () => ({ a: -0 }),
  () => ({ a: undefined }),
  () => ({ a: { b: 2 } }),
  () => ({ a: 1, [Symbol.for('b')]: 2 }),
  () => Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false }),
  () => Object.defineProperty({ a: 1 }, 'toJSON', { value: () => ({ a: 2 }), enumerable: false }),
  () => ({ a: 1, toJSON: () => ({ a: 2 }) }),
  () => ({
    get a() {
      return 1
    },
  }),
  () => ({
    get a() {
      throw new Error('no')
    },
  }),
  () => new Proxy({ a: 1 }, {}),
  () => Object.create({ a: 1 }),
  () => Object.assign(Object.create(null), { a: 1 }),
  () => JSON.parse('{"__proto__":{"a":1}}'),
  () => JSON.parse('{"a":1,"__proto__":{"b":2}}'),
  () => Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype),
  () => Object.setPrototypeOf(new Uint8Array([1, 2]), Object.prototype),
  () => ({ 0: 1, 1: 2 }),
  () => [1, 2],
  () => ({}),
  () => new Map([['a', 1]]),
  () => new Date(0),
  () => [{ a: 1 }],
  () => Symbol.for('a'),
]

const argument = fc.oneof(
  fc.constantFrom(...MASKED).map((make) => make()),
  fc.constantFrom<unknown>(0, -0, 1, '1', 1n, true, 'true', null, 'null', undefined, 'undefined', Number.NaN, '', 'a'),
  fc.constantFrom(...DISTINCT),
  fc.constantFrom(...Object.values(EQUAL).flat()),
  fc.object({ maxDepth: 2, maxKeys: 3, key: fc.constantFrom('a', 'b', '0', '__proto__') }),
)

/** What the key is made of, or what is thrown in its place. */
function textOf(id: string, names: readonly string[], args: readonly unknown[]): string {
  try {
    return inputsText(Object.fromEntries(names.map((name, index) => [name, args[index]])), { id, classes: {} })
  } catch (error) {
    return String(error)
  }
}

describe('a shortcut', () => {
  for (const count of [0, 1, 2, 3, 4, 5, 6]) {
    it(`answers what the key would find: ${count} arguments`, () => {
      const names = Array.from({ length: count }, (_, index) => `p${index}`)
      const one = fc.array(argument, { minLength: count, maxLength: count })
      fc.assert(
        fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat(7)), (lists, order) => {
          const { fn, id } = compile(names, (...args) => ({ text: textOf(id, names, args), inside: { n: 1 } }))
          for (let turn = 0; turn < lists.length * 4; turn++) {
            const args = lists[(order.next().value as number) % lists.length] as unknown[]
            const expected = textOf(id, names, args)
            let found: unknown
            try {
              found = fn(...args)
            } catch (error) {
              expect(String(error)).toBe(expected)
              continue
            }
            expect(found).toEqual({ text: expected, inside: { n: 1 } })
            // A caller who changes an answer changes it for nobody else.
            Object.assign((found as { inside: object }).inside, { n: 2 })
          }
        }),
        { numRuns: 60 },
      )
    })
  }

  it('is taken from the third call on', () => {
    const { fn, counts } = compile(['n', 'of'], (n: number) => n + 1)
    for (let turn = 0; turn < 50; turn++) expect(fn(1, { a: { b: 'x' } })).toBe(2)
    expect(counts.runs).toBe(1)
    // On a busy machine the clock may tick in between.
    expect(counts.hits).toBeGreaterThan(40)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['-0', -0],
    ['a Date', new Date(5)],
    ['nested data', { list: [1, [2, { deep: null }]], text: 'x' }],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":{"b":1}},"c":{}}')],
    ['a list with holes', Object.assign([], { 2: 1 })],
  ])('answers %s as it was', (_, value) => {
    const { fn, counts } = compile(['n'], () => value)
    for (let turn = 0; turn < 4; turn++) expect(fn(1)).toStrictEqual(value)
    expect(counts.runs).toBe(1)
    if (typeof value === 'object' && value !== null) expect(fn(1)).not.toBe(fn(1))
  })

  it('hands out one frozen object under share', () => {
    const { fn } = compile(['n'], () => ({ a: { b: 1 } }), { share: true })
    fn(1)
    fn(1)
    const found = fn(1) as { a: object }
    expect(fn(1)).toBe(found)
    expect(Object.isFrozen(found.a)).toBe(true)
  })

  it('counts its hits', () => {
    const { fn, entries } = compile(['n'], (n: number) => n)
    for (let turn = 0; turn < 10; turn++) fn(1)
    expect(entries.stats).toMatchObject({ hits: 9, misses: 1 })
    fn(1)
    expect(entries.stats).toMatchObject({ hits: 10, misses: 1 })
    for (let turn = 0; turn < 10; turn++) fn(1)
    configure({ memory: 10 })
    fn(1)
    expect(entries.stats, 'the configuration has changed').toMatchObject({ hits: 21, misses: 1 })
  })
})

describe('what changes an answer is seen at once', () => {
  it('an entry that is removed, and all of them', async () => {
    const { fn, counts, entries } = compile(['n'], (n: number) => n)
    for (let turn = 0; turn < 3; turn++) fn(1)
    await entries.removeCachedData({ args: [1] })
    fn(1)
    expect(counts.runs).toBe(2)
    for (let turn = 0; turn < 3; turn++) fn(1)
    entries.removeAllSync()
    fn(1)
    expect(counts.runs).toBe(3)
  })

  it('an entry that is replaced', () => {
    let answer = 1
    const { fn, entries } = compile(['n'], () => answer)
    for (let turn = 0; turn < 3; turn++) expect(fn(1)).toBe(1)
    answer = 2
    expect(fn(1)).toBe(1)
    expect(entries.refreshSync(1)).toBe(2)
    for (let turn = 0; turn < 3; turn++) expect(fn(1)).toBe(2)
  })

  it('the configuration', () => {
    const { fn, counts } = compile(['n', 'trace'], (n: number) => n)
    for (let turn = 0; turn < 3; turn++) fn(1, 'a')
    configure({ mode: 'off' })
    fn(1, 'a')
    expect(counts.runs).toBe(2)
    configure({ mode: 'on', ignore: ['trace'] })
    for (const trace of ['b', 'c', 'd', 'e']) fn(1, trace)
    expect(counts.runs).toBe(3)
    configure({ mode: null })
  })

  it('a management call, which binds arguments without an answer', async () => {
    const { fn, entries } = compile(['n'], (n: number) => n)
    for (let turn = 0; turn < 3; turn++) fn(1)
    expect(entries.tokenize(1)).toBe(entries.tokenize(1))
    expect(await entries.isValid(1)).toBe(true)
    expect(fn(1)).toBe(1)
  })

  it('the end of its time', () => {
    const { fn, counts } = compile(['n'], (n: number) => n, { ttl: '1h' })
    for (let turn = 0; turn < 3; turn++) fn(1)
    const now = Date.now
    try {
      Date.now = () => now() + 2 * 3_600_000
      fn(1)
    } finally {
      Date.now = now
    }
    expect(counts.runs).toBe(2)
  })
})

describe('what another process did is seen within a second', () => {
  const another = (id: string) => new Cache({ prefix }).open(id)

  it('in a program that waits now and then', async () => {
    const { fn, counts, id } = compile(['n'], (n: number) => n)
    for (let turn = 0; turn < 3; turn++) fn(1)
    rmSync(`${prefix}/${id}`, { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, 1000))
    fn(1)
    expect(counts.runs).toBe(2)
    expect((await another(id).listCachedData()).length).toBe(1)
  })

  it('in a loop that waits for nothing, however fast it is', () => {
    for (const pause of [0, 5]) {
      const { fn, counts, id } = compile(['n'], (n: number) => n)
      for (let turn = 0; turn < 3; turn++) fn(1)
      rmSync(`${prefix}/${id}`, { recursive: true })
      const end = Date.now() + 1100
      while (Date.now() < end) {
        fn(1)
        if (pause > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
      }
      expect(counts.runs, `${pause} ms between two calls`).toBe(2)
    }
  })

  it('by all entries, once one of them finds that hits have become slow', () => {
    const { fn, counts, id } = compile(['n'], (n: number) => n)
    const { now } = Date
    let time = now()
    try {
      Date.now = () => time
      for (let turn = 0; turn < 3000; turn++) fn(turn % 2)
      time += 10
      for (let turn = 0; turn < 400; turn++) fn(0)
      rmSync(`${prefix}/${id}`, { recursive: true })
      time += 460
      fn(1)
    } finally {
      Date.now = now
    }
    expect(counts.runs).toBe(3)
  })
})

describe('an answer that is asked for once in a while', () => {
  /** Each call a second after the one before. */
  function slowly(call: () => void, times: number): void {
    const now = Date.now
    let late = 0
    try {
      Date.now = () => now() + late
      for (let turn = 0; turn < times; turn++) {
        late += 1000
        call()
      }
    } finally {
      Date.now = now
    }
  }

  it('has a shortcut too, which compares it with the store', () => {
    const { fn, counts, id } = compile(['n'], (n: number) => n)
    slowly(() => expect(fn(1)).toBe(1), 5)
    expect(counts).toEqual({ hits: 3, runs: 1 })
    rmSync(`${prefix}/${id}`, { recursive: true })
    slowly(() => expect(fn(1)).toBe(1), 1)
    expect(counts).toEqual({ hits: 3, runs: 2 })
  })

  it('and is counted as often as it was given', () => {
    const { fn, entries } = compile(['n'], (n: number) => n)
    slowly(() => {
      for (let turn = 0; turn < 200; turn++) fn(turn % 2)
    }, 5)
    expect(entries.stats).toMatchObject({ hits: 998, misses: 2 })
  })
})

describe('memory stays within its limits', () => {
  it('and keeps what is asked for', () => {
    const { fn, counts } = compile(['n'], (n: number) => n, { memory: '10' })
    fn(-1)
    for (let n = 0; n < 50; n++) {
      fn(n)
      fn(-1)
      fn(-1)
    }
    expect(counts.runs).toBe(51)
    expect(counts.hits).toBeGreaterThan(80)
    const before = counts.hits
    for (let n = 0; n < 30; n++) fn(n)
    expect(counts.hits, 'dropped entries have no shortcut').toBe(before)
  })
})

describe('an asynchronous function', () => {
  it('has a shortcut too', async () => {
    let runs = 0
    let hits = 0
    const factory: SiteFactory = () => ['shortcut.later', ['n'], undefined, undefined, undefined, { async: true }]
    const later = async (n: number) => {
      const found = (factory.hit as ((n: number) => unknown) | undefined)?.(n)
      if (found !== undefined) hits++
      return (
        found ??
        runAsync(factory, [n], async () => {
          runs++
          return { n }
        })
      )
    }
    const answers = []
    for (let turn = 0; turn < 50; turn++) answers.push(await later(1))
    expect(answers).toEqual(Array(50).fill({ n: 1 }))
    expect(new Set(answers).size).toBe(50)
    expect(runs).toBe(1)
    expect(hits).toBeGreaterThan(40)
  })
})
