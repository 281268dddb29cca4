import { runInNewContext } from 'node:vm'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  type CacheOptions,
  isOptionName,
  OPTIONS,
  type OptionName,
  type Registry,
  resolveSettings,
  type WrapOptions,
} from '../../runtime/config/options.js'
import { cacheNamed } from '../../runtime/config/registry.js'
import type { Codec } from '../../runtime/value/codec.js'
import { problem } from '../helpers/problem.js'

const empty: Registry = { caches: {}, codecs: {}, functions: {}, classes: {} }
const codec = (name?: string, raw?: boolean): Codec => ({
  ...(name !== undefined && { name }),
  ...(raw !== undefined && { raw }),
  encode: String,
  decode: String,
})

/** One layer, as a Cache gives it. */
const resolve = (options: Record<string, unknown>, registry: Partial<Registry> = {}) =>
  resolveSettings([{ source: 'new Cache()', options }], { ...empty, ...registry })

describe('the table', () => {
  test('has every option of the guide, and nothing inherited counts as one', () => {
    expect(Object.keys(OPTIONS).join(' ')).toBe(
      'ttl expiry ignore redact attrs cache output input validate valid path name errors version memory share stale lock maxSize maxAge maxEntries sign unkeyable',
    )
    expect(isOptionName('ttl')).toBe(true)
    expect(isOptionName('constructor')).toBe(false)
  })

  const accepted: [OptionName, string, unknown][] = [
    ['ttl', '7d', { ms: 604_800_000 }],
    ['ttl', '2027-01-01', { until: Date.UTC(2027, 0, 1) }],
    ['expiry', 'append', 'append'],
    ['ignore', 'a', ['a']],
    ['ignore', 'a,$b,ünï,this.db', ['a', '$b', 'ünï', 'this.db']],
    ['redact', 'apiKey', ['apiKey']],
    ['attrs', 'id,#secret', ['id', '#secret']],
    ['cache', 'pages', 'pages'],
    ['output', 'parquet', 'parquet'],
    ['input', 'csv-2', 'csv-2'],
    ['validate', 'isFive', 'isFive'],
    ['valid', 'isFresh', ['isFresh']],
    ['path', 'byDay', 'byDay'],
    ['name', 'weather.forecast', 'weather.forecast'],
    ['errors', 'keep', 'keep'],
    ['errors', 'off', 'off'],
    ['errors', '5m', { ms: 300_000 }],
    ['version', '2', '2'],
    ['version', 'a b', 'a b'],
    ['memory', '1', { entries: 1 }],
    ['memory', 'off', 'off'],
    ['share', 'true', true],
    ['share', 'false', false],
    ['maxSize', '1GB', 1_000_000_000],
    ['maxSize', '1.5kB', 1500],
    ['maxSize', '64MiB', 67_108_864],
    ['maxSize', '2KB', 2000],
    ['maxSize', '3KiB', 3072],
    ['maxSize', '10B', 10],
    ['maxAge', '30d', 2_592_000_000],
    ['maxEntries', '10000', 10_000],
    ['unkeyable', 'bypass', 'bypass'],
  ]
  test.each(accepted)('%s=%s is read', (name, text, value) => {
    expect(OPTIONS[name].parse(text)).toEqual({ ok: true, value })
    expect(OPTIONS[name].read(text)).toEqual({ ok: true, value })
  })

  const duration = 'a duration such as 500ms, 90s, 1.5h or 7d'
  const codecs = 'must be a codec (an object with encode and decode), or the registered name of one'
  const refused: [OptionName, string, string][] = [
    ['ttl', 'soon', `must be ${duration}, or an instant such as 2027-01-01 or 2027-01-01T00:00Z`],
    ['ttl', '7', 'needs a unit: write 7s, 7m, 7h or 7d'],
    ['expiry', 'Append', 'must be replace or append'],
    ['ignore', '', 'must be names of parameters, separated by commas'],
    ['ignore', 'a,,b', 'must be names of parameters, separated by commas'],
    ['redact', 'a-b', 'must be names of parameters, separated by commas'],
    ['attrs', 'this.id', 'must be names of properties of this, separated by commas'],
    ['cache', '', 'must be a Cache, or the registered name of one'],
    ['output', 'a,b', codecs],
    ['input', 'a b', codecs],
    ['validate', '', 'must be a function of the result, or the registered name of one'],
    ['valid', 'a,b', 'must be a function of a stored entry, or the registered name of one'],
    ['path', '', 'must be a function of the inputs, or the registered name of one'],
    ['name', '../x', 'must be letters, digits, _, $, @ and -, joined by dots, as in weather.forecast'],
    ['errors', 'never', `must be keep, off or ${duration}`],
    ['errors', '2027-01-01', `must be keep, off or ${duration}`],
    ['errors', '5', 'needs a unit: write 5s, 5m, 5h or 5d'],
    ['version', '', 'must be a text, such as 2'],
    [
      'version',
      'auto',
      'belongs into a tag, where the compiler knows the code: write a text, such as 2, and change it with the code',
    ],
    ['memory', '0', 'must be a whole number of entries from 1, or off'],
    ['memory', '1.5', 'must be a whole number of entries from 1, or off'],
    ['memory', '1e3', 'must be a whole number of entries from 1, or off'],
    ['memory', '99999999999999999', 'must be a whole number of entries from 1, or off'],
    ['share', 'yes', 'must be true or false'],
    ['lock', 'yes', 'must be true, false or a duration such as 500ms, 90s, 1.5h or 7d'],
    ['maxSize', 'big', 'must be a size such as 500MB, 1.5GB or 64MiB'],
    ['maxSize', '1gb', 'must be a size such as 500MB, 1.5GB or 64MiB'],
    ['maxSize', '100', 'needs a unit: write 100kB, 100MB or 100GB'],
    ['maxSize', '0B', 'leaves no room for anything'],
    ['maxSize', '99999TB', 'is more than any disk has'],
    ['maxAge', '30', 'needs a unit: write 30s, 30m, 30h or 30d'],
    ['maxEntries', '0', 'must be a whole number of entries from 1'],
    ['maxEntries', '1.5', 'must be a whole number of entries from 1'],
    ['unkeyable', 'ignore', 'must be throw or bypass'],
  ]
  test.each(refused)('%s=%j is refused and told what is accepted', (name, text, told) => {
    expect(OPTIONS[name].parse(text)).toEqual({ ok: false, problem: told })
    expect(problem(() => resolve({ [name]: text }))).toBe(`DECHE2006: new Cache(): ${name}: '${text}' ${told}`)
  })
})

