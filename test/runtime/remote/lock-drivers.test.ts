import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDriver } from '../../../runtime/store/remote/drivers.js'
import { findClient } from '../../../runtime/store/remote/find-client.js'
import { type Claim, type LockDriver, newClaim } from '../../../runtime/store/remote/lock-driver.js'
import { LockKeeper } from '../../../runtime/store/remote/lock-keeper.js'
import { type Objects, s3Locks } from '../../../runtime/store/remote/s3-locks.js'
import { needing, newBucket, s3Options, servers } from '../../helpers/servers.js'

/** Locks between machines: claims of owners of which nobody here can see whether they live. */

const LEASE = 500
/** Of a holder that lives: longer than a loaded machine holds up a renewal. */
const LONG = 2000
const never = new AbortController().signal

function elsewhere(path: string, lease = LEASE): Claim {
  return { ...newClaim(path, lease), owner: { machine: 'another', pid: 1 } }
}

/** Of a service that no other keeper of this machine knows. */
function keeperOf(driver: LockDriver): LockKeeper {
  return new LockKeeper({ location: `test-${randomBytes(6).toString('hex')}`, options: {} }, driver)
}

/** Tries until it holds the lock, and answers how long that took. */
async function wait(driver: LockDriver, claim: Claim): Promise<number> {
  const started = performance.now()
  while ((await driver.acquire(claim, never)).length > 0) await pause(10)
  return performance.now() - started
}

/** An S3 in memory, where each request takes effect at one moment somewhere between its sending and its answer. */
function objectsInMemory(
  delay: () => Promise<unknown> = () => pause(Math.random() * 4),
): Objects & Map<string, string> {
  const objects = new Map<string, string>()
  const request = async <T>(act: () => T) => {
    await delay()
    const answer = act()
    await delay()
    return answer
  }
  return Object.assign(objects, {
    put: (key: string, text: string) => request(() => void objects.set(key, text)),
    remove: (key: string) => request(() => void objects.delete(key)),
    list: (start: string) =>
      request(() =>
        [...objects]
          .filter(([key]) => key.startsWith(start))
          .map(([key, revision]) => ({ name: key.slice(start.length), revision })),
      ),
  })
}

const kinds: Record<string, { server: string | undefined; open: () => Promise<LockDriver> }> = {
  'an S3 in memory': { server: 'here', open: async () => s3Locks('memory', objectsInMemory(), (path) => path) },
  S3: {
    server: servers.s3,
    async open() {
      const client = findClient('test', '@aws-sdk/client-s3', '', process.cwd())
      const prefix = `${bucket}/d${count++}`
      return locksOf({ protocol: 's3', client, prefix, options: s3Options })
    },
  },
  Redis: {
    server: servers.redis,
    open() {
      const client = findClient('test', 'redis', '', process.cwd())
      const prefix = `test-${randomBytes(6).toString('hex')}`
      return locksOf({ protocol: 'redis', client, prefix, options: { url: servers.redis } })
    },
  },
}

let bucket = ''
let count = 0
beforeAll(async () => {
  if (servers.s3) bucket = await newBucket()
})

async function locksOf(spec: { protocol: string; client: string; prefix: string; options: object }) {
  const { locks } = await openDriver({
    ...spec,
    options: { ...spec.options },
    location: 'test',
    timeout: 5000,
    scans: true,
  })
  if (locks === undefined) throw new Error('no locks')
  return locks
}

