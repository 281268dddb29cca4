import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import { newClaim } from '../../../runtime/store/remote/lock-driver.js'
import { createRemoteStore } from '../../../runtime/store/remote/remote-store.js'
import { openS3 } from '../../../runtime/store/remote/s3.js'
import type { AsyncLock, Store } from '../../../runtime/store/store.js'
import { endServer, type FakeS3, fakeS3, freePort, needing, servers, startRedis } from '../../helpers/servers.js'
import { temporaryDirectory } from '../../helpers/temporary.js'
import { collectWarnings } from '../../helpers/warnings.js'

/** Locks of stores whose service or worker does what it should not. */

const never = new AbortController().signal

let server: FakeS3
beforeAll(async () => {
  server = await fakeS3()
})
afterAll(() => server.end())

let buckets = 0
function s3At(kind: string, options: object = {}) {
  const own = { region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' } }
  const storageOptions = { endpoint: server.endpoint, ...own, maxAttempts: 1, pause: '1ms', ...options }
  return new Cache({ protocol: 's3', prefix: `${kind}-${buckets++}/cache`, storageOptions, memory: 'off' })
}

const faces = {
  async: ({ async }: Store) => async.tryLock as (path: string) => Promise<AsyncLock | undefined>,
  sync:
    ({ sync }: Store) =>
    async (path: string): Promise<AsyncLock | undefined> => {
      const lock = sync.tryLock?.(path)
      return lock && { release: async () => lock.release() }
    },
}

/** Requests about locks, without their nonces. */
async function lockRequests(): Promise<string[]> {
  const answered = (await server.requests()).filter((line) => !line.endsWith(' 403'))
  const lines = answered.filter((line) => line.includes('.deche-locks') || /^GET \/[^/]+\/? /.test(line))
  return lines.map((line) => line.split(' ')[0] ?? '')
}

describe.each(Object.entries(faces))('a lock on S3, by the %s face', (_, tryLockOf) => {
  it('is a PUT and a LIST, and letting go a DELETE', async () => {
    const tryLock = tryLockOf(s3At('ok').store)
    await server.requests()
    const lock = await tryLock('dir/name')
    expect(await lockRequests()).toEqual(['PUT', 'GET'])
    await lock?.release()
    expect(await lockRequests()).toEqual(['DELETE'])
  })

  it('that was taken, but whose answer was lost, holds up nobody', async () => {
    const { store } = s3At('lost')
    const tryLock = tryLockOf(store)
    await expect(tryLock('dir/name')).rejects.toMatchObject({ failure: 'unreachable' })
    // What the first try left behind is taken back; the next ones lose their answers too.
    const { store: patient } = s3At('lost', { maxAttempts: 3 })
    const lock = await tryLockOf(patient)('dir/name')
    expect(lock).toBeDefined()
    expect(await tryLockOf(patient)('dir/name')).toBeUndefined()
    await lock?.release()
    await (await tryLockOf(patient)('dir/name'))?.release()
  })

  it('of a service whose clock is a day ahead is a lock', async () => {
    const tryLock = tryLockOf(s3At('skewed', { maxAttempts: 3 }).store)
    const lock = await tryLock('dir/name')
    expect(lock).toBeDefined()
    expect(await tryLock('dir/name')).toBeUndefined()
    await lock?.release()
    await (await tryLock('dir/name'))?.release()
  })
})

describe('a function under lock', () => {
  it.each(['hang', 's500', 'reset'])('runs without it when the store is like %s, and says so once', async (kind) => {
    const warnings = collectWarnings()
    const cache = s3At(kind, { timeout: '1500ms', pause: '60s' }).replace({ lock: true })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3, { name: 'demo.triple', params: ['n'] })
    expect([await double(1), triple(1)]).toEqual([2, 3])
    expect((await warnings.texts()).filter((text) => text.includes(cache.store.location))).toHaveLength(1)
  })

  it('runs without it where the store may only be read', async () => {
    const warnings = collectWarnings()
    const cache = s3At('readonly').replace({ lock: true })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    expect([await double(1), await double(2)]).toEqual([2, 4])
    expect(await warnings.codes()).toEqual(['DECHE3001'])
  })

  it('in mode readonly asks for none', async () => {
    const cache = s3At('ok').replace({ lock: true, mode: 'readonly' })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    await server.requests()
    expect(await double(1)).toBe(2)
    expect(await lockRequests()).toEqual([])
  })

  it('whose credentials come from a function has its lock, in its own thread', async () => {
    const credentials = async () => ({ accessKeyId: 'AK', secretAccessKey: 'SK' })
    const cache = s3At('ok', { credentials }).replace({ lock: true })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    await server.requests()
    expect(await double(1)).toBe(2)
    expect(await lockRequests()).toEqual(['PUT', 'GET', 'DELETE'])
  })
})

