import { types } from 'node:util'
import { DecheError, isStackOverflow, UnstorableError } from '../errors.js'
import type { ClassCodecs } from './codec.js'
import { className } from './kinds.js'
import { decodeGraph, encodeGraph } from './value.js'

/**
 * What a function threw, as one line of JSON: `class` and `message` for the reader, `value` for `decodeException`. A
 * thrown thing that is no error has only `value`.
 *
 * @throws UnstorableError if it would not come back as it is; the text tells to register the class.
 */
export function encodeException(thrown: unknown, classes: ClassCodecs): string {
  const value = graph(thrown, classes)
  if (!isError(thrown)) return `{"value":${value}}`
  const shown = JSON.stringify({ class: className(Object.getPrototypeOf(thrown)), message: String(thrown.message) })
  return `${shown.slice(0, -1)},"value":${value}}`
}

function graph(thrown: unknown, classes: ClassCodecs): string {
  try {
    return encodeGraph(thrown, classes, 'exception')
  } catch (error) {
    if (!(error instanceof UnstorableError) || error.path === 'exception' || !isError(thrown)) throw error
    const name = className(Object.getPrototypeOf(thrown))
    throw new UnstorableError(
      error.path,
      `${error.what}. To keep the exception without it, throw an error of a class that is registered with an encode ` +
        `that leaves it out: configure({ classes: { ${name}: { class: ${name}, encode } } })`,
    )
  }
}

/** A fresh exception from what `encodeException` wrote. @throws whatever is wrong with the text. */
export function decodeException(text: string, classes: ClassCodecs): unknown {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('value' in parsed)) throw new TypeError('malformed exception')
  return decodeGraph(parsed.value, classes)
}

/**
 * Whether an exception says something about the arguments. Not a cancellation; nor a full stack, which depends on the
 * caller; nor a variable that does not exist yet; nor deche's own errors. Nor what cannot even be looked at.
 */
export function isKeepable(thrown: unknown): boolean {
  try {
    return !isOurs(thrown) && !isCancellation(thrown) && !isStackOverflow(thrown) && !isTooEarly(thrown)
  } catch {
    return false
  }
}

/** Two copies of deche in one program do not share classes. */
function isOurs(thrown: unknown): boolean {
  const { code } = factsOf(thrown)
  return thrown instanceof DecheError || (typeof code === 'string' && /^DECHE\d{4}$/.test(code))
}

/** Whether a caller gave up: an aborted signal, or one that ran out of time (`AbortSignal.timeout`). */
export function isCancellation(thrown: unknown): boolean {
  try {
    const { name, code } = factsOf(thrown)
    if (name === 'AbortError' || code === 'ABORT_ERR') return true
    return name === 'TimeoutError' && Object.prototype.toString.call(thrown) === '[object DOMException]'
  } catch {
    return true
  }
}

/** The function was called before a `const`, `let` or `class` that it reads was reached: in an import cycle, for example. */
function isTooEarly(thrown: unknown): boolean {
  // What V8 and JavaScriptCore say.
  return thrown instanceof ReferenceError && /before initialization|uninitialized variable/.test(thrown.message)
}

/** Throws what a trap or a getter throws. */
function factsOf(thrown: unknown): { readonly name?: unknown; readonly code?: unknown } {
  if (typeof thrown !== 'object' || thrown === null) return {}
  const { name, code } = thrown as { name?: unknown; code?: unknown }
  return { name, code }
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error
}
