import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createClient } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import { storeConformance, storeFaces } from '../../../runtime/testing/conformance.js'
import { endServer, freePort, needing, servers, startRedis } from '../../helpers/servers.js'
import { temporaryDirectory } from '../../helpers/temporary.js'
import { collectWarnings } from '../../helpers/warnings.js'

let prefixes = 0
const own = () => `test-${process.pid}-${prefixes++}`

const kinds = {
  Redis: { server: servers.redis, options: { url: servers.redis } },
  'a cluster of Redis': { server: servers.redisCluster, options: { url: servers.redisCluster, cluster: true } },
}

for (const [kind, { server, options }] of Object.entries(kinds)) {
  const open = (prefix = own()) => new Cache({ protocol: 'redis', prefix, storageOptions: options })

  describe.skipIf(!server)(`the redis store on ${kind}${needing(server, 'Redis server')}`, () => {
    for (const [face, of] of Object.entries(storeFaces)) {
      describe(face, () => {
        for (const { name: behaviour, run } of storeConformance) it(behaviour, () => run(of(open().store)))
      })
    }

    it('an entry that expires is handed to the server, results and inputs', async () => {
      const prefix = own()
      const cache = open(prefix).replace({ memory: 'off' })
      const cached = cache.wrap(async (n: number) => n, { name: 'demo.short', params: ['n'], ttl: '400ms' })
      const kept = cache.wrap(async (n: number) => n, { name: 'demo.long', params: ['n'] })
      await Promise.all([cached(1), kept(1)])
      expect(await cache.open('demo.short').listCachedData()).toHaveLength(1)
      await expect.poll(() => cache.open('demo.short').listCachedData(), { timeout: 10_000 }).toEqual([])
      expect(await cache.open('demo.short').listCachedInputs()).toEqual([])
      expect(await cache.open('demo.long').listCachedData()).toHaveLength(1)
    })

    it('what is kept as history does not expire', async () => {
      const cache = open().replace({ memory: 'off' })
      const options = { name: 'demo.history', params: ['n'], ttl: '50ms', expiry: 'append' } as const
      const call = cache.wrap(async (n: number) => n, options)
      await call(1)
      await new Promise((resolve) => setTimeout(resolve, 120))
      await call(1)
      expect(await cache.open('demo.history').history({ key: (await firstKey(cache)) ?? '' })).toHaveLength(2)
    })

    it('the facts of a listing are those of each file', async () => {
      const { async } = open().store
      for (const path of ['a/x', 'a/y', 'a/below/z', 'b/x']) await async.write(path, Buffer.from(path))
      const scanned: unknown[] = []
      for await (const { name, ...facts } of async.scan?.('a') ?? []) {
        scanned.push(name)
        expect(facts).toEqual(await async.stat(`a/${name}`))
      }
      expect(scanned.sort()).toEqual(['x', 'y'])
      const directories: string[] = []
      for await (const directory of async.directories?.() ?? []) directories.push(directory)
      expect(directories.sort()).toEqual(['a', 'a/below', 'b'])
    })
  })
}

