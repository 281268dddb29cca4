import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { StoreError } from '../../../runtime/index.js'
import { createRemoteStore } from '../../../runtime/store/remote/remote-store.js'

/** What the worker of synchronous functions can meet, with a client library that does it on purpose. */

const TIMEOUT = 400
let stores = 0

function open(options: Readonly<Record<string, unknown>> = {}) {
  const client = fileURLToPath(new URL('../../servers/fake-client.cjs', import.meta.url))
  const location = `s3://fake-${stores++}`
  return createRemoteStore({ protocol: 's3', location, client, prefix: 'b', options, timeout: TIMEOUT, scans: true }, 1)
}

/** What a read brings as text, once the store is asked again. */
async function textOf(store: ReturnType<typeof open>, name: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  return new TextDecoder().decode(store.sync.read(`dir/${name}`)?.bytes)
}

function problem(action: () => unknown): StoreError {
  try {
    action()
  } catch (error) {
    return error as StoreError
  }
  throw new Error('it did not fail')
}

afterEach(() => {
  vi.useRealTimers()
})

describe('the worker', () => {
  it('that ends is noticed at once, and replaced', async () => {
    const store = open()
    expect(await textOf(store, 'one')).toBe('one')
    expect(problem(() => store.sync.read('dir/exit'))).toMatchObject({
      failure: 'unreachable',
      why: 'the worker that asks for synchronous functions has ended',
    })
    expect(await textOf(store, 'two')).toBe('two')
  })

  it('that ended between two calls is replaced', async () => {
    const [one, other] = [open(), open()]
    expect(await textOf(one, 'one')).toBe('one')
    problem(() => other.sync.read('dir/exit'))
    expect(await textOf(one, 'two')).toBe('two')
  })

  it('survives what a client lets slip', async () => {
    const store = open()
    expect(await textOf(store, 'uncaught')).toBe('after a slip')
    expect(await textOf(store, 'rejection')).toBe('after a rejection')
    expect(await textOf(store, 'one')).toBe('one')
  })

  it('that is blocked is given up after the deadline, and replaced', async () => {
    const store = open()
    expect(problem(() => store.sync.read('dir/blocked'))).toMatchObject({ failure: 'timeout' })
    expect(await textOf(store, 'one')).toBe('one')
  })

  it('answers an error for what cannot be copied', () => {
    expect(problem(() => open().sync.read('dir/uncloneable'))).toMatchObject({
      failure: 'failed',
      why: expect.stringContaining('could not be cloned'),
    })
  })

  it('hands on name, message and code of an error', () => {
    expect(problem(() => open().sync.read('dir/thrown'))).toMatchObject({
      code: 'DECHE2009',
      failure: 'failed',
      cause: { name: 'OddError', message: 'on purpose', code: 'E_ODD' },
    })
  })

  it('an answer that comes too late is nobody’s', async () => {
    const store = open()
    expect(problem(() => store.sync.read('dir/late'))).toMatchObject({ failure: 'timeout' })
    for (let count = 0; count < 100; count++) {
      expect(await textOf(store, `n${count}`)).toBe(`n${count}`)
    }
  })

  it('options that hold a function serve asynchronous functions alone', async () => {
    const store = open({ credentials: () => 'secret' })
    expect(problem(() => store.sync.read('dir/one')).why).toContain('cannot be used by synchronous functions')
    expect((await store.async.read('dir/one'))?.size).toBe(3)
  })
})

it('fake timers do not stop the deadline', async () => {
  vi.useFakeTimers()
  await expect(open().async.read('dir/late')).rejects.toMatchObject({ failure: 'timeout' })
})
