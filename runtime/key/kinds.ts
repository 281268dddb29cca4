import { isDeepStrictEqual, types } from 'node:util'
import { Refusal, type Step } from './refusal.js'
import { hash } from './sha256.js'
import { joinedInOrder, quote } from './text.js'

/** What the texts of built-in kinds need from the writer that walks the argument. */
export interface Walk {
  /** The text of something inside the value at hand. */
  child(value: unknown, step: Step): string
  /** `;{…}`, the value's own properties but for `standard`, or nothing. Hidden (not enumerable) ones are refused unless `hidden`. */
  extras(value: object, standard?: readonly PropertyKey[], hidden?: boolean): string
}

/**
 * The internal kind of an object, whatever its prototype says: the name of the class that made it. Undefined for
 * ordinary objects. `instanceof` fails across realms and `Symbol.toStringTag` can be forged; these checks do neither.
 */
export function brandOf(value: object): string | undefined {
  if (Array.isArray(value)) return 'Array'
  if (ArrayBuffer.isView(value)) return String(viewKind.call(value) ?? 'DataView')
  if (types.isMap(value)) return 'Map'
  if (types.isSet(value)) return 'Set'
  if (types.isDate(value)) return 'Date'
  if (types.isRegExp(value)) return 'RegExp'
  if (types.isNativeError(value)) return isDomException(value) ? undefined : 'Error'
  if (types.isAnyArrayBuffer(value)) return types.isSharedArrayBuffer(value) ? 'SharedArrayBuffer' : 'ArrayBuffer'
  if (types.isBoxedPrimitive(value)) return boxedKind(value)
  if (types.isPromise(value)) return 'Promise'
  if (types.isWeakMap(value)) return 'WeakMap'
  if (types.isWeakSet(value)) return 'WeakSet'
  if (types.isGeneratorObject(value)) return 'Generator'
  if (types.isMapIterator(value) || types.isSetIterator(value)) return 'Iterator'
  if (types.isArgumentsObject(value)) return 'Arguments'
  if (types.isModuleNamespaceObject(value)) return 'Module'
  if (types.isExternal(value)) return 'External'
  return undefined
}

/** From Node 22 on these are native errors too. The class is loaded when it is first named: only on suspicion. */
function isDomException(error: object): boolean {
  return (
    Reflect.get(error, Symbol.toStringTag) === 'DOMException' && Object.getPrototypeOf(error) === DOMException.prototype
  )
}

/** Kinds that no text can stand for, in words. */
const REFUSED: Readonly<Record<string, string>> = {
  Promise: 'a promise',
  WeakMap: 'a WeakMap',
  WeakSet: 'a WeakSet',
  Generator: 'a generator',
  Iterator: 'an iterator',
  Arguments: 'an arguments object',
  Module: 'a module namespace',
  External: 'a pointer of a native addon',
  SharedArrayBuffer: 'a SharedArrayBuffer, which other threads can change at any time',
}

/** The prototypes seen so far, with the name of the JavaScript built-in they belong to, in whichever realm. */
const builtins = new WeakMap<object, string>()

/**
 * The name of the built-in class whose prototype this is, or ''. Another realm's `Date.prototype` (node:vm, Jest) counts
 * like ours: no user code can make `Function.prototype.toString` answer `function Date() { [native code] }`.
 */
export function builtinName(prototype: object | null): string {
  if (prototype === null) return ''
  if (prototype === Buffer.prototype) return 'Uint8Array'
  const known = builtins.get(prototype)
  if (known !== undefined) return known
  const maker = makerOf(prototype)
  let name = ''
  if (typeof maker === 'function' && maker.prototype === prototype) {
    name = /^function (\w+)\(\) \{ \[native code\] \}$/.exec(functionText.call(maker))?.[1] ?? ''
  }
  builtins.set(prototype, name)
  return name
}

/** Where the built-ins are frozen (`--frozen-intrinsics`, SES), `constructor` is an accessor. */
function makerOf(prototype: object): unknown {
  const { value, get } = Object.getOwnPropertyDescriptor(prototype, 'constructor') ?? {}
  if (get === undefined) return value
  try {
    return get.call(prototype)
  } catch {
    return undefined
  }
}

/**
 * Fake timers (Vitest, Jest, Sinon) put a subclass in the place of `Date`, whose objects say by a hidden property of
 * their own that `Date` made them. They are dates like any other.
 */
