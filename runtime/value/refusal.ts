import { types } from 'node:util'
import { brandOf, builtinName } from '../key/kinds.js'
import { className } from './kinds.js'

/** The words of refusals: where in a value, and what it is. */

/** One step from a value to what is inside it: a property, an index, or a function from the value's path to the next. */
export type Step = string | number | ((path: string) => string)

/** As people write it: `result.rows[3].when`, `result["a b"]`, `result.get("k")`. */
export function pathOf(root: string, steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'function') return step(path)
    return typeof step === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
      ? `${path}.${step}`
      : `${path}[${JSON.stringify(step)}]`
  }, root)
}

/** Built-in classes whose objects nobody's codec could write, in words. */
const NAMES: Readonly<Record<string, string>> = {
  Promise: 'a promise',
  Arguments: 'an arguments object',
  Module: 'a module namespace',
  External: 'a pointer of a native addon',
  SharedArrayBuffer: 'a SharedArrayBuffer',
  Generator: 'a generator',
  AsyncGenerator: 'a generator',
  Iterator: 'an iterator',
  WeakMap: 'a WeakMap',
  WeakSet: 'a WeakSet',
  WeakRef: 'a WeakRef',
  Symbol: 'a boxed symbol',
  Response: 'a Response; return what its json(), text() or arrayBuffer() gives',
  Request: 'a Request',
  Blob: 'a Blob; return what its arrayBuffer() gives',
  File: 'a File; return what its arrayBuffer() gives',
  ReadableStream: 'a ReadableStream; return what was read from it',
}

/** What makes a property unlike one that was assigned. */
export function describeProperty(property: PropertyDescriptor | undefined): string {
  if (property === undefined || !('value' in property)) return 'an accessor (a getter or setter)'
  return property.enumerable ? 'a read-only property' : 'a hidden (not enumerable) property'
}

/** What an object that cannot be stored is, and what to do about it. */
export function describe(object: object): string {
  const prototype: object | null = Object.getPrototypeOf(object)
  const brand = types.isSymbolObject(object) ? 'Symbol' : brandOf(object)
  const name = className(prototype)
  const known = NAMES[brand ?? name]
  if (known !== undefined) return known
  if (brand !== undefined && (prototype === null || builtinName(prototype) === 'Object'))
    return `a ${brand} without its class`
  if (name === '' || name === 'Object') return 'an object with a prototype of its own'
  const codec = types.isNativeError(object) ? `class: ${name}` : `class: ${name}, encode, decode`
  return `an instance of ${name}, which is not registered; add configure({ classes: { ${name}: { ${codec} } } })`
}
