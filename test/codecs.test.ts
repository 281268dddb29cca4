import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resetConfig } from '../runtime/config/config.js'
import { Cache, type Codec, cached, configure } from '../runtime/index.js'
import { temporaryDirectory } from './helpers/temporary.js'
import { collectWarnings } from './helpers/warnings.js'

interface Reading {
  readonly station: string
  readonly celsius: number
}

/** Tables as Parquet files, which other programs open where they lie. */
const parquet: Codec<Reading[]> = {
  name: 'parquet',
  raw: true,
  encode: (rows) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'station', data: rows.map(({ station }) => station), type: 'STRING' },
          { name: 'celsius', data: rows.map(({ celsius }) => celsius), type: 'DOUBLE' },
        ],
      }),
    ),
  decode: async (bytes) => (await parquetReadObjects({ file: bytes.buffer as ArrayBuffer })) as unknown as Reading[],
}

/** Text, one line for each item. */
const lines: Codec<string[]> = {
  name: 'lines',
  encode: (value) => value.join('\n'),
  decode: (bytes) => new TextDecoder().decode(bytes).split('\n'),
}

/** Numbers as text files without a header. */
const digits: Codec<number> = {
  name: 'digits',
  raw: true,
  encode: String,
  decode: (bytes) => Number(new TextDecoder().decode(bytes)),
}

const filesOf = (directory: string) => readdirSync(directory).filter((name) => /^[0-9a-f]{64}/.test(name))

describe('Parquet', () => {
  function station(prefix: string) {
    const runs = { count: 0 }
    const read = new Cache({ prefix, output: parquet, memory: 'off' }).wrap(
      async (station: string): Promise<Reading[]> => {
        runs.count++
        return [-1.5, 0, 21.25].map((celsius) => ({ station, celsius }))
      },
      { name: 'weather.read', params: ['station'] },
    )
    return { read, runs }
  }

  it('a table comes back from its file, by a decoder that takes its time', async () => {
    const prefix = temporaryDirectory()
    const { read, runs } = station(prefix)
    const first = await read('Blindern')
    expect(await read('Blindern')).toEqual(first)
    expect(await station(prefix).read('Blindern')).toEqual(first)
    expect(first).toHaveLength(3)
    expect(runs.count).toBe(1)
  })

  it('calls at once share one run, and each gets rows of its own', async () => {
    const { read, runs } = station(temporaryDirectory())
    const [one, two] = await Promise.all([read('Blindern'), read('Blindern')])
    expect(two).toEqual(one)
    one.length = 0
    expect(two).toHaveLength(3)
    expect(runs.count).toBe(1)
  })

  it('the file is Parquet from its first byte to its last, and another program reads it in place', async () => {
    const prefix = temporaryDirectory()
    const { read } = station(prefix)
    await read('Blindern')
    const [key = ''] = await cached(read).listCachedData({ paths: true })
    const bytes = readFileSync(key)
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('PAR1')
    expect(bytes.subarray(-4).toString('latin1')).toBe('PAR1')
    const program = join(dirname(fileURLToPath(import.meta.url)), 'programs/read-parquet.mjs')
    expect(JSON.parse(execFileSync(process.execPath, [program, key], { encoding: 'utf8' }))).toEqual({
      rows: [
        { station: 'Blindern', celsius: -1.5 },
        { station: 'Blindern', celsius: 0 },
        { station: 'Blindern', celsius: 21.25 },
      ],
      count: 3,
      columns: ['station BYTE_ARRAY', 'celsius DOUBLE'],
    })
  })

  it('what another program left in place of the file is recomputed if it is no Parquet', async () => {
    const warnings = collectWarnings()
    const prefix = temporaryDirectory()
    const { read, runs } = station(prefix)
    const first = await read('Blindern')
    const [path = ''] = await cached(read).listCachedData({ paths: true })
    writeFileSync(path, 'no table')
    expect(await read('Blindern')).toEqual(first)
    expect(await read('Blindern')).toEqual(first)
    expect(runs.count).toBe(2)
    const texts = await warnings.texts()
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^An entry of weather\.read could not be read, it is recomputed: ./)
  })
})

