import { isDeepStrictEqual } from 'node:util'

/** What stands in the text for objects that the text format does not know. `value-revive.ts` reads it. */
export type Payload =
  | readonly ['symbol', key: string]
  | readonly ['Headers', entries: readonly (readonly [string, string])[]]
  | readonly ['bytes', kind: string, base64: string]
  | readonly ['class', name: string, data: unknown, stack: string | undefined, complete: true]
  | ShellPayload

/**
 * An object that is made empty and filled later, so that what it holds may lead back to it. The head says what to
 * make, and stands before the values because it must be known when the first of them is read:
 *
 * - `Object`, `null`: an object, with a prototype or without
 * - `DOMException`, message, name
 * - an error class of the language; then `node` for Node's internal subclasses of it, or `class` and the name of a
 *   registered one. A registered class whose constructor did not call Error's has an empty string for the former.
 *
 * `flags` has a character for each property, `1` for an enumerable one. The last element says that all is there.
 */
export type ShellPayload = readonly [
  kind: 'shell',
  head: readonly string[],
  names: readonly string[],
  flags: string,
  values: readonly unknown[],
  complete: true,
]

export interface Property {
  readonly name: string
  readonly value: unknown
  readonly enumerable: boolean
  readonly accessor: boolean
}

/** The own properties with string names, in their order. No accessor is run but that of `stack`, which belongs to the engine. */
export function ownProperties(object: object): Property[] {
  return Object.getOwnPropertyNames(object).map((name) => {
    const { value, enumerable = false, get, set } = Object.getOwnPropertyDescriptor(object, name) ?? {}
    const accessor = get !== undefined || set !== undefined
    return { name, value: accessor && name === 'stack' ? Reflect.get(object, name) : value, enumerable, accessor }
  })
}

export function shellPayload(head: readonly string[], properties: readonly Property[]): ShellPayload {
  return [
    'shell',
    head,
    properties.map(({ name }) => name),
    properties.map(({ enumerable }) => (enumerable ? '1' : '0')).join(''),
    properties.map(({ value }) => value),
    true,
  ]
}

/** The visible bytes, not copied, whatever own properties the view has. Throws when they were transferred away. */
export function viewBytes(view: ArrayBufferView): Buffer {
  const accessors = view instanceof DataView ? DataView.prototype : Object.getPrototypeOf(Uint8Array.prototype)
  const field = (name: string) => Reflect.get(accessors, name, view)
  return Buffer.from(field('buffer'), field('byteOffset'), field('byteLength'))
}

/**
 * Has the typed array properties besides its elements? Listing the keys of a megabyte takes a tenth of a second; Node's
 * deep comparison looks at the other keys alone.
 */
export function hasExtras(view: ArrayBufferView, bytes: Buffer, kind: string): boolean {
  if (Object.getOwnPropertySymbols(view).length > 0) return true
  const twin = createView(kind, bytes)
  return !isDeepStrictEqual(view, Object.setPrototypeOf(twin, Object.getPrototypeOf(view)))
}

const VIEWS = new Set([
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Float16Array', 'Int32Array'],
  ...['Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView'],
])

/** A view of `kind` on the very bytes. Throws for other kinds, and for lengths that the kind cannot have. */
export function createView(kind: string, { buffer, byteOffset, byteLength }: Uint8Array): ArrayBufferView {
  if (!VIEWS.has(kind)) throw new TypeError(`'${kind}' is no kind of view on bytes`)
  const View = Reflect.get(globalThis, kind) as new (
    buffer: ArrayBufferLike,
    offset: number,
    length?: number,
  ) => ArrayBufferView & { readonly BYTES_PER_ELEMENT?: number }
  const width = (View as unknown as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1
  if (byteLength % width !== 0) throw new RangeError(`${byteLength} bytes make no ${kind}`)
  return new View(buffer, byteOffset, byteLength / width)
}
