import vm from 'node:vm'

/** Values for the tests of keys: a table of pairwise different ones, and groups of equal ones. */

export class Money {
  constructor(
    readonly amount: number,
    readonly currency = 'NOK',
  ) {}
  toJSON() {
    return { amount: this.amount, currency: this.currency }
  }
}

class Weight {
  constructor(readonly amount: number) {}
  toJSON() {
    return { amount: this.amount, currency: 'NOK' }
  }
}

class MyDate extends Date {
  override toJSON() {
    return super.toJSON()
  }
}

class MyMap extends Map {
  toJSON() {
    return [...this]
  }
}

class MyArray extends Array {
  toJSON() {
    return [...this]
  }
}

class MyError extends Error {
  toJSON() {
    return this.message
  }
}

export const bytes = (...values: number[]) => new Uint8Array(values)

/** The value with further own properties, also where its class has only a getter of that name. */
export function extended<T extends object>(value: T, properties: object): T {
  for (const key of Reflect.ownKeys(properties)) {
    const property = { value: Reflect.get(properties, key), enumerable: true, writable: true, configurable: true }
    Object.defineProperty(value, key, property)
  }
  return value
}

/** An array of that length with holes everywhere but for the given items. */
export function sparse(length: number, items: object = {}): unknown[] {
  return extended(new Array(length), items)
}

/** An array in an array … `length` deep, in which the last holds the first. */
function loop(length: number): unknown[] {
  const first: unknown[] = []
  let last = first
  for (let index = 1; index < length; index++) {
    const next: unknown[] = []
    last.push(next)
    last = next
  }
  last.push(first)
  return first
}

function resizable(maxByteLength: number, ...values: number[]): ArrayBuffer {
  const buffer: ArrayBuffer = Reflect.construct(ArrayBuffer, [values.length, { maxByteLength }])
  new Uint8Array(buffer).set(values)
  return buffer
}

function at(lastIndex: number, regExp: RegExp): RegExp {
  regExp.lastIndex = lastIndex
  return regExp
}

