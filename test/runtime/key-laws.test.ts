import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import stableStringify from 'fast-json-stable-stringify'
import { describe, expect, it } from 'vitest'
import { inputsText, keyOf } from '../../runtime/key/key.js'
import { sparse } from './key-values.js'

function text(value: unknown): string {
  return inputsText({ v: [value] }, { id: 'demo.f', classes: {} }).slice('{"v":['.length, -']}'.length)
}

/** Strings that look like the grammar, so that values of different kinds come as close to each other as they can. */
const WORDS = [
  '',
  'a',
  '1',
  'undefined',
  'NaN',
  '-0',
  '1n',
  'hole*1',
  '^1',
  '"',
  '\\',
  '","',
  '{}',
  '[]',
  '__proto__',
  'Date(0)',
]
const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 3, unit: 'binary' }))

const leaf = fc.oneof(
  fc.constantFrom<unknown[]>(
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    NaN,
    Infinity,
    0n,
    1n,
    Symbol.for('a'),
    Symbol.for('"'),
  ),
  word,
  // Not NaN: Node's deep comparison finds no two invalid Dates equal.
  fc.constantFrom(0, 1).map((time) => new Date(time)),
  fc.constantFrom('a', '"').chain((source) => fc.constantFrom('', 'g').map((flags) => new RegExp(source, flags))),
  fc.constantFrom(1, 'a', 1n, true).map(Object),
  fc.array(fc.constantFrom(0, 1), { maxLength: 2 }).map((items) => new Uint8Array(items)),
  fc.array(fc.constantFrom(0, 1), { maxLength: 2 }).map((items) => new Int16Array(items)),
  fc.array(fc.constantFrom(0, 1), { maxLength: 2 }).map((items) => new Uint8Array(items).buffer),
)

/** Small values of few ingredients: two of them are often nearly, and sometimes truly, the same. */
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => {
  const inner = tie('value')
  const names = fc.oneof(word, fc.constantFrom(Symbol.for('a'), Symbol.for('b')))
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(inner, { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(0, 1, 2), inner), { maxLength: 2 })
        .map((items) => sparse(3, Object.fromEntries(items))),
      fc.array(fc.tuple(names, inner), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs)),
      fc.array(fc.tuple(names, inner), { maxLength: 2 }).map((pairs) => Object.assign(['a'], withoutProto(pairs))),
      fc
        .array(fc.tuple(names, inner), { maxLength: 2 })
        .map((pairs) => Object.assign(Object.create(null), withoutProto(pairs))),
      fc.array(fc.tuple(inner, inner), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      fc.array(inner, { maxLength: 3 }).map((items) => new Set(items)),
      fc.tuple(word, inner).map(([message, cause]) => Object.assign(new TypeError(message), { because: cause })),
    ),
  }
})

function withoutProto(pairs: [PropertyKey, unknown][]): object {
  return Object.fromEntries(pairs.filter(([name]) => name !== '__proto__' && !/^[012]$/.test(String(name))))
}

