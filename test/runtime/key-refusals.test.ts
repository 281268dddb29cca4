import { EventEmitter } from 'node:events'
import net from 'node:net'
import { Readable } from 'node:stream'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { UnkeyableArgumentError } from '../../runtime/errors.js'
import { inputsText } from '../../runtime/key/key.js'
import { extended } from './key-values.js'

function refusal(inputs: Readonly<Record<string, unknown>>, classes = {}): UnkeyableArgumentError {
  let answer: string
  try {
    answer = inputsText(inputs, { id: 'app.load', classes })
  } catch (error) {
    expect(error).toBeInstanceOf(UnkeyableArgumentError)
    return error as UnkeyableArgumentError
  }
  return expect.fail(`not refused: ${answer}`)
}

const noCodec = (name: string) =>
  `an instance of class ${name}, which has no registered codec and defines no toJSON itself`

class Opaque {
  readonly #secret = 1
  get secret() {
    return this.#secret
  }
}
class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
  toJSON() {
    return { x: this.x, y: this.y }
  }
}
class Point3 extends Point {
  readonly z = 3
}
class Itself {
  toJSON() {
    return this
  }
}
class Failing {
  toJSON() {
    throw new Error('no connection')
  }
}
class DateChild extends Date {}
class MapChild extends Map {}
class ArrayChild extends Array {}
class ErrorChild extends Error {}
class BytesChild extends Uint8Array {}

const Nameless = (() =>
  class {
    toJSON() {
      return 1
    }
  })()

function hidden(value: object): object {
  return Object.defineProperty(value, 'raw', { value: 1 })
}

function argumentsOf(..._: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: the object itself is the case
  return arguments
}

function detached(): { buffer: ArrayBuffer; view: Uint8Array; data: DataView } {
  const buffer = new ArrayBuffer(4)
  const answer = { buffer, view: new Uint8Array(buffer), data: new DataView(buffer) }
  structuredClone(buffer, { transfer: [buffer] })
  return answer
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = { next: value }
  return value
}

/** By Node's own loader: the test runner's modules are no true namespaces. */
const namespace: unknown = await vm.runInThisContext('import("node:os")', {
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})

const HIDDEN = 'a property that is not enumerable, so most code does not see it'
const SHARED = 'a view of shared memory, which other threads can change at any time'
const NO_CLASS = 'an object whose prototype belongs to no class'

