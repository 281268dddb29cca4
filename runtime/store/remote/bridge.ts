import type { MessagePort } from 'node:worker_threads'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { StoreError } from '../../errors.js'
import { reason } from '../../warn.js'
import { timedOut, withDeadline } from './deadline.js'
import type { DriverSpec } from './driver.js'
import type { Claim } from './lock-driver.js'
import {
  ENDED,
  failureOf,
  type OperationRequest,
  REPLIES,
  type Reply,
  type Request,
  type WorkerSetup,
} from './messages.js'
import { workerSource } from './worker-source.js'

/** What starting the worker and loading a client may take, milliseconds. It is no part of a store's deadline. */
const START = 10_000

/** The worker keeps the deadline itself; if it says nothing this much later, milliseconds, it is no longer there. */
const GRACE = 250

/** Milliseconds until a worker that ended while locks are held is replaced, so that one that ends at once is no storm. */
const AGAIN = 1000

type Name = OperationRequest['name']

/** What waits for a reply without sleeping. */
interface Waiting {
  resolve(answer: unknown): void
  reject(error: StoreError): void
}

interface Running {
  readonly worker: Worker
  readonly port: MessagePort
  readonly state: Int32Array
  /** The stores that it has opened, by their number. */
  readonly opened: Set<number>
  readonly waiting: Map<number, Waiting & { readonly location: string }>
}

/**
 * One worker of this thread for all stores. It gives synchronous answers of asynchronous clients: this thread sleeps until
 * it is woken by the reply, and never without a limit. And it keeps the locks of all functions, with which this thread
 * deals in either way.
 */
class Bridge {
  #running: Running | undefined
  #requests = 0
  readonly #numbers = new WeakMap<DriverSpec, number>()
  #stores = 0
  /** Locks that this thread holds. */
  readonly #held = new Map<string, { readonly spec: DriverSpec; readonly claim: Claim }>()

  /** Throws StoreError. `timeout` in milliseconds. */
  ask(spec: DriverSpec, name: Name, given: readonly unknown[], timeout: number): unknown {
    const running = this.#worker(spec)
    const opening = this.#opening(running, spec)
    if (opening !== undefined) {
      this.#exchange(running, spec, opening, START)
      running.opened.add(opening.store)
    }
    return this.#exchange(running, spec, this.#operation(spec, name, given, timeout), timeout + GRACE)
  }

  /** Whether the worker can serve a store: without threads, or with functions among a store's options, it cannot. */
  serves(spec: DriverSpec): boolean {
    try {
      structuredClone(spec)
      this.#worker(spec)
      return true
    } catch {
      return false
    }
  }

  /** Has a store opened in the worker, if it is not. Rejects with StoreError. */
  async open(spec: DriverSpec): Promise<void> {
    const running = this.#worker(spec)
    const opening = this.#opening(running, spec)
    if (opening === undefined) return
    await withDeadline(spec.location, START, () => this.#send(running, spec, opening))
    running.opened.add(opening.store)
  }

  /** As `ask`, of a store that is open, without sleeping: who asks keeps the deadline. */
  async askLater(spec: DriverSpec, name: Name, given: readonly unknown[], timeout: number): Promise<unknown> {
    await this.open(spec)
    return this.#send(this.#worker(spec), spec, this.#operation(spec, name, given, timeout))
  }

  /** Asks for something of which nobody awaits an answer, after all that was asked before. Never throws. */
  tell(spec: DriverSpec, name: Name, given: readonly unknown[]): void {
    try {
      this.#running?.port.postMessage(this.#operation(spec, name, given, spec.timeout))
    } catch {
      // It was not asked for more before either.
    }
  }

  /** Whatever becomes of the worker, the next one goes on renewing the claim. */
  hold(spec: DriverSpec, claim: Claim): void {
    this.#held.set(claim.nonce, { spec, claim })
  }

  unhold(claim: Claim): void {
    this.#held.delete(claim.nonce)
  }

  #operation(spec: DriverSpec, name: Name, given: readonly unknown[], timeout: number): OperationRequest {
    return { id: ++this.#requests, store: this.#numberOf(spec), name, given, timeout }
  }

  #opening({ opened }: Running, spec: DriverSpec) {
    const store = this.#numberOf(spec)
    return opened.has(store) ? undefined : { id: ++this.#requests, store, spec, env: { ...process.env } }
  }

  #exchange(running: Running, { location }: DriverSpec, request: Request, limit: number): unknown {
    const { port, state } = running
    const until = performance.now() + limit
    let replies = Atomics.load(state, REPLIES)
    post(port, request, location)
    for (;;) {
      // One that ended before `replies` was read will not wake anybody.
      if (Atomics.load(state, ENDED) === 0)
        Atomics.wait(state, REPLIES, replies, Math.max(0, until - performance.now()))
      replies = Atomics.load(state, REPLIES)
      const reply = take(running, request.id)
      if (reply !== undefined) return answerOf(reply, location)
      if (Atomics.load(state, ENDED) === 1) {
        this.#running = undefined
        throw ended(location)
      }
      if (performance.now() >= until) {
        this.#running = undefined
        void running.worker.terminate()
        throw timedOut(location, limit)
      }
    }
  }