describe.skipIf(!servers.redis)(`a server of Redis${needing(servers.redis, 'Redis server')}`, () => {
  it('whose value under such a key is none of ours has no entry there', async () => {
    const prefix = own()
    const client = createClient({ url: servers.redis ?? '' })
    await client.connect()
    await client.set(`${prefix}/dir/name`, 'theirs')
    client.destroy()
    const { store } = new Cache({ protocol: 'redis', prefix, storageOptions: { url: servers.redis } })
    expect(await store.async.read('dir/name')).toBeUndefined()
    expect(store.sync.stat('dir/name')).toBeUndefined()
  })

  it('that is restarted is used again', async () => {
    const port = await freePort()
    const first = await startRedis(port)
    const { store } = redisAt({ url: `redis://127.0.0.1:${port}`, pause: '1ms' })
    const write = () => store.async.write('dir/name', Uint8Array.of(1)).then(() => 'written', String)
    expect(await write()).toBe('written')
    store.sync.write('dir/name', Uint8Array.of(1))
    await endServer(first)
    expect(await write()).toContain('cannot be reached')
    expect(() => store.sync.read('dir/name')).toThrow('DECHE2009')
    await startRedis(port)
    await expect.poll(write, { timeout: 20_000 }).toBe('written')
    await expect.poll(() => store.sync.read('dir/name')?.size, { timeout: 20_000 }).toBe(1)
  })

  it('that wants a password gets it, and no warning shows it', async () => {
    const warnings = collectWarnings()
    const port = await freePort()
    await startRedis(port, '--requirepass', 'hush')
    const right = redisAt({ url: `redis://:hush@127.0.0.1:${port}` })
    expect(right.store.location).not.toContain('hush')
    expect(await right.store.async.write('dir/name', Uint8Array.of(1))).toMatchObject({ size: 1 })
    const wrong = redisAt({ url: `redis://:hsuh@127.0.0.1:${port}` })
    const double = wrong.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    expect(await double(1)).toBe(2)
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toMatch(/refuses access: WRONGPASS/)
    expect((await warnings.texts())[0]).not.toContain('hsuh')
  })

  it('that speaks TLS is spoken to, if its certificate is right', async () => {
    const directory = temporaryDirectory()
    const at = (file: string) => join(directory, file)
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at('key.pem'), '-out', at('cert.pem')],
    ])
    expect(made.status).toBe(0)
    const port = await freePort()
    const certificate = ['--tls-cert-file', at('cert.pem'), '--tls-key-file', at('key.pem')]
    await startRedis(0, '--tls-port', String(port), ...certificate, '--tls-auth-clients', 'no')
    const url = `rediss://127.0.0.1:${port}`
    const trusting = redisAt({ url, socket: { ca: readFileSync(at('cert.pem'), 'utf8') } })
    expect(await trusting.store.async.write('dir/name', Uint8Array.of(1))).toMatchObject({ size: 1 })
    expect(trusting.store.sync.read('dir/name')).toMatchObject({ size: 1 })
    await expect(redisAt({ url }).store.async.read('dir/name')).rejects.toMatchObject({ failure: 'unreachable' })
  })
})

describe('the redis store', () => {
  it('without a server costs one warning', async () => {
    const warnings = collectWarnings()
    const cache = redisAt({ url: `redis://127.0.0.1:${await freePort()}` })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3, { name: 'demo.triple', params: ['n'] })
    expect([await double(1), await double(1), triple(1)]).toEqual([2, 2, 3])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toContain('cannot be reached: connect ECONNREFUSED')
  })

  it('gives up a server that never answers', async () => {
    const warnings = collectWarnings()
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as { port: number }
    const cache = redisAt({ url: `redis://127.0.0.1:${port}`, timeout: '500ms' })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    expect([await double(1), await double(2)]).toEqual([2, 4])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toContain('does not answer: no answer within 0.5 s')
  })

  it.each([
    [{ url: 'localhost' }, "storageOptions: url: 'localhost' must be redis://host:port, or rediss:// for TLS"],
    [{ timeout: '5' }, "storageOptions: timeout: '5' needs a unit: write 5s, 5m, 5h or 5d"],
    [{ pause: 5 }, 'storageOptions: pause: 5 must be a duration such as 500ms or 5s'],
  ])('%o is refused', (options, message) => {
    expect(() => redisAt(options).store).toThrow(`DECHE2006: ${message}`)
  })
})

function redisAt(storageOptions: Readonly<Record<string, unknown>>): Cache {
  return new Cache({ protocol: 'redis', prefix: own(), storageOptions })
}

async function firstKey(cache: Cache): Promise<string | undefined> {
  return (await cache.open('demo.history').listCachedData())[0]
}
