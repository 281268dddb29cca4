import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClassCodecs } from '../../runtime/value/codec.js'
import { decodeValue, encodeValue } from '../../runtime/value/value.js'
import { differenceInShape } from '../helpers/same-shape.js'

class Money {
  readonly #cents: number
  constructor(cents: number) {
    this.#cents = cents
  }
  get cents(): number {
    return this.#cents
  }
}

class HttpError extends Error {
  readonly status: number
  constructor(status: number, options?: ErrorOptions) {
    super(`status ${status}`, options)
    this.name = 'HttpError'
    this.status = status
  }
}

class Box {
  constructor(readonly content: unknown) {}
}

const classes: ClassCodecs = {
  Money: {
    class: Money,
    encode: (money) => (money as Money).cents,
    decode: (cents) => new Money(cents as number),
  },
  HttpError: { class: HttpError },
  Box: { class: Box, encode: (box) => (box as Box).content, decode: (content) => new Box(content) },
}

function roundTrip(value: unknown): unknown {
  const { codec, text } = encodeValue(value, classes)
  return decodeValue(codec, text, classes)
}

function expectSame(value: unknown): void {
  const copy = roundTrip(value)
  expect(differenceInShape(value, copy)).toBeUndefined()
  expect(isDeepStrictEqual(copy, value)).toBe(true)
}

