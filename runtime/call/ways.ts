import { types } from 'node:util'
import type { Answer } from './tier.js'

/** The ways to the answers in memory: Maps within Maps, one for each argument and for each property of a plain object. */

export const MOST_STEPS = 64
const MOST_SHAPES = 8

/** An argument's values, each with what stands behind it: the next argument's, or the answer. */
export class Branch extends Map<unknown, Branch | Answer> {
  /** Of the plain objects that are values here. */
  shapes: Shape[] | undefined = undefined
  /** Where this branch stands, and under what. */
  above: Branch | undefined = undefined
  under: Step | Shape = undefined
}

/** One of the ways to an answer, by its end; the answer's others follow. */
export interface Way {
  readonly branch: Branch
  readonly last: Step
  readonly next: Way | undefined
}

/** Plain objects with these properties, in this order; `start` has the values of the first. */
class Shape {
  readonly names: readonly string[]
  readonly start: Branch

  constructor(names: readonly string[], above: Branch) {
    this.names = names
    this.start = new Branch()
    this.start.above = above
    this.start.under = this
  }
}

/** A primitive value, or the names of a plain object's properties, whose values follow. */
export type Step = unknown

class Names {
  readonly names: readonly string[]
  constructor(names: readonly string[]) {
    this.names = names
  }
}

/** The steps to a value; `false` for one that has another kind of key, or that code of its own could change between two looks. */
export function follow(value: unknown, steps: Step[], depth = 0): boolean {
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

/** Lays a further way to the answer; `undefined` if that cannot be. */
export function put(root: Branch, steps: readonly Step[], answer: Answer): Way | undefined {
  let branch = root
  for (const [index, step] of steps.entries()) {
    if (step instanceof Names) {
      const shape = shapeOf(branch, step.names)
      if (shape === undefined) return undefined
      branch = shape.start
    } else if (index < steps.length - 1) {
      branch = branchBelow(branch, step)
    }
  }
  const last = steps.at(-1)
  branch.set(last, answer)
  return { branch, last, next: answer.entry.ways }
}

/** Takes a way back, with all branches that led there alone. */
export function forget({ branch, last }: Way, answer: Answer | undefined): void {
  if (branch.get(last) === answer) branch.delete(last)
  let below = branch
  while (below.above !== undefined && below.size === 0 && (below.shapes?.length ?? 0) === 0) {
    const { above, under } = below
    if (under instanceof Shape) above.shapes = above.shapes?.filter((shape) => shape !== under)
    else above.delete(under)
    below = above
  }
}

function branchBelow(above: Branch, step: Step): Branch {
  const known = above.get(step)
  if (known instanceof Branch) return known
  const branch = new Branch()
  branch.above = above
  branch.under = step
  above.set(step, branch)
  return branch
}

function shapeOf(branch: Branch, names: readonly string[]): Shape | undefined {
  branch.shapes ??= []
  const known = branch.shapes.find(
    (shape) => shape.names.length === names.length && shape.names.every((name, index) => name === names[index]),
  )
  if (known !== undefined || branch.shapes.length >= MOST_SHAPES) return known
  const shape = new Shape(names, branch)
  branch.shapes.push(shape)
  return shape
}

/** What stands behind a plain object. */
export function enter(branch: Branch, value: unknown): Branch | Answer | undefined {
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

function through({ names, start }: Shape, value: Readonly<Record<string, unknown>>): Branch | Answer | undefined {
  let at: Branch | Answer | undefined = start
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