describe('codecs of text', () => {
  it('the body of the file is the text, under a header that names the codec', () => {
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix, output: lines, memory: 'off' })
    const split = cache.wrap((text: string) => text.split(' '), { name: 'demo.split', params: ['text'] })
    expect([split('å b c'), split('å b c')]).toEqual([
      ['å', 'b', 'c'],
      ['å', 'b', 'c'],
    ])
    expect(cached(split).stats).toMatchObject({ hits: 1, misses: 1 })
    const [path = ''] = cached(split).listCachedDataSync({ paths: true })
    const [header = '', ...body] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(header)).toMatchObject({ id: 'demo.split', codec: 'lines' })
    expect(body).toEqual(['å', 'b', 'c'])
  })

  it('text with half a character, which a file cannot hold, is returned and not stored', async () => {
    const warnings = collectWarnings()
    const cache = new Cache({ prefix: temporaryDirectory(), output: lines, memory: 'off' })
    const half = cache.wrap((n: number) => ['a\ud83d', String(n)], { name: 'demo.half', params: ['n'] })
    expect([half(1), half(1)]).toEqual([
      ['a\ud83d', '1'],
      ['a\ud83d', '1'],
    ])
    expect(cached(half).listCachedDataSync()).toEqual([])
    expect(await warnings.texts()).toEqual([
      "The result of demo.half cannot be kept, its codec 'lines' failed, so it runs each time: its text has half a character, which UTF-8 cannot say",
    ])
  })

  it('an entry of another codec is a miss, and is replaced', () => {
    const prefix = temporaryDirectory()
    const wrap = (output?: Codec<string[]>) =>
      new Cache({ prefix, memory: 'off', output }).wrap((text: string) => text.split(' '), {
        name: 'demo.split',
        params: ['text'],
      })
    const [plain, text] = [wrap(), wrap(lines)]
    for (const split of [plain, text, plain]) expect(split('a b')).toEqual(['a', 'b'])
    expect([cached(plain).stats.misses, cached(text).stats.misses]).toEqual([2, 1])
  })
})

describe('codecs that fail', () => {
  it('on encode: the result is returned each time, nothing is stored, and a warning says so once', async () => {
    const warnings = collectWarnings()
    const broken: Codec = {
      name: 'broken',
      encode: () => {
        throw new Error('no ink')
      },
      decode: () => 'wrong',
    }
    let runs = 0
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix, output: broken })
    const count = cache.wrap((_: string) => ++runs, { name: 'demo.encode', params: ['_'] })
    expect([count('a'), count('a'), count('b')]).toEqual([1, 2, 3])
    expect(cached(count).listCachedDataSync()).toEqual([])
    expect(await warnings.texts()).toEqual([
      "The result of demo.encode cannot be kept, its codec 'broken' failed, so it runs each time: no ink",
    ])
  })

  it('on encode, by answering what is neither bytes nor text', async () => {
    const warnings = collectWarnings()
    const output = { name: 'number', encode: (value: unknown) => value, decode: () => 'wrong' } as Codec
    for (const raw of [false, true]) {
      const cache = new Cache({ prefix: temporaryDirectory(), output: { ...output, raw } })
      const three = cache.wrap(() => 3, { name: `demo.number.${raw}`, params: [] })
      expect([three(), three()]).toEqual([3, 3])
      expect(cached(three).listCachedDataSync()).toEqual([])
    }
    expect(await warnings.texts()).toEqual(
      [false, true].map(
        (raw) =>
          `The result of demo.number.${raw} cannot be kept, its codec 'number' failed, so it runs each time: encode must answer a Uint8Array or a string`,
      ),
    )
  })

  const unreadable: Codec = {
    name: 'unreadable',
    encode: String,
    decode: () => {
      throw new Error('no glasses')
    },
  }

  it('on decode: the function runs again, and a warning says so once', async () => {
    const warnings = collectWarnings()
    let runs = 0
    const cache = new Cache({ prefix: temporaryDirectory(), output: unreadable })
    const count = cache.wrap((_: string) => ++runs, { name: 'demo.decode', params: ['_'] })
    expect([count('a'), count('a'), count('a')]).toEqual([1, 2, 3])
    expect(await warnings.texts()).toEqual(['An entry of demo.decode could not be read, it is recomputed: no glasses'])
  })

  it('on decode, when calls share one run: those that waited run for themselves', async () => {
    const warnings = collectWarnings()
    let runs = 0
    const cache = new Cache({ prefix: temporaryDirectory(), output: unreadable })
    const count = cache.wrap(async (_: string) => ++runs, { name: 'demo.waited', params: ['_'] })
    expect(new Set(await Promise.all([count('a'), count('a'), count('a')]))).toEqual(new Set([1, 2, 3]))
    expect(await warnings.texts()).toEqual(['An entry of demo.waited could not be read, it is recomputed: no glasses'])
  })

  it('a class whose decode fails costs a run, whether its entry is in memory or in the store', async () => {
    const warnings = collectWarnings()
    class Money {
      readonly cents: number
      constructor(cents: number) {
        this.cents = cents
      }
    }
    const classes = {
      Money: {
        class: Money,
        encode: (money: object) => (money as Money).cents,
        decode: (): Money => {
          throw new Error('bankrupt')
        },
      },
    }
    configure({ classes })
    onTestFinished(resetConfig)
    const cache = new Cache({ prefix: temporaryDirectory() })
    const earn = cache.wrap((cents: number) => new Money(cents), { name: 'demo.earn', params: ['cents'] })
    expect([earn(5), earn(5)]).toEqual([new Money(5), new Money(5)])
    expect(cached(earn).stats).toMatchObject({ hits: 0, misses: 2 })
    expect(await warnings.texts()).toEqual(['An entry of demo.earn could not be read, it is recomputed: bankrupt'])
  })

  it('a codec that takes its time cannot serve a synchronous function, which runs each time', async () => {
    const warnings = collectWarnings()
    const slow: Codec = { name: 'slow', encode: async (value) => String(value), decode: async () => 'wrong' }
    let runs = 0
    const prefix = temporaryDirectory()
    const count = new Cache({ prefix, output: slow }).wrap((_: string) => ++runs, { name: 'demo.slow', params: ['_'] })
    expect([count('a'), count('a')]).toEqual([1, 2])
    expect(await warnings.texts()).toEqual([
      "The result of demo.slow cannot be kept, its codec 'slow' failed, so it runs each time: it answered with a promise, which a synchronous function cannot wait for",
    ])
    const later = new Cache({ prefix, output: { ...slow, name: 'slower', decode: async (bytes) => bytes.length } })
    const length = later.wrap(async (n: number) => 10 ** n, { name: 'demo.slower', params: ['n'] })
    expect(await length(2)).toBe(100)
    expect(await length(2)).toBe(3)
  })
})