describe('settings', () => {
  test('what a program puts on Object.prototype is no option', () => {
    Object.defineProperty(Object.prototype, 'validate', { configurable: true, value: 'nonsense' })
    try {
      expect(Object.keys(resolve({}))).not.toContain('validate')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'validate')
    }
  })

  test('without options are the documented defaults', () => {
    expect(resolveSettings([], empty)).toStrictEqual({
      expiry: 'replace',
      ignore: new Set(),
      redact: new Set(),
      attrs: [],
      valid: [],
      errors: 'keep',
      memory: { entries: 1000, bytes: 67_108_864 },
      share: false,
      lock: false,
      unkeyable: 'throw',
    })
  })

  test('take values as code has them', () => {
    const check = () => true
    const until = new Date('2027-01-01T00:00Z')
    const settings = resolve({
      ttl: until,
      ignore: ['a'],
      memory: 5,
      version: 2,
      share: true,
      valid: [check, check],
      path: check,
    })
    expect(settings).toMatchObject({
      ttl: { until: until.getTime() },
      ignore: new Set(['a']),
      version: '2',
      share: true,
    })
    expect(settings.memory).toEqual({ entries: 5, bytes: 67_108_864 })
    expect(settings.valid).toEqual([check, check])
    expect(settings.path).toBe(check)
    expect(resolve({ ttl: runInNewContext('new Date(7)') }).ttl).toEqual({ until: 7 })
    expect(resolve({ memory: 'off' }).memory).toBe('off')
    expect(resolve({ valid: check }).valid).toEqual([check])
  })

  test.each([
    [
      { ttl: 7 },
      'ttl: 7 must be a duration such as 500ms, 90s, 1.5h or 7d, or an instant such as 2027-01-01 or 2027-01-01T00:00Z',
    ],
    [{ ttl: new Date(Number.NaN) }, 'ttl: a Date holds no valid time'],
    [{ ignore: [1] }, 'ignore: a list must be names of parameters, separated by commas'],
    [{ memory: -1 }, 'memory: -1 must be a whole number of entries from 1, or off'],
    [{ memory: Number.POSITIVE_INFINITY }, 'memory: Infinity must be a whole number of entries from 1, or off'],
    [{ share: 1 }, 'share: 1 must be true or false'],
    [{ version: Number.NaN }, 'version: NaN must be a text, such as 2'],
    [{ errors: 5000 }, 'errors: 5000 must be keep, off or a duration such as 500ms, 90s, 1.5h or 7d'],
    [{ validate: 5 }, 'validate: 5 must be a function of the result, or the registered name of one'],
    [{ valid: [() => true, 5] }, 'valid: a list must be a function of a stored entry, or the registered name of one'],
    [
      { output: {} },
      'output: an object must be a codec (an object with encode and decode), or the registered name of one',
    ],
    [{ expiry: Symbol('x') }, 'expiry: Symbol(x) must be replace or append'],
    [{ expiry: 'x'.repeat(200) }, `expiry: '${'x'.repeat(80)}…' must be replace or append`],
  ])('refuse %o', (options, message) => {
    expect(problem(() => resolve(options))).toBe(`DECHE2006: new Cache(): ${message}`)
  })

  test('an unknown option names its source and the options there are', () => {
    const layers = [{ source: 'the tag of demo.inc', options: { tll: '7d' } }]
    expect(problem(() => resolveSettings(layers, empty))).toBe(
      `DECHE2006: the tag of demo.inc: 'tll' is no option; options are ${Object.keys(OPTIONS).join(', ')}`,
    )
  })

  test('come from the last layer that says something, and null takes an option away', () => {
    const layers = [
      { source: 'package.json', options: { ttl: '1d', ignore: ['a'], errors: 'off', version: '1', prefix: '/x' } },
      { source: 'new Cache()', options: { ttl: '2d', ignore: undefined, errors: null } },
      { source: 'the tag of demo.inc', options: { ttl: undefined, ignore: 'b', version: null } },
    ]
    const settings = resolveSettings(layers, empty)
    expect(settings).toMatchObject({ ttl: { ms: 172_800_000 }, ignore: new Set(['b']), errors: 'keep' })
    expect(settings.version).toBeUndefined()
    expect(resolveSettings([...layers, { source: 'replace()', options: { ttl: null } }], empty)).not.toHaveProperty(
      'ttl',
    )
  })

  test('a wrong value is told even where a later layer overrides it', () => {
    const layers = [
      { source: 'DECHE_TTL', options: { ttl: '7' } },
      { source: 'the tag of demo.inc', options: { ttl: '7d' } },
    ]
    expect(problem(() => resolveSettings(layers, empty))).toBe(
      "DECHE2006: DECHE_TTL: ttl: '7' needs a unit: write 7s, 7m, 7h or 7d",
    )
  })
})

