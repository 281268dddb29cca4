import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Cache,
  type CacheOptions,
  cached,
  type Entries,
  EntryNotFoundError,
  ValidationError,
} from '../runtime/index.js'
import { builtTransformer, type Outcome, Project, TAGGED_PROGRAM } from './helpers/project.js'
import { builtRuntime } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

type Divide = (a: number, b?: number) => number
type Of = Entries<Divide, readonly ['a', 'b']>
type Method = Exclude<keyof Of, 'id' | 'cache' | 'store' | 'path' | 'stats' | 'func'>

/** The two faces of the interface: each method by its plain name, awaited, and by its twin's. */
const faces = {
  asynchronous: (entries: Of, method: string) => Reflect.get(entries, method) as (...args: unknown[]) => unknown,
  synchronous: (entries: Of, method: string) =>
    Reflect.get(entries, method === 'tokenize' ? method : `${method}Sync`) as (...args: unknown[]) => unknown,
}

const stores: Readonly<Record<string, () => CacheOptions>> = {
  files: () => ({ prefix: temporaryDirectory() }),
  'files without memory': () => ({ prefix: temporaryDirectory(), memory: 'off' }),
  memory: () => ({ protocol: 'memory' }),
}

const cases = Object.keys(stores).flatMap((store) => Object.keys(faces).map((face) => [store, face] as const))