/** name → the value, what the message calls it, and where it starts to be refused if not at the value itself. */
const REFUSED: Readonly<Record<string, readonly [value: unknown, what: string | RegExp, path?: string]>> = {
  'a function': [() => 1, 'a function'],
  'a class': [Opaque, 'a function'],
  'a unique symbol': [Symbol('a'), 'a symbol that is not from Symbol.for, so no other process has it'],
  'a well-known symbol': [Symbol.iterator, /^a symbol/],
  'a boxed unique symbol': [Object(Symbol('a')), /^a symbol/, 'v.valueOf()'],
  'a promise': [Promise.resolve(1), 'a promise'],
  'a promise of another realm': [vm.runInNewContext('Promise.resolve(1)'), 'a promise'],
  'a WeakMap': [new WeakMap(), 'a WeakMap'],
  'a WeakSet': [new WeakSet(), 'a WeakSet'],
  'a WeakRef': [new WeakRef({}), noCodec('WeakRef')],
  'a generator': [(function* () {})(), 'a generator'],
  'an iterator over a Map': [new Map().entries(), 'an iterator'],
  'an iterator over an array': [[1].values(), NO_CLASS],
  'a stream': [Readable.from([]), noCodec('Readable')],
  'a web stream': [new ReadableStream(), noCodec('ReadableStream')],
  'a socket': [new net.Socket(), noCodec('Socket')],
  'an event emitter': [new EventEmitter(), noCodec('EventEmitter')],
  'an AbortSignal': [AbortSignal.abort(), noCodec('AbortSignal')],
  'a Response': [new Response('a'), noCodec('Response')],
  'a Request': [new Request('http://a/'), noCodec('Request')],
  'a Blob': [new Blob(['a']), noCodec('Blob')],
  'a FormData': [new FormData(), noCodec('FormData')],
  'an arguments object': [argumentsOf(1), 'an arguments object'],
  'a module namespace': [namespace, 'a module namespace'],
  'shared memory': [new SharedArrayBuffer(1), 'a SharedArrayBuffer, which other threads can change at any time'],
  'a view of shared memory': [new Uint8Array(new SharedArrayBuffer(1)), SHARED],
  'a DataView of shared memory': [new DataView(new SharedArrayBuffer(1)), SHARED],
  'a transferred buffer': [detached().buffer, /^not readable: TypeError/],
  'a view of a transferred buffer': [detached().view, /^not readable: TypeError/],
  'a DataView of a transferred buffer': [detached().data, /^not readable: TypeError/],
  'a private field': [new Opaque(), noCodec('Opaque')],
  'a subclass of Date': [new DateChild(0), noCodec('DateChild')],
  'a subclass of Map': [new MapChild(), noCodec('MapChild')],
  'a subclass of Array': [new ArrayChild(), noCodec('ArrayChild')],
  'a subclass of Error': [new ErrorChild('a'), noCodec('ErrorChild')],
  'a subclass of Uint8Array': [new BytesChild(1), noCodec('BytesChild')],
  'a subclass whose toJSON is inherited': [new Point3(1, 2), noCodec('Point3')],
  'a class without a name': [new Nameless(), /^an instance of a class without a name/],
  'a toJSON that answers its own object': [new Itself(), /^the very object that it should describe/, 'v.toJSON()'],
  'a toJSON that throws': [new Failing(), 'not readable: Error: no connection', 'v.toJSON()'],
  'a toJSON of the object itself': [{ toJSON: () => 1 }, 'a function', 'v.toJSON'],
  'a Map that pretends to be plain': [Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype), noCodec('Object')],
  'a plain object that pretends to be a Map': [Object.create(Map.prototype), noCodec('Map')],
  'a plain object that pretends to be a Date': [Object.create(Date.prototype), noCodec('Date')],
  'a plain object that pretends to be a Buffer': [Object.create(Buffer.prototype), noCodec('Buffer')],
  'a plain object that pretends to be a URL': [Object.create(URL.prototype), /^not readable: TypeError/],
  'a plain object that pretends to be Headers': [Object.create(Headers.prototype), /^not readable: TypeError/],
  'a plain object that pretends to be URLSearchParams': [
    Object.create(URLSearchParams.prototype),
    /^not readable: TypeError/,
  ],
  'a plain object that pretends to be a DOMException': [
    Object.create(DOMException.prototype),
    /^not readable: TypeError/,
  ],
  'a forged toStringTag': [{ [Symbol.toStringTag]: 'Date' }, /^a symbol/, 'v[Symbol(Symbol.toStringTag)]'],
  'an object with an object as prototype': [Object.create({ a: 1 }), NO_CLASS],
  'a proxy of a Map': [new Proxy(new Map(), {}), noCodec('Map')],
  'a revoked proxy': [revoked({}), /^not readable: TypeError/],
  'a revoked proxy of an array': [revoked([]), /^not readable: TypeError/],
  'a proxy that throws': [
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap')
        },
      },
    ),
    'not readable: Error: trap',
  ],
  'a getter that throws': [
    {
      ok: 1,
      get bad() {
        throw new Error('gone')
      },
    },
    'not readable: Error: gone',
    'v.bad',
  ],
  'a getter that throws something odd': [
    {
      get bad() {
        throw Object.create(null)
      },
    },
    'not readable: something that cannot be shown',
    'v.bad',
  ],
  'a hidden property': [hidden({}), HIDDEN, 'v.raw'],
  'a hidden property of an array': [hidden([1]), HIDDEN, 'v.raw'],
  'a hidden property of a Map': [hidden(new Map()), HIDDEN, 'v.raw'],
  'the strings of a tagged template': [((strings: TemplateStringsArray) => strings)`a`, HIDDEN, 'v.raw'],
  'a property under a unique symbol': [{ [Symbol('a')]: 1 }, /^a symbol/, 'v[Symbol(a)]'],
  'what lies too deep': [
    nested(501),
    'nested more than 500 levels deep',
    `v${'.next'.repeat(16)}…${'.next'.repeat(16)}`,
  ],
  'what shares so much that its text would never end': [
    doubled(60, 1),
    /^too large, its text would be longer than 134217728 characters$/,
  ],
  'a Set that shares too much': [new Set([doubled(24, 1), doubled(24, 2)]), /^too large/, 'v'],
}

function doubled(levels: number, leaf: unknown): unknown {
  let value: unknown = [leaf]
  for (let level = 0; level < levels; level++) value = [value, value]
  return value
}