function own(key: string, value: unknown, target: object = {}): object {
  return Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

/** Every kind of value, small: what a property test nests. */
const leaves: Record<string, () => unknown> = {
  undefined: () => undefined,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  '-0': () => -0,
  bigint: () => -(2n ** 70n),
  'registered symbol': () => Symbol.for('deche test'),
  'lone surrogate': () => '\ud800x\udc00',
  'line separators and markup': () => '\u2028\u2029</script>\u0000',
  'text that looks like the format': () => '["deche",1]',
  'array that looks like the format': () => ['deche', 1, ['shell', ['Error']]],
  'array with holes': () => Object.assign(new Array(5), { 1: 1, 3: 2 }),
  'very sparse array': () => own('4000000000', 'far', []),
  'long empty array': () => new Array(1e9),
  date: () => new Date(1_700_000_000_123),
  'date far away': () => new Date(8.64e15),
  'regular expression': () => /a\/b[\n/]|"\u2028/dgimsuy,
  map: () =>
    new Map<unknown, unknown>([
      ['a', 1],
      [{ b: 2 }, [3]],
      [Number.NaN, undefined],
    ]),
  set: () => new Set<unknown>([1, '1', { a: 1 }, undefined, -0]),
  'boxed number': () => Object(-0),
  'boxed string': () => Object('text'),
  'boxed boolean': () => Object(false),
  'boxed bigint': () => Object(12n),
  url: () => new URL('https://user:pass@example.org:8080/a%20b/ü?q=1&q=2#frag'),
  'url parameters': () => new URLSearchParams([['b', 'ü &='], ['a', ''], ['b', '+'], ['', '']]), // biome-ignore format: pairs
  'null prototype': () => Object.assign(Object.create(null), { a: 1, constructor: 2 }),
  '__proto__ as a key': () => own('after', 2, own('__proto__', { polluted: true }, { before: 1 })),
  '__proto__ as a key without prototype': () => own('__proto__', undefined, Object.create(null)),
  'keys that are methods elsewhere': () => ({ toString: 1, hasOwnProperty: 2, constructor: 3, valueOf: 4 }),
  'then that is no function': () => own('then', 1),
  arrayBuffer: () => new Uint8Array([1, 2, 3]).buffer,
  dataView: () => new DataView(new Uint8Array([0, 1, 2, 3, 4]).buffer, 1, 3),
  buffer: () => Buffer.from('pooled'),
  'empty buffer': () => Buffer.alloc(0),
  'part of a buffer': () => new Float64Array([1, -0, Number.NaN, Number.POSITIVE_INFINITY]).subarray(1, 3),
  error: () => new Error('plain'),
  'error without a message': () => new RangeError(),
  'error with properties': () =>
    Object.assign(new TypeError('bad'), { code: 'E_BAD', at: new Date(5), toJSON: 'text' }),
  'error with a cause': () => new SyntaxError('outer', { cause: new EvalError('inner', { cause: undefined }) }),
  'error that is renamed': () => Object.assign(new Error('x'), { name: 'Renamed' }),
  'aggregate error': () => new AggregateError([new URIError('one'), 'two'], 'several', { cause: 3 }),
  'error without a stack': () => {
    const error = new ReferenceError('bare')
    delete error.stack
    return error
  },
  'registered error': () => new HttpError(503, { cause: new Error('down') }),
}

for (const name of ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64']) {
  const View = Reflect.get(globalThis, `${name}Array`) as Uint8ArrayConstructor
  leaves[`${name}Array`] = () => new View([1, 2, 255])
}
leaves.BigInt64Array = () => new BigInt64Array([-1n, 2n ** 62n])
leaves.BigUint64Array = () => new BigUint64Array([2n ** 64n - 1n])

describe('what goes in comes out', () => {
  test.each(Object.entries(leaves))('%s', (_, make) => {
    expectSame(make())
    expectSame({ inside: [make()], beside: new Map([[make(), new Set([make()])]]) })
  })

  test('plain JSON values are plain JSON text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON cannot write -0, so only then is the text another one.
        const { codec, text } = encodeValue(value, {})
        if (codec === 'json') expect(text).toBe(JSON.stringify(value))
        else expect(JSON.stringify(value)).toContain('0')
        expect(isDeepStrictEqual(decodeValue(codec, text, {}), value)).toBe(true)
      }),
      { numRuns: 1000 },
    )
    expect(encodeValue(JSON.parse('{"b":1,"a":[{"__proto__":{"x":null}},"é",1e21]}'), {}).codec).toBe('json')
  })

  test('any nesting of any kinds, with shared references and cycles', () => {
    const leaf = fc.constantFrom(...Object.values(leaves)).map((make) => make())
    const key = fc.oneof(fc.constantFrom('__proto__', 'then', 'length', '0', ''), fc.string({ maxLength: 4 }))
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.array(fc.tuple(key, tie('node')), { maxLength: 4 }).map((pairs) => {
          const object = {}
          for (const [name, value] of pairs) own(name, value, object)
          return object
        }),
        fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
        fc.array(tie('node'), { maxLength: 3 }).map((items) => new Set(items)),
        tie('node').map((cause) => new HttpError(1, { cause })),
        tie('node').map((detail) => Object.assign(new Error('with detail'), { detail })),
      ),
    }))
    const links = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 })
    fc.assert(
      fc.property(node, links, (value, pairs) => {
        const objects = containersIn(value)
        for (const [from, to] of pairs) {
          const holder = objects[from % objects.length]
          if (holder !== undefined) link(holder, objects[to % objects.length])
        }
        const copy = roundTrip(value)
        expect(differenceInShape(value, copy)).toBeUndefined()
        // Node compares Maps and Sets of objects pairwise, which never ends for some cycles; the shape was compared above.
        if (pairs.length === 0) expect(isDeepStrictEqual(copy, value)).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  test('an invalid date is an invalid date again', () => {
    // Not in the table: Node 20 takes no two invalid dates for equal.
    expect((roundTrip([new Date(Number.NaN)]) as [Date])[0].getTime()).toBeNaN()
  })

  test('an error on a cycle is one object again, whatever leads back to it', () => {
    const error = new HttpError(500)
    const holder = { error, list: [error] }
    Object.assign(error, { self: error, holder, map: new Map([[error, new Set([error])]]) })
    expectSame(holder)
    expectSame(error)
  })

  test('an object with the key __proto__ on a cycle, and nothing else changes its prototype', () => {
    const object = own('__proto__', undefined, {}) as { __proto__: unknown; self?: unknown }
    own('__proto__', object, object)
    const copy = roundTrip([object, undefined]) as [object]
    expect(Object.getPrototypeOf(copy[0])).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(copy[0], '__proto__')?.value).toBe(copy[0])
  })
})

