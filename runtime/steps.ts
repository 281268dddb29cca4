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
  let turn = steps.next()
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

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Nobody will look at this promise: its rejection must not end the process. */
function swallow(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => {})
}