describe('names', () => {
  test('mean what is registered', () => {
    const isFive = (value: unknown) => value === 5
    const registry = { functions: { isFive }, codecs: { csv: codec('csv') } }
    const settings = resolve(
      { validate: 'isFive', valid: ['isFive'], path: 'isFive', output: 'csv', input: 'csv' },
      registry,
    )
    expect(settings.validate).toBe(isFive)
    expect(settings.valid).toEqual([isFive])
    expect(settings.path).toBe(isFive)
    expect(settings.output).toBe(registry.codecs.csv)
    expect(settings.input).toBe(registry.codecs.csv)
  })

  test('that are not registered are answered with those that are', () => {
    const codecs = { csv: codec(), parquet: codec() }
    expect(problem(() => resolve({ output: 'parqet' }, { codecs }))).toBe(
      "DECHE2006: new Cache(): output: no codec is registered as 'parqet' with configure({ codecs }); registered: csv, parquet",
    )
    expect(problem(() => resolve({ validate: 'isFive' }))).toBe(
      "DECHE2006: new Cache(): validate: no function is registered as 'isFive' with configure({ functions }); registered: none",
    )
    const caches = { week: { wrap: () => undefined } }
    expect(problem(() => cacheNamed('the tag of demo.inc', 'pages', { ...empty, caches }))).toBe(
      "DECHE2006: the tag of demo.inc: cache: no Cache is registered as 'pages' with configure({ caches }); registered: week",
    )
    expect(cacheNamed('the tag of demo.inc', 'week', { ...empty, caches })).toBe(caches.week)
  })

  test.each(['constructor', '__proto__', 'toString'])('never mean what every object inherits: %s', (name) => {
    expect(problem(() => resolve({ validate: name }))).toContain(`no function is registered as '${name}'`)
  })
})