  #send(running: Running, { location }: DriverSpec, request: Request): Promise<unknown> {
    const { port, waiting, worker } = running
    if (port.listenerCount('message') === 0) {
      port.on('message', (reply: Reply) => hand(running, reply))
      port.unref()
      worker.on('exit', () => {
        for (const { reject, location } of waiting.values()) reject(ended(location))
        waiting.clear()
      })
    }
    return new Promise((resolve, reject) => {
      post(port, request, location)
      waiting.set(request.id, { resolve, reject, location })
    })
  }

  #worker({ location }: DriverSpec): Running {
    if (this.#running === undefined || Atomics.load(this.#running.state, ENDED) === 1) {
      try {
        this.#running = start(() => this.#again())
      } catch (cause) {
        const why = `no worker can be started, which synchronous functions need (${reason(cause)})`
        throw new StoreError(location, 'unreachable', why, { cause })
      }
      for (const { spec, claim } of this.#held.values()) {
        const opening = this.#opening(this.#running, spec)
        if (opening !== undefined) post(this.#running.port, opening, location)
        this.tell(spec, 'holdLock', [claim])
      }
    }
    return this.#running
  }

  /** A worker has ended. Locks that it held go on, if this thread gets to it before their leases are over. */
  #again(): void {
    if (this.#held.size === 0) return
    later(() => {
      const [first] = this.#held.values()
      if (first !== undefined) this.serves(first.spec)
    }, AGAIN).unref()
  }

  #numberOf(spec: DriverSpec): number {
    const number = this.#numbers.get(spec) ?? ++this.#stores
    this.#numbers.set(spec, number)
    return number
  }
}

/** Taken before anyone can install fake timers. */
const later = setTimeout

export const bridge = new Bridge()

function start(onEnd: () => void): Running {
  const { port1: port, port2 } = new MessageChannel()
  const state = new Int32Array(new SharedArrayBuffer(8))
  // Node would run in the worker what these options name, such as the program's own loader.
  const { NODE_OPTIONS: _, ...env } = process.env
  const worker = new Worker(workerSource, {
    eval: true,
    name: 'deche',
    execArgv: [],
    argv: [],
    env,
    workerData: { port: port2, state } satisfies WorkerSetup,
    transferList: [port2],
  })
  // Its end is seen in `state`; without a listener an error of it would end the program.
  worker.on('error', () => Atomics.store(state, ENDED, 1))
  worker.on('exit', () => {
    Atomics.store(state, ENDED, 1)
    onEnd()
  })
  worker.unref()
  port.unref()
  return { worker, port, state, opened: new Set(), waiting: new Map() }
}

function post(port: MessagePort, request: Request, location: string): void {
  try {
    port.postMessage(request)
  } catch (cause) {
    const why = `storageOptions that hold functions cannot be used by synchronous functions (${reason(cause)})`
    throw new StoreError(location, 'failed', why, { cause })
  }
}

/** The reply to one request. Others are late, and whoever asked has gone on, or for who waits without sleeping. */
function take(running: Running, id: number): Reply | undefined {
  for (;;) {
    const received = receiveMessageOnPort(running.port)
    if (received === undefined) return undefined
    const reply = received.message as Reply
    if (reply.id === id) return reply
    hand(running, reply)
  }
}

function hand({ waiting }: Running, reply: Reply): void {
  const who = waiting.get(reply.id)
  waiting.delete(reply.id)
  if (who === undefined) return
  if ('error' in reply) who.reject(failureOf(who.location, reply.error))
  else who.resolve(reply.answer)
}

function answerOf(reply: Reply, location: string): unknown {
  if ('error' in reply) throw failureOf(location, reply.error)
  return ownBytes(reply.answer)
}

function ended(location: string): StoreError {
  return new StoreError(location, 'unreachable', 'the worker that asks for synchronous functions has ended')
}

/** What was copied between threads may be of another realm's class, in a test runner's. */
function ownBytes(answer: unknown): unknown {
  const bytes: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'bytes') : undefined
  return ArrayBuffer.isView(bytes)
    ? { ...(answer as object), bytes: new Uint8Array(bytes.buffer as ArrayBuffer) }
    : answer
}
