import { createHmac } from 'node:crypto'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Cache } from '../../../runtime/index.js'
import { storeConformance, storeFaces, UNSAFE_PATHS } from '../../../runtime/testing/conformance.js'
import { FEW } from '../../helpers/few.js'
import { freePort, needing, servers } from '../../helpers/servers.js'
import { temporaryDirectory } from '../../helpers/temporary.js'
import { collectWarnings } from '../../helpers/warnings.js'

const onDisk = () => new Cache({ protocol: 'fs', prefix: 'cache', storageOptions: { root: temporaryDirectory() } })

describe('a service of OpenDAL, on disk', () => {
  for (const [face, of] of Object.entries(storeFaces)) {
    describe(face, () => {
      // It moves a file into its place, and then does not look whether there is one. For local disks there is `file`.
      const cases = storeConformance.filter(({ name }) => name !== 'of many writers with ifAbsent exactly one wins')
      const options = face === 'sync' ? FEW : {}
      for (const { name: behaviour, run } of cases) it(behaviour, () => run(of(onDisk().store), options))
    })
  }

  it('answers of cached functions of both kinds', async () => {
    const cache = onDisk().replace({ memory: 'off' })
    let runs = 0
    const double = cache.wrap(async (n: number) => n * 2 * ++runs, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3 * ++runs, { name: 'demo.triple', params: ['n'] })
    expect([await double(1), await double(1), triple(1), triple(1)]).toEqual([2, 2, 6, 6])
    expect(await cache.open('demo.double').listCachedInputs()).toHaveLength(1)
  })

  it('what is no entry has the time of the service', async () => {
    const { async } = onDisk().store
    await async.write('dir/name', Uint8Array.of(1))
    expect(Math.abs(((await async.stat('dir/name'))?.modified ?? 0) - Date.now())).toBeLessThan(3_600_000)
  })

  it.each(UNSAFE_PATHS)('%j never reaches the service, whose root is no wall', async (path) => {
    const { store } = onDisk()
    await expect(store.async.write(path, Uint8Array.of(1))).rejects.toMatchObject({ code: 'DECHE2006' })
    expect(() => store.sync.write(path, Uint8Array.of(1))).toThrow('DECHE2006')
  })

  it('lists no facts, which it would have to ask for one by one', () => {
    expect(onDisk().store.async.scan).toBeUndefined()
  })
})

describe('options of a service', () => {
  it.each([
    [{ protocol: 'gcs' }, "protocol 'gcs': ConfigInvalid The bucket is misconfigured"],
    [{ protocol: 'webdav' }, "protocol 'webdav': ConfigInvalid endpoint is empty"],
    [{ protocol: 'filee' }, "protocol 'filee': Unsupported scheme is not enabled or supported"],
    [{ protocol: 'webdav', prefix: 'https://host/x' }, "prefix: 'https://host/x' is a URL"],
    [{ protocol: 'webdav', prefix: '../x' }, 'cannot be stored'],
  ])('%o is refused when the store is first wanted', (options, message) => {
    expect(() => new Cache(options).store).toThrow(message)
  })
})

describe('a service that fails', () => {
  const webdav = (endpoint: string, options = {}) =>
    new Cache({ protocol: 'webdav', storageOptions: { endpoint, ...options } })

  it('because nobody is there costs one warning', async () => {
    const warnings = collectWarnings()
    const cache = webdav(`http://127.0.0.1:${await freePort()}`)
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3, { name: 'demo.triple', params: ['n'] })
    expect([await double(1), await double(1), triple(1)]).toEqual([2, 2, 3])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toContain('cannot be reached: Unexpected send http request')
  })

  /** What an HTTP server that answers like this makes of each operation. */
  async function failures(respond: (response: ServerResponse) => void): Promise<unknown[]> {
    const warnings = collectWarnings()
    const server = createHttpServer((_, response) => respond(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    // Each with a store of its own, so that none is left alone for what another one met.
    const face = (prefix: string) => new Cache({ protocol: 'webdav', prefix, storageOptions: { endpoint } }).store.async
    const operations = [
      face('read').read('dir/name'),
      face('write').write('dir/name', Uint8Array.of(1)),
      face('remove').remove('dir/name'),
      face('list').list('dir')[Symbol.asyncIterator]().next(),
    ]
    const settled = await Promise.allSettled(operations)
    // They arrive a tick later, which is still this test's.
    await warnings.codes()
    return settled.map((one) => (one.status === 'rejected' ? [one.reason.failure, one.reason.why] : one.value))
  }

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [409, 'failed'],
    [423, 'failed'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [501, 'unavailable'],
    [503, 'unavailable'],
    [507, 'unavailable'],
  ])('with status %i %s', async (status, failure) => {
    const page = `<html>${' x'.repeat(1000)}</html>`
    const all = await failures((response) => response.writeHead(status).end(page))
    expect(all).toEqual(Array(4).fill([failure, expect.stringMatching(/^\w+ <html>[ x]+…$/)]))
  })

  it('in the middle of an answer could not be reached', async () => {
    const all = await failures((response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('some', () => response.destroy())
    })
    expect(all).toEqual(Array(4).fill(['unreachable', expect.any(String)]))
  })

  it('because it never answers is given up', async () => {
    const warnings = collectWarnings()
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as { port: number }
    const cache = webdav(`http://127.0.0.1:${port}`, { timeout: '700ms' })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    const triple = cache.wrap((n: number) => n * 3, { name: 'demo.triple', params: ['n'] })
    expect([await double(1), triple(1)]).toEqual([2, 3])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toContain('does not answer')
  })
})

describe.skipIf(!servers.azure)(`Azure, through OpenDAL${needing(servers.azure, 'azurite-blob')}`, () => {
  const account = 'devstoreaccount1'
  const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
  let containers = 0

  /** A store in a new container. */
  async function open() {
    const container = `deche-${process.pid}-${containers++}`
    const url = new URL(`${servers.azure}/${container}?restype=container`)
    const date = new Date().toUTCString()
    const resource = `/${account}${url.pathname}\nrestype:container`
    const text = `PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${date}\nx-ms-version:2021-08-06\n${resource}`
    const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
    const headers = {
      'x-ms-date': date,
      'x-ms-version': '2021-08-06',
      connection: 'close',
      authorization: `SharedKey ${account}:${signature}`,
    }
    const made = await fetch(url, { method: 'PUT', headers })
    expect(made.status).toBe(201)
    const storageOptions = { endpoint: servers.azure, container, accountName: account, accountKey: key }
    return new Cache({ protocol: 'azblob', prefix: 'cache', storageOptions })
  }

  for (const [face, of] of Object.entries(storeFaces)) {
    describe(face, () => {
      // azurite takes the signature for wrong when a `%` is in the prefix of a listing.
      const cases = storeConformance.filter(({ name }) => name !== 'odd names are names')
      // One page of its listings holds 5,000.
      for (const { name: behaviour, run } of cases) it(behaviour, async () => run(of((await open()).store), FEW))
    })
  }

  it('wrong credentials cost one warning, which does not show them', async () => {
    const warnings = collectWarnings()
    const accountKey = Buffer.from('a wrong key').toString('base64')
    const storageOptions = { endpoint: servers.azure, container: 'any', accountName: account, accountKey }
    const cache = new Cache({ protocol: 'azblob', storageOptions })
    const double = cache.wrap(async (n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    expect([await double(1), await double(2)]).toEqual([2, 4])
    expect(await warnings.codes()).toEqual(['DECHE3011'])
    expect((await warnings.texts())[0]).toContain('refuses access')
    expect((await warnings.texts())[0]).not.toContain(accountKey)
  })
})
