import type { Listed, Stat, Stored, WriteOptions } from '../store.js'
import type { LockDriver } from './lock-driver.js'

/**
 * The client of one service. Who asks it has checked the paths and keeps the deadline; it maps the errors of its client
 * to StoreError. It runs in the program's own thread, and again in the worker that answers synchronous functions.
 */
export interface Driver {
  /** One request. */
  read(path: string, signal: AbortSignal): Promise<Stored | undefined>
  write(path: string, bytes: Uint8Array, options: WriteOptions, signal: AbortSignal): Promise<Stat | undefined>
  stat(path: string, signal: AbortSignal): Promise<Stat | undefined>
  remove(path: string, signal: AbortSignal): Promise<boolean>
  /** A part of the names in a directory. `from` is what the part before it said comes next. */
  names(directory: string, from: string | undefined, signal: AbortSignal): Promise<Part<string>>
  /** The same with facts; absent where each would be a request of its own. */
  facts?(directory: string, from: string | undefined, signal: AbortSignal): Promise<Part<Listed>>
  /** A part of the directories that hold files. Present where `facts` is. */
  directories?(from: string | undefined, signal: AbortSignal): Promise<Part<string>>
  readonly locks?: LockDriver
  /** Removes locks that were left behind, and answers which. Present where `locks` is. */
  sweep?(from: string | undefined, signal: AbortSignal): Promise<Part<string>>
}

export interface Part<T> {
  readonly items: readonly T[]
  /** `undefined`: this was the last part. */
  readonly next: string | undefined
  /** An item of this listing may come again in a later part. */
  readonly repeats?: true
}

/** What opens a driver, in whatever thread: no functions, nothing that cannot be copied. */
export interface DriverSpec {
  readonly protocol: string
  /** For people, and without secrets. */
  readonly location: string
  /** The file of the client library. */
  readonly client: string
  /** `<bucket>/<directory>` or whatever the protocol makes of it. */
  readonly prefix: string
  /** What the client is given. */
  readonly options: Readonly<Record<string, unknown>>
  /** How long one operation may take, milliseconds, for clients that can be told. */
  readonly timeout: number
  /** Its driver has `facts` and `directories`. */
  readonly scans: boolean
  /** Its driver has `locks` and `sweep`. Milliseconds for which a lock counts after it was last renewed. */
  readonly lease?: number
}

/** Operations that end with a signal; their other arguments can be handed to a worker. */
export type Operation = Exclude<keyof Driver, 'locks'>
type WithoutSignal<A> = A extends [...infer Given, AbortSignal] ? Given : never
type Method<O extends Operation> = NonNullable<Driver[O]>
export type Given<O extends Operation> = WithoutSignal<Parameters<Method<O>>>
export type Answer<O extends Operation> = Awaited<ReturnType<Method<O>>>
