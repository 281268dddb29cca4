import { types } from 'node:util'
import type { ClassCodecs } from '../value/codec.js'
import { brandOf, builtinName, builtinText, errorText, type Walk } from './kinds.js'
import { Refusal, type Step } from './refusal.js'
import { joined, limited, quote, sorted } from './text.js'
import { webText } from './web.js'

/** Containers within containers; a value nested deeper has no key. Recursion must end before the stack does. */
export const DEEPEST = 500

/** References back from inside cycles. A cycle's text is written anew at each place, so sharing within cycles can explode. */
const MOST_LOOPS = 2 ** 20

/** Texts this long are remembered, so that what is shared a thousandfold is walked once. Shorter ones are cheaper to write again. */
const REMEMBERED = 256

/** Writes the canonical text of values. docs/keys.md is the grammar. */
export class KeyWriter implements Walk {
  readonly #classes: ClassCodecs
  /** The containers around the value at hand, outermost first, and the step taken from each. */
  readonly #open: object[] = []
  readonly #steps: (Step | undefined)[] = []
  /** How many references back to an open container were written. */
  #loops = 0
  #texts: Map<object, string> | undefined

  constructor(classes: ClassCodecs) {
    this.#classes = classes
  }

  /** The way to the value at which writing stopped. */
  get steps(): Step[] {
    return this.#steps.slice(0, this.#open.length).filter((step) => step !== undefined)
  }

