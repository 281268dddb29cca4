import { createHash } from 'node:crypto'
import stableStringify from 'fast-json-stable-stringify'
import { describe, expect, it } from 'vitest'
import { inputsText, keyOf } from '../../runtime/key/key.js'
import { bytes, DISTINCT, EQUAL, extended, Money } from './key-values.js'

const context = { id: 'demo.f', classes: {} }

/** Of this process's own time, in microseconds: whatever else the machine does, it is no longer. */
const SECOND = 1_000_000

function text(value: unknown): string {
  return inputsText({ v: [value] }, context).slice('{"v":['.length, -']}'.length)
}

describe('plain JSON', () => {
  it('has the sha256 of its stable JSON as its key', () => {
    const inputs = {
      city: 'Oslo "é" \ud83d\ude00 \u0007 \\',
      days: 3,
      options: { b: [1, 2.5, -3e-9, 1e300, null], a: { '': true, __x: false }, 10: 1, 9: [] },
    }
    expect(keyOf(inputsText(inputs, context))).toBe(createHash('sha256').update(stableStringify(inputs)).digest('hex'))
  })

  it('has keys that other programs compute', () => {
    // printf '{"city":"Oslo","days":3}' | sha256sum
    expect(keyOf(inputsText({ days: 3, city: 'Oslo' }, context))).toBe(
      '9e464220cba076199d02c269c6ce08af3044386d0159da63fe40d9171aa9c38f',
    )
    // python3: hashlib.sha256(json.dumps({'q': 'blåbær', 'n': [1, {'b': None, 'a': True}]}, sort_keys=True,
    //   separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()
    expect(keyOf(inputsText({ q: 'blåbær', n: [1, { b: null, a: true }] }, context))).toBe(
      '8a83fba4dc1f4359145fba0f17dad8bc1a2279782ee8ff9b464e7833a9619408',
    )
  })
})

describe('named inputs', () => {
  it('are sorted, whatever the order in which they were bound', () => {
    expect(inputsText({ b: 1, a: 2, B: 3 }, context)).toBe('{"B":3,"a":2,"b":1}')
  })

  it('are left out when undefined, and only at the top', () => {
    expect(inputsText({ a: undefined, b: { c: undefined } }, context)).toBe('{"b":{"c":undefined}}')
    expect(inputsText({ a: undefined }, context)).toBe(inputsText({}, context))
  })

  it('may be called __proto__', () => {
    expect(inputsText(JSON.parse('{"__proto__":1}'), context)).toBe('{"__proto__":1}')
  })
})

describe('different values', () => {
  it(`have different keys: each of ${DISTINCT.length} against all others`, () => {
    const seen = new Map<string, number>()
    DISTINCT.forEach((value, index) => {
      const key = keyOf(inputsText({ v: value, w: 0 }, context))
      expect(seen.get(key), `values ${seen.get(key)} and ${index}: ${text(value)}`).toBeUndefined()
      seen.set(key, index)
    })
    expect(seen.size).toBe(DISTINCT.length)
  })

  it('have different keys when their texts stand as strings, names and Map keys', () => {
    // Without -0, which is 0 as a Map key.
    const values = DISTINCT.filter((value) => typeof value !== 'string' && !Object.is(value, -0))
    const strings = [
      ...new Set(DISTINCT.flatMap((value) => (typeof value === 'string' ? [value, text(value)] : [text(value)]))),
    ]
    const all = [
      ...[...values, ...strings].flatMap((value) => [{ a: value }, new Map([[value, 'key']]), new Set([value])]),
      ...strings.map((name) => extended({}, { [name]: 'name' })),
    ]
    expect(new Set(all.map(text)).size).toBe(all.length)
  })

  it('are told apart in views that look alike', () => {
    const buffer = bytes(1, 2, 3, 4).buffer
    const views = [0, 1, 2].flatMap((offset) => [1, 2].map((length) => new Uint8Array(buffer, offset, length)))
    expect(new Set(views.map(text)).size).toBe(6)
  })
})