describe('bytes of a codec', () => {
  it('a codec that hands bytes through shares them with nobody', async () => {
    const bytes: Codec<Uint8Array> = { name: 'bytes', encode: (value) => value, decode: (value) => value }
    for (const raw of [false, true]) {
      const cache = new Cache({ prefix: temporaryDirectory(), output: { ...bytes, raw } })
      const make = cache.wrap((n: number) => Uint8Array.of(n, n), { name: 'demo.bytes', params: ['n'] })
      for (let turn = 0; turn < 3; turn++) {
        const given = make(7)
        expect(given).toEqual(Uint8Array.of(7, 7))
        given.fill(9)
      }
      const large = cache.wrap(async (n: number) => new Uint8Array(300_000).fill(n), {
        name: 'demo.large',
        params: ['n'],
      })
      const [one, two] = await Promise.all([large(1), large(1)])
      one.fill(2)
      for (const each of [two, await large(1)]) expect(each.every((byte) => byte === 1)).toBe(true)
    }
  })

  it('nor does a process that read them from the store', () => {
    const output: Codec<Uint8Array> = { name: 'bytes', encode: (value) => value, decode: (value) => value }
    const prefix = temporaryDirectory()
    const wrapped = () =>
      new Cache({ prefix, output }).wrap((n: number) => Uint8Array.of(n, n), { name: 'demo.read', params: ['n'] })
    wrapped()(7)
    const reader = wrapped()
    for (let turn = 0; turn < 3; turn++) {
      const given = reader(7)
      expect(Object.getPrototypeOf(given)).toBe(Uint8Array.prototype)
      expect([...given, given.buffer.byteLength]).toEqual([7, 7, 2])
      given.fill(9)
    }
    expect(cached(reader).stats.hits).toBe(3)
  })

  it('a codec that writes into one buffer again and again keeps every entry its own', () => {
    const scratch = new Uint8Array(1)
    const byte: Codec<number> = {
      name: 'byte',
      encode: (value) => {
        scratch[0] = value
        return scratch
      },
      decode: (bytes) => bytes[0] ?? Number.NaN,
    }
    const cache = new Cache({ prefix: temporaryDirectory(), output: byte })
    const same = cache.wrap((n: number) => n, { name: 'demo.byte', params: ['n'] })
    expect([1, 2, 3, 1, 2, 3].map((n) => same(n))).toEqual([1, 2, 3, 1, 2, 3])
    expect(cached(same).stats).toMatchObject({ hits: 3, misses: 3 })
  })
})