for (const [kind, { server, open }] of Object.entries(kinds)) {
  // They mostly wait.
  describe.skipIf(!server).concurrent(`locks of ${kind}${needing(server, `server of ${kind}`)}`, () => {
    it('a holder elsewhere that says nothing more is taken over when its lease is over, and not before', async () => {
      const driver = await open()
      expect(await driver.acquire(elsewhere('dir/name'), never)).toEqual([])
      expect(await wait(driver, elsewhere('dir/name'))).toBeGreaterThanOrEqual(LEASE * 0.8)
    })

    it('a holder elsewhere that renews its lease is not', async () => {
      const driver = await open()
      const claim = elsewhere('dir/name', LONG)
      await driver.acquire(claim, never)
      for (let count = 1; count <= 12; count++) {
        await pause(LONG / 8)
        expect(await driver.renew(claim, never)).toBe(true)
        expect(await driver.acquire(elsewhere('dir/name'), never)).toMatchObject([{ nonce: claim.nonce }])
      }
      await driver.release(claim, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toEqual([])
    })

    it('who was taken over lets go of nothing, and takes nothing back', async () => {
      const driver = await open()
      const [first, second] = [elsewhere('dir/name'), elsewhere('dir/name', 60_000)]
      await driver.acquire(first, never)
      await wait(driver, second)
      await driver.release(first, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toMatchObject([{ nonce: second.nonce }])
      await driver.release(second, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toEqual([])
    })

    it('taking, renewing and releasing once more, as after an answer that was lost, changes nothing', async () => {
      const driver = await open()
      const claim = elsewhere('dir/name', 60_000)
      for (const _ of [1, 2]) expect(await driver.acquire(claim, never)).toEqual([])
      for (const _ of [1, 2]) expect(await driver.renew(claim, never)).toBe(true)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toMatchObject([{ nonce: claim.nonce }])
      for (const _ of [1, 2]) await driver.release(claim, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toEqual([])
    })

    it('a holder of this machine that is dead is taken over at once', async () => {
      const driver = await open()
      const claim = newClaim('dir/name', 60_000)
      await driver.acquire({ ...claim, owner: { ...claim.owner, thread: 1, began: '1' } }, never)
      expect(await driver.acquire(newClaim('dir/name', 60_000), never)).toEqual([])
    })

    it('clocks that are a day apart change nothing', async () => {
      const driver = await open()
      const day = 86_400_000
      const of = (skew: number) => {
        const claim = elsewhere('dir/name', 60_000)
        return { ...claim, nonce: `${(Date.now() + skew).toString(36)}-${claim.nonce}` }
      }
      for (const [one, other] of [
        [-day, day],
        [day, -day],
        [0, day],
      ] as const) {
        const holder = of(one)
        expect(await driver.acquire(holder, never)).toEqual([])
        expect(await driver.acquire(of(other), never)).toMatchObject([{ nonce: holder.nonce }])
        await driver.release(holder, never)
      }
    })

    it('the keeper renews as long as it holds, however long that is', async () => {
      const driver = await open()
      const keeper = keeperOf(driver)
      const claim = elsewhere('dir/name', LONG)
      expect(await keeper.tryLock(claim, never)).toBe(true)
      for (const until = performance.now() + 2 * LONG; performance.now() < until; await pause(20))
        expect(await driver.acquire(elsewhere('dir/name'), never)).toMatchObject([{ nonce: claim.nonce }])
      await keeper.releaseLock(claim, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toEqual([])
    })

    it('a keeper that was taken over says no more, and others of its machine are not held up by it', async () => {
      const driver = await open()
      const keeper = keeperOf(driver)
      const [first, second] = [elsewhere('dir/name'), elsewhere('dir/name', 60_000)]
      const stalled: LockDriver = { ...driver, renew: () => Promise.reject(new Error('on purpose')) }
      expect(await keeperOf(stalled).tryLock(first, never)).toBe(true)
      await wait(driver, second)
      await keeper.releaseLock(first, never)
      expect(await driver.acquire(elsewhere('dir/name'), never)).toMatchObject([{ nonce: second.nonce }])
    })
  })
}

describe.concurrent('claims on S3', () => {
  it('are never two at a time, whatever the order of requests, and come to an end', async () => {
    for (let round = 0; round < 10; round++) {
      const objects = objectsInMemory()
      let inside = 0
      let turns = 0
      await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          // Each is a machine of its own, with its own observations; some have clocks that are wrong.
          const driver = s3Locks('memory', objects, (path) => path)
          for (let turn = 0; turn < 3; turn++) {
            for (;;) {
              const claim = elsewhere('dir/name', 60_000)
              const skewed = { ...claim, nonce: index % 3 === 0 ? `0${claim.nonce}` : claim.nonce }
              if ((await driver.acquire(skewed, never)).length === 0) {
                expect(++inside).toBe(1)
                await pause(Math.random() * 3)
                inside--
                turns++
                await driver.release(skewed, never)
                break
              }
              await pause(Math.random() * 20)
            }
          }
        }),
      )
      expect(turns).toBe(24)
      expect([...objects.keys()]).toEqual([])
    }
  })

  it('that were not renewed do not stop others for longer than their lease, and are removed', async () => {
    const objects = objectsInMemory()
    const crowd = Array.from({ length: 5 }, () => elsewhere('dir/name', 200))
    for (const claim of crowd)
      await s3Locks('memory', objects, (path) => path)
        .acquire(claim, never)
        .catch(() => {})
    const driver = s3Locks('memory', objects, (path) => path)
    const claim = elsewhere('dir/name', 60_000)
    await wait(driver, claim)
    await expect.poll(() => objects.size).toBe(1)
  })

  it('of a service whose listings are late are no locks', async () => {
    const objects = objectsInMemory()
    const driver = s3Locks(
      'memory',
      { ...objects, put: objects.put, remove: objects.remove, list: async () => [] },
      (path) => path,
    )
    await expect(driver.acquire(elsewhere('dir/name'), never)).rejects.toThrow(
      'its listings do not show what was just written',
    )
  })
})
