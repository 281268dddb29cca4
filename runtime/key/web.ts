import { errorText, type Walk } from './kinds.js'

/**
 * The text of an object of one of Node's web classes whose contents are data, `undefined` for any other class. The class
 * is looked up only once an object claims to be of it: merely mentioning `Headers` loads Node's whole HTTP client.
 */
export function webText(walk: Walk, value: object, prototype: object): string | undefined {
  const tag: unknown = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value
  switch (tag) {
    case 'URL':
      if (prototype !== URL.prototype) return undefined
      return `URL(${JSON.stringify(read(prototype, 'href', value))}${walk.extras(value, Reflect.ownKeys(new URL('a:')))})`
    case 'URLSearchParams': {
      if (prototype !== URLSearchParams.prototype) return undefined
      const text = URLSearchParams.prototype.toString.call(value)
      return `URLSearchParams(${JSON.stringify(text)}${walk.extras(value, Reflect.ownKeys(new URLSearchParams()))})`
    }
    case 'Headers': {
      if (prototype !== Headers.prototype) return undefined
      // Names come lower-case and sorted; each set-cookie is an entry of its own, in order.
      const entries = [...Headers.prototype.entries.call(value)]
      return `Headers(${JSON.stringify(entries)}${walk.extras(value, Reflect.ownKeys(new Headers()))})`
    }
    case 'DOMException': {
      if (prototype !== DOMException.prototype) return undefined
      // Only a true DOMException has a code.
      read(prototype, 'code', value)
      return `DOMException${errorText(walk, value)}`
    }
    default:
      return undefined
  }
}

/** By the class's own getter, which throws for an object that only inherits from it. */
function read(prototype: object, name: string, value: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get?.call(value)
}