describe('bytes', () => {
  test('a view stores the bytes it shows, none of its neighbours', () => {
    const pool = Buffer.from('secret-before|visible|secret-after')
    for (const view of [pool.subarray(14, 21), new Uint8Array(pool.buffer, pool.byteOffset + 14, 7)]) {
      const { text } = encodeValue(view, {})
      expect(text).toContain(Buffer.from('visible').toString('base64'))
      expect(Buffer.from(text.match(/[A-Za-z0-9+/=]{8,}/g)?.join('') ?? '', 'base64').toString('latin1')).not.toContain(
        'secret',
      )
    }
  })

  test('a Buffer comes back as a Buffer, a typed array with memory of its own', () => {
    expect(roundTrip(Buffer.from('abc'))).toStrictEqual(Buffer.from('abc'))
    const copy = roundTrip(new Uint16Array([1, 2, 3, 4]).subarray(1, 3)) as Uint16Array
    expect([copy.byteOffset, copy.buffer.byteLength]).toStrictEqual([0, 4])
  })

  test('views of one buffer come back with separate memory', () => {
    const bytes = new Uint8Array([1, 2, 3, 4])
    const [all, part] = roundTrip([bytes, bytes.subarray(0, 2)]) as [Uint8Array, Uint8Array]
    all[0] = 9
    expect([...part]).toStrictEqual([1, 2])
  })
})

describe('classes', () => {
  test('an instance of a registered class goes through its codec, and stays one object', () => {
    const price = new Money(250)
    const [one, { two }] = roundTrip([price, { two: price }]) as [Money, { two: Money }]
    expect(one).toBeInstanceOf(Money)
    expect(one.cents).toBe(250)
    expect(two).toBe(one)
  })

  test('what a codec encodes may hold anything, and shares it with the rest', () => {
    const shared = { error: new HttpError(404), price: new Money(1) }
    const [box, outside] = roundTrip([new Box({ deep: [shared] }), shared]) as [Box, typeof shared]
    const inside = (box.content as { deep: [typeof shared] }).deep[0]
    expect(inside).toBe(outside)
    expect(outside.error).toBeInstanceOf(HttpError)
    expect(outside.error.status).toBe(404)
    expect(outside.price.cents).toBe(1)
  })

  test('a codec decodes only what is complete', () => {
    const seen: unknown[] = []
    const watching: ClassCodecs = {
      Box: {
        class: Box,
        encode: (box) => (box as Box).content,
        decode(data) {
          seen.push(structuredClone(data))
          return new Box(data)
        },
      },
    }
    const content = { list: [1, { deep: new Map([['k', [2]]]) }], last: 'x' }
    const { codec, text } = encodeValue({ first: new Box(content), second: content }, watching)
    decodeValue(codec, text, watching)
    expect(seen).toStrictEqual([content])
  })

  test('a class registered under a built-in name does not take over the built-in', () => {
    expect(roundTrip(new Date(1))).toStrictEqual(new Date(1))
  })

  test('a class that is no longer registered, or decodes to something else, is an error', () => {
    const { codec, text } = encodeValue(new Money(1), classes)
    expect(() => decodeValue(codec, text, {})).toThrow('the class Money is not registered')
    const lying = { Money: { class: Money, decode: () => ({}) } }
    expect(() => decodeValue(codec, text, lying)).toThrow('the codec of Money did not decode an instance of it')
  })
})

test('a frozen, sealed or closed object comes back open', () => {
  const value = Object.freeze({
    list: Object.freeze([1, Object.seal({ a: 1 })]),
    closed: Object.preventExtensions({ b: 2 }),
  })
  const copy = roundTrip(value) as typeof value
  expect(copy).toStrictEqual(value)
  expect(Object.isFrozen(copy)).toBe(false)
  expect(Object.isExtensible(copy.closed)).toBe(true)
})

test('plain values and built-in objects of another realm come back as this one’s', () => {
  const foreign = runInNewContext(
    `({ list: [1, , 2], when: new Date(5), map: new Map([['k', new Set([1])]]), bytes: new Uint8Array([1]), error: new TypeError('x') })`,
  )
  const copy = roundTrip(foreign) as Record<string, object>
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect(copy.list).toStrictEqual(Object.assign(new Array(3), { 0: 1, 2: 2 }))
  expect(copy.when).toStrictEqual(new Date(5))
  expect(copy.map).toStrictEqual(new Map([['k', new Set([1])]]))
  expect(copy.bytes).toStrictEqual(new Uint8Array([1]))
  expect(copy.error).toBeInstanceOf(TypeError)
})

