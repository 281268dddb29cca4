/**
 * `node:util` for browsers. Each kind is told by something that throws unless the object is of that kind inside, where
 * the language has such a thing, and otherwise by what `toString` says. A Proxy cannot be told from what is behind it.
 */

type Test = (value: unknown) => boolean

/** Whether a method or an accessor, which throws for objects of other kinds, takes it. */
function accepts(method: ((this: never, ...args: never[]) => unknown) | undefined, ...args: readonly unknown[]): Test {
  return (value) => {
    if (typeof value !== 'object' || value === null || method === undefined) return false
    try {
      Reflect.apply(method, value, args)
      return true
    } catch {
      return false
    }
  }
}

function getter(prototype: object | undefined, name: PropertyKey): ((this: never) => unknown) | undefined {
  return prototype && Object.getOwnPropertyDescriptor(prototype, name)?.get
}

function says(...names: readonly string[]): Test {
  return (value) => names.includes(Object.prototype.toString.call(value).slice('[object '.length, -1))
}

const kindOfView = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
const isTypedArray: Test = (value) => viewKind(value) !== undefined
const viewKind = (value: unknown): unknown => kindOfView && Reflect.apply(kindOfView, value, [])

const isArrayBuffer = accepts(getter(ArrayBuffer.prototype, 'byteLength'))
const isSharedArrayBuffer = accepts(getter(Reflect.get(globalThis, 'SharedArrayBuffer')?.prototype, 'byteLength'))
const isNumberObject = accepts(Number.prototype.valueOf)
const isStringObject = accepts(String.prototype.valueOf)
const isBooleanObject = accepts(Boolean.prototype.valueOf)
const isBigIntObject = accepts(BigInt.prototype.valueOf)
const isSymbolObject = accepts(Symbol.prototype.valueOf)
const boxed = [isNumberObject, isStringObject, isBooleanObject, isBigIntObject, isSymbolObject]
const source = accepts(getter(RegExp.prototype, 'source'))

export const types = {
  isAnyArrayBuffer: (value: unknown) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArgumentsObject: says('Arguments'),
  isArrayBuffer,
  isAsyncFunction: says('AsyncFunction', 'AsyncGeneratorFunction'),
  isBigIntObject,
  isBooleanObject,
  isBoxedPrimitive: (value: unknown) => boxed.some((test) => test(value)),
  isDataView: (value: unknown) => ArrayBuffer.isView(value) && !isTypedArray(value),
  isDate: accepts(Date.prototype.getTime),
  isExternal: () => false,
  isGeneratorFunction: says('GeneratorFunction', 'AsyncGeneratorFunction'),
  isGeneratorObject: says('Generator', 'AsyncGenerator'),
  isMap: accepts(getter(Map.prototype, 'size')),
  isMapIterator: says('Map Iterator'),
  isModuleNamespaceObject: says('Module'),
  isNativeError: (value: unknown) => (value instanceof Error && !says('DOMException')(value)) || says('Error')(value),
  isNumberObject,
  isPromise: (value: unknown) => value instanceof Promise,
  isProxy: () => false,
  isRegExp: (value: unknown) => value !== RegExp.prototype && source(value),
  isSet: accepts(getter(Set.prototype, 'size')),
  isSetIterator: says('Set Iterator'),
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isTypedArray,
  isUint8Array: (value: unknown) => viewKind(value) === 'Uint8Array',
  isWeakMap: accepts(WeakMap.prototype.has, {}),
  isWeakSet: accepts(WeakSet.prototype.has, {}),
}

/** For two views of the same bytes, which is all that it is asked for: whether their other properties are the same. */
export function isDeepStrictEqual(one: object, other: object): boolean {
  const names = Object.keys(other)
  return Object.keys(one).length === names.length && names.every((name) => Object.hasOwn(one, name))
}
