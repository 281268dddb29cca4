import { types } from 'node:util'
import { clone, isFlat, weigh } from './clone.js'
import { DUE, letAnswer, passes } from './coarse-clock.js'
import { isFresh, mayBeDue } from './freshness.js'
import type { Memo } from './memo.js'
import { stage } from './stand-in.js'
import { GONE, type Remembered } from './tier.js'

/**
 * The way of a hit that makes nothing: no key, no text, no object. Answers stand in Maps within Maps, one for each
 * argument, under the arguments themselves; compiled functions look there before they make anything. A Map tells 1 from
 * '1', finds NaN, and takes 0 and -0 for one, which is seen to here. Only primitives are ever put in as keys, and plain
 * objects under the values of their properties; whatever is not found takes the way by its key.
 */

/** Its lifetime is to be asked: `ttl`. */
const TIMED = 4
/** An argument is 0, so it must not be -0. */
const ZERO = 8
/** The caller gets a copy, of an object that holds others. */
const DEEP = 16
/** The caller gets a copy, of an object that holds no other. */
const FLAT = 32
/** `null` and `undefined`, which compiled code takes for no answer. */
const NULLISH = 64
/** Its value is made by a codec. */
const CODEC = 128

const STOPS = GONE | DUE | CODEC

/** What the longest strings of one call may be together: they stay in memory as keys. */
const MOST_TEXT = 4096
const MOST_STEPS = 64
const MOST_SHAPES = 8
/** Equal objects whose properties stand in another order come another way. */
const MOST_WAYS = 8

/** An argument's values, each with what stands behind it: the next argument's, or the answer. */
class Branch extends Map<unknown, Branch | Remembered> {
  /** Of the plain objects that are values here. */
  shapes: Shape[] | undefined = undefined
}

/** Plain objects with these properties, in this order; `start` has the values of the first. */
interface Shape {
  readonly names: readonly string[]
  readonly start: Branch
}

/** `undefined`: take the long way. */
export type Hit = (...args: never[]) => unknown

export class Shortcut {
  /** Of a compiled function. It gets the values that join the key, in their order. `undefined` for very many. */
  readonly hit: Hit | undefined
  readonly #memo: Memo
  readonly #root = new Branch()
  /** Where those values stand among all that a call hands over. */
  readonly #positions: readonly number[]

