import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { CacheMissError, UnstorableError } from '../../runtime/errors.js'
import type { ClassCodecs } from '../../runtime/value/codec.js'
import { decodeException, encodeException, isKeepable } from '../../runtime/value/exception.js'
import { differenceInShape } from '../helpers/same-shape.js'

class HttpError extends TypeError {
  readonly status: number
  request?: () => void

  constructor(status: number, options?: ErrorOptions) {
    super(`status ${status}`, options)
    this.status = status
  }

  get isServerError(): boolean {
    return this.status >= 500
  }
}

/** As libraries wrote them before there were classes: no call of Error's constructor. */
function OldError(this: Error, message: string) {
  this.message = message
}
OldError.prototype = Object.create(Error.prototype, { constructor: { value: OldError } })

const classes: ClassCodecs = { HttpError: { class: HttpError } }

function again(thrown: unknown, registered: ClassCodecs = classes): unknown {
  return decodeException(encodeException(thrown, registered), registered)
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('an exception comes back as it was thrown', () => {
  const thrown: [name: string, make: () => unknown][] = [
    ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map(
      (Class) => [Class.name, () => new Class('message', { cause: new Class('inner') })] as [string, () => unknown],
    ),
    ['AggregateError', () => new AggregateError([new Error('a'), 1], 'both')],
    ['an error without a message', () => new Error()],
    [
      'an error with properties',
      () => Object.assign(new Error('x'), { code: 'E_X', when: new Date(1), nested: { a: [1n] } }),
    ],
    [
      'a renamed error',
      () => Object.defineProperty(new Error('x'), 'name', { value: 'Hidden', enumerable: false, writable: true }),
    ],
    ['an error that causes itself', () => { const e = new Error('x'); e.cause = e; return e }], // biome-ignore format: short
    ['a registered error', () => new HttpError(503, { cause: new HttpError(404) })],
    ['a missing file', () => thrownBy(() => readFileSync('/does/not/exist'))],
    ['an invalid URL', () => thrownBy(() => new URL('nonsense'))],
    ['the engine’s own', () => thrownBy(() => JSON.parse('{'))],
    ['a text', () => 'thrown'],
    ['nothing', () => undefined],
    ['an object', () => ({ status: 1, at: new Date(2) })],
    ['a number', () => Number.NaN],
  ]
  test.each(thrown)('%s', (_, make) => {
    const error = make()
    const copy = again(error)
    expect(differenceInShape(error, copy)).toBeUndefined()
    if (error instanceof Error) {
      expect(copy).toBeInstanceOf(error.constructor)
      expect((copy as Error).stack).toBe(error.stack)
      expect(String(copy)).toBe(String(error))
    }
  })

  test('an error of Node’s own functions keeps class, code and text, also when it is kept twice', () => {
    const error = thrownBy(() => Buffer.alloc('x' as never)) as Error & { code: string }
    for (const copy of [again(error), again(again(error))] as Error[]) {
      expect(copy).toBeInstanceOf(TypeError)
      expect(copy.constructor).toBe(TypeError)
      expect(copy).toMatchObject({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: error.message,
        stack: error.stack,
      })
      expect(String(copy)).toBe(String(error))
      expect(Object.keys(copy)).toStrictEqual(Object.keys(error))
    }
  })

  test('a refused connection comes back with the class it calls itself', async () => {
    const socket = connect({ host: '127.0.0.1', port: 1 })
    const error = await new Promise<Error & { code?: string }>((resolve) => socket.on('error', resolve))
    const copy = again(error) as Error
    expect(copy.constructor).toBe(error.constructor)
    expect([String(copy), copy.stack, { ...copy }]).toStrictEqual([String(error), error.stack, { ...error }])
  })

  test('a DOMException keeps name, code, message, stack and cause', () => {
    const error = new DOMException('too big', { name: 'DataCloneError', cause: new Error('inner') } as never)
    const copy = again(error) as DOMException
    expect(Object.getPrototypeOf(copy)).toBe(DOMException.prototype)
    expect([copy.name, copy.code, copy.message, copy.stack]).toStrictEqual([error.name, 25, 'too big', error.stack])
    expect((copy as { cause?: unknown }).cause).toStrictEqual(new Error('inner'))
  })

  test('an error of another realm comes back as this one’s', () => {
    const copy = again(runInNewContext(`Object.assign(new RangeError('far'), { code: 'E' })`))
    expect(copy).toBeInstanceOf(RangeError)
    expect(copy).toMatchObject({ message: 'far', code: 'E' })
  })

  test('a registered class keeps its methods, and its constructor is not called', () => {
    let calls = 0
    class Counting extends HttpError {
      constructor() {
        super(500)
        calls++
      }
    }
    const copy = again(new Counting(), { Counting: { class: Counting } }) as Counting
    expect([copy.isServerError, calls]).toStrictEqual([true, 1])
  })

  test('a registered class that never called Error’s constructor', () => {
    const OldClass = OldError as unknown as new (message: string) => Error
    const copy = again(new OldClass('old'), { OldError: { class: OldClass } }) as Error
    expect(Object.getPrototypeOf(copy)).toBe(OldError.prototype)
    expect([copy.message, Object.hasOwn(copy, 'stack')]).toStrictEqual(['old', false])
  })

  test('encode leaves out what cannot be stored; message, stack and cause stay', () => {
    const error = Object.assign(new HttpError(500, { cause: 'why' }), { request: () => {} })
    const encode = (one: object) => ({ status: (one as HttpError).status, message: (one as HttpError).message })
    const copy = again(error, { HttpError: { class: HttpError, encode } }) as HttpError
    expect(Object.keys(copy)).toStrictEqual(['status'])
    expect([copy.message, copy.stack, copy.cause]).toStrictEqual([error.message, error.stack, 'why'])
  })

  test('decode makes the error anew, with the stack of the old one', () => {
    const decode = (data: { status: number }) => new HttpError(data.status)
    const error = new HttpError(418)
    const copy = again(error, { HttpError: { class: HttpError, decode } as ClassCodecs[string] }) as HttpError
    expect(copy).toStrictEqual(error)
    expect(copy.stack).toBe(error.stack)
  })
})

describe('what would not come back is refused, and says to register the class', () => {
  test('a class that is not registered', () => {
    expect(() => encodeException(new HttpError(500), {})).toThrow(
      new UnstorableError(
        'exception',
        'an instance of HttpError, which is not registered; add configure({ classes: { HttpError: { class: HttpError } } })',
      ).message,
    )
  })

  test('a property that cannot be stored', () => {
    const error = Object.assign(new HttpError(500), { request: () => {} })
    expect(() => encodeException(error, classes)).toThrow(
      'exception.request is a function. To keep the exception without it, throw an error of a class that is registered ' +
        'with an encode that leaves it out: configure({ classes: { HttpError: { class: HttpError, encode } } })',
    )
  })
})

test('the text shows class and message to other programs', () => {
  const text = encodeException(new HttpError(500), classes)
  expect(text).not.toContain('\n')
  expect(JSON.parse(text)).toMatchObject({ class: 'HttpError', message: 'status 500' })
})

test.each(['', '1', 'null', '{}', '{"value":"x"}', '{"value":[["Function",1]]}'])(
  'malformed text %s throws',
  (text) => {
    expect(() => decodeException(text, {})).toThrow()
  },
)

describe('what says nothing about the next call is not kept', () => {
  const aborted = () => thrownBy(() => AbortSignal.abort().throwIfAborted())
  const deeper = (): number => deeper() + 1
  const not: [name: string, thrown: () => unknown][] = [
    ['a cancellation', aborted],
    ['an AbortError of Node', () => Object.assign(new Error('x'), { name: 'AbortError', code: 'ABORT_ERR' })],
    ['a time limit', () => new DOMException('timed out', 'TimeoutError')],
    ['a full stack', () => thrownBy(deeper)],
    ['a variable that does not exist yet', () => thrownBy(new Function('early; const early = 1') as () => void)],
    ['deche’s own error', () => new CacheMissError('a.b', 'key', 'memory')],
    ['the error of another copy of deche', () => Object.assign(new Error('x'), { code: 'DECHE2003' })],
    ['what cannot be looked at', () => Object.defineProperty({}, 'name', { get: () => { throw new Error('no') } })], // biome-ignore format: short
  ]
  const trap = () => {
    throw new Error('no')
  }
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  not.push(
    ['a proxy that does not say what it is', () => new Proxy(new Error('x'), { getPrototypeOf: trap })],
    ['a revoked proxy', () => revoked.proxy],
    ['a name like a time limit, and a tag that throws', () => Object.defineProperty({ name: 'TimeoutError' }, Symbol.toStringTag, { get: trap })], // biome-ignore format: short
  )
  test.each(not)('%s', (_, thrown) => expect(isKeepable(thrown())).toBe(false))

  test('the time limit of AbortSignal.timeout', async () => {
    const signal = AbortSignal.timeout(1)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    expect(isKeepable(signal.reason)).toBe(false)
  })

  const keepable: [name: string, thrown: unknown][] = [
    ['an error', new Error('x')],
    ['a range error', new RangeError('out of range')],
    ['a TimeoutError of someone else', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['a name that nothing has', new ReferenceError('rate is not defined')],
    ['a text', 'x'],
    ['undefined', undefined],
    ['null', null],
  ]
  test.each(keepable)('%s is kept', (_, thrown) => expect(isKeepable(thrown)).toBe(true))
})
