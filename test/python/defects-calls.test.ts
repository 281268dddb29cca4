import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Cache, type Codec, cached, ValidationError } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'
import { changedStore, counter, filesOf, stopTime, thrownBy } from './helpers.js'

describe('defects of Python’s deche that must not exist here', () => {
  it('3b.1 replace changes the ttl for good, and null takes it away', () => {
    const advance = stopTime()
    const short = new Cache({ prefix: temporaryDirectory(), ttl: '1s' })
    const wrap = (cache: Cache) => {
      let runs = 0
      return cache.wrap(() => ++runs, { name: 'demo.fn', params: [], version: JSON.stringify(cache.options.ttl) })
    }
    const [second, minute, forever] = [short, short.replace({ ttl: '1m' }), short.replace({ ttl: null })].map(wrap)
    const answers = () => [second?.(), minute?.(), forever?.()]
    expect(answers()).toEqual([1, 1, 1])
    advance(1000)
    expect(answers()).toEqual([2, 1, 1])
    advance(60_000)
    expect(answers()).toEqual([3, 2, 1])
    advance(1000 * 86_400_000)
    expect(forever?.()).toBe(1)
  })

  it('3b.2 an entry is valid until its deadline, in any zone, and not after it', () => {
    const advance = stopTime()
    const untils = ['2027-01-01T01:00Z', '2027-01-01T03:00+02:00', new Date(Date.UTC(2027, 0, 1, 1))]
    const counters = untils.map((ttl) => counter({ prefix: temporaryDirectory(), ttl }))
    const answers = () => counters.map((count) => count())
    expect([answers(), answers()]).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ])
    advance(3_600_000 - 1)
    expect(answers()).toEqual([1, 1, 1])
    advance(1)
    expect([answers(), answers()]).toEqual([
      [2, 2, 2],
      [3, 3, 3],
    ])
    expect(() => new Cache({ ttl: '2027-01-01T01:00' })).toThrow('ttl')
  })

  it('3b.3 a ttl holds in memory, and in a store that knows no modification time', () => {
    const { sync } = new Cache({ protocol: 'memory' }).store
    const timeless = changedStore({
      sync: {
        ...sync,
        read(path) {
          const stored = sync.read(path)
          return stored && { ...stored, modified: Number.NaN }
        },
      },
    })
    for (const where of [{ protocol: 'memory' }, { store: timeless, memory: 'off' }] as const) {
      const advance = stopTime()
      const count = counter({ ...where, ttl: '1s' })
      expect([count(), count()]).toEqual([1, 1])
      advance(999)
      expect(count()).toBe(1)
      advance(1)
      expect([count(), count()]).toEqual([2, 2])
    }
  })

  it('3b.4 an exception expires as results do, and the next success removes it', () => {
    for (const memory of ['off', 10] as const) {
      const advance = stopTime()
      let fails = false
      const fn = new Cache({ prefix: temporaryDirectory(), memory, ttl: '1s' }).wrap(
        () => {
          if (fails) throw new Error('transient')
          return 1
        },
        { name: 'demo.fn', params: [] },
      )
      const answer = () => {
        try {
          return fn()
        } catch {
          return 'E'
        }
      }
      const answers = [answer()]
      advance(1000)
      fails = true
      answers.push(answer())
      fails = false
      answers.push(answer())
      expect(filesOf(cached(fn).path)).toContain('<key>.exc')
      advance(1000)
      answers.push(answer())
      expect(answers).toEqual([1, 'E', 'E', 1])
      expect(filesOf(cached(fn).path)).toEqual(['<key>', '<key>.inputs'])
    }
  })

  it('3b.4 errors= gives exceptions a time of their own', () => {
    const advance = stopTime()
    let runs = 0
    const fail = new Cache({ prefix: temporaryDirectory(), errors: '1s' }).wrap(
      () => {
        throw new Error(`run ${++runs}`)
      },
      { name: 'demo.fail', params: [] },
    )
    expect(fail).toThrow('run 1')
    expect(fail).toThrow('run 1')
    advance(1000)
    expect(fail).toThrow('run 2')
  })

  it('3b.5 a ValidationError is not kept: the next call runs', () => {
    let runs = 0
    const count = new Cache({ prefix: temporaryDirectory(), validate: (n: unknown) => n === 2 }).wrap(() => ++runs, {
      name: 'demo.count',
      params: [],
    })
    expect(count).toThrow(ValidationError)
    expect(filesOf(cached(count).path)).toEqual(['<key>.inputs'])
    expect([count(), count()]).toEqual([2, 2])
  })

  it('3b.6 an asynchronous validate that answers false refuses, for asynchronous and synchronous functions', async () => {
    const cache = new Cache({ prefix: temporaryDirectory(), validate: async () => false })
    const later = cache.wrap(async () => 1, { name: 'demo.later', params: [] })
    expect(await thrownBy(later)).toBeInstanceOf(ValidationError)
    expect(await cached(later).listCachedData()).toEqual([])
    // It cannot wait for the answer, so it does not take it for a yes.
    const now = cache.wrap(() => 1, { name: 'demo.now', params: [] })
    expect(await thrownBy(now)).toMatchObject({ name: 'ConfigError' })
    expect(cached(now).listCachedDataSync()).toEqual([])
  })

  it('3b.7 a result that cannot be stored reaches the caller, is warned of once, and is no exception', async () => {
    const warnings = collectWarnings()
    let runs = 0
    const make = new Cache({ prefix: temporaryDirectory() }).wrap(() => ({ runs: ++runs, when: [() => 'now'] }), {
      name: 'demo.make',
      params: [],
    })
    expect([make().runs, make().when[0]?.(), make().runs]).toEqual([1, 'now', 3])
    expect(filesOf(cached(make).path)).toEqual(['<key>.inputs'])
    const [text, ...others] = await warnings.texts()
    expect(text).toContain('result.when[0]')
    expect(others).toEqual([])
  })

  it('3b.7 a store that fails to write costs a warning, not the result', async () => {
    const warnings = collectWarnings()
    const full = () => {
      throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    }
    const cache = new Cache({ store: changedStore({ sync: { write: full }, async: { write: async () => full() } }) })
    let runs = 0
    const fail = cache.wrap(
      () => {
        throw new RangeError(`run ${++runs}`)
      },
      { name: 'demo.fail', params: [] },
    )
    expect(cache.wrap((n: number) => n + 1, { name: 'demo.inc', params: ['n'] })(1)).toBe(2)
    expect(await cache.wrap(async (n: number) => n + 1, { name: 'demo.later', params: ['n'] })(1)).toBe(2)
    expect(fail).toThrow(new RangeError('run 1'))
    expect(await warnings.codes()).toEqual(['DECHE3001'])
  })

  it('3b.8 an exception does not go through the codec of results', () => {
    const seen: unknown[] = []
    const codec: Codec = {
      name: 'numbers',
      encode(value) {
        seen.push(value)
        return (value as number).toFixed(2)
      },
      decode: (bytes) => Number(new TextDecoder().decode(bytes)),
    }
    let runs = 0
    const half = new Cache({ prefix: temporaryDirectory(), memory: 'off', output: codec }).wrap(
      (n: number) => {
        runs++
        if (n < 0) throw new RangeError('negative')
        return n / 2
      },
      { name: 'demo.half', params: ['n'] },
    )
    for (let call = 0; call < 2; call++) expect(() => half(-1)).toThrow(new RangeError('negative'))
    expect([half(1), half(1), runs, seen]).toEqual([0.5, 0.5, 2, [0.5]])
  })

  it('3b.9 inputs are written and read by the codec of inputs, results by that of results', () => {
    const codec = (name: string): Codec => ({
      name,
      encode: (value) => `${name}:${JSON.stringify(value)}`,
      decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes).slice(name.length + 1)),
    })
    const inc = new Cache({ prefix: temporaryDirectory(), input: codec('in'), output: codec('out') }).wrap(
      (y: number) => y + 1,
      { name: 'demo.inc', params: ['y'] },
    )
    inc(1)
    const body = (name: string) => readFileSync(join(cached(inc).path, name), 'utf8').split('\n')[1]
    const key = cached(inc).tokenize(1)
    expect([body(key), body(`${key}.inputs`)]).toEqual(['out:2', 'in:{"y":1}'])
    expect(cached(inc).loadCachedInputsSync({ key })).toEqual({ y: 1 })
    expect(cached(inc).loadCachedDataSync({ key })).toBe(2)
  })
})
