/**
 * Arguments for functions nobody has described: of all kinds, from a seed and the place of the call alone, so that two
 * builds of a package get the same. What the package itself makes is among them.
 */
export function valuesFrom(seed, modules) {
  const ownValues = modules.flatMap((exports) =>
    Object.keys(exports)
      .sort()
      .map((name) => exports[name]),
  )
  return {
    /** As many as a function declares, and sometimes one more or less. `log` tells how functions among them were called. */
    arguments(place, arity) {
      const random = randomFrom(`${seed}/${place}`)
      const log = []
      const count = Math.max(0, arity + [0, 0, 0, 0, 1, 1, -1][Math.floor(random() * 7)])
      const args = Array.from({ length: Math.max(count, arity === 0 ? 1 : 0) }, () => value(random, log, ownValues, 0))
      return { args, log }
    },
  }
}

const TEXTS = ['', 'a', 'hello', 'héllo wörld 🎉', '00ff', 'deadbeef', 'aGVsbG8=', 'Zm9v', '1', '2024-01-02', 'a@b.co']

function value(random, log, ownValues, depth) {
  const pick = (list) => list[Math.floor(random() * list.length)]
  const again = () => value(random, log, ownValues, depth + 1)
  const kinds = [
    () => Math.floor(random() * 40),
    () => Math.floor(random() * 40),
    () => pick([0, 1, -1, 1.5, 100, 255, 300, -0, Number.NaN]),
    () => pick(TEXTS),
    () => pick(TEXTS),
    () => Uint8Array.from({ length: pick([0, 1, 3, 16, 32, 64, 100]) }, () => random() * 256),
    () => Uint8Array.from({ length: pick([8, 16, 32]) }, () => random() * 256),
    () => BigInt(Math.floor(random() * 1e9)),
    () => random() < 0.5,
    () => pick([undefined, null]),
    () => new Date(1_700_000_000_000 + Math.floor(random() * 1e10)),
    () => recorder(random, log),
    () => recorder(random, log),
    () => pick(ownValues),
    () => pick(ownValues),
  ]
  const nested = [
    () => Array.from({ length: Math.floor(random() * 5) }, again),
    () => Array.from({ length: Math.floor(random() * 5) }, () => Math.floor(random() * 9)),
    () => Object.fromEntries(['a', 'b', 'c'].slice(0, random() * 4).map((key) => [key, again()])),
    () => new Map([['k', again()]]),
    () => new Set([again()]),
    () => /a+/g,
    () => Symbol.for('shared'),
    () => ({ dkLen: pick([16, 32]), key: new Uint8Array(16) }),
    () => ({ next: recorder(random, log), error: recorder(random, log), complete: recorder(random, log) }),
  ]
  return pick(depth < 2 ? [...kinds, ...nested] : kinds)()
}

/** A function whose answer depends on its arguments alone. It ends what would call it for ever. */
function recorder(random, log) {
  const kind = Math.floor(random() * 5)
  let calls = 0
  return (...args) => {
    if (++calls > 200) throw new Error('called too often')
    log.push(
      `called with ${args.map((arg) => (typeof arg === 'object' || typeof arg === 'function' ? typeof arg : String(arg))).join()}`,
    )
    if (kind === 0) return args[0]
    if (kind === 1) return args.length
    if (kind === 2) return typeof args[0] === 'number' ? args[0] % 2 === 0 : Boolean(args[0])
    if (kind === 3) return [args[0], args[0]]
    return undefined
  }
}

/** mulberry32, seeded by a text. */
function randomFrom(text) {
  let state = 0
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 2654435761) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
