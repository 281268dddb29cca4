import { types } from 'node:util'

/** Every error class and every message a program can meet at run time. Codes are stable; the guide lists them. */

/** The base of all errors that deche itself throws. None of them is ever kept as a function's exception. */
export class DecheError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options)
    this.code = code
  }
}

/** An argument (or attribute) that no key can be made of. `path` leads to the value: `options.client.socket`. */
export class UnkeyableArgumentError extends DecheError {
  readonly id: string
  readonly parameter: string
  readonly path: string

  constructor(id: string, parameter: string, path: string, what: string, options?: ErrorOptions) {
    super(
      'DECHE2001',
      `${id} cannot make a key of its argument '${parameter}': ${path} is ${what}. ` +
        `Add ignore=${parameter} to its tag if the result does not depend on it, pass plain data instead, or register a ` +
        `codec for the class with configure({ classes }).`,
      options,
    )
    this.id = id
    this.parameter = parameter
    this.path = path
  }
}

/** `validate=` said no. The result is in `result`; nothing was kept. */
export class ValidationError extends DecheError {
  readonly id: string
  readonly result: unknown

  constructor(id: string, result: unknown, cause?: unknown) {
    super(
      'DECHE2002',
      `the result of ${id} did not pass its validate function; nothing was kept`,
      cause === undefined ? undefined : { cause },
    )
    this.id = id
    this.result = result
  }
}

/** `DECHE_MODE=offline`, or a replay of recordings, and nothing is stored for this call. */
export class CacheMissError extends DecheError {
  readonly id: string
  readonly key: string

  constructor(
    id: string,
    key: string,
    location: string,
    message = `${id} has no entry ${key} in ${location}, and DECHE_MODE=offline forbids running it. Record it once with DECHE_MODE=on.`,
  ) {
    super('DECHE2003', message)
    this.id = id
    this.key = key
  }
}

/** A `load…` call for something that is not stored. */
export class EntryNotFoundError extends DecheError {
  readonly id: string
  readonly key: string

  constructor(id: string, key: string, kind: string, location: string) {
    super('DECHE2004', `${id} has no ${kind} under ${key} in ${location}`)
    this.id = id
    this.key = key
  }
}

/** `cached(fn)` was given a function that was not compiled by deche. */
export class NotTransformedError extends DecheError {
  /** `why`: the likely cause and what to do. */
  constructor(name: string, why: string) {
    super('DECHE2005', `${name || 'this'} was not compiled by deche, so it has no cache. ${why}`)
  }
}

/** A wrong option or configuration value. The message names its source and what is accepted. */
export class ConfigError extends DecheError {
  constructor(source: string, problem: string, options?: ErrorOptions) {
    super('DECHE2006', `${source}: ${problem}`, options)
  }
}

/** A value that the codec cannot bring back as it went in. Internal: it becomes a warning, never a caller's error. */
export class UnstorableError extends DecheError {
  readonly path: string
  readonly what: string

  constructor(path: string, what: string) {
    super('DECHE2007', `${path || 'the value'} is ${what}`)
    this.path = path
    this.what = what
  }
}

/** A bundler, or whoever copied files, left a part of the runtime behind. Internal: it becomes a warning. */
export class MissingPartError extends DecheError {
  constructor(file: string) {
    super('DECHE2008', `the file ${file} of deche does not belong to its runtime.js`)
  }
}

/**
 * What went wrong between a program and a store elsewhere: no answer within the deadline; nobody there; an answer that says
 * "not now"; access refused; not asked, because it failed a moment ago; anything else.
 */
export type StoreFailure = 'timeout' | 'unreachable' | 'unavailable' | 'refused' | 'paused' | 'failed'

/** An operation on a store elsewhere failed. `cause` is the client's own error. Calls turn it into a warning. */
export class StoreError extends DecheError {
  readonly failure: StoreFailure
  readonly why: string
  /** A warning has said it already. @internal */
  announced = false

  constructor(location: string, failure: StoreFailure, why: string, options?: ErrorOptions) {
    super('DECHE2009', `${location} ${FAILURES[failure]}: ${why}`, options)
    this.failure = failure
    this.why = why
  }
}

const FAILURES = {
  timeout: 'does not answer',
  unreachable: 'cannot be reached',
  unavailable: 'is not available',
  refused: 'refuses access',
  paused: 'is not asked for a while',
  failed: 'failed',
} as const

/** Here and not in the classes: a class that names itself gets another name from the bundler, which Node then prints. */
const CLASSES = {
  DecheError,
  UnkeyableArgumentError,
  ValidationError,
  CacheMissError,
  EntryNotFoundError,
  NotTransformedError,
  ConfigError,
  UnstorableError,
  MissingPartError,
  StoreError,
}
for (const [name, { prototype }] of Object.entries(CLASSES)) prototype.name = name

/** Says more about the caller's depth than about the work: never kept, never turned into another error. */
export function isStackOverflow(error: unknown): boolean {
  return (
    types.isNativeError(error) && error.name === 'RangeError' && error.message === 'Maximum call stack size exceeded'
  )
}