test('a toJSON that someone put on a prototype changes nothing', () => {
  Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'hijacked', configurable: true })
  try {
    expect(roundTrip({ a: [1] })).toStrictEqual({ a: [1] })
  } finally {
    Reflect.deleteProperty(Object.prototype, 'toJSON')
  }
})

test('a setter that someone put on Object.prototype is not run', () => {
  const seen: unknown[] = []
  Object.defineProperty(Object.prototype, 'trap', { set: (value) => seen.push(value), configurable: true })
  try {
    const copy = roundTrip(own('trap', new Date(1)))
    expect([Object.keys(copy as object), seen]).toStrictEqual([['trap'], []])
  } finally {
    Reflect.deleteProperty(Object.prototype, 'trap')
  }
})

test('each decoding makes a fresh value', () => {
  const { codec, text } = encodeValue({ at: new Date(1), list: [1] }, {})
  const first = decodeValue(codec, text, {}) as { list: number[] }
  first.list.push(2)
  expect(decodeValue(codec, text, {})).toStrictEqual({ at: new Date(1), list: [1] })
})

describe('text that nobody wrote', () => {
  const malformed: [name: string, codec: string, text: string][] = [
    ['another codec', 'pickle', '1'],
    ['no JSON', 'json', '{'],
    ['nothing', 'devalue6', ''],
    ['a code expression', 'devalue6', 'process.exit(1)'],
    ['an object', 'devalue6', '{}'],
    ['an unknown type', 'devalue6', '[["Function",1],"return 1"]'],
    ['an unknown payload', 'devalue6', '[["deche",1],[2],"eval"]'],
    ['a payload that is no list', 'devalue6', '[["deche",1],"symbol"]'],
    ['a payload of itself', 'devalue6', '[["deche",0]]'],
    ['a prototype', 'devalue6', '[{"__proto__":1},{"polluted":2},true]'],
    ['bytes that are no base64', 'devalue6', '[["deche",1],[2,3,4],"bytes","Uint8Array","*"]'],
    ['bytes of no kind', 'devalue6', '[["deche",1],[2,3,4],"bytes","Function","AAAA"]'],
    ['bytes too few for the kind', 'devalue6', '[["deche",1],[2,3,4],"bytes","Float64Array","AAAA"]'],
    ['an error of no class', 'devalue6', '[["deche",1],[2,3,4,5,4,6],"shell",[7],[],"","constructor","x"]'],
    ['names without values', 'devalue6', '[["deche",1],[2,3,5,6,7,8],"shell",[4],"Object",[9],"1",[],true,"a"]'],
    ['an instance of an unregistered class', 'devalue6', '[["deche",1],[2,3,4,-1,5],"class","constructor",1,true]'],
  ]
  test.each(malformed)('%s is an error', (_, codec, text) => {
    expect(() => decodeValue(codec, text, classes)).toThrow()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('any change of a text gives an error or a value, and no prototype changes', () => {
    const { text } = encodeValue(
      Object.values(leaves).map((make) => make()),
      classes,
    )
    const before = Reflect.ownKeys(Object.prototype).length
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0123456789[]{}",:-aA_'), (at, character) => {
        try {
          decodeValue('devalue6', text.slice(0, at) + character + text.slice(at + 1), classes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 1000 },
    )
    expect(Reflect.ownKeys(Object.prototype).length).toBe(before)
  })
})

function containersIn(value: unknown, found = new Set<object>()): object[] {
  if (typeof value !== 'object' || value === null || found.has(value)) return [...found]
  found.add(value)
  const inside = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value)
  if (!ArrayBuffer.isView(value)) for (const item of inside) containersIn(item, found)
  return [...found]
}

/** Makes `holder` lead to `target` in a way that its kind allows. */
function link(holder: object, target: unknown): void {
  if (holder instanceof Map) holder.set('linked', target)
  else if (holder instanceof Set) holder.add(target)
  else if (Array.isArray(holder) && holder.length < 1000) holder.push(target)
  else if (holder instanceof Error || [Object.prototype, null].includes(Object.getPrototypeOf(holder)))
    own('linked', target, holder)
}