describe('codecs of inputs', () => {
  it('write and read the stored inputs, and have no part in the key', () => {
    const pairs: Codec = {
      name: 'pairs',
      encode: (inputs) => JSON.stringify(Object.entries(inputs as object)),
      decode: (bytes) => Object.fromEntries(JSON.parse(new TextDecoder().decode(bytes))),
    }
    const wrap = (input?: Codec) =>
      new Cache({ prefix: temporaryDirectory(), input }).wrap((a: number, b: number) => a + b, {
        name: 'demo.add',
        params: ['a', 'b'],
      })
    const add = wrap(pairs)
    expect([add(1, 2), add(1, 2)]).toEqual([3, 3])
    expect(cached(add).loadCachedInputsSync({ args: [1, 2] })).toEqual({ a: 1, b: 2 })
    const [path = ''] = cached(add).listCachedInputsSync({ paths: true })
    const [header = '', body] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(header)).toMatchObject({ kind: 'inputs', codec: 'pairs' })
    expect(body).toBe('[["a",1],["b",2]]')
    expect(cached(wrap()).tokenize(1, 2)).toBe(cached(add).tokenize(1, 2))
  })

  it('one that fails costs the inputs, not the result', async () => {
    const warnings = collectWarnings()
    const input: Codec = {
      name: 'broken',
      encode: () => {
        throw new Error('no ink')
      },
      decode: () => ({}),
    }
    const cache = new Cache({ prefix: temporaryDirectory(), input })
    const twice = cache.wrap((n: number) => n * 2, { name: 'demo.inputs', params: ['n'] })
    expect([twice(2), twice(2)]).toEqual([4, 4])
    expect(cached(twice).stats).toMatchObject({ hits: 1, misses: 1 })
    expect(cached(twice).listCachedInputsSync()).toEqual([])
    expect(await warnings.texts()).toEqual([
      'The inputs of demo.inputs cannot be kept; its entries have no .inputs: no ink',
    ])
  })
})

describe('raw codecs', () => {
  it('two functions in one directory, with equal arguments, each get their own', () => {
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix, path: () => 'shared', output: digits, memory: 'off' })
    const double = cache.wrap((n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3, { name: 'demo.triple', params: ['n'] })
    expect([double(5), triple(5), double(5), triple(5)]).toEqual([10, 15, 10, 15])
    expect(cached(double).stats).toMatchObject({ hits: 1, misses: 1 })
    cached(double).removeAllSync({ directory: 'shared' })
    expect(cached(triple).hasDataSync({ args: [5] })).toBe(true)
    expect(cached(double).hasDataSync({ args: [5] })).toBe(false)
    expect(filesOf(join(prefix, 'shared'))).toHaveLength(2)
  })

  it('a function whose codec changed does not take the bytes of the old one for its own', () => {
    const prefix = temporaryDirectory()
    const hex: Codec<number> = {
      name: 'hex',
      raw: true,
      encode: (value) => value.toString(16),
      decode: (bytes) => Number.parseInt(new TextDecoder().decode(bytes), 16),
    }
    const same = (output?: Codec<number>) =>
      new Cache({ prefix, memory: 'off', output }).wrap((n: number) => n, { name: 'demo.same', params: ['n'] })
    for (const codec of [digits, hex, undefined, digits, hex, undefined]) expect(same(codec)(10)).toBe(10)
  })

  it('age counts from the modification time of the file', () => {
    const prefix = temporaryDirectory()
    let runs = 0
    const cache = new Cache({ prefix, output: digits, memory: 'off', ttl: '1h' })
    const count = cache.wrap((_: string) => ++runs, { name: 'demo.count', params: ['_'] })
    expect([count('a'), count('a')]).toEqual([1, 1])
    const [path = ''] = cached(count).listCachedDataSync({ paths: true })
    const age = (minutes: number) => utimesSync(path, new Date(), new Date(Date.now() - minutes * 60_000))
    age(59)
    expect(count('a')).toBe(1)
    age(61)
    expect([cached(count).isValidSync('a'), count('a'), count('a')]).toEqual([false, 2, 2])
  })
})
