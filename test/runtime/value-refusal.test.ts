import { constants, runInNewContext, Script } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { UnstorableError } from '../../runtime/errors.js'
import { encodeValue } from '../../runtime/value/value.js'

function refusal(value: unknown, classes = {}): string {
  try {
    encodeValue(value, classes)
  } catch (error) {
    expect(error).toBeInstanceOf(UnstorableError)
    return `${(error as UnstorableError).path} is ${(error as UnstorableError).what}`
  }
  return 'stored'
}

class Point {
  x = 1
}

class Stamp extends Date {}
class Rows extends Array {}
class HttpError extends Error {}

function hidden(target: object, name: string, more: PropertyDescriptor = { value: 1, writable: true }): object {
  return Object.defineProperty(target, name, more)
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

const REGISTER = 'which is not registered; add configure({ classes:'

const refused: [name: string, value: () => unknown, message: string][] = [
  ['a function', () => ({ rows: [{}, { run() {} }] }), 'result.rows[1].run is a function'],
  ['a class', () => Point, 'result is a function'],
  ['a unique symbol', () => [Symbol('mine')], 'result[0] is a unique symbol'],
  ['a well-known symbol', () => Symbol.iterator, 'result is a unique symbol'],
  [
    'a property named by a symbol',
    () => ({ [Symbol.for('x')]: 1 }),
    'result is an object with the symbol property Symbol(x)',
  ],
  ['a getter', () => ({ get now() { return 1 } }), 'result.now is an accessor (a getter or setter)'], // biome-ignore format: short
  ['a setter', () => ({ set now(_: number) {} }), 'result.now is an accessor (a getter or setter)'],
  [
    'a getter in an array',
    () => hidden([1], '0', { get: () => 1, enumerable: true }),
    'result[0] is an accessor (a getter or setter)',
  ],
  ['a hidden property', () => hidden({ a: 1 }, 'b'), 'result.b is a hidden (not enumerable) property'],
  ['a hidden item', () => hidden([1], '0', { enumerable: false }), 'result[0] is a hidden (not enumerable) property'],
  ['a read-only property', () => hidden({}, 'id', { value: 1, enumerable: true }), 'result.id is a read-only property'],
  [
    'an array with more',
    () => 'abc'.match(/b/),
    'result is an object of a built-in class with the additional property index',
  ],
  [
    'a sparse array with more',
    () => Object.assign(new Array(2), { 1: 1, x: 1 }),
    'result is an object of a built-in class with the additional property x',
  ],
  [
    'a template’s strings',
    () => ((strings: TemplateStringsArray) => strings)`a`,
    'result is an object of a built-in class with the additional property raw',
  ],
  [
    'a Map with more',
    () => Object.assign(new Map(), { x: 1 }),
    'result is an object of a built-in class with the additional property x',
  ],
  [
    'a Date with more',
    () => hidden(new Date(), 'x'),
    'result is an object of a built-in class with the additional property x',
  ],
  [
    'a typed array with more',
    () => Object.assign(new Uint8Array(3), { x: 1 }),
    'result is a Uint8Array with properties of its own',
  ],
  ['a RegExp under way', () => Object.assign(/a/g, { lastIndex: 2 }), 'result is a RegExp whose lastIndex is not 0'],
  ['a URL with its parameters', () => { const url = new URL('http://a/?b'); return [url.searchParams, url] }, 'result is a URL together with its searchParams'], // biome-ignore format: short
  ['a promise', () => ({ later: Promise.resolve(1) }), 'result.later is a promise'],
  ['a generator', () => (function* () {})(), 'result is a generator'],
  [
    'an iterator',
    () => [1].values(),
    `result is an ${'Iterator' in globalThis ? 'iterator' : 'object with a prototype of its own'}`,
  ],
  ['a Map’s iterator', () => new Map().entries(), 'result is an iterator'],
  ['a WeakMap', () => new WeakMap(), 'result is a WeakMap'],
  ['a WeakRef', () => new WeakRef({}), 'result is a WeakRef'],
  [
    'a Response',
    () => new Response('x'),
    'result is a Response; return what its json(), text() or arrayBuffer() gives',
  ],
  ['a Blob', () => new Blob(['x']), 'result is a Blob; return what its arrayBuffer() gives'],
  ['a stream', () => new Response('x').body, 'result is a ReadableStream; return what was read from it'],
  ['an AbortSignal', () => new AbortController().signal, 'result is an instance of AbortSignal'],
  ['shared memory', () => new SharedArrayBuffer(1), 'result is a SharedArrayBuffer'],
  ['a view of shared memory', () => new Int32Array(new SharedArrayBuffer(4)), 'result is a view of shared memory'],
  ['a transferred buffer', () => { const { buffer } = new Uint8Array(4); structuredClone(buffer, { transfer: [buffer] }); return buffer }, 'result is a value that throws when it is read: '], // biome-ignore format: short
  ['a boxed symbol', () => Object(Symbol.for('x')), 'result is a boxed symbol'],
  ['arguments', () => runInNewContext('(function () { return arguments })(1)'), 'result is an arguments object'],
  ['a Proxy', () => [new Proxy({}, {})], 'result[0] is a Proxy'],
  ['a revoked Proxy', () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy }, 'result is a Proxy'], // biome-ignore format: short
  ['the environment', () => process.env, 'result is an '],
  [
    'a class instance',
    () => ({ at: new Point() }),
    `result.at is an instance of Point, ${REGISTER} { Point: { class: Point, encode, decode } } })`,
  ],
  [
    'a subclass of Date',
    () => new Stamp(),
    `result is an instance of Stamp, ${REGISTER} { Stamp: { class: Stamp, encode, decode } } })`,
  ],
  ['a subclass of Array', () => Rows.of(1), `result is an instance of Rows, ${REGISTER}`],
  [
    'a subclass of Error',
    () => [new HttpError('x')],
    `result[0] is an instance of HttpError, ${REGISTER} { HttpError: { class: HttpError } } })`,
  ],
  [
    'a class of another realm',
    () => runInNewContext('new (class Point {})()'),
    `result is an instance of Point, ${REGISTER}`,
  ],
  ['a forged built-in', () => Object.create(Map.prototype), 'result is an instance of Map'],
  ['a forged error', () => Object.create(Error.prototype), 'result is an instance of Error'],
  [
    'a forged name',
    () => Object.assign(Object.create({ [Symbol.toStringTag]: 'Date' }), { a: 1 }),
    'result is an object with a prototype of its own',
  ],
  [
    'a Map without its class',
    () => Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype),
    'result is a Map without its class',
  ],
  ['a Date without its class', () => Object.setPrototypeOf(new Date(), null), 'result is a Date without its class'],
  [
    'an array without its class',
    () => Object.setPrototypeOf([1], Object.prototype),
    'result is a Array without its class',
  ],
  ['an error with a function', () => Object.assign(new Error('x'), { retry() {} }), 'result.retry is a function'],
  [
    'an error with an accessor',
    () => hidden(new Error('x'), 'lazy', { get: () => 1 }),
    "result is an error with the accessor 'lazy'",
  ],
  [
    'an error with a symbol',
    () => Object.assign(new Error('x'), { [Symbol.for('s')]: 1 }),
    'result is an error with the property Symbol(s)',
  ],
  ['a cause', () => new Error('x', { cause: { when: Promise.resolve() } }), 'result.cause.when is a promise'],
  ['a Map’s value', () => new Map([['a b', new Map([[1, () => 1]])]]), 'result.get("a b").get(1) is a function'],
  ['a Map’s value under an object', () => new Map([[{}, () => 1]]), '[...result.values()][0] is a function'],
  ['a Map’s key', () => ({ map: new Map<unknown, number>([[1, 1], [() => 1, 2]]) }), '[...result.map.keys()][1] is a function'], // biome-ignore format: pairs
  ['a Set’s item', () => new Set([1, { run() {} }]), '[...result][1].run is a function'],
  ['a name that is no identifier', () => ({ 'a-b': { ü: { '': () => 1 } } }), 'result["a-b"].ü[""] is a function'],
  ['too deep', () => deep(1001), 'is nested more than 1000 levels deep'],
  ['far too deep', () => deep(100_000), 'is nested more than 1000 levels deep'],
]