/** No two of these may share a key. */
// biome-ignore format: a table, kind by kind
export const DISTINCT: readonly unknown[] = [
  null, undefined, true, false, 'true', 'null', 'undefined', '',

  0, -0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, 2 ** 53, NaN, Infinity, -Infinity,
  '0', '-0', '1', 'NaN', 'Infinity', '1e+21',

  0n, 1n, -1n, 2n ** 70n, '1n', '12n',

  'a', 'A', '"a"', "'a'", 'a"', 'a\\', '\\', '\\\\', '\n', '\\n', '\u0000', '\u2028', 'é', 'e\u0301', '😀',
  '\ud83d', '\ude00', '\\ud83d', '\ufffd',

  [], [[]], [[], []], [null], [undefined], ['undefined'], [undefined, undefined], ['hole*1'],
  [1, 2], [1, [2]], ['1,2'], [-0], [0], [1], [1, { x: 1 }],
  sparse(1), sparse(2), sparse(3), sparse(2, { 1: undefined }), sparse(2, { 0: undefined }),
  sparse(3, { 0: 1, 2: 2 }), sparse(4, { 0: 1, 3: 2 }), sparse(4, { 0: 1, 2: 2 }),
  sparse(1e9), sparse(1e9 + 1), sparse(1e9, { 5: 1 }), sparse(1e9, { 6: 1 }),
  extended([1], { x: 1 }), extended([1], { x: 2 }), extended([1], { [Symbol.for('x')]: 1 }),
  extended([1], { '-1': 0 }), extended([1], { 4294967295: 0 }), extended([1], { '01': 0 }),
  /x(.)/.exec('xy'), /x(?<n>.)/.exec('xy'), ['xy', 'y'],

  {}, { a: undefined }, { a: null }, { a: 1 }, { a: '1' }, { a: 1, b: 2 }, { a: { b: 2 } }, { 'a":1,"b': 2 },
  { 'a.b': 2 }, { '': 1 }, { undefined: 1 }, '{}', '{"a":1}', { 0: 1 }, { length: 0 },
  JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{}}'),
  { constructor: 1 }, { toString: 1 }, { hasOwnProperty: 1 },
  { __proto__: null }, { __proto__: null, a: 1 },
  { [Symbol.for('a')]: 1 }, { [Symbol.for('b')]: 1 }, { 'Symbol.for("a")': 1 }, { a: 1, [Symbol.for('a')]: 1 },

  Symbol.for('a'), Symbol.for(''), Symbol.for('"'), 'Symbol.for("a")',

  new Date(0), new Date(1), new Date(NaN), '1970-01-01T00:00:00.000Z', 'Date(0)', extended(new Date(0), { x: 1 }),

  /a/, /a/g, /b/, /a/i, /a/gi, /a/y, /a/d, /a/u, Reflect.construct(RegExp, ['a', 'v']), /(?:)/, at(1, /a/g), extended(/a/, { x: 1 }),
  'RegExp("a","",0)', extended(/a/, { global: true }), extended(/a/g, { global: true }),

  new Map(), new Map([[1, 2]]), new Map([['1', 2]]), new Map([[1, '2']]), new Map([[2, 1]]), new Map([[{}, 1]]),
  new Map([[{}, 1], [{}, 1]]), new Map([[{ a: 1 }, 1]]), new Map([[[], 1]]), extended(new Map(), { x: 1 }),
  new Map([[NaN, 1]]), new Map([[1, undefined]]), new Map([['a', 'b'], ['c', 'd']]), new Map([['a', 'd'], ['c', 'b']]),
  [[1, 2]],

  new Set(), new Set([1]), new Set(['1']), new Set([1, 2]), new Set([[1, 2]]), new Set([{}]), new Set([{}, {}]),
  extended(new Set(), { x: 1 }), new Set([undefined]),

  bytes(), bytes(1), bytes(1, 0), bytes(0, 1), new Int8Array([1]), new Uint8ClampedArray([1]), new Uint16Array([1]),
  new Int16Array([1]), new Uint32Array([1]), new Int32Array([1]), new Float32Array([1]), new Float64Array([1]),
  new Float64Array([-0]), new Float64Array([0]), new Float64Array([NaN]), new BigInt64Array([1n]),
  new BigUint64Array([1n]), bytes(1).buffer, bytes(1, 0).buffer, resizable(4, 1), resizable(8, 1), resizable(8, 1, 0),
  new DataView(bytes(1).buffer), new DataView(bytes(2).buffer), new DataView(bytes(1, 3).buffer, 1),
  extended(bytes(1), { x: 1 }), extended(bytes(1), { x: 2 }), extended(bytes(1), { [Symbol.for('x')]: 2 }),
  extended(bytes(1).buffer, { x: 2 }), extended(new DataView(bytes(1).buffer), { x: 2 }),

  Object(1), Object('1'), Object(1n), Object(true), Object(Symbol.for('a')), Object(-0), Object(0),
  extended(Object('1'), { x: 1 }), extended(Object('1'), { 1: 1 }),

  new URL('http://a/'), new URL('http://a/?b'), new URL('http://a/#'), 'http://a/',
  extended(new URL('http://a/'), { x: 1 }),

  new URLSearchParams(), new URLSearchParams('a=1'), new URLSearchParams('a=1&b=2'), new URLSearchParams('b=2&a=1'),
  new URLSearchParams('a=1&a=1'), new URLSearchParams('='), new URLSearchParams([['a', '1&b=2']]), 'a=1',

  new Headers(), new Headers({ a: '1' }), new Headers({ a: '2' }), new Headers({ b: '1' }),
  new Headers([['set-cookie', 'a'], ['set-cookie', 'b']]), new Headers([['set-cookie', 'b'], ['set-cookie', 'a']]),
  new Headers([['set-cookie', 'a, b']]), extended(new Headers(), { x: 1 }),

  new Error(), new Error('a'), new TypeError('a'), new RangeError('a'), new Error('a', { cause: undefined }),
  new Error('a', { cause: 1 }), new Error('a', { cause: new Error('b') }), extended(new Error('a'), { code: 'E' }),
  extended(new Error('a'), { code: 'F' }), extended(new Error('a'), { name: 'B' }),
  new AggregateError([], 'a'), new AggregateError([1], 'a'), new AggregateError([2], 'a'),
  new DOMException('a', 'AbortError'), new DOMException('a', 'TimeoutError'), new DOMException('b', 'AbortError'),
  extended(new DOMException('a', 'AbortError'), { cause: 1 }),

  new Money(1), new Money(2), new Weight(1), { amount: 1, currency: 'NOK' },
  new MyDate(0), new MyMap(), new MyArray(), new MyError('a'),

  loop(1), loop(2), loop(3), [loop(1)], { a: loop(1) }, '[^1]',
]

