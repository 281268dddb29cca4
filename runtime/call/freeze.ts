import { builtinName } from '../key/kinds.js'
import { isErrorName } from '../value/kinds.js'

/**
 * Freezes a value and all that it holds, if everything in it can be: primitives, plain objects, arrays, errors.
 * Otherwise (dates, maps, sets, bytes, URLs and the private fields of classes stay mutable when frozen) it answers false and has frozen nothing.
 */
export function deepFreeze(value: unknown): boolean {
  const found = new Set<object>()
  if (!collect(value, found)) return false
  for (const object of found) Object.freeze(object)
  return true
}

function collect(value: unknown, found: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || found.has(value)) return true
  const prototype = Object.getPrototypeOf(value)
  const name = builtinName(prototype)
  if (prototype !== null && name !== 'Object' && name !== 'Array' && !isErrorName(name)) return false
  found.add(value)
  for (const key of Reflect.ownKeys(value)) {
    if (!collect(Reflect.get(value, key), found)) return false
  }
  return true
}
