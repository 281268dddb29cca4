import { types } from 'node:util'

/**
 * Freezes a value and all that it holds, if everything in it can be: primitives, plain objects, arrays, errors.
 * Otherwise (dates, maps, sets, bytes, URLs stay mutable when frozen) it answers false and has frozen nothing.
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
  if (!Array.isArray(value) && !types.isNativeError(value) && prototype !== null && prototype !== Object.prototype)
    return false
  found.add(value)
  for (const key of Reflect.ownKeys(value)) {
    if (!collect(Reflect.get(value, key), found)) return false
  }
  return true
}