  constructor(memo: Memo) {
    this.#memo = memo
    this.#positions = memo.names.flatMap((name, position) => (memo.settings.ignore.has(name) ? [] : [position]))
    this.hit = hitOf(this.#root, this.#positions.length, memo)
  }

  /** The entry of these values, and what it answers now, if it can answer without further questions. */
  find(values: readonly unknown[]): { readonly entry: Remembered; readonly value: unknown } | undefined {
    const entry = this.#locate(values)
    if (entry === undefined || passes()) return undefined
    if ((entry.state & STOPS) !== 0 || !isTimely(entry, this.#memo)) return undefined
    return { entry, value: answerOf(entry) }
  }

  #locate(values: readonly unknown[]): Remembered | undefined {
    const positions = this.#positions
    if (positions.length === 0) return this.#root.get(undefined) as Remembered | undefined
    let at: Branch | Remembered | undefined = this.#root
    for (let index = 0; index < positions.length; index++) {
      const value = values[positions[index] as number]
      if (value === 0 && Object.is(value, -0)) return undefined
      at = (at as Branch).get(value) ?? enter(at as Branch, value)
      if (at === undefined) return undefined
    }
    return at as Remembered
  }

  /**
   * From now on these values find the entry, which their key has just found. Nothing may have happened in between: the
   * objects among them are as they were.
   */
  learn(values: readonly unknown[], entry: Remembered): void {
    if (entry.kind !== 'data' || entry.promise !== this.#memo.async || entry.state & GONE) return
    if (this.#locate(values) === entry) {
      letAnswer(entry)
      return
    }
    if ((entry.ways?.length ?? 0) >= MOST_WAYS) return
    const steps: Step[] = this.#positions.length === 0 ? [undefined] : []
    let zeros = 0
    let length = 0
    for (const [index, position] of this.#positions.entries()) {
      const value = values[position]
      if (value === 0) zeros |= index < 31 ? 1 << index : -1
      if (!follow(value, steps)) return
    }
    if (steps.length > MOST_STEPS) return
    for (const step of steps) length += typeof step === 'string' ? step.length : 0
    if (length > MOST_TEXT || !this.#prepare(entry)) return
    entry.zeros = zeros
    if (zeros !== 0) entry.state |= ZERO
    const forget = put(this.#root, steps, entry)
    if (forget === undefined) return
    entry.ways = [...(entry.ways ?? []), forget]
    letAnswer(entry)
  }

  /** Reads the value that the entry answers, or of which it makes its copies. */
  #prepare(entry: Remembered): boolean {
    if (entry.ways !== undefined) return true
    const { settings, tier } = this.#memo
    const value = entry.load()
    entry.state |= settings.ttl === undefined ? 0 : TIMED
    entry.value = value
    if (typeof value !== 'object' || value === null) {
      entry.state |= value === null || value === undefined ? NULLISH : 0
      return true
    }
    if (settings.share && entry.load() === value) return true
    if (entry.codec === 'json') {
      entry.state |= isFlat(value) ? FLAT : DEEP
      entry.load = () => clone(value)
      tier?.resize(entry, weigh(value))
    } else {
      entry.state |= CODEC
      entry.value = undefined
    }
    return (entry.state & GONE) === 0
  }
}

/** A primitive value, or the names of a plain object's properties, whose values follow. */
type Step = unknown

class Names {
  readonly names: readonly string[]
  constructor(names: readonly string[]) {
    this.names = names
  }
}

/** The steps to a value; `false` for one that has another kind of key, or that code of its own could change between two looks. */
function follow(value: unknown, steps: Step[], depth = 0): boolean {
  if (typeof value === 'function' || typeof value === 'symbol' || Object.is(value, -0)) return false
  if (typeof value !== 'object' || value === null) {
    steps.push(value)
    return true
  }
  if (depth > 8 || types.isProxy(value) || Object.getPrototypeOf(value) !== Object.prototype) return false
  const names = Object.keys(value)
  // An object without properties, or with those of a list, may be something else that lost its prototype.
  if (names.length === 0 || names.length > MOST_STEPS || names.some((name) => /^\d/.test(name))) return false
  if (Reflect.ownKeys(value).length !== names.length) return false
  const properties = names.map((name) => Object.getOwnPropertyDescriptor(value, name))
  if (properties.some((property) => property === undefined || !('value' in property))) return false
  steps.push(new Names(names))
  return properties.every((property) => follow(property?.value, steps, depth + 1))
}

/** Lays a way to the entry; answers how to forget it. */
function put(root: Branch, steps: readonly Step[], entry: Remembered): (() => void) | undefined {
  const trail: { readonly branch: Branch; readonly step: Step; readonly shape?: Shape }[] = []
  let branch = root
  for (const [index, step] of steps.entries()) {
    if (step instanceof Names) {
      const shape = shapeOf(branch, step.names)
      if (shape === undefined) return undefined
      trail.push({ branch, step, shape })
      branch = shape.start
    } else if (index < steps.length - 1) {
      let next = branch.get(step)
      if (!(next instanceof Branch)) {
        next = new Branch()
        branch.set(step, next)
      }
      trail.push({ branch, step })
      branch = next
    }
  }
  const last = steps.at(-1)
  branch.set(last, entry)
  return () => {
    if (branch.get(last) === entry) branch.delete(last)
    for (let index = trail.length - 1, below = branch; index >= 0; index--) {
      const { branch: above, step, shape } = trail[index] as (typeof trail)[number]
      if (below.size > 0 || (below.shapes?.length ?? 0) > 0) return
      if (shape === undefined) above.delete(step)
      else above.shapes = above.shapes?.filter((other) => other !== shape)
      below = above
    }
  }
}

function shapeOf(branch: Branch, names: readonly string[]): Shape | undefined {
  branch.shapes ??= []
  const known = branch.shapes.find(
    (shape) => shape.names.length === names.length && shape.names.every((name, index) => name === names[index]),
  )
  if (known !== undefined || branch.shapes.length >= MOST_SHAPES) return known
  const shape: Shape = { names, start: new Branch() }
  branch.shapes.push(shape)
  return shape
}

/** What stands behind a plain object. */
function enter(branch: Branch, value: unknown): Branch | Remembered | undefined {
  if (typeof value !== 'object' || value === null || branch.shapes === undefined) return undefined
  try {
    if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
    for (const shape of branch.shapes) {
      const found = through(shape, value as Readonly<Record<string, unknown>>)
      if (found !== undefined) return found
    }
  } catch {
    // A getter or a proxy threw: the long way says of which argument.
  }
  return undefined
}

function through({ names, start }: Shape, value: Readonly<Record<string, unknown>>): Branch | Remembered | undefined {
  let at: Branch | Remembered | undefined = start
  let index = 0
  for (const name in value) {
    if (name !== names[index++]) return undefined
    const property = value[name]
    if (property === 0 && Object.is(property, -0)) return undefined
    at = (at as Branch).get(property) ?? enter(at as Branch, property)
    if (at === undefined) return undefined
  }
  // What `for` does not show is part of the key, or refused. Asking for it takes half the time of such a hit.
  if (index !== names.length || Object.getOwnPropertyNames(value).length !== index) return undefined
  return Object.getOwnPropertySymbols(value).length === 0 ? at : undefined
}

function isTimely(entry: Remembered, { settings, mode }: Memo): boolean {
  if ((entry.state & TIMED) === 0) return true
  return isFresh(entry.kind, entry.at, settings, mode) && !mayBeDue(entry, settings)
}

function answerOf({ state, value }: Remembered): unknown {
  if ((state & (FLAT | DEEP)) === 0) return value
  return (state & FLAT) === 0 ? clone(value) : { ...(value as object) }
}

/** What the entry answers to a compiled function: small, so that it becomes part of its caller. */
function answer(
  entry: Remembered,
  memo: Memo,
  a?: unknown,
  b?: unknown,
  c?: unknown,
  d?: unknown,
  e?: unknown,
): unknown {
  if (entry.state !== 0 || stage.find !== undefined || passes()) return special(entry, memo, a, b, c, d, e)
  entry.hits++
  return entry.value
}

function special(entry: Remembered, memo: Memo, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): unknown {
  if (stage.find !== undefined || (entry.state & (STOPS | NULLISH)) !== 0 || passes()) return undefined
  if ((entry.state & ZERO) !== 0 && hasMinusZero(entry.zeros, a, b, c, d, e)) return undefined
  if (!isTimely(entry, memo)) return undefined
  entry.hits++
  return answerOf(entry)
}

function hasMinusZero(zeros: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): boolean {
  return (
    ((zeros & 1) !== 0 && Object.is(a, -0)) ||
    ((zeros & 2) !== 0 && Object.is(b, -0)) ||
    ((zeros & 4) !== 0 && Object.is(c, -0)) ||
    ((zeros & 8) !== 0 && Object.is(d, -0)) ||
    ((zeros & 16) !== 0 && Object.is(e, -0))
  )
}

type At = Branch & Remembered

function next(at: Branch, value: unknown): At | undefined {
  return (at.get(value) ?? enter(at, value)) as At | undefined
}

/** A function for each number of arguments: none of them makes a list of its arguments, and each is small enough to become part of its caller. */
function hitOf(root: Branch, count: number, memo: Memo): Hit | undefined {
  switch (count) {
    case 0:
      return () => {
        const found = root.get(undefined) as Remembered | undefined
        return found && answer(found, memo)
      }
    case 1:
      return (a: unknown) => {
        const found = next(root, a)
        return found && answer(found, memo, a)
      }
    case 2:
      return (a: unknown, b: unknown) => {
        let at = next(root, a)
        at = at && next(at, b)
        return at && answer(at, memo, a, b)
      }
    case 3:
      return (a: unknown, b: unknown, c: unknown) => {
        let at = next(root, a)
        at = at && next(at, b)
        at = at && next(at, c)
        return at && answer(at, memo, a, b, c)
      }
    case 4:
      return (a: unknown, b: unknown, c: unknown, d: unknown) => {
        let at = next(root, a)
        at = at && next(at, b)
        at = at && next(at, c)
        at = at && next(at, d)
        return at && answer(at, memo, a, b, c, d)
      }
    case 5:
      return (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => {
        let at = next(root, a)
        at = at && next(at, b)
        at = at && next(at, c)
        at = at && next(at, d)
        at = at && next(at, e)
        return at && answer(at, memo, a, b, c, d, e)
      }
    default:
      return undefined
  }
}
