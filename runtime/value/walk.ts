import { types } from 'node:util'
import { UnstorableError } from '../errors.js'
import { brandOf, builtinName, isFakeDate } from '../key/kinds.js'
import type { ClassCodec, ClassCodecs } from './codec.js'
import { errorBase, isErrorName, isLazyBuiltin, isPlainPrimitive, nodeError } from './kinds.js'
import { hasExtras, ownProperties, type Payload, shellPayload, viewBytes } from './payload.js'
import { describe, describeProperty, pathOf, type Step } from './refusal.js'

/** Deeper values would overflow the stack of a caller that is itself deep, when they are read again. */
const DEEPEST = 1000

/**
 * One pass over a value, before anything is written: it throws UnstorableError for what would not come back as it is,
 * finds out whether the value is plain JSON, and gathers payloads for what the text format does not know.
 */
export class ValueWalk {
  /** No more than JSON says: no shared references, no `undefined`, no other classes. */
  plain = !('toJSON' in Array.prototype)
  /** What stands in the text for objects (and registered symbols) that the format does not know. */
  readonly payloads = new Map<unknown, Payload>()

  readonly #classes: readonly (readonly [name: string, codec: ClassCodec])[]
  readonly #root: string
  readonly #steps: Step[] = []
  readonly #seen = new Set<object>()
  /** The objects that contain the one at hand, outermost first. */
  readonly #open: object[] = []
  readonly #urls: URL[] = []
  /** Where a reference to a containing object was met. */
  #cycle: string | undefined
  /** The name of a class whose instances only its own `decode` can make. */
  #decoded: string | undefined

  /** @param root What paths begin with. */
  constructor(classes: ClassCodecs, root: string) {
    this.#classes = Object.entries(classes)
    this.#root = root
  }

  run(value: unknown): void {
    try {
      this.#visit(value)
    } catch (error) {
      if (error instanceof UnstorableError) throw error
      const reason = error instanceof Error ? error.message : typeof error
      this.#refuse(`a value that throws when it is read: ${reason}`)
    }
    if (this.#cycle !== undefined && this.#decoded !== undefined) {
      throw new UnstorableError(
        this.#cycle,
        `part of a cycle, which cannot be made again around an instance of ${this.#decoded}`,
      )
    }
    if (this.#urls.some((url) => this.#seen.has(url.searchParams))) this.#refuse('a URL together with its searchParams')
  }

  #visit(value: unknown): void {
    if (isPlainPrimitive(value)) return
    switch (typeof value) {
      case 'number':
      case 'undefined':
      case 'bigint':
        this.plain = false
        return
      case 'symbol': {
        const key = Symbol.keyFor(value)
        if (key === undefined) this.#refuse('a unique symbol')
        this.#substitute(value, ['symbol', key])
        return
      }
      case 'function':
        this.#refuse('a function')
        break
      default:
        this.#enter(value as object)
    }
  }

