import { checkPath } from '../paths.js'
import type { AsyncStore, SyncStore } from '../store.js'
import { bridge } from './bridge.js'
import type { Driver, DriverSpec } from './driver.js'
import type { Guard } from './guard.js'
import { newClaim } from './lock-driver.js'
import { LockKeeper } from './lock-keeper.js'

/** What takes locks: in the worker, or in this thread. */
type Keeper = Pick<LockKeeper, 'tryLock' | 'releaseLock' | 'abandonLock'>

interface Locks {
  readonly sync: NonNullable<SyncStore['tryLock']>
  readonly async: NonNullable<AsyncStore['tryLock']>
}

/**
 * `tryLock` of both faces of a store elsewhere. Locks are taken and renewed in the worker. Where there can be none,
 * asynchronous functions do it in this thread, with what `driver` answers.
 */
export function createLocks(spec: DriverSpec, lease: number, guard: Guard, driver: () => Promise<Driver>): Locks {
  const far: Keeper = {
    tryLock: async (claim) => (await bridge.askLater(spec, 'tryLock', [claim], spec.timeout)) === true,
    async releaseLock(claim) {
      bridge.unhold(claim)
      await bridge.askLater(spec, 'releaseLock', [claim], spec.timeout)
    },
    async abandonLock(claim) {
      bridge.unhold(claim)
      bridge.tell(spec, 'abandonLock', [claim])
    },
  }

  let near: LockKeeper | undefined
  let isServed: boolean | undefined

  async function keeper(): Promise<Keeper> {
    isServed ??= bridge.serves(spec)
    if (isServed) {
      // As with the client of this thread, no part of what the deadline is for.
      await bridge.open(spec)
      return far
    }
    const { locks } = await driver()
    if (near === undefined && locks !== undefined) near = new LockKeeper(spec, locks)
    return near ?? far
  }

  return {
    async async(path) {
      checkPath(path)
      const claim = newClaim(path, lease)
      const mine = await keeper()
      try {
        if (!(await guard.run('tryLock', (signal) => mine.tryLock(claim, signal)))) return undefined
      } catch (error) {
        // It may have been taken all the same.
        void mine.abandonLock(claim)
        throw error
      }
      if (mine === far) bridge.hold(spec, claim)
      return {
        release: once(async () => {
          try {
            await guard.run('releaseLock', (signal) => mine.releaseLock(claim, signal))
          } catch {
            void mine.abandonLock(claim)
          }
        }),
      }
    },
    sync(path) {
      checkPath(path)
      const claim = newClaim(path, lease)
      try {
        if (!guard.runSync('tryLock', (timeout) => bridge.ask(spec, 'tryLock', [claim], timeout))) return undefined
      } catch (error) {
        void far.abandonLock(claim)
        throw error
      }
      bridge.hold(spec, claim)
      return {
        release: once(() => {
          bridge.unhold(claim)
          try {
            guard.runSync('releaseLock', (timeout) => bridge.ask(spec, 'releaseLock', [claim], timeout))
          } catch {
            void far.abandonLock(claim)
          }
        }),
      }
    },
  }
}

/** A function that does something the first time it is called, and answers the same from then on. */
function once<T>(act: () => T): () => T {
  let done: { readonly answer: T } | undefined
  return () => {
    done ??= { answer: act() }
    return done.answer
  }
}
