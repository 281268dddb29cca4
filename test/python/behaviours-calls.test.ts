import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Cache, type Codec, cached, type EntryFacts, ValidationError } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { entryFiles, filesOf, lines, plainProject, stopTime, thrownBy, watchedStore } from './helpers.js'

describe('the way of a call', () => {
  it('3a.12 order: valid data, else .exc, else inputs, call, validate, write', () => {
    const log: string[] = []
    const cache = new Cache({
      store: watchedStore(log),
      memory: 'off',
      validate: (_: unknown) => {
        log.push('validate')
      },
    })
    const half = cache.wrap(
      (n: number) => {
        log.push('call')
        if (n % 2 !== 0) throw new RangeError('odd')
        return n / 2
      },
      { name: 'demo.half', params: ['n'] },
    )
    half(4)
    expect(log.splice(0)).toEqual([
      'read <key>',
      'read <key>.exc',
      'write <key>.inputs',
      'call',
      'validate',
      'write <key>',
    ])
    half(4)
    expect(log.splice(0)).toEqual(['read <key>'])
    expect(() => half(3)).toThrow(RangeError)
    expect(log.splice(0)).toEqual(['read <key>', 'read <key>.exc', 'write <key>.inputs', 'call', 'write <key>.exc'])
    expect(() => half(3)).toThrow(RangeError)
    expect(log.splice(0)).toEqual(['read <key>', 'read <key>.exc'])
  })

  it('3a.13 .inputs is written before the call, so that a body that changes its argument does not change them', () => {
    const pop = new Cache({ prefix: temporaryDirectory() }).wrap((list: number[]) => list.pop(), {
      name: 'demo.pop',
      params: ['list'],
    })
    expect(pop([1, 2])).toBe(2)
    expect(cached(pop).loadCachedInputsSync({ args: [[1, 2]] })).toEqual({ list: [1, 2] })
  })

  it('3a.13 .inputs is left behind by a call that failed', () => {
    const fail = new Cache({ prefix: temporaryDirectory() }).wrap(
      (_: number) => {
        throw new Error('no')
      },
      { name: 'demo.fail', params: ['n'] },
    )
    expect(() => fail(1)).toThrow('no')
    expect(filesOf(cached(fail).path)).toEqual(['<key>.exc', '<key>.inputs'])
    expect(cached(fail).loadCachedInputsSync({ args: [1] })).toEqual({ n: 1 })
  })

  it('3a.14 a kept exception is thrown again as the same class; the body does not run, nothing is written', () => {
    const log: string[] = []
    let runs = 0
    const fail = new Cache({ store: watchedStore(log), memory: 'off' }).wrap(
      (n: number) => {
        runs++
        throw new TypeError(`no ${n}`)
      },
      { name: 'demo.fail', params: ['n'] },
    )
    expect(() => fail(1)).toThrow(new TypeError('no 1'))
    log.length = 0
    expect(() => fail(1)).toThrow(new TypeError('no 1'))
    expect(() => fail(1)).toThrow(TypeError)
    expect(runs).toBe(1)
    expect(log.filter((event) => event.startsWith('write'))).toEqual([])
  })

  it('3a.15 a cancellation is not kept: the next call runs', async () => {
    let runs = 0
    const load = new Cache({ protocol: 'memory' }).wrap(
      async (_: string, signal: AbortSignal) => {
        runs++
        signal.throwIfAborted()
        return 'loaded'
      },
      { name: 'demo.load', params: ['url', 'signal'], ignore: ['signal'] },
    )
    expect(await thrownBy(() => load('a', AbortSignal.abort()))).toMatchObject({ name: 'AbortError' })
    const late = AbortSignal.timeout(0)
    await new Promise((done) => late.addEventListener('abort', done, { once: true }))
    expect(await thrownBy(() => load('a', late))).toMatchObject({ name: 'TimeoutError' })
    expect(await cached(load).listCachedExceptions()).toEqual([])
    expect(await load('a', new AbortController().signal)).toBe('loaded')
    expect(runs).toBe(3)
  })

  it('3a.15 a process that is interrupted in the body keeps nothing but .inputs', async () => {
    const project = plainProject({
      'main.mjs': `import { Cache } from 'deche'
const stop = new Cache({ prefix: 'kept' }).wrap(
  (n) => {
    if (process.argv[2]) process.kill(process.pid, process.argv[2])
    return n
  },
  { name: 'demo.stop', params: ['n'] },
)
console.log(JSON.stringify(stop(1)))
`,
    })
    expect(await project.node(['main.mjs', 'SIGINT'])).toEqual({ status: null, stdout: '', stderr: '' })
    const kept = () => filesOf(project.path('kept/demo.stop'))
    expect(kept()).toEqual(['<key>.inputs'])
    expect(lines(await project.node(['main.mjs']))).toEqual([1])
    expect(kept()).toEqual(['<key>', '<key>.inputs'])
  })

  it('3a.16 null, undefined and falsy results are kept', () => {
    for (const result of [null, undefined, false, 0, -0, Number.NaN, '', 0n]) {
      let runs = 0
      const fn = new Cache({ prefix: temporaryDirectory(), memory: 'off' }).wrap(
        () => {
          runs++
          return result
        },
        { name: 'demo.nothing', params: [] },
      )
      expect([fn(), fn(), runs]).toEqual([result, result, 1])
    }
  })

  it('3a.17 a valid result wins over an exception, with and without memory', () => {
    for (const memory of ['off', 10] as const) {
      const prefix = temporaryDirectory()
      let fails = false
      const fn = new Cache({ prefix, memory }).wrap(
        () => {
          if (fails) throw new Error('no')
          return 'yes'
        },
        { name: 'demo.fn', params: [] },
      )
      fn()
      fails = true
      expect(() => cached(fn).refreshSync()).toThrow('no')
      expect(filesOf(`${prefix}/demo.fn`)).toEqual(['<key>', '<key>.exc', '<key>.inputs'])
      expect(fn()).toBe('yes')
    }
  })

  it('3a.18 checks of entries run in order, after existence; a falsy one or one that throws is a miss', () => {
    const log: string[] = []
    let runs = 0
    const first = (entry: EntryFacts) => {
      log.push('first')
      if (entry.value === 2) throw new Error('a check that fails is no error')
      return entry.value !== 1
    }
    const second = () => log.push('second')
    const next = new Cache({ prefix: temporaryDirectory(), memory: 'off', valid: [first, second] }).wrap(() => ++runs, {
      name: 'demo.next',
      params: [],
    })
    const call = () => [next(), log.splice(0)]
    expect(call()).toEqual([1, []])
    expect(call()).toEqual([2, ['first']])
    expect(call()).toEqual([3, ['first']])
    expect(call()).toEqual([3, ['first', 'second']])
  })

  it('3a.19 an entry is valid while its age is less than ttl; 0s is always stale', () => {
    for (const memory of ['off', 10] as const) {
      const advance = stopTime()
      let runs = 0
      const count = new Cache({ prefix: temporaryDirectory(), memory, ttl: '1s' }).wrap(() => ++runs, {
        name: 'demo.count',
        params: [],
      })
      const answers = [count()]
      for (const step of [999, 1, 0, 1000]) {
        advance(step)
        answers.push(count())
      }
      expect(answers).toEqual([1, 1, 2, 2, 3])
      const never = new Cache({ prefix: temporaryDirectory(), memory, ttl: '0s' }).wrap(() => ++runs, {
        name: 'demo.never',
        params: [],
      })
      expect([never(), never()]).toEqual([4, 5])
    }
  })

  it('3a.19 on purpose different: the age counts from the header, whatever became of the file; a number needs a unit', () => {
    const advance = stopTime()
    let runs = 0
    const count = new Cache({ prefix: temporaryDirectory(), memory: 'off', ttl: '1h' }).wrap(() => ++runs, {
      name: 'demo.count',
      params: [],
    })
    count()
    const file = `${cached(count).path}/${cached(count).tokenize()}`
    utimesSync(file, new Date(0), new Date(0))
    expect(count()).toBe(1)
    advance(3_600_000)
    utimesSync(file, new Date(), new Date())
    expect(count()).toBe(2)
    expect(() => new Cache({ ttl: '60' })).toThrow("'60' needs a unit")
  })

  it('3a.20 on purpose different: append keeps only older results as <key>-<µs>; the latest is at <key>: 3 calls, 4 files', () => {
    const advance = stopTime()
    const start = Date.now()
    let runs = 0
    const count = new Cache({ prefix: temporaryDirectory(), ttl: '1s', expiry: 'append' }).wrap(
      (_: string) => `run ${++runs}`,
      { name: 'demo.count', params: ['_'] },
    )
    for (let call = 0; call < 3; call++) {
      count('a')
      count('a')
      advance(1000)
    }
    const { path } = cached(count)
    const key = cached(count).tokenize('a')
    const body = (name: string) => readFileSync(`${path}/${name}`, 'utf8').split('\n')[1]
    expect(filesOf(path)).toEqual(['<key>', '<key>-<µs>', '<key>-<µs>', '<key>.inputs'])
    expect(body(key)).toBe('"run 3"')
    expect(body(`${key}-${start * 1000}`)).toBe('"run 1"')
    expect(body(`${key}-${(start + 1000) * 1000}`)).toBe('"run 2"')
  })

  it('3a.29 a codec turns results into bytes and back; writing through the interface uses it too', () => {
    const shout: Codec<string> = {
      name: 'shout',
      encode: (text) => text.toUpperCase(),
      decode: (bytes) => new TextDecoder().decode(bytes).toLowerCase(),
    }
    const prefix = temporaryDirectory()
    const greet = new Cache({ prefix, memory: 'off', output: shout }).wrap((name: string) => `hi ${name}`, {
      name: 'demo.greet',
      params: ['name'],
    })
    const body = (name: string) =>
      readFileSync(`${prefix}/demo.greet/${cached(greet).tokenize(name)}`, 'utf8').split('\n')[1]
    expect([greet('ada'), body('ada'), greet('ada')]).toEqual(['hi ada', 'HI ADA', 'hi ada'])
    cached(greet).writeCachedDataSync({ args: ['bob'] }, 'known')
    expect([body('bob'), greet('bob')]).toEqual(['KNOWN', 'known'])
  })

  it('3a.29 on purpose different: cache.open(id) reads and writes entries without the function', async () => {
    const cache = new Cache({ prefix: temporaryDirectory() })
    const inc = cache.wrap((y: number) => y + 1, { name: 'demo.inc', params: ['y'] })
    const key = cached(inc).tokenize(1)
    const entries = cache.open('demo.inc')
    expect(await entries.hasData({ key })).toBe(false)
    await entries.writeCachedData({ key }, 5)
    expect([await entries.loadCachedData({ key }), inc(1)]).toEqual([5, 5])
    expect(await entries.listCachedData()).toEqual([key])
  })

  it('3a.30 path answers the directory in place of the id; the key stays the file’s name', () => {
    const prefix = temporaryDirectory()
    const report = new Cache({ prefix, path: ({ day }) => `days/${day}` }).wrap((day: string) => `report of ${day}`, {
      name: 'demo.report',
      params: ['day'],
    })
    report('monday')
    expect(filesOf(`${prefix}/days/monday`)).toEqual(['<key>', '<key>.inputs'])
    expect(readdirSync(prefix)).toEqual(['days'])
  })

  it('3a.31 validate: false or a throw is a ValidationError with its cause; undefined, null and true pass', async () => {
    const cause = new Error('too small')
    const answers = [undefined, null, true, false, cause]
    const cache = new Cache({
      protocol: 'memory',
      validate(position: number) {
        const answer = answers[position]
        if (answer instanceof Error) throw answer
        return answer
      },
    })
    const at = cache.wrap((position: number) => position, { name: 'demo.at', params: ['position'] })
    expect([at(0), at(1), at(2)]).toEqual([0, 1, 2])
    const refused = await thrownBy(() => at(3))
    expect(refused).toBeInstanceOf(ValidationError)
    expect(refused).toMatchObject({ result: 3 })
    expect((refused as Error).cause).toBeUndefined()
    expect(await thrownBy(() => at(4))).toMatchObject({ name: 'ValidationError', result: 4, cause })
  })

  it('3a.32 asynchronous functions are awaited and kept in the same layout', async () => {
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix })
    const inc = cache.wrap(
      async (y: number) => {
        await new Promise((done) => setImmediate(done))
        if (y < 0) throw new RangeError('negative')
        return y + 1
      },
      { name: 'demo.inc', params: ['y'] },
    )
    expect([await inc(1), await inc(1)]).toEqual([2, 2])
    for (let call = 0; call < 2; call++) await expect(inc(-1)).rejects.toThrow(new RangeError('negative'))
    expect(cached(inc).stats).toMatchObject({ hits: 2, misses: 2 })
    const path = `${prefix}/demo.inc`
    const [good, bad] = [cached(inc).tokenize(1), cached(inc).tokenize(-1)]
    expect(entryFiles(path)).toEqual([good, `${good}.inputs`, `${bad}.exc`, `${bad}.inputs`].sort())
    expect(readFileSync(`${path}/${good}`, 'utf8').split('\n')[1]).toBe('2')
  })
})