describe('codecs', () => {
  test('without a name get the one they are registered under, also when given as objects', () => {
    class Csv {
      mark = '!'
      encode(value: unknown) {
        return `${value}${this.mark}`
      }
      decode(bytes: Uint8Array) {
        return bytes.length
      }
    }
    const csv = new Csv()
    for (const output of ['csv', csv]) {
      const named = resolve({ output }, { codecs: { csv } }).output
      expect(named?.name).toBe('csv')
      expect(named?.encode(1)).toBe('1!')
      expect(named?.decode(new Uint8Array(3))).toBe(3)
    }
  })

  test('their own name wins over the registered one', () => {
    expect(resolve({ output: 'table' }, { codecs: { table: codec('csv') } }).output?.name).toBe('csv')
  })

  test('without any name are refused, because an entry could not say who wrote it', () => {
    expect(problem(() => resolve({ output: codec() }))).toBe(
      "DECHE2006: new Cache(): output: the codec has no name, and entries must say who wrote them; add name: '…' to it",
    )
  })

  test('that are raw need no name, and stay raw', () => {
    expect(resolve({ output: codec(undefined, true) }).output).toMatchObject({ name: 'raw', raw: true })
  })

  test.each(['json', 'devalue6', 'exception'])('cannot take the name of one of our own: %s', (name) => {
    const message = `DECHE2006: new Cache(): output: a codec cannot be called '${name}', the name of one of deche's own`
    expect(problem(() => resolve({ output: codec(name) }))).toBe(message)
    expect(problem(() => resolve({ output: name }, { codecs: { [name]: codec() } }))).toBe(message)
  })
})

describe('types', () => {
  test('functions and codecs of narrower types fit', () => {
    const rows: Codec<number[]> = { name: 'rows', encode: (value) => value.join(), decode: () => [] }
    expectTypeOf({ validate: (value: number) => value > 0, output: rows }).toExtend<CacheOptions>()
    expectTypeOf({ path: (inputs: { readonly day: string }) => inputs.day }).not.toExtend<{ path: number }>()
    expectTypeOf({ ttl: 7 }).not.toExtend<CacheOptions>()
    expectTypeOf({ protocol: 'memory' as const }).not.toExtend<Pick<WrapOptions, 'name'>>()
    expectTypeOf<WrapOptions>().not.toHaveProperty('protocol')
  })
})