describe.each(cases)('entries in %s, by the %s methods', (store, face) => {
  function divide(options: CacheOptions = {}) {
    const runs = { count: 0 }
    const fn = new Cache({ ...stores[store]?.(), ...options }).wrap(
      (a: number, b = 1): number => {
        runs.count++
        if (b === 0) throw new RangeError(`${a} by 0`)
        return a / b
      },
      { name: 'demo.divide', params: ['a', 'b'] },
    )
    const entries = cached(fn) as Of
    /** Calls a method of this face; what it throws is a rejection here, for either. */
    const on = async (method: Method | 'writeCachedData', ...args: unknown[]): Promise<unknown> =>
      faces[face as keyof typeof faces](entries, method).apply(entries, args)
    return { fn, entries, on, runs }
  }

  /** What `iter…` gives, in a list. */
  async function all(names: unknown): Promise<string[]> {
    const list: string[] = []
    for await (const name of names as AsyncIterable<string>) list.push(name)
    return list.sort()
  }

  it('say what is stored of a call', async () => {
    const { fn, on } = divide()
    expect(await on('hasData', { args: [6, 2] })).toBe(false)
    expect(await on('isValid', 6, 2)).toBe(false)
    fn(6, 2)
    expect(() => fn(1, 0)).toThrow(RangeError)
    for (const [args, data, inputs, exception] of [
      [[6, 2], true, true, false],
      [[1, 0], false, true, true],
      [[7, 7], false, false, false],
    ] as const) {
      expect(await on('hasData', { args })).toBe(data)
      expect(await on('hasInputs', { args })).toBe(inputs)
      expect(await on('hasException', { args })).toBe(exception)
      expect(await on('isValid', ...args)).toBe(data)
    }
  })

  it('load what is stored, a copy each time, and say what is not there', async () => {
    const { fn, entries, on } = divide()
    fn(6, 2)
    expect(() => fn(1, 0)).toThrow(RangeError)
    expect(await on('loadCachedData', { args: [6, 2] })).toBe(3)
    expect(await on('loadCachedData', { key: entries.tokenize(6, 2) })).toBe(3)
    expect(await on('loadCachedInputs', { args: [6, 2] })).toEqual({ a: 6, b: 2 })
    expect(await on('loadCachedException', { args: [1, 0] })).toEqual(new RangeError('1 by 0'))
    const missing: [Method, [number, number], string][] = [
      ['loadCachedData', [1, 0], 'result'],
      ['loadCachedInputs', [7, 7], 'inputs'],
      ['loadCachedException', [6, 2], 'exception'],
    ]
    for (const [method, args, what] of missing) {
      const key = entries.tokenize(...args)
      const failure = await on(method, { args }).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(EntryNotFoundError)
      expect(failure).toMatchObject({
        message: `DECHE2004: demo.divide has no ${what} under ${key} in ${entries.store.location}`,
        key,
      })
    }
  })

  it('list keys and paths, all at once or one at a time', async () => {
    const { fn, entries, on } = divide()
    for (const method of ['listCachedData', 'listCachedInputs', 'listCachedExceptions'] as const)
      expect(await on(method)).toEqual([])
    fn(6, 2)
    fn(8, 2)
    expect(() => fn(1, 0)).toThrow(RangeError)
    const keys = [entries.tokenize(6, 2), entries.tokenize(8, 2)].sort()
    const failed = entries.tokenize(1, 0)
    const kinds = {
      Data: keys,
      Inputs: [...keys, failed].sort(),
      Exceptions: [failed],
    } as const
    for (const kind of ['Data', 'Inputs', 'Exceptions'] as const) {
      const suffix = { Data: '', Inputs: '.inputs', Exceptions: '.exc' }[kind]
      const paths = kinds[kind].map((key) => `${entries.path}/${key}${suffix}`)
      expect(((await on(`listCached${kind}`)) as string[]).sort()).toEqual(kinds[kind])
      expect(((await on(`listCached${kind}`, { paths: true })) as string[]).sort()).toEqual(paths)
      expect(await all(await on(`iterCached${kind}`))).toEqual(kinds[kind])
      expect(await all(await on(`iterCached${kind}`, { paths: true }))).toEqual(paths)
    }
  })

  it('remove one kind of one call, and what is not there as well', async () => {
    const { fn, on, runs } = divide()
    fn(6, 2)
    fn(8, 2)
    expect(() => fn(1, 0)).toThrow(RangeError)
    for (let turn = 0; turn < 2; turn++) await on('removeCachedData', { args: [6, 2] })
    expect([await on('hasData', { args: [6, 2] }), await on('hasInputs', { args: [6, 2] })]).toEqual([false, true])
    for (let turn = 0; turn < 2; turn++) await on('removeCachedInputs', { args: [6, 2] })
    expect(await on('hasInputs', { args: [6, 2] })).toBe(false)
    for (let turn = 0; turn < 2; turn++) await on('removeCachedException', { args: [1, 0] })
    expect(await on('hasException', { args: [1, 0] })).toBe(false)
    expect([fn(6, 2), fn(8, 2)]).toEqual([3, 4])
    expect(() => fn(1, 0)).toThrow(RangeError)
    expect(runs.count).toBe(5)
  })

  it('remove all of a kind, and all of everything; the function forgets it too', async () => {
    const { fn, on, runs } = divide()
    const fill = () => {
      fn(6, 2)
      expect(() => fn(1, 0)).toThrow(RangeError)
    }
    const counts = async () =>
      Promise.all(
        (['listCachedData', 'listCachedInputs', 'listCachedExceptions'] as const).map(
          async (method) => ((await on(method)) as string[]).length,
        ),
      )
    fill()
    expect(await counts()).toEqual([1, 2, 1])
    await on('removeAllCachedExceptions')
    expect(await counts()).toEqual([1, 2, 0])
    await on('removeAllCachedInputs')
    expect(await counts()).toEqual([1, 0, 0])
    await on('removeAllCachedData')
    expect(await counts()).toEqual([0, 0, 0])
    fill()
    expect(runs.count).toBe(4)
    await on('removeAll')
    expect(await counts()).toEqual([0, 0, 0])
    fill()
    expect(runs.count).toBe(6)
  })

  it('write a result as if the function had answered it', async () => {
    const { fn, on, runs } = divide({ validate: (result: unknown) => result !== 13 })
    await on('writeCachedData', { args: [6, 2] }, 99)
    expect(fn(6, 2)).toBe(99)
    expect(await on('loadCachedInputs', { args: [6, 2] })).toEqual({ a: 6, b: 2 })
    await expect(on('writeCachedData', { args: [6, 2] }, 13)).rejects.toThrow(ValidationError)
    expect([fn(6, 2), runs.count]).toEqual([99, 0])
  })

  it('refresh runs now and replaces, for the memory of this process too', async () => {
    const { fn, on, runs } = divide()
    await on('writeCachedData', { args: [6, 2] }, 99)
    expect(fn(6, 2)).toBe(99)
    expect(await on('refresh', 6, 2)).toBe(3)
    expect([fn(6, 2), runs.count]).toEqual([3, 1])
  })

  it('history: what append kept, oldest first, the present one last; removing the result removes it', async () => {
    const { fn, on } = divide({ ttl: '0s', expiry: 'append' })
    const loads = async () => {
      const entries = (await on('history', { args: [6, 2] })) as { at: Date; load(): unknown }[]
      const ages = entries.map(({ at }) => at.getTime())
      expect(ages).toEqual([...ages].sort((one, other) => one - other))
      return Promise.all(entries.map((entry) => entry.load()))
    }
    expect(await loads()).toEqual([])
    await on('writeCachedData', { args: [6, 2] }, 1)
    await on('writeCachedData', { args: [6, 2] }, 2)
    fn(6, 2)
    expect(await loads()).toEqual([1, 2, 3])
    expect(await on('listCachedData')).toHaveLength(1)
    await on('removeCachedData', { args: [6, 2] })
    expect(await loads()).toEqual([])
  })

  it('names: those that are given, in any order; what is unknown is told', async () => {
    const { fn, on } = divide()
    fn(6, 2)
    expect(await on('hasData', { kwargs: { b: 2, a: 6 } })).toBe(true)
    expect(await on('hasData', { kwargs: { a: 6 } })).toBe(false)
    await expect(on('hasData', { kwargs: { a: 6, c: 2 } })).rejects.toThrow(
      new TypeError("demo.divide has no parameter 'c'; it has 'a', 'b'"),
    )
  })

  it('a function with path= is asked by its arguments, or by its directory', async () => {
    const { fn, entries, on } = divide({ path: ({ a }) => `by/${a}` })
    fn(6, 2)
    fn(8, 2)
    expect(await on('hasData', { args: [6, 2] })).toBe(true)
    expect(await on('loadCachedData', { kwargs: { a: 8, b: 2 } })).toBe(4)
    expect(await on('listCachedData', { directory: 'by/6' })).toEqual([entries.tokenize(6, 2)])
    expect(await on('listCachedData', { directory: '/by/6/', paths: true })).toEqual([
      `${entries.path}/by/6/${entries.tokenize(6, 2)}`,
    ])
    await expect(on('hasData', { key: entries.tokenize(6, 2) })).rejects.toThrow(
      new TypeError(
        'demo.divide has path=, so a key alone does not say where its entry is: give { args } or { kwargs }',
      ),
    )
    await expect((async () => all(await on('listCachedData')))()).rejects.toThrow(
      new TypeError("demo.divide has path=, so say which directory to list: { directory: '…' }"),
    )
    await on('removeAll', { directory: 'by/6' })
    expect([await on('hasData', { args: [6, 2] }), await on('hasData', { args: [8, 2] })]).toEqual([false, true])
  })
})

