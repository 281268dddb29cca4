import type { StoreError } from '../../errors.js'
import { Breaker } from './breaker.js'
import { withDeadline } from './deadline.js'
import { networkFailure, storeError } from './failure.js'
import type { OperationRequest } from './messages.js'

type Name = OperationRequest['name']

/** What stands between a program and a store elsewhere. Milliseconds. */
export interface GuardOptions {
  readonly location: string
  /** How long one operation may take. */
  readonly timeout: number
  /** How long a store that failed is left alone at first. */
  readonly pause: number
}

/** Every operation on a store elsewhere goes through here: a deadline, one kind of error, and a pause after failures. */
export class Guard {
  readonly #options: GuardOptions
  readonly #breaker: Breaker

  constructor(options: GuardOptions) {
    this.#options = options
    this.#breaker = new Breaker(options.location, options.pause)
  }

  /** Rejects with StoreError alone. */
  async run<T>(name: Name, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#breaker.enter()
    try {
      const answer = await withDeadline(this.#options.location, this.#options.timeout, operation)
      this.#breaker.succeeded()
      return answer
    } catch (error) {
      throw this.#failed(name, error)
    }
  }

  /** The same for an operation that keeps its deadline itself. Throws StoreError alone. */
  runSync<T>(name: Name, operation: (timeout: number) => T): T {
    this.#breaker.enter()
    try {
      const answer = operation(this.#options.timeout)
      this.#breaker.succeeded()
      return answer
    } catch (error) {
      throw this.#failed(name, error)
    }
  }

  #failed(name: Name, thrown: unknown): StoreError {
    const error = storeError(this.#options.location, networkFailure(thrown) ?? 'failed', thrown)
    this.#breaker.failed(error, name === 'read' || name === 'stat')
    return error
  }
}
