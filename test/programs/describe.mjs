import { createHash } from 'node:crypto'

const DEPTH = 5
const PIECES = 300
const LENGTH = 400

/** A value as text: what it is, class by class and property by property, so that values that differ read differently. */
export function describe(value) {
  const seen = new Map()
  let pieces = PIECES
  const text = write(value, 0)
  if (text.length <= LENGTH) return text
  return `${text.slice(0, LENGTH)}… ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`

  function write(value, depth) {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (Object.is(value, -0)) return '-0'
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value)
    if (seen.has(value)) return `#${seen.get(value)}`
    seen.set(value, seen.size)
    const name = classOf(value)
    if (depth > DEPTH || pieces-- <= 0) return `${name}{…}`
    return `${name}${inside(value)}{${propertiesOf(value, depth)}}`
  }

  function inside(value) {
    try {
      if (typeof value === 'function') return ` ${value.name}/${value.length} `
      if (value instanceof Error) return ` ${value.name}: ${withoutSource(value.message)} `
      if (value instanceof Date || value instanceof RegExp) return ` ${String(value)} `
      if (value instanceof Map) return ` ${Array.from(value, (pair) => write(pair, 1)).join()} `
      if (value instanceof Set) return ` ${Array.from(value, (item) => write(item, 1)).join()} `
      if (ArrayBuffer.isView(value))
        return ` ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')} `
    } catch (error) {
      return ` throws ${error?.message} `
    }
    return ''
  }

  function propertiesOf(value, depth) {
    const isBytes = ArrayBuffer.isView(value)
    return keysOf(value)
      .filter((key) => key !== 'stack' && key !== 'message' && !(isBytes && /^\d+$/.test(String(key))))
      .map((key) => `${String(key)}:${property(value, key, depth)}`)
      .join()
  }

  function property(object, key, depth) {
    try {
      const descriptor = Object.getOwnPropertyDescriptor(object, key)
      if (descriptor === undefined || 'value' in descriptor) return write(descriptor?.value, depth + 1)
      return descriptor.set ? 'accessor' : 'getter'
    } catch (error) {
      return `throws ${error?.message}`
    }
  }
}

/** Some of V8's messages quote the function they are about, and a cached one reads differently. */
function withoutSource(message) {
  return String(message).replace(/(?<=of function ').*?(?='(?: |$))/s, '…')
}

function keysOf(value) {
  try {
    return Reflect.ownKeys(value).slice(0, 80)
  } catch {
    return []
  }
}

function classOf(value) {
  try {
    return String(Object.getPrototypeOf(value)?.constructor?.name ?? 'null')
  } catch {
    return 'unreadable'
  }
}
