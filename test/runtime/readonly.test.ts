import { describe, expect, it } from 'vitest'
import { Cache, type CacheOptions, cached, type Store } from '../../runtime/index.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import { needing, newBucket, s3Options, servers } from '../helpers/servers.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

let prefixes = 0
const redis = () => ({
  protocol: 'redis',
  prefix: `readonly-${process.pid}-${prefixes++}`,
  storageOptions: { url: servers.redis },
})
const s3 = async () => ({ protocol: 's3', prefix: await newBucket(), storageOptions: s3Options })
const own = () => ({ store: { ...createMemoryStore(), protocol: 'mine', location: 'mine://here' } })

interface Kind {
  readonly open: () => CacheOptions | Promise<CacheOptions>
  readonly server?: string | undefined
  readonly needs?: string
}

const kinds: Readonly<Record<string, Kind>> = {
  files: { open: () => ({ prefix: temporaryDirectory() }) },
  memory: { open: () => ({ protocol: 'memory' }) },
  'a service of OpenDAL': { open: () => ({ protocol: 'fs', storageOptions: { root: temporaryDirectory() } }) },
  'a store of its own': { open: own },
  tiers: { open: () => ({ tiers: [{ prefix: temporaryDirectory() }, own()] }) },
  Redis: { open: redis, server: servers.redis, needs: 'Redis server' },
  S3: { open: s3, server: servers.s3, needs: 'S3 server' },
  'files and S3': {
    open: async () => ({ tiers: [{ prefix: temporaryDirectory() }, await s3()] }),
    server: servers.s3,
    needs: 'S3 server',
  },
}

/** What changes something in a store. Of tiers, copying too. */
const CHANGES = ['write', 'remove', 'tryLock', 'bringNearer', 'discard']

/** A store that notes each attempt to change something. */
function watched(store: Store): { readonly store: Store; readonly attempts: string[] } {
  const attempts: string[] = []
  const watch = <F extends object>(face: F): F => {
    const changing = CHANGES.filter((name) => name in face).map((name) => {
      const note = (...given: unknown[]) => {
        attempts.push(`${name} ${given[0]}`)
        throw new Error('nothing may be written')
      }
      return [name, note] as const
    })
    return { ...face, ...Object.fromEntries(changing) }
  }
  return { store: { ...store, sync: watch(store.sync), async: watch(store.async) }, attempts }
}

/** Functions of every kind, whose runs count. */
function functionsOf(cache: Cache) {
  const ran: string[] = []
  const params = ['n']
  const body = (n: number) => {
    ran.push(`${n}`)
    if (n < 0) throw new RangeError('negative')
    return n + 1
  }
  const sync = cache.wrap(body, { name: 'demo.sync', params })
  const async = cache.wrap(async (n: number) => body(n), { name: 'demo.async', params })
  const items = cache.wrap(
    function* (n: number) {
      yield body(n)
    },
    { name: 'demo.items', params },
  )
  const later = cache.wrap(
    async function* (n: number) {
      yield body(n)
    },
    { name: 'demo.later', params },
  )
  async function all(n: number): Promise<unknown[]> {
    const settled = async (call: () => unknown) => {
      try {
        return await call()
      } catch (error) {
        return String(error)
      }
    }
    const taken = async () => {
      const got: number[] = []
      for await (const item of later(n)) got.push(item)
      return got
    }
    const calls = [() => sync(n), () => async(n), () => (n < 0 ? [] : [...items(n)]), () => (n < 0 ? [] : taken())]
    const came: unknown[] = []
    for (const call of calls) came.push(await settled(call))
    return came
  }
  return { all, ran, sync }
}

for (const [kind, { open, server, needs = '' }] of Object.entries(kinds)) {
  describe.skipIf(needs !== '' && !server)(`readonly on ${kind}${needs && needing(server, needs)}`, () => {
    it('answers from what is there, and changes nothing: for hits, misses, exceptions, expired and damaged entries', async () => {
      const warnings = collectWarnings()
      const cache = new Cache({ ...(await open()), memory: 'off' })
      const first = functionsOf(cache)
      const known = [await first.all(1), await first.all(-1)]
      await first.all(5)
      const damaged = `demo.sync/${cached(first.sync).tokenize(5)}`
      await cache.store.async.write(damaged, new TextEncoder().encode('no entry'))

      const { store, attempts } = watched(cache.store)
      const limits = kind === 'a service of OpenDAL' || kind === 'a store of its own' ? {} : { maxEntries: 1 }
      const options = { store, mode: 'readonly', ...limits } as const
      for (const memory of ['off', 100] as const) {
        const reading = functionsOf(new Cache({ ...options, memory }))
        expect([await reading.all(1), await reading.all(-1)]).toEqual(known)
        expect(reading.ran).toEqual([])
        // What is missing or damaged runs, each time where nothing is in memory.
        await reading.all(2)
        expect(reading.ran).toEqual(Array(4).fill('2'))
        reading.ran.length = 0
        expect(reading.sync(5)).toBe(6)
        expect(reading.ran).toEqual(['5'])
      }
      const expired = functionsOf(new Cache({ ...options, memory: 'off', ttl: '0s' }))
      await expired.all(1)
      expect(expired.ran).toEqual(Array(4).fill('1'))
      const stale = new Cache({ ...options, memory: 'off', ttl: '0s', stale: '1h', lock: true })
      const refreshing = functionsOf(stale)
      expect(refreshing.sync(1)).toBe(2)
      await new Promise((resolve) => setImmediate(resolve))
      expect(refreshing.ran).toEqual([])
      expect(attempts).toEqual([])
      await expect(cached(first.sync).hasData({ args: [1] })).resolves.toBe(true)
      expect(await warnings.codes()).toEqual([])
    })
  })
}