export function isFakeDate(value: object, prototype: object | null): boolean {
  const own = Object.getOwnPropertyDescriptor(value, 'constructor')
  if (prototype === null || own === undefined || own.enumerable || typeof own.value !== 'function') return false
  const real: unknown = own.value.prototype
  return real === Object.getPrototypeOf(prototype) && builtinName(real as object | null) === 'Date'
}

const BUILTIN_ERRORS: ReadonlySet<string> = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
])

/**
 * The text of a built-in object, `undefined` if it is an instance of somebody's subclass (its prototype is not the
 * built-in's own), which may mean anything.
 */
export function builtinText(walk: Walk, value: object, brand: string, prototype: object | null): string | undefined {
  const name = builtinName(prototype)
  const refused = REFUSED[brand]
  if (refused !== undefined) throw new Refusal(refused)
  if (brand === 'Error') return BUILTIN_ERRORS.has(name) ? `${name}${errorText(walk, value)}` : undefined
  if (brand === 'Date' && isFakeDate(value, prototype)) return dateText(walk, value, ['constructor'])
  if (name !== brand) return undefined
  if (types.isMap(value)) return mapText(walk, value)
  if (types.isSet(value)) return setText(walk, value)
  if (types.isDate(value)) return dateText(walk, value)
  if (types.isRegExp(value)) return regExpText(walk, value)
  if (types.isBoxedPrimitive(value)) return boxedText(walk, value)
  if (types.isTypedArray(value)) return typedArrayText(walk, value, brand, prototype)
  if (types.isDataView(value)) {
    return `DataView(${bytesText(dataViewBytes(value))}${walk.extras(value)})`
  }
  return arrayBufferText(walk, value as ArrayBuffer)
}

/** Entries sorted by text: a Map's order of insertion is no part of the key. Snapshots, because getters may change the Map. */
function mapText(walk: Walk, map: ReadonlyMap<unknown, unknown>): string {
  const texts = Array.from(mapEntries.call(map), ([key, value], index) => {
    const keyText = walk.child(key, (path) => `[...${path}.keys()][${index}]`)
    const short = (typeof key !== 'object' || key === null) && keyText.length < 80
    const step: Step = (path) => (short ? `${path}.get(${keyText})` : `[...${path}.values()][${index}]`)
    return `${keyText}:${walk.child(value, step)}`
  })
  return `Map{${joinedInOrder(texts)}${walk.extras(map)}}`
}

function setText(walk: Walk, set: ReadonlySet<unknown>): string {
  const texts = Array.from(setValues.call(set), (value, index) => walk.child(value, (path) => `[...${path}][${index}]`))
  return `Set{${joinedInOrder(texts)}${walk.extras(set)}}`
}

function dateText(walk: Walk, date: object, standard?: readonly PropertyKey[]): string {
  return `Date(${dateTime.call(date as Date)}${walk.extras(date, standard)})`
}

/** Everything an error says but its stack, which depends on who called. */
export function errorText(walk: Walk, error: object): string {
  const name = walk.child(Reflect.get(error, 'name'), 'name')
  const message = walk.child(Reflect.get(error, 'message'), 'message')
  return `(${name},${message}${walk.extras(error, ['stack', 'name', 'message'], true)})`
}

/** Each flag by its own getter: `flags` asks properties that an object can shadow. */
function regExpText(walk: Walk, regExp: RegExp): string {
  const flags = regExpFlags.flatMap(([letter, isSet]) => (isSet.call(regExp) ? [letter] : [])).join('')
  const source = quote(String(regExpSource.call(regExp)))
  return `RegExp(${source},"${flags}",${walk.child(regExp.lastIndex, 'lastIndex')}${walk.extras(regExp, ['lastIndex'])})`
}

function boxedKind(value: object): string {
  if (types.isNumberObject(value)) return 'Number'
  if (types.isStringObject(value)) return 'String'
  if (types.isBooleanObject(value)) return 'Boolean'
  return types.isBigIntObject(value) ? 'BigInt' : 'Symbol'
}

function boxedText(walk: Walk, value: object): string {
  const unboxed: unknown = unbox[boxedKind(value)]?.call(value)
  const standard = typeof unboxed === 'string' ? ['length', ...indices(unboxed.length)] : []
  return `Object(${walk.child(unboxed, (path) => `${path}.valueOf()`)}${walk.extras(value, standard)})`
}

/** Bytes in memory depend on the machine: on a rare big-endian one the text says so, and shares no key with the others. */
const ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? '' : 'BE'