/** Within a group, every value has the same key. */
// biome-ignore format: a table
export const EQUAL: Readonly<Record<string, readonly unknown[]>> = {
  'whatever the order of properties': [
    { a: 1, b: 2, 10: 3, 9: 4 },
    { 9: 4, b: 2, 10: 3, a: 1 },
  ],
  'whatever the order of symbols': [
    { [Symbol.for('a')]: 1, [Symbol.for('b')]: 2 },
    { [Symbol.for('b')]: 2, [Symbol.for('a')]: 1 },
  ],
  'whatever the order of Map entries': [
    new Map<unknown, unknown>([
      [{ x: 1 }, 1],
      [{ x: 2 }, 2],
      ['k', 3],
    ]),
    new Map<unknown, unknown>([
      ['k', 3],
      [{ x: 2 }, 2],
      [{ x: 1 }, 1],
    ]),
  ],
  'Map keys that look the same, whichever came first': [
    new Map([
      [{}, 1],
      [{}, 2],
    ]),
    new Map([
      [{}, 2],
      [{}, 1],
    ]),
  ],
  'whatever the order of Set members': [new Set([1, 'a', [2]]), new Set([[2], 1, 'a'])],
  'a Buffer, a Uint8Array, and views of the same bytes': [
    bytes(1, 2, 3),
    Buffer.from([1, 2, 3]),
    Buffer.from([9, 1, 2, 3, 9]).subarray(1, 4),
    new Uint8Array(bytes(0, 0, 1, 2, 3, 4).buffer, 2, 3),
    new Uint8Array(resizable(64, 1, 2, 3, 4), 0, 3),
    Object.assign(Buffer.allocUnsafeSlow(3), [1, 2, 3]),
  ],
  'views of other types, by their visible bytes': [
    new Uint16Array([1, 2]),
    new Uint16Array(new Uint16Array([7, 1, 2, 7]).buffer, 2, 2),
  ],
  'DataViews, by their visible bytes': [new DataView(bytes(5, 6).buffer), new DataView(bytes(4, 5, 6, 7).buffer, 1, 2)],
  'header names in any case and order': [
    new Headers({ 'X-B': '1', a: '2' }),
    new Headers([
      ['A', '2'],
      ['x-b', '1'],
    ]),
  ],
  'an accessor and a property': [
    { a: 1 },
    {
      get a() {
        return 1
      },
    },
  ],
  'a proxy and its target': [{ a: [1] }, new Proxy({ a: new Proxy([1], {}) }, {})],
  'frozen or not': [{ a: [1] }, Object.freeze({ a: Object.freeze([1]) })],
  'errors thrown in different places': [new TypeError('a'), (() => new TypeError('a'))()],
  'objects of another realm': [{ a: [1, { b: 2 }] }, vm.runInNewContext('({ a: [1, { b: 2 }] })')],
  'a Date of another realm': [new Date(5), vm.runInNewContext('new Date(5)')],
  'a Map of another realm': [new Map([[1, new Set([2])]]), vm.runInNewContext('new Map([[1, new Set([2])]])')],
  'an error of another realm': [new RangeError('a'), vm.runInNewContext('new RangeError("a")')],
  'bytes of another realm': [new Float32Array([1]), vm.runInNewContext('new Float32Array([1])')],
  'a RegExp of another realm': [/a/g, vm.runInNewContext('/a/g')],
  'a boxed value of another realm': [Object('s'), vm.runInNewContext('Object("s")')],
}