describe('what was left behind on S3', () => {
  it.each([
    ['aged', ['GET', 'DELETE']],
    ['ok', ['GET']],
    ['skewed', ['GET']],
  ])(
    'is removed by a sweep when it is more than an hour old, by the clock of S3, which is %s',
    async (kind, sweeps) => {
      const { async } = s3At(kind, { maxAttempts: 3, lease: '29m' }).store
      expect(await async.tryLock?.('dir/name')).toBeDefined()
      await server.requests()
      await async.sweep?.()
      expect(await lockRequests()).toEqual(sweeps)
    },
  )
})

describe('the worker', () => {
  it('that dies while locks are held is replaced, and they go on', async () => {
    const directory = temporaryDirectory()
    const client = fileURLToPath(new URL('../../servers/fake-client.cjs', import.meta.url))
    const spec = {
      ...{ protocol: 's3', location: `s3://fake-${directory}`, client, prefix: 'b', options: { directory } },
      ...{ timeout: 5000, scans: true, lease: 4000 },
    }
    const { sync, async } = createRemoteStore(spec, 1)
    const locks = openS3(spec).locks
    const lock = await async.tryLock?.('dir/one')
    expect(() => sync.read('dir/exit')).toThrow('has ended')
    for (const until = performance.now() + 2 * spec.lease; performance.now() < until; await pause(50)) {
      const other = { ...newClaim('dir/one', 1000), owner: { machine: 'another', pid: 1 } }
      expect(await locks?.acquire(other, never)).toHaveLength(1)
    }
    await lock?.release()
    expect(readdirSync(directory)).toEqual([])
  })
})

describe.skipIf(!servers.redis)(`a lock on Redis${needing(servers.redis, 'Redis server')}`, () => {
  it('that was taken, but whose answer was lost, is known by who asks again', async () => {
    let resets = 0
    const url = await proxyOf(servers.redis as string, (text, socket) => {
      // The server gets it; what it answers has nobody to go to.
      if (!text.includes('EVAL') || resets++ > 0) return
      setTimeout(() => socket.destroy(), 20)
      return 'mute'
    })
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const { store } = new Cache({ protocol: 'redis', prefix, storageOptions: { url, lease: '20m' } })
    const lock = await store.async.tryLock?.('dir/name')
    expect(resets).toBe(2)
    expect(lock).toBeDefined()
    expect(await store.async.tryLock?.('dir/name')).toBeUndefined()
    await lock?.release()
    expect(await store.async.tryLock?.('dir/name')).toBeDefined()
  })

  it('outlives a server that is started again without it', async () => {
    const port = await freePort()
    const first = await startRedis(port)
    const storageOptions = { url: `redis://127.0.0.1:${port}`, lease: '3s' }
    const { store } = new Cache({ protocol: 'redis', prefix: 'p', storageOptions })
    const lock = await store.async.tryLock?.('dir/name')
    await endServer(first)
    await startRedis(port)
    const client = createClient({ url: storageOptions.url })
    await client.connect()
    onTestFinished(() => client.destroy())
    const key = 'p/.deche-locks/dir/name'
    await expect.poll(() => client.get(key), { timeout: 20_000 }).toContain('"nonce"')
    await lock?.release()
    expect(await client.get(key)).toBeNull()
  })

  it('that another one has taken meanwhile stays that one’s', async () => {
    const client = createClient({ url: servers.redis ?? '' })
    await client.connect()
    onTestFinished(() => client.destroy())
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const storageOptions = { url: servers.redis, lease: '900ms' }
    const { store } = new Cache({ protocol: 'redis', prefix, storageOptions })
    const key = `${prefix}/.deche-locks/dir/name`
    const lock = await store.async.tryLock?.('dir/name')
    await client.set(key, 'of another one')
    await pause(1500)
    await lock?.release()
    expect(await client.get(key)).toBe('of another one')
    expect(await store.async.tryLock?.('dir/name')).toBeUndefined()
  })
})

/** A way to a server that sees what is sent, and may hang up. */
async function proxyOf(url: string, sees: (text: string, socket: Socket) => 'mute' | undefined): Promise<string> {
  const { hostname, port } = new URL(url)
  const proxy = createServer((socket) => {
    const far = connect(Number(port), hostname)
    let isMute = false
    socket.on('data', (data) => {
      if (sees(data.toString('latin1'), socket) === 'mute') isMute = true
      far.write(data)
    })
    far.on('data', (data) => isMute || socket.write(data))
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  return `redis://127.0.0.1:${(proxy.address() as { port: number }).port}`
}
