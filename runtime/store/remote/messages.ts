import { StoreError, type StoreFailure } from '../../errors.js'
import type { DriverSpec, Operation } from './driver.js'
import { networkFailure, storeError, textOf } from './failure.js'
import type { LockKeeper } from './lock-keeper.js'

/** Where the two threads tell each other to look: how many replies there were, and whether the worker has ended. */
export const REPLIES = 0
export const ENDED = 1

/** What a worker starts with. */
export interface WorkerSetup {
  readonly port: import('node:worker_threads').MessagePort
  readonly state: Int32Array
}

/** Loads a driver before the first operation on its store. `env`: the environment of this moment. */
export interface OpenRequest {
  readonly id: number
  readonly store: number
  readonly spec: DriverSpec
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What is asked of the locks of a store. */
export type LockOperation = keyof LockKeeper

export interface OperationRequest {
  readonly id: number
  readonly store: number
  readonly name: Operation | LockOperation
  readonly given: readonly unknown[]
  /** Milliseconds. */
  readonly timeout: number
}

export type Request = OpenRequest | OperationRequest

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: FailureReply }

/** Copying an error between threads drops its class and its own properties. */
export interface FailureReply {
  readonly failure: StoreFailure
  readonly why: string
  readonly cause: { readonly name: string; readonly message: string; readonly code: string }
}

export function failureReply(error: unknown): FailureReply {
  const { failure, why, cause } = storeError('', networkFailure(error) ?? 'failed', error)
  const origin = cause ?? error
  return {
    failure,
    why,
    cause: { name: textOf(origin, 'name'), message: textOf(origin, 'message'), code: textOf(origin, 'code') },
  }
}

export function failureOf(location: string, { failure, why, cause }: FailureReply): StoreError {
  const { name, message, code } = cause
  const origin = Object.assign(new Error(message), { name }, code === '' ? {} : { code })
  return new StoreError(location, failure, why, { cause: origin })
}