/** The same value, built in another order, from copies or with equal parts shared, as `pick` decides. */
function rebuilt(value: unknown, pick: () => number, parts: Map<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const again = (part: unknown) => rebuilt(part, pick, parts)
  // Keys and members that look the same must not become the same object: the Map would lose an entry.
  const alone = (part: unknown) => rebuilt(part, pick, new Map())
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [pick(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item)
  const properties = (target: object, names: readonly PropertyKey[]) => {
    for (const name of names) {
      const property = { value: again(Reflect.get(value, name)), enumerable: true, writable: true, configurable: true }
      Object.defineProperty(target, name, property)
    }
    return target
  }
  const kind = text(value)
  if (pick() > 0.5 && parts.has(kind)) return parts.get(kind)
  let copy: unknown = value
  if (Array.isArray(value))
    copy = properties(new Array(value.length), shuffled(Reflect.ownKeys(value).filter((name) => name !== 'length')))
  else if (value instanceof Map) copy = new Map(shuffled([...value]).map(([key, item]) => [alone(key), again(item)]))
  else if (value instanceof Set) copy = new Set(shuffled([...value]).map(alone))
  else if (Object.getPrototypeOf(value) === Object.prototype) copy = properties({}, shuffled(Reflect.ownKeys(value)))
  else if (Object.getPrototypeOf(value) === null)
    copy = properties(Object.create(null), shuffled(Reflect.ownKeys(value)))
  else if (value instanceof Uint8Array)
    copy = Buffer.concat([Buffer.from([7]), value, Buffer.from([7])]).subarray(1, 1 + value.length)
  parts.set(kind, copy)
  return copy
}

/** What Node says; `undefined` where it throws: from 22 on it cannot compare a Set that holds `undefined` with one of objects. */
function areEqual(left: unknown, right: unknown): boolean | undefined {
  try {
    return isDeepStrictEqual(left, right)
  } catch {
    return undefined
  }
}

describe('keys', () => {
  it('are equal exactly if the values are, over pairs of small values of all kinds', () => {
    let equal = 0
    fc.assert(
      fc.property(fc.array(anything, { minLength: 12, maxLength: 12 }), (values) => {
        const texts = values.map(text)
        values.forEach((left, index) => {
          for (let other = index + 1; other < values.length; other++) {
            const same = areEqual(left, values[other])
            if (same === undefined) continue
            if (same) equal++
            if (same !== (texts[index] === texts[other])) {
              expect.fail(`${same ? 'equal' : 'different'} values, texts ${texts[index]} and ${texts[other]}`)
            }
          }
        })
      }),
      { numRuns: 1500 },
    )
    expect(equal).toBeGreaterThan(100)
  })

  it('do not depend on the order in which a value was built, nor on what it shares', () => {
    fc.assert(
      fc.property(anything, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (value, numbers) => {
        const next = () => numbers.next().value as number
        expect(text(rebuilt(value, next, new Map()))).toBe(text(value))
      }),
      { numRuns: 2000 },
    )
  })

  it('of a string are told apart from those of all other values, whatever the string says', () => {
    fc.assert(
      fc.property(anything, anything, (value, around) => {
        const inside = text(value)
        expect(JSON.parse(text(inside))).toBe(inside)
        if (value === inside) return
        expect(text({ a: inside, b: around })).not.toBe(text({ a: value, b: around }))
        expect(text({ [inside]: around })).not.toBe(text({ a: value, b: around }))
      }),
      { numRuns: 2000 },
    )
  })

  it('of any string are those of its JSON text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.nat(60), (string, length) => {
        const cut = string.slice(0, length)
        expect(text(cut)).toBe(JSON.stringify(cut))
      }),
      { numRuns: 2000 },
    )
  })

  it('of plain JSON are the sha256 of its stable JSON', () => {
    const plain = fc.jsonValue({ depthSize: 'medium', stringUnit: 'binary' })
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), plain), (inputs) => {
        const json: Record<string, unknown> = JSON.parse(JSON.stringify(inputs))
        const key = createHash('sha256').update(stableStringify(json)).digest('hex')
        expect(keyOf(inputsText(json, { id: 'demo.f', classes: {} }))).toBe(key)
      }),
      { numRuns: 3000 },
    )
  })

  it('of views depend on the visible bytes alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 12 }),
        fc.uint8Array({ maxLength: 12 }),
        fc.nat(5),
        fc.nat(6),
        (one, two, from, length) => {
          const [a, b] = [one.subarray(from, from + length), two.subarray(from, from + length)]
          expect(text(a) === text(b)).toBe(Buffer.compare(a, b) === 0)
          expect(text(a)).toBe(text(Uint8Array.from(a)))
          expect(text(Buffer.from(a))).toBe(text(a))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('of structures with cycles do not depend on order or copies', () => {
    const edges = fc.array(fc.tuple(fc.nat(4), fc.constantFrom('a', 'b', 'c'), fc.nat(4)), { maxLength: 8 })
    const graph = (pairs: readonly (readonly [number, string, number])[]) => {
      const nodes = Array.from({ length: 5 }, () => ({}) as Record<string, unknown>)
      for (const [from, name, to] of pairs) (nodes[from] as Record<string, unknown>)[name] = nodes[to]
      return nodes
    }
    /** Whether the same names lead the same way from both, for ever. (Node's comparison changed its mind about cycles.) */
    const walkAlike = (
      left: Record<string, unknown>,
      right: Record<string, unknown>,
      seen = new Map<object, Set<object>>(),
    ): boolean => {
      const met = seen.get(left) ?? new Set()
      if (met.has(right)) return true
      seen.set(left, met.add(right))
      const names = Object.keys(left)
      return (
        names.length === Object.keys(right).length &&
        names.every((name) => name in right && walkAlike(left[name] as typeof left, right[name] as typeof left, seen))
      )
    }
    fc.assert(
      fc.property(edges, (pairs) => {
        const unique = [...new Map(pairs.map((edge) => [`${edge[0]}${edge[1]}`, edge])).values()]
        const shared = graph(unique)
        const reversed = graph([...unique].reverse())
        expect(text(reversed)).toBe(text(shared))
        expect(text(shared.map((_, index) => graph(unique)[index]))).toBe(text(shared))
        shared.forEach((node, index) => {
          shared.slice(index + 1).forEach((other) => {
            if (text(node) === text(other)) expect(walkAlike(node, other)).toBe(true)
          })
        })
      }),
      { numRuns: 2000 },
    )
  })
})
