import type { ClassCodec, ClassCodecs } from './codec.js'
import { createError, isErrorName, nodePrototype } from './kinds.js'
import { createView } from './payload.js'

/**
 * Makes objects from payloads. A payload whose object is on a cycle comes twice: first incomplete, when something
 * inside it leads back to the object, then complete.
 */
export function reviver(classes: ClassCodecs): (payload: unknown) => unknown {
  const shells = new Map<unknown, object>()
  return (payload) => {
    const [kind, ...rest] = listOf(payload)
    switch (kind) {
      case 'symbol':
        return Symbol.for(textOf(rest[0]))
      case 'Headers':
        return new Headers(listOf(rest[0]).map((pair) => listOf(pair).map(textOf) as [string, string]))
      case 'bytes':
        return bytesOf(textOf(rest[0]), textOf(rest[1]))
      case 'class':
        return instanceOf(classes, rest)
      case 'shell': {
        const shell = shells.get(payload) ?? createShell(listOf(rest[0]).map(textOf), classes)
        shells.set(payload, shell)
        if (rest[4] === true) fill(shell, listOf(rest[1]).map(textOf), textOf(rest[2]), listOf(rest[3]))
        return shell
      }
      default:
        throw malformed()
    }
  }
}

function bytesOf(kind: string, base64: string): unknown {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw malformed()
  if (kind === 'Buffer') return bytes
  // Small Buffers share a pool, which the view must not show.
  const own = new Uint8Array(bytes)
  return kind === 'ArrayBuffer' ? own.buffer : createView(kind, own)
}

function instanceOf(classes: ClassCodecs, [name, data, stack, complete]: readonly unknown[]): object {
  const codec = registered(classes, textOf(name))
  if (codec.decode === undefined || complete !== true) throw malformed()
  const instance = codec.decode(data)
  if (typeof instance !== 'object' || instance === null || Object.getPrototypeOf(instance) !== codec.class.prototype) {
    throw new TypeError(`the codec of ${name} did not decode an instance of it`)
  }
  if (stack !== undefined) define(instance, 'stack', textOf(stack), false)
  return instance
}

function createShell([base = '', mark, name = '', ...more]: readonly string[], classes: ClassCodecs): object {
  if (more.length > 0) throw malformed()
  if (base === 'Object') return {}
  if (base === 'null') return Object.create(null)
  if (base === 'DOMException') return new DOMException(mark, name)
  const prototype: object | undefined = mark === 'class' ? registered(classes, name).class.prototype : undefined
  if (base === '' && prototype !== undefined) return Object.create(prototype)
  if (!isErrorName(base)) throw malformed()
  return createError(base, mark === 'node' ? nodePrototype(base) : prototype)
}

function fill(shell: object, names: readonly string[], flags: string, values: readonly unknown[]): void {
  if (names.length !== values.length || names.length !== flags.length) throw malformed()
  // What the engine gave the new object (stack, errors) also stands among the properties, in its place, if it was there.
  for (const name of Object.getOwnPropertyNames(shell)) Reflect.deleteProperty(shell, name)
  for (const [at, name] of names.entries()) define(shell, name, values[at], flags[at] === '1')
}

function define(object: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, name, { value, enumerable, writable: true, configurable: true })
}

function registered(classes: ClassCodecs, name: string): ClassCodec {
  const codec = Object.hasOwn(classes, name) ? classes[name] : undefined
  if (codec === undefined) throw new TypeError(`the class ${name} is not registered`)
  return codec
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed()
  return value
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function malformed(): Error {
  return new TypeError('malformed value')
}