test.each(refused)('%s is refused with its path', (_, value, message) => {
  const told = refusal(value())
  if (message.startsWith('is ')) expect(told).toContain(message)
  else expect(told.slice(0, message.length)).toBe(message)
})

test('what may be too deep for the stack is stored, or refused with its path', () => {
  let error = new Error('x')
  for (let level = 0; level < 999; level++) error = new Error('x', { cause: error })
  // How much stack a level takes is the engine's affair.
  expect(refusal(error)).toMatch(/^(?:stored$|result is too large or too deep to be written)/)
})

test('a module is refused', async () => {
  // Vitest replaces what `import` gives.
  const loader = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }
  const namespace: unknown = await new Script(`import('node:path')`, loader).runInThisContext()
  expect(refusal([namespace])).toBe('result[0] is a module namespace')
})

test('paths begin with the given name', () => {
  expect(() => encodeValue({ client: () => 1 }, {}, 'inputs')).toThrow('inputs.client is a function')
})

test('1,000 levels are stored', () => {
  expect(encodeValue(deep(1000), {}).codec).toBe('json')
})

describe('registered classes', () => {
  const encode = (point: object) => ({ ...point })

  test('half a codec is refused, unless the class is an error', () => {
    expect(refusal(new Point(), { Point: { class: Point, encode } })).toBe(
      'result is an instance of Point, which is registered without decode',
    )
    expect(refusal(new Point(), { Point: { class: Point, decode: () => new Point() } })).toBe(
      'result is an instance of Point, which is registered without encode',
    )
    expect(refusal(new HttpError('x'), { HttpError: { class: HttpError } })).toBe('stored')
  })

  test('a codec that throws or gives something unstorable is refused', () => {
    const decode = () => new Point()
    const failing = () => {
      throw new Error('no')
    }
    expect(refusal([new Point()], { Point: { class: Point, encode: failing, decode } })).toBe(
      'result[0] is a value that throws when it is read: no',
    )
    expect(refusal([new Point()], { Point: { class: Point, encode: async () => 1, decode } })).toBe(
      'result[0] is a promise',
    )
  })

  test('a cycle around an instance is refused, wherever it begins', () => {
    const classes = { Point: { class: Point, encode, decode: () => new Point() } }
    const point = Object.assign(new Point(), { parent: {} })
    const before = { name: 'before' }
    point.parent = { children: [before, point], before }
    const message = /^result\S* is part of a cycle, which cannot be made again around an instance of Point$/
    expect(refusal(point, classes)).toMatch(message)
    expect(refusal(point.parent, classes)).toMatch(message)
    Object.assign(before, { parent: point.parent })
    expect(refusal([before, point], classes)).toMatch(message)
  })

  test('a subclass of a registered class is not that class', () => {
    class Point3 extends Point {}
    expect(refusal(new Point3(), { Point: { class: Point, encode, decode: () => new Point() } })).toContain(
      'an instance of Point3, which is not registered',
    )
  })
})