describe('equal values have one key', () => {
  it.each(Object.entries(EQUAL))('%s', (_, values) => {
    expect(new Set(values.map(text)).size).toBe(1)
  })

  it('whether references are shared or copied', () => {
    const shared = { a: [1] }
    expect(text([shared, shared, { s: shared }])).toBe(text([{ a: [1] }, { a: [1] }, { s: { a: [1] } }]))
  })

  it('whether large parts are shared or copied', () => {
    const part = () => Array.from({ length: 200 }, (_, index) => ({ index }))
    const shared = part()
    expect(text({ a: shared, b: [shared] })).toBe(text({ a: part(), b: [part()] }))
  })

  it('whether parts with cycles are shared or copied, also where one lies within the other', () => {
    const pair = () => {
      const a: Record<string, unknown> = { name: 'a'.repeat(300) }
      const b: Record<string, unknown> = { name: 'b'.repeat(300), a }
      a.b = b
      return [a, b] as const
    }
    const [a, b] = pair()
    expect(text({ x: a, y: b })).toBe(text({ x: pair()[0], y: pair()[1] }))
    expect(text({ x: a, y: b })).toBe(text({ y: b, x: a }))
  })

  it('however V8 represents strings, numbers, arrays and objects', () => {
    const long = 'abcdefghijklmnopqrstuvwxyz'.repeat(4)
    const twoByte = `${long}\u0416`.slice(0, -1)
    const cons = [...long].reduce((left, right) => left + right, '')
    expect(
      new Set([long, twoByte, cons, `x${long}`.slice(1), Buffer.from(long).toString('latin1')].map(text)).size,
    ).toBe(1)

    const holey: unknown[] = new Array(3)
    holey[0] = 1
    holey[2] = 3
    holey[1] = 2
    const double = [1.5, 2, 3]
    double[0] = 1
    const dictionary: unknown[] = []
    dictionary[100_000_000] = 0
    dictionary.length = 0
    dictionary.push(1, 2, 3)
    expect(new Set([[1, 2, 3], holey, double, dictionary].map(text)).size).toBe(1)

    const slow: Record<string, unknown> = { a: 1, gone: 2, b: 3 }
    delete slow.gone
    expect(text(slow)).toBe(text({ a: 1, b: 3 }))
    expect(text(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])))).toBe(
      text(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${1999 - i}`, 1999 - i]))),
    )
    expect(text(2 ** 31 / 2 ** 31)).toBe(text(1))
  })
})

describe('class instances', () => {
  class Secret {
    readonly #value: number
    constructor(value: number) {
      this.#value = value
    }
    static value(secret: Secret) {
      return secret.#value
    }
  }
  class HttpError extends Error {
    constructor(
      message: string,
      readonly status: number,
    ) {
      super(message)
    }
  }
  const classes = {
    Secret: { class: Secret, encode: (secret: object) => ({ value: Secret.value(secret as Secret) }) },
    HttpError: { class: HttpError },
  }
  const registered = { id: 'demo.f', classes }

  it('are keyed by class name and toJSON', () => {
    expect(text(new Money(1))).toBe('class "Money"({"amount":1,"currency":"NOK"})')
  })

  it('are keyed by their registered codec, private fields included', () => {
    expect(inputsText({ s: new Secret(7) }, registered)).toBe('{"s":codec "Secret"({"value":7})}')
  })

  it('are keyed by their own properties when a registered error class has no encode', () => {
    expect(inputsText({ e: new HttpError('a', 404) }, registered)).toBe(
      '{"e":codec "HttpError"("Error","a";{"status":404})}',
    )
    expect(inputsText({ e: new HttpError('a', 404) }, registered)).not.toBe(
      inputsText({ e: new HttpError('a', 500) }, registered),
    )
  })

  it('keep Date, Map and bytes when toJSON answers them', () => {
    class Span {
      constructor(readonly from: Date) {}
      toJSON() {
        return { from: this.from, raw: bytes(1) }
      }
    }
    expect(text(new Span(new Date(1)))).toMatch(
      /^class "Span"\(\{"from":Date\(1\),"raw":Uint8Array\(1,"[0-9a-f]{64}"\)\}\)$/,
    )
  })

  it('are not taken for the class that a name imitates', () => {
    const { Date: Imitation } = {
      Date: class {
        toJSON() {
          return 0
        }
      },
    }
    Object.defineProperty(Imitation, 'name', { value: 'x"(0)' })
    expect(text(new Imitation())).toBe('class "x\\"(0)"(0)')
    Object.defineProperty(Imitation, 'name', { value: 'Date' })
    expect(text(new Imitation())).toBe('class "Date"(0)')
  })
})

describe('reading', () => {
  it('asks each getter once', () => {
    let reads = 0
    const options = {
      get a() {
        return ++reads
      },
    }
    expect(text(options)).toBe('{"a":1}')
    expect(reads).toBe(1)
  })

  it('is not misled by own properties that shadow methods', () => {
    const map = extended(new Map([[1, 2]]), { entries: 1, size: 5 })
    expect(text(map)).toBe('Map{1:2;{"entries":1,"size":5}}')
    const view = new Uint8Array([1])
    Object.defineProperty(view, 'byteLength', { value: 0, enumerable: true })
    expect(text(view)).toMatch(/^Uint8Array\(1,"[0-9a-f]{64}";\{"byteLength":0\}\)$/)
  })

  it('walks a structure that shares its parts four million times in no time', () => {
    let shared: unknown = ['a']
    for (let level = 0; level < 22; level++) shared = [shared, shared]
    const before = process.cpuUsage()
    expect(inputsText({ shared }, context).length).toBeGreaterThan(2 ** 22)
    expect(process.cpuUsage(before).user).toBeLessThan(SECOND)
  })

  it('costs a sparse array what it holds', () => {
    const sparse: unknown[] = []
    sparse[5] = 'a'
    sparse[4_000_000_000] = 'b'
    expect(text(sparse)).toBe('[hole*5,"a",hole*3999999994,"b"]')
  })

  it('does not list the elements of a large view', () => {
    const before = process.cpuUsage()
    text(new Uint8Array(8_000_000))
    expect(process.cpuUsage(before).user).toBeLessThan(SECOND)
  })
})
