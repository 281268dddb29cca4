/**
 * Whether `b` repeats `a`'s graph: each object of one stands for exactly one of the other (shared references and
 * cycles), prototypes are the same, and own keys stand in the same order. Says where they part; node:util compares values.
 */
export function differenceInShape(a: unknown, b: unknown): string | undefined {
  const forth = new Map<object, object>()
  const back = new Map<object, object>()

  function compare(left: unknown, right: unknown, path: string): string | undefined {
    if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) {
      return Object.is(left, right) ? undefined : `${path} differs`
    }
    if (forth.has(left) || back.has(right)) {
      return forth.get(left) === right && back.get(right) === left ? undefined : `${path} is another object`
    }
    forth.set(left, right)
    back.set(right, left)
    if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return `${path} has another prototype`
    const keys = Reflect.ownKeys(left)
    const others = Reflect.ownKeys(right)
    if (keys.length !== others.length || keys.some((key, at) => key !== others[at])) return `${path} has other keys`
    for (const key of keys) {
      const one = Object.getOwnPropertyDescriptor(left, key)
      const other = Object.getOwnPropertyDescriptor(right, key)
      if (one?.enumerable !== other?.enumerable) return `${path}.${String(key)} is enumerable in one only`
      const found = compare(Reflect.get(left, key), Reflect.get(right, key), `${path}.${String(key)}`)
      if (found) return found
    }
    const items = itemsOf(left)
    const otherItems = itemsOf(right)
    if (items.length !== otherItems.length) return `${path} has fewer or more items`
    for (const [at, item] of items.entries()) {
      const found = compare(item, otherItems[at], `${path} item ${at}`)
      if (found) return found
    }
    return undefined
  }

  return compare(a, b, 'value')
}

/** Keys and values of a Map, in turn; the items of a Set. */
function itemsOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value].flat(1)
  return value instanceof Set ? [...value] : []
}
