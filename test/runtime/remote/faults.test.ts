import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cache, type StoreError } from '../../../runtime/index.js'
import { type FakeS3, fakeS3, freePort } from '../../helpers/servers.js'
import { collectWarnings } from '../../helpers/warnings.js'

let server: FakeS3
beforeAll(async () => {
  server = await fakeS3()
})
afterAll(() => server.end())

/** Long enough for a loaded machine to answer, and far shorter than the clients' own patience, which has no end. */
const TIMEOUT = 1500
const MUCH_LONGER = 30_000

const clientOptions = {
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
  maxAttempts: 1,
}

let buckets = 0
function open(kind: string, options: Readonly<Record<string, unknown>> = {}) {
  const storageOptions = { endpoint: server.endpoint, ...clientOptions, timeout: `${TIMEOUT}ms`, ...options }
  return new Cache({ protocol: 's3', prefix: `${kind}-${buckets++}/cache`, storageOptions })
}

/** A cached function of either kind, and how often its body ran. */
const functions = {
  async(cache: Cache) {
    let runs = 0
    const double = async (n: number) => {
      runs++
      return n * 2
    }
    return { call: cache.wrap(double, { name: 'demo.double', params: ['n'] }), runs: () => runs }
  },
  sync(cache: Cache) {
    let runs = 0
    const double = (n: number) => {
      runs++
      return n * 2
    }
    const wrapped = cache.wrap(double, { name: 'demo.double', params: ['n'] })
    return { call: async (n: number) => wrapped(n), runs: () => runs }
  },
}

/** What a dead store is like, and what the one warning says of it. */
const DEAD = {
  hang: 'does not answer: no answer within 1.5 s',
  reset: 'cannot be reached: ',
  s500: 'is not available: 500 InternalError on purpose',
  s503: 'is not available: 503 SlowDown on purpose',
  denied: 'refuses access: 403 InvalidAccessKeyId on purpose',
}

for (const [face, make] of Object.entries(functions)) {
  describe(`${face} functions`, () => {
    it.each(Object.entries(DEAD))(
      'a store that is like %s costs one warning and a recomputation, and is then left alone',
      async (kind, said) => {
        const warnings = collectWarnings()
        const { call, runs } = make(open(kind))
        await server.requests()
        const started = performance.now()
        for (const n of [1, 2, 3]) expect(await call(n)).toBe(n * 2)
        expect(performance.now() - started).toBeLessThan(MUCH_LONGER)
        expect(runs()).toBe(3)
        expect(await warnings.codes()).toEqual(['DECHE3011'])
        expect((await warnings.texts())[0]).toContain(said)
        expect((await server.requests()).length).toBeLessThanOrEqual(1)
      },
    )

    it('nobody listens there', async () => {
      const warnings = collectWarnings()
      const { call } = make(open('none', { endpoint: `http://127.0.0.1:${await freePort()}` }))
      expect(await call(1)).toBe(2)
      expect(await warnings.codes()).toEqual(['DECHE3011'])
      expect((await warnings.texts())[0]).toContain('cannot be reached: connect ECONNREFUSED')
    })

    it.each(['truncated', 'stalled'])('an object that comes %s is not an answer', async (kind) => {
      const warnings = collectWarnings()
      const { call, runs } = make(open(kind).replace({ memory: 'off' }))
      expect(await call(1)).toBe(2)
      expect(await call(1)).toBe(2)
      expect(runs()).toBe(2)
      expect(await warnings.codes()).toEqual(['DECHE3011'])
    })

    it('whoever may only read has hits, and is told once that nothing is written', async () => {
      const warnings = collectWarnings()
      const { call, runs } = make(open('readonly'))
      for (const n of [1, 2]) expect(await call(n)).toBe(n * 2)
      expect(runs()).toBe(2)
      expect(await warnings.codes()).toEqual(['DECHE3001'])
      expect((await server.requests()).filter((line) => line.startsWith('GET')).length).toBeGreaterThanOrEqual(4)
    })

    it('a store whose clock is a day ahead is used', async () => {
      const warnings = collectWarnings()
      const { call, runs } = make(open('skewed', { maxAttempts: 3 }).replace({ memory: 'off', ttl: '1h' }))
      for (const n of [1, 1, 1]) expect(await call(n)).toBe(2)
      expect(runs()).toBe(1)
      expect(await warnings.codes()).toEqual([])
    })

    it('a hit is one request, and before the body of a miss there are two', async () => {
      const cache = open('ok').replace({ memory: 'off' })
      let before: string[] = []
      const { call } =
        face === 'sync'
          ? make(cache)
          : {
              call: cache.wrap(
                async (n: number) => {
                  before = await server.requests()
                  return n * 2
                },
                { name: 'demo.double', params: ['n'] },
              ),
            }
      await server.requests()
      await call(1)
      if (face === 'async') expect(before.map((line) => line.split(' ')[0])).toEqual(['GET', 'GET'])
      else
        expect((await server.requests()).slice(0, 3).map((line) => line.split(' ')[0])).toEqual(['GET', 'GET', 'PUT'])
      await server.requests()
      await call(1)
      expect(await server.requests()).toEqual([expect.stringMatching(/^GET .*\/demo\.double\/[0-9a-f]{64} 200$/)])
    })
  })
}

describe('after a failure', () => {
  it('one operation asks again when the pause is over, and then all do', async () => {
    const listener = createServer()
    const port = await freePort()
    const cache = open('later', { endpoint: `http://127.0.0.1:${port}`, pause: '1ms' })
    await expect(cache.store.async.read('dir/name')).rejects.toMatchObject({ failure: 'unreachable' })
    await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
    listener.on('connection', (socket) =>
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
    )
    try {
      await expect.poll(() => cache.store.async.read('dir/name').catch(() => 'paused')).toBeUndefined()
      await expect(cache.store.async.stat('dir/name')).resolves.toBeUndefined()
    } finally {
      listener.close()
    }
  })

  it('both faces stop asking', async () => {
    const { store } = open('reset')
    await expect(store.async.read('dir/name')).rejects.toMatchObject({ failure: 'unreachable' })
    expect(problem(() => store.sync.read('dir/name'))).toMatchObject({ code: 'DECHE2009', failure: 'paused' })
  })

  it('an error has the code of what caused it, on both faces', async () => {
    const expected = { code: 'DECHE2009', failure: 'unreachable', cause: { code: 'ECONNREFUSED' } }
    const endpoint = `http://127.0.0.1:${await freePort()}`
    await expect(open('none', { endpoint }).store.async.read('dir/name')).rejects.toMatchObject(expected)
    expect(problem(() => open('none', { endpoint }).store.sync.read('dir/name'))).toMatchObject(expected)
  })
})

describe('conditional writes', () => {
  it('of a service that knows none, ask first', async () => {
    const { async } = open('unconditional').store
    expect(await async.write('dir/name', Uint8Array.of(1), { ifAbsent: true })).toMatchObject({ size: 1 })
    expect(await async.write('dir/name', Uint8Array.of(2), { ifAbsent: true })).toBeUndefined()
    expect((await async.read('dir/name'))?.bytes).toEqual(Uint8Array.of(1))
  })

  it('somebody else who is just writing it has it', async () => {
    expect(await open('conflict').store.async.write('dir/name', Uint8Array.of(1), { ifAbsent: true })).toBeUndefined()
  })
})

function problem(action: () => unknown): StoreError {
  try {
    action()
  } catch (error) {
    return error as StoreError
  }
  throw new Error('it did not fail')
}