describe('refused', () => {
  it.each(Object.entries(REFUSED))('%s', (_, [value, what, path = 'v']) => {
    const error = refusal({ v: value })
    const found = /^DECHE2001: app\.load cannot make a key of its argument 'v': (.*?) is (.*)\. Add ignore=v /.exec(
      error.message,
    )
    expect(found?.[1]).toBe(error.path)
    if (typeof what === 'string') expect(found?.[2]).toBe(what)
    else expect(found?.[2]).toMatch(what)
    if (!error.message.includes('too large')) expect(error.path).toBe(path)
    expect(error).toMatchObject({ id: 'app.load', parameter: 'v', code: 'DECHE2001' })
  })

  it('with a message that names function, parameter, path, and what to do', () => {
    expect(refusal({ city: 'Oslo', options: { client: { socket: new net.Socket() } } }).message).toBe(
      "DECHE2001: app.load cannot make a key of its argument 'options': options.client.socket is an instance of class " +
        'Socket, which has no registered codec and defines no toJSON itself. Add ignore=options to its tag if the result ' +
        'does not depend on it, pass plain data instead, or register a codec for the class with configure({ classes }).',
    )
  })

  it('with what was thrown as the cause', () => {
    const gone = new Error('gone')
    const options = {
      get bad() {
        throw gone
      },
    }
    expect(refusal({ options }).cause).toBe(gone)
    expect(refusal({ options: () => 1 })).not.toHaveProperty('cause')
  })

  it.each([
    ['rows[3].when', { rows: [1, 2, 3, { when: Symbol() }] }],
    ['rows["a b"][""]', { rows: { 'a b': { '': Symbol() } } }],
    ['rows.åre.$x_1', { rows: { åre: { $x_1: Symbol() } } }],
    ['rows[Symbol.for("x")]', { rows: { [Symbol.for('x')]: Symbol() } }],
    ['m.get("k").a', { m: new Map([['k', { a: Symbol() }]]) }],
    ['m.get(1n)', { m: new Map([[1n, Symbol()]]) }],
    [
      '[...m.keys()][1].a',
      {
        m: new Map<unknown, unknown>([
          [1, 1],
          [{ a: Symbol() }, 2],
        ]),
      },
    ],
    [
      '[...m.values()][1][0]',
      {
        m: new Map<unknown, unknown>([
          [1, 1],
          [{}, [Symbol()]],
        ]),
      },
    ],
    ['[...s][2]', { s: new Set([1, 2, Symbol()]) }],
    ['[...o.s][0].t', { o: { s: new Set([{ t: Symbol() }]) } }],
    ['e.cause.code', { e: new Error('a', { cause: extended(new Error('b'), { code: Symbol() }) }) }],
    ['e.errors[1]', { e: new AggregateError([1, Symbol()]) }],
    ['list.extra', { list: extended([1], { extra: Symbol() }) }],
    ['list[2]', { list: extended(new Array(5), { 2: Symbol() }) }],
    ['p.toJSON().x', { p: new Point(Symbol() as never, 2) }],
    ['this.id', { 'this.id': Symbol() }],
  ])('with the path %s', (path, inputs) => {
    expect(refusal(inputs).path).toBe(path)
  })

  it('with the path into what a codec answered, and when the codec answers a promise', () => {
    const codec = (encode: () => unknown) => ({ Opaque: { class: Opaque, encode } })
    expect(
      refusal(
        { o: new Opaque() },
        codec(() => ({ a: Symbol() })),
      ).path,
    ).toBe('encode(o).a')
    expect(
      refusal(
        { o: new Opaque() },
        codec(async () => 1),
      ).path,
    ).toBe('encode(o)')
    expect(
      refusal(
        { o: [new Opaque()] },
        codec(() => {
          throw new Error('no')
        }),
      ),
    ).toMatchObject({ path: 'encode(o[0])', cause: new Error('no') })
  })

  it('after a sibling was read, with the path of the one at fault', () => {
    expect(refusal({ a: { deep: { x: 1 } }, b: [{ ok: [1] }, new Opaque()] }).path).toBe('b[1]')
    expect(refusal({ b: [[1, [2]], hidden({})] }).path).toBe('b[1].raw')
  })

  it('rather than walked for minutes, when cycles are shared at every level', () => {
    const root: unknown[] = []
    let value: unknown = [root]
    for (let level = 0; level < 60; level++) value = [value, value]
    root.push(value)
    expect(refusal({ root }).message).toContain('is part of cycles that refer back more than 1048576 times')
  })

  it('not at the deepest level that is allowed', () => {
    expect(inputsText({ v: nested(500) }, { id: 'app.load', classes: {} })).toBe(
      `{"v":${'{"next":'.repeat(500)}1${'}'.repeat(501)}`,
    )
  })
})
