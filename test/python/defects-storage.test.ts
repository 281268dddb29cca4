import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Cache, cached, configure } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'
import { changedStore, counter, entryFiles, filesOf, lines, plainProject, stopTime, thrownBy } from './helpers.js'

afterEach(() => configure({ protocol: null, prefix: null }))

describe('defects of Python’s deche that must not exist here', () => {
  it('3b.10 keys depend on values alone: not on identity, nor on insertion order', async () => {
    const cache = new Cache({ protocol: 'memory' })
    const key = (...args: unknown[]) => {
      const fn = cache.wrap((a: unknown, b?: unknown) => [a, b], { name: 'demo.any', params: ['a', 'b'] })
      return cached(fn).tokenize(args[0], args[1])
    }
    const x = { list: [1] }
    expect(key(x, x)).toBe(key(x, { list: [1] }))
    expect(key({ a: 1, b: 2 })).toBe(key({ b: 2, a: 1 }))
    expect(key(new Set(['a', 'b']))).toBe(key(new Set(['b', 'a'])))
    expect(key(x, x)).not.toBe(key(x, { list: [2] }))
    expect(await thrownBy(() => key(() => 1))).toMatchObject({ name: 'UnkeyableArgumentError', path: 'a' })
  })

  it('3b.11 path is given the inputs in every call and by the management interface', async () => {
    const report = new Cache({ prefix: temporaryDirectory(), path: ({ day }) => `days/${day}` }).wrap(
      (day: string, words: number) => `${words} words on ${day}`,
      { name: 'demo.report', params: ['day', 'words'] },
    )
    expect([report('monday', 3), report('monday', 3), report('tuesday', 3)]).toEqual([
      '3 words on monday',
      '3 words on monday',
      '3 words on tuesday',
    ])
    const entries = cached(report)
    expect(entries.stats).toMatchObject({ hits: 1, misses: 2 })
    expect(await entries.loadCachedData({ kwargs: { day: 'tuesday', words: 3 } })).toBe('3 words on tuesday')
    await entries.removeCachedData({ args: ['monday', 3] })
    expect(await entries.listCachedData({ directory: 'days/monday' })).toEqual([])
    expect(await entries.listCachedData({ directory: 'days/tuesday' })).toHaveLength(1)
  })

  it('3b.15 a prefix and an id with -2024 in their names hide nothing', async () => {
    const prefix = join(temporaryDirectory(), 'run-2024-01', 'a-1')
    const inc = new Cache({ prefix }).wrap((y: number) => y + 1, { name: 'v-2.inc-3', params: ['y'] })
    inc(1)
    const key = cached(inc).tokenize(1)
    expect(await cached(inc).listCachedData()).toEqual([key])
    expect(await cached(inc).listCachedData({ paths: true })).toEqual([`${prefix}/v-2.inc-3/${key}`])
    expect(cached(inc).listCachedInputsSync()).toEqual([key])
  })

  it('3b.16 a truncated, empty or garbled entry is recomputed, once', () => {
    const spoilers = [
      (file: string) => truncateSync(file, 0),
      (file: string) => truncateSync(file, readFileSync(file).length - 1),
      (file: string) => writeFileSync(file, Buffer.from('\x80\x04K\x05.', 'latin1')),
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('run 1', 'run 7')),
    ]
    for (const spoil of spoilers) {
      let runs = 0
      const count = new Cache({ prefix: temporaryDirectory(), memory: 'off' }).wrap(() => `run ${++runs}`, {
        name: 'demo.count',
        params: [],
      })
      count()
      spoil(join(cached(count).path, cached(count).tokenize()))
      expect([count(), count()]).toEqual(['run 2', 'run 2'])
    }
  })

  it('3b.16 a spoilt exception is recomputed too', () => {
    let runs = 0
    const fail = new Cache({ prefix: temporaryDirectory(), memory: 'off' }).wrap(
      () => {
        throw new Error(`run ${++runs}`)
      },
      { name: 'demo.fail', params: [] },
    )
    expect(fail).toThrow('run 1')
    truncateSync(join(cached(fail).path, `${cached(fail).tokenize()}.exc`), 20)
    expect(fail).toThrow('run 2')
    expect(fail).toThrow('run 2')
  })

  it('3b.17 who reads while another process writes sees the old entry or the new one, whole', async () => {
    const project = plainProject({
      'writer.mjs': `import { Cache, cached } from 'deche'
let turn = 0
const text = new Cache({ prefix: 'kept' }).wrap(() => 'ab'[turn++ % 2].repeat(1_000_000), { name: 'demo.text' })
for (let write = 0; write < 60; write++) cached(text).refreshSync()
console.log(turn)
`,
    })
    const cache = new Cache({ prefix: project.path('kept'), memory: 'off' })
    const text = cached(cache.wrap(() => '', { name: 'demo.text' }))
    let done = false
    const writer = project.node(['writer.mjs']).finally(() => {
      done = true
    })
    const [as, bs] = ['a', 'b'].map((letter) => letter.repeat(1_000_000))
    let whole = 0
    let torn = 0
    while (!done) {
      if (await text.hasData({ args: [] })) {
        const value = await text.loadCachedData({ args: [] })
        if (value === as || value === bs) whole++
        else torn++
      }
      await new Promise((next) => setImmediate(next))
    }
    expect(lines(await writer)).toEqual([60])
    expect(torn).toBe(0)
    expect(whole).toBeGreaterThan(1)
  })

  it('3b.18 on purpose different: there are no checks that a switch removes; NODE_ENV changes nothing', async () => {
    const project = plainProject({
      'main.mjs': `import { Cache, cached } from 'deche'
const cache = new Cache({ prefix: process.argv[2], validate: (n) => n !== 3 })
const inc = cache.wrap((y) => y + 1, { name: 'demo.inc', params: ['y'] })
const attempts = [() => inc(1), () => inc(2), () => inc(() => 1), () => cached(inc).loadCachedDataSync({}), () => new Cache({ ttl: '1' })]
for (const attempt of attempts) {
  try {
    console.log(JSON.stringify(attempt()))
  } catch (error) {
    console.log(JSON.stringify([error.name, error.code]))
  }
}
`,
    })
    const [development, production] = await Promise.all([
      project.node(['main.mjs', 'one'], { NODE_ENV: 'development' }),
      project.node(['main.mjs', 'two'], { NODE_ENV: 'production' }),
    ])
    const said = [
      2,
      ['ValidationError', 'DECHE2002'],
      ['UnkeyableArgumentError', 'DECHE2001'],
      ['TypeError', null],
      ['ConfigError', 'DECHE2006'],
    ]
    expect([lines(development), lines(production)]).toEqual([said, said])
  })

  it('3b.19 checks of entries come on top of existence: without an entry they are not asked', () => {
    let asked = 0
    const count = counter({
      prefix: temporaryDirectory(),
      memory: 'off',
      valid: () => {
        asked++
        return true
      },
    })
    expect([count(), asked]).toEqual([1, 0])
    expect([count(), asked]).toEqual([1, 1])
  })

  it('3b.20 on purpose different: a URL as the prefix of files is refused, not made a directory', () => {
    expect(() => new Cache({ prefix: 's3://bucket/x' }).store).toThrow("prefix: 's3://bucket/x' is a URL")
    expect(readdirSync(process.cwd())).not.toContain('s3:')
  })

  it('3b.23 an exception comes back whatever its constructor takes, with its cause', async () => {
    class HttpError extends Error {
      constructor(
        readonly response: { status: number },
        options: ErrorOptions,
      ) {
        super(`status ${response.status}`, options)
      }
    }
    configure({ classes: { HttpError: { class: HttpError } } })
    let runs = 0
    const get = new Cache({ prefix: temporaryDirectory(), memory: 'off' }).wrap(
      (_: string) => {
        runs++
        throw new HttpError({ status: 503 }, { cause: new TypeError('reset') })
      },
      { name: 'demo.get', params: ['url'] },
    )
    const [live, kept] = [await thrownBy(() => get('a')), await thrownBy(() => get('a'))]
    expect(runs).toBe(1)
    expect(kept).not.toBe(live)
    expect(kept).toBeInstanceOf(HttpError)
    expect(kept).toMatchObject({ message: 'status 503', response: { status: 503 } })
    expect((kept as Error).cause).toEqual(new TypeError('reset'))
    expect((kept as Error).stack).toBe((live as Error).stack)
  })

  it('3b.23 an exception of a class that is not registered is thrown as it is, and warned of, each time anew', async () => {
    const warnings = collectWarnings()
    class OwnError extends Error {}
    let runs = 0
    const fail = new Cache({ prefix: temporaryDirectory() }).wrap(
      () => {
        throw new OwnError(`run ${++runs}`)
      },
      { name: 'demo.ownError', params: [] },
    )
    for (const run of [1, 2]) {
      const thrown = await thrownBy(fail)
      expect(thrown).toBeInstanceOf(OwnError)
      expect(thrown).toMatchObject({ message: `run ${run}` })
    }
    expect(await warnings.codes()).toEqual(['DECHE3002'])
  })

  it('3b.25 under append, removing a result removes its history, and that of no other call', async () => {
    const advance = stopTime()
    let runs = 0
    const count = new Cache({ prefix: temporaryDirectory(), ttl: '1s', expiry: 'append' }).wrap((_: string) => ++runs, {
      name: 'demo.count',
      params: ['_'],
    })
    const start = Date.now()
    for (let turn = 0; turn < 3; turn++) {
      count('a')
      count('b')
      advance(1000)
    }
    const entries = cached(count)
    const history = await entries.history({ args: ['a'] })
    expect(history.map(({ at }) => at.getTime() - start)).toEqual([0, 1000, 2000])
    expect(await Promise.all(history.map((entry) => entry.load()))).toEqual([1, 3, 5])
    await entries.removeCachedData({ args: ['a'] })
    expect(await entries.history({ args: ['a'] })).toEqual([])
    expect(entries.historySync({ args: ['b'] }).map((entry) => entry.load())).toEqual([2, 4, 6])
  })

  it('3b.25 all results, all inputs and everything can be removed', async () => {
    const inc = new Cache({ prefix: temporaryDirectory() }).wrap((y: number) => y + 1, {
      name: 'demo.inc',
      params: ['y'],
    })
    const entries = cached(inc)
    const files = () => entryFiles(entries.path).length
    inc(1)
    inc(2)
    await entries.removeAllCachedData()
    expect([files(), (await entries.listCachedInputs()).length]).toEqual([2, 2])
    await entries.removeAllCachedInputs()
    expect(files()).toBe(0)
    inc(1)
    await entries.removeAll()
    expect(files()).toBe(0)
  })

  it('3b.26 a directory that vanishes while the program runs is made again', async () => {
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix, memory: 'off' })
    const now = cache.wrap((y: number) => y + 1, { name: 'demo.now', params: ['y'] })
    const later = cache.wrap(async (y: number) => y + 1, { name: 'demo.later', params: ['y'] })
    expect([now(1), await later(1)]).toEqual([2, 2])
    rmSync(prefix, { recursive: true })
    expect([now(1), await later(1)]).toEqual([2, 2])
    rmSync(join(prefix, 'demo.now'), { recursive: true })
    expect([now(1), now(1), await later(1)]).toEqual([2, 2, 2])
    expect(cached(now).stats).toMatchObject({ hits: 1, misses: 3 })
    expect(cached(later).stats).toMatchObject({ hits: 1, misses: 2 })
  })

  it('3b.27 what the first caller, or the function itself, does to a result changes no later answer', () => {
    for (const memory of ['off', 10] as const) {
      const live = { list: [1] }
      const make = new Cache({ prefix: temporaryDirectory(), memory }).wrap(() => live, {
        name: 'demo.make',
        params: [],
      })
      const first = make()
      first.list.push(2)
      live.list.push(3)
      const second = make()
      expect(second).toEqual({ list: [1] })
      second.list.push(4)
      expect(make()).toEqual({ list: [1] })
    }
  })

  it('3b.28 an asynchronous function asks a remote store asynchronously; concurrent callers share one run', async () => {
    const never = () => {
      throw new Error('synchronous')
    }
    const warnings = collectWarnings()
    const remote = changedStore({ sync: { read: never, write: never, stat: never, remove: never, list: never } })
    let runs = 0
    const load = new Cache({ store: remote }).wrap(async (n: number) => ({ n, run: ++runs }), {
      name: 'demo.load',
      params: ['n'],
    })
    const answers = await Promise.all([load(1), load(1), load(2), load(1)])
    expect(answers.map(({ n }) => n)).toEqual([1, 1, 2, 1])
    expect(answers[0]).not.toBe(answers[1])
    expect(runs).toBe(2)
    expect(await warnings.codes()).toEqual([])
  })

  it('3b.28 the store is not fixed when the function is made: configure() is followed', () => {
    const inc = new Cache().wrap((y: number) => y + 1, { name: 'demo.inc', params: ['y'] })
    configure({ protocol: 'memory' })
    expect([inc(1), cached(inc).store.protocol]).toEqual([2, 'memory'])
    configure({ protocol: 'file', prefix: temporaryDirectory() })
    expect([inc(1), cached(inc).store.protocol]).toEqual([2, 'file'])
    expect(filesOf(cached(inc).path)).toEqual(['<key>', '<key>.inputs'])
  })
})