  text(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return quote(value)
      case 'number':
        return Object.is(value, -0) ? '-0' : `${value}`
      case 'boolean':
        return value ? 'true' : 'false'
      case 'undefined':
        return 'undefined'
      case 'bigint':
        return `${value}n`
      case 'symbol':
        return symbolText(value)
      case 'function':
        throw new Refusal('a function')
      case 'object':
        return value === null ? 'null' : this.#objectText(value)
    }
  }

  child(value: unknown, step: Step): string {
    this.#steps[this.#open.length - 1] = step
    return this.text(value)
  }

  extras(value: object, standard: readonly PropertyKey[] = [], hidden = false): string {
    let keys = Reflect.ownKeys(value)
    if (keys.length === 0) return ''
    const expected = new Set(standard)
    keys = keys.filter((key) => !expected.has(key))
    return keys.length === 0 ? '' : `;{${this.#propertiesText(value, keys, hidden)}}`
  }

  #objectText(value: object): string {
    const known = this.#texts?.get(value)
    if (known !== undefined) return known
    const depth = this.#open.length
    const ancestor = depth === 0 ? -1 : this.#open.lastIndexOf(value)
    if (ancestor !== -1) {
      if (++this.#loops > MOST_LOOPS) throw new Refusal(`part of cycles that refer back more than ${MOST_LOOPS} times`)
      return `^${depth - ancestor}`
    }
    if (depth === DEEPEST) throw new Refusal(`nested more than ${DEEPEST} levels deep`)

    const loopsBefore = this.#loops
    this.#open.push(value)
    this.#steps[depth] = undefined
    const text = this.#containerText(value)
    this.#open.pop()
    limited(text)
    // The text of what contains a cycle depends on where it stands, so it cannot serve elsewhere.
    if (text.length >= REMEMBERED && this.#loops === loopsBefore) {
      this.#texts ??= new Map()
      this.#texts.set(value, text)
    }
    return text
  }

  #containerText(value: object): string {
    const brand = brandOf(value)
    const prototype: object | null = Object.getPrototypeOf(value)
    if (brand === undefined) {
      if (prototype === Object.prototype) return this.#plainText(value)
      if (prototype === null) return `nullproto${this.#plainText(value)}`
      if (builtinName(prototype) === 'Object') return this.#plainText(value)
      return webText(this, value, prototype) ?? this.#instanceText(value, prototype)
    }
    if (brand === 'Array') {
      if (prototype === Array.prototype || builtinName(prototype) === 'Array')
        return this.#arrayText(value as unknown[])
    } else {
      const text = builtinText(this, value, brand, prototype)
      if (text !== undefined) return text
    }
    return this.#instanceText(value, prototype)
  }

  #plainText(value: object): string {
    const names = Object.keys(value)
    if (Object.getOwnPropertyNames(value).length === names.length && Object.getOwnPropertySymbols(value).length === 0) {
      return `{${this.#namedText(value, sorted(names))}}`
    }
    return `{${this.#propertiesText(value, Reflect.ownKeys(value), false)}}`
  }

  #namedText(value: object, names: readonly string[]): string {
    let text = ''
    for (const name of names) {
      this.#steps[this.#open.length - 1] = name
      const property = this.text((value as Readonly<Record<string, unknown>>)[name])
      text += text === '' ? `${quote(name)}:${property}` : `,${quote(name)}:${property}`
      limited(text)
    }
    return text
  }

  /** Properties by any key, names first, then symbols, each sorted by code unit. */
  #propertiesText(value: object, keys: readonly PropertyKey[], hidden: boolean): string {
    const names: string[] = []
    const symbols = new Map<string, symbol>()
    for (const key of keys) {
      this.#steps[this.#open.length - 1] = key
      if (!hidden && Object.getOwnPropertyDescriptor(value, key)?.enumerable !== true) {
        throw new Refusal('a property that is not enumerable, so most code does not see it')
      }
      if (typeof key === 'symbol') symbols.set(symbolText(key), key)
      else names.push(String(key))
    }
    let text = this.#namedText(value, sorted(names))
    for (const name of sorted([...symbols.keys()])) {
      const key = symbols.get(name) as symbol
      this.#steps[this.#open.length - 1] = key
      const property = `${name}:${this.text((value as Readonly<Record<symbol, unknown>>)[key])}`
      text += text === '' ? property : `,${property}`
      limited(text)
    }
    return text
  }

  #arrayText(array: readonly unknown[]): string {
    const keys = Reflect.ownKeys(array)
    const { length } = array
    // Indices come first: if `length` stands at that place and ends the list, there are neither holes nor other properties.
    if (keys.length !== length + 1 || keys[length] !== 'length') return this.#looseArrayText(array, keys)
    let text = '['
    for (let index = 0; index < length; index++) {
      this.#steps[this.#open.length - 1] = index
      text += index === 0 ? this.text(array[0]) : `,${this.text(array[index])}`
      limited(text)
    }
    return `${text}]`
  }

  /** An array with holes or further properties. A run of holes is one item, so a sparse array costs what it holds. */
  #looseArrayText(array: readonly unknown[], keys: readonly PropertyKey[]): string {
    const names: PropertyKey[] = []
    const items: string[] = []
    let next = 0
    for (const key of keys) {
      const index = typeof key === 'string' ? arrayIndex(key) : -1
      if (index === -1) {
        if (key !== 'length') names.push(key)
        continue
      }
      if (index > next) items.push(`hole*${index - next}`)
      items.push(this.child(array[index], index))
      next = index + 1
    }
    if (array.length > next) items.push(`hole*${array.length - next}`)
    const extras = names.length === 0 ? '' : `;{${this.#propertiesText(array, names, false)}}`
    return `[${joined(items)}${extras}]`
  }

  /** An object of somebody's class: private fields cannot be seen, so only the class itself can say what it holds. */
  #instanceText(value: object, prototype: object | null): string {
    for (const name of Object.keys(this.#classes)) {
      const codec = this.#classes[name]
      if (codec === undefined || codec.class.prototype !== prototype) continue
      const { encode } = codec
      if (encode) {
        const data = this.#dataText(
          () => encode.call(codec, value),
          (path) => `encode(${path})`,
        )
        return `codec ${quote(name)}(${data})`
      }
      if (types.isNativeError(value)) return `codec ${quote(name)}${errorText(this, value)}`
    }
    const name = prototype === null ? undefined : className(prototype)
    if (prototype === null || name === undefined) throw new Refusal('an object whose prototype belongs to no class')
    if (!speaksForItself(value, prototype)) {
      throw new Refusal(
        `an instance of ${name ? `class ${name}` : 'a class without a name'}, which has no registered codec and defines no toJSON itself`,
      )
    }
    if (name === '') {
      throw new Refusal('an instance of a class without a name, which its toJSON alone does not tell apart')
    }
    const data = this.#dataText(
      () => (value as { toJSON(): unknown }).toJSON(),
      (path) => `${path}.toJSON()`,
    )
    return `class ${quote(name)}(${data})`
  }

  /** The text of what a class says an instance holds. */
  #dataText(ask: () => unknown, step: Step): string {
    this.#steps[this.#open.length - 1] = step
    const data = ask()
    // `toJSON() { return this }`: a reference back would be all the text says about the instance.
    if (typeof data === 'object' && data !== null && this.#open.includes(data)) {
      throw new Refusal('the very object that it should describe, or one around it')
    }
    return this.text(data)
  }
}

/** The name of the class whose prototype this is: '' if it has none, undefined if it is no class's prototype. */
function className(prototype: object): string | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof maker !== 'function' || maker.prototype !== prototype) return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' ? name : ''
}

/**
 * Does the instance's own class define `toJSON`? An inherited one knows nothing of what the subclass adds, and those of
 * Date and Buffer know nothing of an object that merely inherits from them.
 */
function speaksForItself(value: object, prototype: object): boolean {
  if (!Object.hasOwn(prototype, 'toJSON') || Object.hasOwn(value, 'toJSON')) return false
  if (prototype === Buffer.prototype || builtinName(prototype) === 'Date') return false
  return typeof Reflect.get(prototype, 'toJSON', value) === 'function'
}

function symbolText(symbol: symbol): string {
  const name = Symbol.keyFor(symbol)
  if (name === undefined) throw new Refusal('a symbol that is not from Symbol.for, so no other process has it')
  return `Symbol.for(${quote(name)})`
}

/** The index that an array's property key stands for, or -1. */
function arrayIndex(key: string): number {
  const index = Number(key) >>> 0
  return String(index) === key && index !== 2 ** 32 - 1 ? index : -1
}
