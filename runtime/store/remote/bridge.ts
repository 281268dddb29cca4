import type { MessagePort } from 'node:worker_threads'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { StoreError } from '../../errors.js'
import { reason } from '../../warn.js'
import { timedOut } from './deadline.js'
import type { DriverSpec, Operation } from './driver.js'
import { ENDED, failureOf, REPLIES, type Reply, type Request, type WorkerSetup } from './messages.js'
import { workerSource } from './worker-source.js'

/** What starting the worker and loading a client may take, milliseconds. It is no part of a store's deadline. */
const START = 10_000

/** The worker keeps the deadline itself; if it says nothing this much later, milliseconds, it is no longer there. */
const GRACE = 250

interface Running {
  readonly worker: Worker
  readonly port: MessagePort
  readonly state: Int32Array
  /** The stores that it has opened, by their number. */
  readonly opened: Set<number>
}

/**
 * Synchronous answers of asynchronous clients: one worker of this thread for all stores. This thread sleeps until it
 * is woken by the reply, and never without a limit.
 */
class Bridge {
  #running: Running | undefined
  #requests = 0
  readonly #numbers = new WeakMap<DriverSpec, number>()
  #stores = 0

  /** Throws StoreError. `timeout` in milliseconds. */
  ask(spec: DriverSpec, name: Operation, given: readonly unknown[], timeout: number): unknown {
    const store = this.#numberOf(spec)
    const running = this.#worker(spec)
    if (!running.opened.has(store)) {
      const env = { ...process.env }
      this.#exchange(running, spec, { id: ++this.#requests, store, spec, env }, START)
      running.opened.add(store)
    }
    return this.#exchange(running, spec, { id: ++this.#requests, store, name, given, timeout }, timeout + GRACE)
  }

  #exchange(running: Running, { location }: DriverSpec, request: Request, limit: number): unknown {
    const { port, state } = running
    const until = performance.now() + limit
    let replies = Atomics.load(state, REPLIES)
    try {
      port.postMessage(request)
    } catch (cause) {
      const why = `storageOptions that hold functions cannot be used by synchronous functions (${reason(cause)})`
      throw new StoreError(location, 'failed', why, { cause })
    }
    for (;;) {
      // One that ended before `replies` was read will not wake anybody.
      if (Atomics.load(state, ENDED) === 0)
        Atomics.wait(state, REPLIES, replies, Math.max(0, until - performance.now()))
      replies = Atomics.load(state, REPLIES)
      const reply = take(port, request.id)
      if (reply !== undefined) {
        if ('error' in reply) throw failureOf(location, reply.error)
        return ownBytes(reply.answer)
      }
      if (Atomics.load(state, ENDED) === 1) {
        this.#running = undefined
        throw new StoreError(location, 'unreachable', 'the worker that asks for synchronous functions has ended')
      }
      if (performance.now() >= until) {
        this.#running = undefined
        void running.worker.terminate()
        throw timedOut(location, limit)
      }
    }
  }

  #worker({ location }: DriverSpec): Running {
    if (this.#running === undefined || Atomics.load(this.#running.state, ENDED) === 1) {
      try {
        this.#running = start()
      } catch (cause) {
        const why = `no worker can be started, which synchronous functions need (${reason(cause)})`
        throw new StoreError(location, 'unreachable', why, { cause })
      }
    }
    return this.#running
  }

  #numberOf(spec: DriverSpec): number {
    const number = this.#numbers.get(spec) ?? ++this.#stores
    this.#numbers.set(spec, number)
    return number
  }
}

export const bridge = new Bridge()

function start(): Running {
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
  worker.on('exit', () => Atomics.store(state, ENDED, 1))
  worker.unref()
  port.unref()
  return { worker, port, state, opened: new Set() }
}

/** The reply to one request. Others are late: whoever asked has gone on. */
function take(port: MessagePort, id: number): Reply | undefined {
  for (;;) {
    const received = receiveMessageOnPort(port)
    if (received === undefined) return undefined
    const reply = received.message as Reply
    if (reply.id === id) return reply
  }
}

/** What was copied between threads may be of another realm's class, in a test runner's. */
function ownBytes(answer: unknown): unknown {
  const bytes: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'bytes') : undefined
  return ArrayBuffer.isView(bytes)
    ? { ...(answer as object), bytes: new Uint8Array(bytes.buffer as ArrayBuffer) }
    : answer
}