describe('besides', () => {
  it('func is the function without its cache, statistics count what the cache did, open needs only the id', async () => {
    const prefix = temporaryDirectory()
    let runs = 0
    const cache = new Cache({ prefix })
    const inc = cache.wrap((y: number) => y + ++runs, { name: 'demo.inc', params: ['y'] })
    const entries = cached(inc)
    expect([inc(1), inc(1), entries.func(1), inc(1)]).toEqual([2, 2, 3, 2])
    expect(entries.stats).toMatchObject({ hits: 2, misses: 1, stale: 0, errors: 0 })
    expect([entries.id, entries.path, entries.cache]).toEqual(['demo.inc', join(prefix, 'demo.inc'), cache])

    const opened = cache.open('demo.inc')
    const [key = ''] = opened.listCachedDataSync()
    expect(key).toBe(entries.tokenize(1))
    expect(await opened.loadCachedData({ key })).toBe(2)
    expect(() => opened.hasDataSync({ args: [] })).toThrow('demo.inc was opened by its id: give { key }')
    expect(() => opened.func).toThrow('demo.inc was opened by its id: its function is not known')
    expect(() => cache.open('../demo')).toThrow("'../demo' is no id")
    opened.removeCachedDataSync({ key })
    expect(existsSync(join(prefix, 'demo.inc', key))).toBe(false)
  })

  it('a name that every object has is given only when it is given', () => {
    const cache = new Cache({ protocol: 'memory' })
    const show = cache.wrap((text: string, other?: string) => `${text}${other}`, {
      name: 'demo.show',
      params: ['text', 'toString'],
    })
    show('a')
    // As JavaScript programs give it: without types.
    const selector: object = { kwargs: { text: 'a' } }
    expect(cached(show).hasDataSync(selector as { args: [string] })).toBe(true)
  })

  it('what a rest parameter gathers is given as a list', () => {
    const cache = new Cache({ protocol: 'memory' })
    const sum = cache.wrap((first: number, ...more: number[]) => more.reduce((a, b) => a + b, first), {
      name: 'demo.sum',
      params: ['first', '...more'],
    })
    sum(1, 2, 3)
    expect(cached(sum).hasDataSync({ kwargs: { first: 1, more: [2, 3] } })).toBe(true)
    expect(cached(sum).hasDataSync({ kwargs: { first: 1 } })).toBe(false)
    // @ts-expect-error: a list.
    expect(() => cached(sum).hasDataSync({ kwargs: { first: 1, more: 2 } })).toThrow(
      new TypeError("demo.sum gathers 'more' from its arguments: give a list"),
    )
  })
})

