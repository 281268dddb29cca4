import { types } from 'node:util'
import { builtinName } from '../key/kinds.js'

/** What kind a value is of, as far as `key-kinds.ts` does not say: errors, primitives, and the names of classes. */

/** The error classes of the language. */
const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError }

export type ErrorName = keyof typeof ERRORS

export function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(ERRORS, name)
}

/** The built-in error class that `prototype` is of or descends from. */
export function errorBase(prototype: object): ErrorName | undefined {
  for (let step: object | null = prototype; step !== null; step = Object.getPrototypeOf(step)) {
    const name = builtinName(step)
    if (isErrorName(name)) return name
  }
  return undefined
}

/** A bare error that the engine knows as one, with the given prototype, made without running anyone's constructor. */
export function createError(base: ErrorName, prototype: object = ERRORS[base].prototype): object {
  const error: object = Reflect.construct(ERRORS[base], base === 'AggregateError' ? [[]] : [])
  return Object.setPrototypeOf(error, prototype)
}

/**
 * Node's own functions throw errors of internal subclasses that call themselves `TypeError`, `RangeError` … through a
 * `constructor` accessor; most also show their code in `toString`. Nobody can name these classes, so they come back as
 * the class they call themselves, or as one that shows the code.
 */
export function nodeError(prototype: object | null): { base: ErrorName; showsCode: boolean } | undefined {
  const base = prototype === null ? undefined : errorBase(prototype)
  if (base === undefined) return undefined
  let showsCode = false
  for (let step = prototype; step !== null && builtinName(step) !== base; step = Object.getPrototypeOf(step)) {
    const own = Object.getOwnPropertyNames(step)
    const maker = Object.getOwnPropertyDescriptor(step, 'constructor')?.get
    if (maker === undefined || !own.every((name) => name === 'constructor' || name === 'toString')) return undefined
    if (builtinName(Reflect.get(maker.call(step) as object, 'prototype')) !== base) return undefined
    showsCode ||= own.includes('toString')
  }
  return { base, showsCode }
}

const nodePrototypes = new Map<ErrorName, object>()

/** The prototype that stands for Node's internal subclasses of one error class that show their code. */
export function nodePrototype(base: ErrorName): object {
  const known = nodePrototypes.get(base)
  if (known !== undefined) return known
  const prototype = Object.create(ERRORS[base].prototype, {
    constructor: { get: () => ERRORS[base], configurable: true },
    toString: {
      value(this: Error & { code?: unknown }) {
        return `${this.name} [${this.code}]: ${this.message}`
      },
      writable: true,
      configurable: true,
    },
  })
  nodePrototypes.set(base, prototype)
  return prototype
}

/** `Headers` and `DOMException` are loaded by Node when they are first named, so they are named only on suspicion. */
export function isLazyBuiltin(prototype: object, name: 'Headers' | 'DOMException'): boolean {
  return className(prototype) === name && globalThis[name].prototype === prototype
}

/** The name a class goes by, for people; empty when it has none. */
export function className(prototype: object | null): string {
  if (prototype === null || types.isProxy(prototype)) return ''
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name: unknown = typeof maker === 'function' ? Object.getOwnPropertyDescriptor(maker, 'name')?.value : undefined
  if (typeof name === 'string' && name !== '') return name
  return builtinName(prototype) || className(Object.getPrototypeOf(prototype))
}

/** What JSON writes and reads as it is. */
export function isPlainPrimitive(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
