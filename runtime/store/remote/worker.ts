/**
 * The program of the worker that answers synchronous functions: it does for them what the asynchronous face does. It also
 * takes and renews the locks of both, as nothing that the program does can hold up its event loop.
 */
import { workerData } from 'node:worker_threads'
import { withDeadline } from './deadline.js'
import type { Driver, DriverSpec } from './driver.js'
import { openDriver } from './drivers.js'
import { LockKeeper } from './lock-keeper.js'
import {
  ENDED,
  failureReply,
  type OpenRequest,
  type OperationRequest,
  REPLIES,
  type Reply,
  type Request,
  type WorkerSetup,
} from './messages.js'

const { port, state } = workerData as WorkerSetup

interface Opened {
  readonly spec: DriverSpec
  readonly driver: Driver
  readonly locks: LockKeeper | undefined
}
const stores = new Map<number, Promise<Opened>>()

port.on('message', async (request: Request) => {
  const { id } = request
  try {
    const answer = 'spec' in request ? await open(request) : await operate(request)
    send({ id, answer })
  } catch (error) {
    send({ id, error: failureReply(error) })
  }
})

// What a client lets slip must not end the thread: the operation itself fails, or its deadline passes.
process.on('uncaughtException', () => {})
process.on('exit', () => {
  Atomics.store(state, ENDED, 1)
  wake()
})

async function open({ store, spec, env }: OpenRequest): Promise<void> {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  const opening = stores.get(store) ?? openOnce(spec)
  stores.set(store, opening)
  try {
    await opening
  } catch (error) {
    stores.delete(store)
    throw error
  }
}

async function openOnce(spec: DriverSpec): Promise<Opened> {
  const driver = await openDriver(spec)
  return { spec, driver, locks: driver.locks && new LockKeeper(spec, driver.locks) }
}

async function operate({ store, name, given, timeout }: OperationRequest): Promise<unknown> {
  const opened = await stores.get(store)
  if (opened === undefined) throw new Error('the store was not opened')
  const { spec, driver, locks } = opened
  const asked = name in driver ? driver : locks
  const operation = Reflect.get(Object(asked), name) as (...given: readonly unknown[]) => unknown
  return withDeadline(spec.location, timeout, async (signal) => operation.call(asked, ...given, signal))
}

function send(reply: Reply): void {
  try {
    port.postMessage(reply)
  } catch (error) {
    // An answer that cannot be copied.
    port.postMessage({ id: reply.id, error: failureReply(error) } satisfies Reply)
  }
  wake()
}

function wake(): void {
  Atomics.add(state, REPLIES, 1)
  Atomics.notify(state, REPLIES)
}