const main = `import { cached } from 'deche'

interface Point { readonly x: number; readonly y?: number }

/** @deche */
export function area({ x, y = 2 }: Point, [first, ...others]: number[] = [1], scale = 10, ...tags: string[]): number {
  return x * y * scale * first + others.length + tags.length
}

export class Client {
  constructor(readonly city: string, readonly token: string) {}
  /** @deche attrs=city ignore=signal,this.token redact=key */
  async load(key: string, days = 3, signal?: AbortSignal): Promise<string> {
    return [this.city, this.token, key, days, signal === undefined].join(' ')
  }
}

const attempt = (call: () => unknown): unknown => {
  try { return call() } catch (error) { return String(error) }
}
const say = (...what: unknown[]) => console.log(JSON.stringify(what))

area({ x: 3 })
const areas = cached(area)
say('defaults fill in', areas.hasDataSync({ kwargs: { x: 3 } }), areas.hasDataSync({ kwargs: { x: 3, y: 2, first: 1, others: [], scale: 10, tags: [] } }))
say('others differ', areas.hasDataSync({ kwargs: { x: 4 } }), areas.hasDataSync({ kwargs: { x: 3, y: 3 } }), areas.hasDataSync({ kwargs: { x: 3, tags: ['a'] } }))
say('missing', attempt(() => areas.hasDataSync({ kwargs: { y: 2 } })))
say('missing in a list', attempt(() => areas.hasDataSync({ kwargs: { x: 3, others: [1] } })))
say('unknown', attempt(() => areas.hasDataSync({ kwargs: { x: 3, z: 1 } })))
say('no list', attempt(() => areas.hasDataSync({ kwargs: { x: 3, tags: 'a' } })))
say('inputs', areas.loadCachedInputsSync({ args: [{ x: 3 }] }))

const oslo = new Client('Oslo', 'one')
await oslo.load('secret')
const loads = cached(oslo.load, oslo)
say('method', await loads.hasData({ args: ['secret'] }), await loads.hasData({ kwargs: { key: 'secret' } }), await loads.hasData({ kwargs: { key: 'other' } }))
say('equal attributes', await cached(oslo.load, new Client('Oslo', 'two')).hasData({ args: ['secret'] }), await cached(oslo.load, new Client('Rome', 'one')).hasData({ args: ['secret'] }))
say('without its object', attempt(() => cached(oslo.load).tokenize('secret')))
say('inputs', await loads.loadCachedInputs({ args: ['secret'] }))
say('refresh', await loads.refresh('secret'), await cached(oslo.load, new Client('Oslo', 'two')).refresh('secret'), await oslo.load('secret'))
say('func', await loads.func('secret'), loads.stats.misses)
`

describe('functions that tspc compiled', () => {
  let project: Project
  let built: Outcome
  let said: unknown[][]

  beforeAll(async () => {
    builtTransformer()
    builtRuntime()
    project = new Project({
      files: {
        'src/main.ts': main,
        'tsconfig.json': TAGGED_PROGRAM,
      },
    })
    built = await project.tspc()
    const { stdout, stderr } = await project.node(['out/main.js'])
    expect(stderr).toBe('')
    said = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  })

  afterAll(() => project.dispose())

  const of = (what: string) => said.filter(([label]) => label === what).map(([, ...rest]) => rest)

  it('are named by what their patterns bind, defaults fill in', () => {
    expect(built).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(of('defaults fill in')).toEqual([[true, true]])
    expect(of('others differ')).toEqual([[false, false, false]])
    expect(of('inputs')[0]).toEqual([{ x: 3, y: 2, first: 1, others: [], scale: 10, tags: [] }])
  })

  it('a name that is missing, unknown or no list is told', () => {
    const id = 'demo.src.main.area'
    expect(of('missing')).toEqual([[`TypeError: ${id} needs a value for 'x'`]])
    expect(of('missing in a list')).toEqual([[`TypeError: ${id} needs a value for 'first'`]])
    expect(of('unknown')).toEqual([
      [`TypeError: ${id} has no parameter 'z'; it has 'x', 'y', 'first', 'others', 'scale', 'tags'`],
    ])
    expect(of('no list')).toEqual([[`TypeError: ${id} gathers 'tags' from its arguments: give a list`]])
  })

  it('methods are given with their object, whose attributes tell calls apart', () => {
    const id = said.flat().find((each) => String(each).includes('reads attributes'))
    expect(of('method')).toEqual([[true, true, false]])
    expect(of('equal attributes')).toEqual([[true, false]])
    expect(String(id)).toMatch(
      /^TypeError: demo\.src\.main\.~?Client\.load reads attributes of this: give the object too, as in cached\(client\.get, client\)$/,
    )
    expect(of('inputs')[1]).toEqual([{ key: '[redacted]', days: 3, 'this.city': 'Oslo' }])
  })

  it('refresh and func call the method on its object', () => {
    expect(of('refresh')).toEqual([['Oslo one secret 3 true', 'Oslo two secret 3 true', 'Oslo two secret 3 true']])
    expect(of('func')).toEqual([['Oslo one secret 3 true', 3]])
    expect(readdirSync(project.path('.deche'))).toHaveLength(2)
  })
})