function typedArrayText(walk: Walk, view: NodeJS.TypedArray, kind: string, prototype: object | null): string {
  // Throws if the view's buffer was transferred away, or shrunk from under it: it is not the same as an empty one.
  viewKeys.call(view)
  const buffer = viewBuffer.call(view) as ArrayBuffer
  refuseShared(buffer)
  const bytes = new Uint8Array(buffer, viewOffset.call(view) as number, viewByteLength.call(view) as number)
  const order = kind === 'Uint8Array' || kind === 'Int8Array' || kind === 'Uint8ClampedArray' ? '' : ORDER
  return `${kind}${order}(${bytesText(bytes)}${hasExtras(view, buffer, kind, prototype) ? walk.extras(view, indices(viewLength.call(view) as number)) : ''})`
}

/**
 * Has the view properties besides its elements? Listing a megabyte's keys takes half a second; Node's deep comparison
 * looks at the others alone. False alarms cost that time, nothing else. Symbols and hidden names are not its business.
 */
function hasExtras(view: NodeJS.TypedArray, buffer: ArrayBuffer, kind: string, prototype: object | null): boolean {
  if (Object.getOwnPropertySymbols(view).length > 0) return true
  const twin: object = Reflect.construct(Reflect.get(globalThis, kind) as new () => object, [
    buffer,
    viewOffset.call(view),
    viewLength.call(view),
  ])
  return !isDeepStrictEqual(view, Object.setPrototypeOf(twin, prototype))
}

function indices(length: number): string[] {
  return Array.from({ length }, (_, index) => String(index))
}

function dataViewBytes(view: DataView): Uint8Array {
  const buffer = dataViewBuffer.call(view) as ArrayBuffer
  refuseShared(buffer)
  return new Uint8Array(buffer, dataViewOffset.call(view) as number, dataViewLength.call(view) as number)
}

function arrayBufferText(walk: Walk, buffer: ArrayBuffer): string {
  const limit = isResizable.call(buffer) ? `,${maxByteLength.call(buffer)}` : ''
  return `ArrayBuffer(${bytesText(new Uint8Array(buffer))}${limit}${walk.extras(buffer)})`
}

/** Length and hash, not the bytes: the text stays short, and another language can compute it as easily. */
function bytesText(bytes: Uint8Array): string {
  return `${bytes.byteLength},"${hash(bytes)}"`
}

function refuseShared(buffer: object): void {
  if (types.isSharedArrayBuffer(buffer))
    throw new Refusal('a view of shared memory, which other threads can change at any time')
}

/** Accessors and methods taken once, so that neither own properties nor subclasses nor proxies can stand in for them. */
type Getter = (this: unknown) => unknown

function getter(prototype: object, name: PropertyKey): Getter {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get ?? (() => undefined)
}

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype)
const viewKind = getter(typedArray, Symbol.toStringTag)
const viewBuffer = getter(typedArray, 'buffer')
const viewOffset = getter(typedArray, 'byteOffset')
const viewByteLength = getter(typedArray, 'byteLength')
const viewLength = getter(typedArray, 'length')
const viewKeys = Uint8Array.prototype.keys as (this: unknown) => unknown
const dataViewBuffer = getter(DataView.prototype, 'buffer')
const dataViewOffset = getter(DataView.prototype, 'byteOffset')
const dataViewLength = getter(DataView.prototype, 'byteLength')
const isResizable = getter(ArrayBuffer.prototype, 'resizable')
const maxByteLength = getter(ArrayBuffer.prototype, 'maxByteLength')
const functionText = Function.prototype.toString
const mapEntries = Map.prototype.entries
const setValues = Set.prototype.values
const dateTime = Date.prototype.getTime
const regExpSource = getter(RegExp.prototype, 'source')
const regExpFlags = (
  [
    ['d', 'hasIndices'],
    ['g', 'global'],
    ['i', 'ignoreCase'],
    ['m', 'multiline'],
    ['s', 'dotAll'],
    ['u', 'unicode'],
    ['v', 'unicodeSets'],
    ['y', 'sticky'],
  ] as const
).map(([letter, name]) => [letter, getter(RegExp.prototype, name)] as const)
const unbox: Readonly<Record<string, Getter>> = {
  Number: Number.prototype.valueOf,
  String: String.prototype.valueOf,
  Boolean: Boolean.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
  Symbol: Symbol.prototype.valueOf,
}
