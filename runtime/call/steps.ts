import { ConfigError } from '../errors.js'

/**
 * One straight line for synchronous and asynchronous calls. A step yields what a store, a codec or a validator
 * answered; the synchronous driver takes the answer as it is, the asynchronous one awaits it.
 */
export type Steps<T> = Generator<unknown, T, unknown>

/** The answer of one step, as a value. */
export function* take<T>(answer: T | PromiseLike<T>): Steps<T> {
  return (yield answer) as T
}

/** Thrown into the steps of a synchronous call when something answers with a promise. */
export class AsynchronousAnswerError extends TypeError {
  constructor() {
    super('it answered with a promise, which a synchronous function cannot wait for')
  }
}

/** Throws ConfigError for an option's function that no synchronous call can use; silence would be an endless miss. */
export function refuseAsynchronous(error: unknown, option: string, id: string): void {
  if (!(error instanceof AsynchronousAnswerError)) return
  throw new ConfigError(`${option} of ${id}`, `${error.message}; give a synchronous one, or make the function async`)
}

export function runSteps<T>(steps: Steps<T>): T {
  let turn = steps.next()
  while (!turn.done) {
    if (isPromiseLike(turn.value)) {
      swallow(turn.value)
      turn = steps.throw(new AsynchronousAnswerError())
    } else {
      turn = steps.next(turn.value)
    }
  }
  return turn.value
}

export async function runStepsAsync<T>(steps: Steps<T>): Promise<T> {
  return goOn(steps, steps.next())
}

/** As `runStepsAsync`, but what needs no waiting is done when it returns: then it answers no promise. */
export function runStepsEagerly<T>(steps: Steps<T>): T | Promise<T> {
  let turn = steps.next()
  while (!turn.done) {
    if (isPromiseLike(turn.value)) return goOn(steps, turn)
    turn = steps.next(turn.value)
  }
  return turn.value
}

async function goOn<T>(steps: Steps<T>, first: IteratorResult<unknown, T>): Promise<T> {
  let turn = first
  while (!turn.done) {
    let answer = turn.value
    if (isPromiseLike(answer)) {
      try {
        answer = await answer
      } catch (error) {
        turn = steps.throw(error)
        continue
      }
    }
    turn = steps.next(answer)
  }
  return turn.value
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Nobody will look at this promise: its rejection must not end the process. */
function swallow(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => {})
}