  #inside(value: unknown, step: Step): void {
    this.#steps.push(step)
    this.#visit(value)
    this.#steps.pop()
  }

  #enter(object: object): void {
    if (this.#seen.has(object)) {
      this.plain = false
      if (this.#open.includes(object)) this.#cycle ??= this.#path()
      return
    }
    if (types.isProxy(object)) this.#refuse('a Proxy')
    if (this.#open.length >= DEEPEST) this.#refuse(`nested more than ${DEEPEST} levels deep`)
    this.#seen.add(object)
    this.#open.push(object)
    const prototype: object | null = Object.getPrototypeOf(object)
    if (prototype === Array.prototype && Array.isArray(object)) this.#array(object)
    else if (prototype === Object.prototype) this.#record(object)
    else this.#special(object, prototype)
    this.#open.pop()
  }

  /** A property must be one that assignment makes. */
  #property(object: object, key: string | number, frozen: boolean): void {
    const property = Object.getOwnPropertyDescriptor(object, key)
    const assigned = property?.enumerable && (property.writable || (frozen && 'value' in property))
    if (assigned && isPlainPrimitive(property.value)) return
    this.#steps.push(key)
    if (!assigned) this.#refuse(describeProperty(property))
    this.#visit(property.value)
    this.#steps.pop()
  }

  #array(array: readonly unknown[]): void {
    const keys = Reflect.ownKeys(array)
    const dense = keys[array.length] === 'length'
    if (!dense) this.plain = false
    const count = dense ? array.length : keys.indexOf('length')
    this.#noMore(keys, count + 1)
    const frozen = Object.isFrozen(array)
    for (let at = 0; at < count; at++) this.#property(array, dense ? at : Number(keys[at]), frozen)
  }

  #record(object: object): void {
    const keys = Reflect.ownKeys(object)
    // Arguments, and objects whose class was taken from them: the engine still keeps a Map, a Date … inside.
    if ((keys.length === 0 || Object.hasOwn(object, 'length')) && brandOf(object) !== undefined)
      this.#refuse(describe(object))
    const frozen = Object.isFrozen(object)
    for (const key of keys) {
      if (typeof key === 'symbol') this.#refuse(`an object with the symbol property ${String(key)}`)
      this.#property(object, key, frozen)
    }
    // devalue refuses this name; JSON does not.
    if (Object.hasOwn(object, '__proto__')) {
      const base = Object.getPrototypeOf(object) === null ? 'null' : 'Object'
      this.payloads.set(object, shellPayload([base], ownProperties(object)))
    }
  }

  #special(object: object, prototype: object | null): void {
    this.plain = false
    const registered = this.#classes.find(([, codec]) => codec.class.prototype === prototype)
    const brand = brandOf(object)
    const name = builtinName(prototype)
    if (registered !== undefined) this.#instance(object, ...registered)
    else if (brand === undefined) this.#unbranded(object, prototype, name)
    else if (brand === 'Error' && isErrorName(name)) this.#error(object, [name])
    else if (brand === 'Error') this.#nodeError(object, prototype)
    else if (brand === name) this.#genuine(object, brand)
    else if (brand === 'Date' && isFakeDate(object, prototype)) this.#noMore(Reflect.ownKeys(object), 1)
    else this.#refuse(describe(object))
  }

  #nodeError(object: object, prototype: object | null): void {
    const known = nodeError(prototype)
    if (known === undefined) this.#refuse(describe(object))
    this.#error(object, known.showsCode ? [known.base, 'node'] : [known.base])
  }

  /** What is an object like any other to the engine. */
  #unbranded(object: object, prototype: object | null, name: string): void {
    if (prototype === null || name === 'Object') this.#record(object)
    else if (prototype === URL.prototype) this.#url(object as URL)
    else if (prototype === URLSearchParams.prototype) this.#bare(object)
    else if (isLazyBuiltin(prototype, 'Headers')) this.#headers(object as Headers)
    else if (isLazyBuiltin(prototype, 'DOMException')) {
      const { message, name: kind } = object as Error
      this.#error(object, ['DOMException', message, kind])
    } else this.#refuse(describe(object))
  }

  /** An object of a built-in class, not of a subclass. */
  #genuine(object: object, brand: string): void {
    if (Array.isArray(object)) this.#array(object)
    else if (types.isMap(object)) this.#map(object)
    else if (types.isSet(object)) this.#set(object)
    else if (types.isRegExp(object)) this.#regExp(object)
    else if (ArrayBuffer.isView(object)) this.#view(object, brand)
    else if (types.isArrayBuffer(object)) this.#buffer(object)
    else if (types.isStringObject(object)) this.#noMore(Reflect.ownKeys(object), object.valueOf().length + 1)
    else if (types.isDate(object) || (types.isBoxedPrimitive(object) && brand !== 'Symbol')) this.#bare(object)
    else this.#refuse(describe(object))
  }

  #map(map: Map<unknown, unknown>): void {
    this.#bare(map)
    let at = 0
    for (const [key, value] of map) {
      const index = at++
      this.#inside(key, (path) => `[...${path}.keys()][${index}]`)
      this.#inside(value, (path) =>
        typeof key === 'string' || typeof key === 'number'
          ? `${path}.get(${JSON.stringify(key)})`
          : `[...${path}.values()][${index}]`,
      )
    }
  }

  #set(set: Set<unknown>): void {
    this.#bare(set)
    let at = 0
    for (const value of set) {
      const index = at++
      this.#inside(value, (path) => `[...${path}][${index}]`)
    }
  }

  #regExp(regExp: RegExp): void {
    this.#noMore(Reflect.ownKeys(regExp), 1)
    if (!Object.is(regExp.lastIndex, 0)) this.#refuse('a RegExp whose lastIndex is not 0')
  }

  #url(url: URL): void {
    this.#bare(url)
    if (new URL(url.href).href !== url.href) this.#refuse('a URL that reads differently when it is parsed again')
    this.#urls.push(url)
  }

  /** Their guard (a response's headers cannot be changed) is not kept, as frozen objects are not. */
  #headers(headers: Headers): void {
    this.#noMore(Object.getOwnPropertyNames(headers), 0)
    this.#substitute(headers, ['Headers', [...headers]])
  }

  /** Only the bytes that the view shows: a small Buffer lies in a pool among other people's data. */
  #view(view: ArrayBufferView, brand: string): void {
    const bytes = viewBytes(view)
    if (types.isSharedArrayBuffer(bytes.buffer)) this.#refuse('a view of shared memory')
    if (brand === 'DataView') this.#bare(view)
    else if (hasExtras(view, bytes, brand)) this.#refuse(`a ${brand} with properties of its own`)
    this.#substitute(view, ['bytes', Buffer.isBuffer(view) ? 'Buffer' : brand, bytes.toString('base64')])
  }

  #buffer(buffer: ArrayBuffer & { readonly resizable?: boolean }): void {
    this.#bare(buffer)
    if (buffer.resizable) this.#refuse('a resizable ArrayBuffer')
    this.#substitute(buffer, ['bytes', 'ArrayBuffer', Buffer.from(buffer).toString('base64')])
  }

  #instance(object: object, name: string, codec: ClassCodec): void {
    const isError = errorBase(codec.class.prototype) !== undefined
    if (codec.decode === undefined && isError) {
      const base = types.isNativeError(object) ? errorBase(codec.class.prototype) : undefined
      this.#error(object, [base ?? '', 'class', name], codec.encode?.(object))
      return
    }
    if (codec.decode === undefined || (codec.encode === undefined && !isError)) {
      const missing = codec.decode === undefined ? 'decode' : 'encode'
      this.#refuse(`an instance of ${name}, which is registered without ${missing}`)
    }
    const data: unknown = codec.encode
      ? codec.encode(object)
      : Object.fromEntries(ownProperties(object).map((property) => [property.name, property.value]))
    const stack: unknown = isError ? Reflect.get(object, 'stack') : undefined
    this.#decoded = name
    this.#substitute(object, ['class', name, data, typeof stack === 'string' ? stack : undefined, true])
    this.#inside(data, (path) => path)
  }

  /** @param shown What the class's codec gives in place of the enumerable properties. */
  #error(error: object, head: readonly string[], shown?: unknown): void {
    const [symbol] = Object.getOwnPropertySymbols(error)
    if (symbol !== undefined && head[0] !== 'DOMException') this.#refuse(`an error with the property ${String(symbol)}`)
    let properties = ownProperties(error)
    if (shown !== undefined) {
      if (typeof shown !== 'object' || shown === null)
        this.#refuse('an error whose codec does not encode it as an object')
      const hidden = properties.filter(({ enumerable }) => !enumerable)
      const names = new Set(hidden.map(({ name }) => name))
      properties = [...hidden, ...ownProperties(shown).map((one) => ({ ...one, enumerable: !names.has(one.name) }))]
    }
    this.#substitute(error, shellPayload(head, properties))
    for (const { name, value, accessor } of properties) {
      if (accessor && name !== 'stack') this.#refuse(`an error with the accessor '${name}'`)
      this.#inside(value, name)
    }
  }

  #substitute(value: unknown, payload: Payload): void {
    this.plain = false
    this.payloads.set(value, payload)
  }

  #bare(object: object): void {
    this.#noMore(Reflect.ownKeys(object), 0)
  }

  /** Own keys past the `known` ones would be lost. */
  #noMore(keys: readonly PropertyKey[], known: number): void {
    const extra = keys[known]
    if (extra !== undefined) this.#refuse(`an object of a built-in class with the additional property ${String(extra)}`)
  }

  #refuse(what: string): never {
    throw new UnstorableError(this.#path(), what)
  }

  #path(): string {
    return pathOf(this.#root, this.#steps)
  }
}
