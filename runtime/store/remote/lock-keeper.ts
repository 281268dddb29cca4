// Not the globals, which fake timers of tests replace.
import { clearTimeout, setTimeout } from 'node:timers'
import { isDead } from '../owner.js'
import type { Lock } from '../store.js'
import { withDeadline } from './deadline.js'
import type { DriverSpec } from './driver.js'
import { tryHostTurn } from './host-turn.js'
import type { Claim, Holder, LockDriver } from './lock-driver.js'

/** What this thread last saw of a lock that another one holds. */
interface Watch {
  readonly holders: readonly Holder[]
  /** Until when (`performance.now()`) nobody asks again, unless a holder dies that can be seen from here. */
  readonly until: number
  readonly pause: number
}

interface Held {
  readonly claim: Claim
  /** Tells the other processes of this machine not to ask. */
  readonly turn: Lock | undefined
  timer: NodeJS.Timeout | undefined
  /** The renewal that is under way; it never rejects. */
  renewing: Promise<void> | undefined
}

/** Milliseconds between two requests about one lock, at first. */
const FIRST_PAUSE = 2

/** Locks of others that are remembered. */
const MOST = 1000

const now = performance.now.bind(performance)

/**
 * Takes locks, renews them and lets go of them. It lives in the worker, whose event loop no body can block; only where
 * there can be none, in the thread that holds the locks.
 */
export class LockKeeper {
  readonly #location: string
  /** Tells services apart, on this machine. */
  readonly #service: string
  readonly #driver: LockDriver
  readonly #held = new Map<string, Held>()
  /** Nonces of claims that are being tried, and that somebody waits for. */
  readonly #wanted = new Set<string>()
  readonly #watches = new Map<string, Watch>()

  constructor({ location, options }: Pick<DriverSpec, 'location' | 'options'>, driver: LockDriver) {
    this.#location = location
    this.#service = `${location} ${String(options.endpoint)}`
    this.#driver = driver
  }

  /**
   * Whether the lock is taken. It may be asked every few milliseconds: the service is not, as long as those who held it a
   * moment ago cannot be seen to be dead.
   */
  async tryLock(claim: Claim, signal: AbortSignal): Promise<boolean> {
    const watch = this.#watches.get(claim.path)
    if (watch !== undefined && now() < watch.until && !watch.holders.some(({ owner }) => isDead(owner))) return false
    const turn = tryHostTurn(this.#service, claim.path)
    if (turn === undefined) return false
    this.#wanted.add(claim.nonce)
    let isTaken = false
    try {
      const started = now()
      const holders = await this.#driver.acquire(claim, signal)
      if (holders.length > 0) {
        this.#watch(claim.path, holders, watch)
        return false
      }
      this.#watches.delete(claim.path)
      if (signal.aborted || !this.#wanted.has(claim.nonce)) throw new Error('nobody waits for the lock any more')
      isTaken = true
      this.holdLock(claim, turn, now() - started)
      return true
    } catch (error) {
      // It may have arrived all the same.
      void this.#forget(claim)
      throw error
    } finally {
      this.#wanted.delete(claim.nonce)
      if (!isTaken) turn.release()
    }
  }

  /** Renews a claim from now on until it is released. `age`: milliseconds of its lease that may be over. */
  holdLock(claim: Claim, turn?: Lock, age = claim.lease): void {
    if (this.#held.has(claim.nonce)) return
    const held: Held = { claim, turn, timer: undefined, renewing: undefined }
    this.#held.set(claim.nonce, held)
    this.#schedule(held, Math.max(0, claim.lease / 3 - age))
  }

  async releaseLock(claim: Claim, signal: AbortSignal): Promise<void> {
    const held = this.#held.get(claim.nonce)
    this.#held.delete(claim.nonce)
    clearTimeout(held?.timer)
    try {
      // One that came later would bring the claim back.
      await held?.renewing
      await this.#driver.release(claim, signal)
    } finally {
      held?.turn?.release()
    }
  }

  /** Lets go of a claim in the background, be it that nobody knows whether it was taken. Never throws. */
  async abandonLock(claim: Claim): Promise<void> {
    if (this.#wanted.delete(claim.nonce)) return
    await this.#forget(claim)
  }

  async #forget(claim: Claim): Promise<void> {
    try {
      await withDeadline(this.#location, claim.lease, (signal) => this.releaseLock(claim, signal))
    } catch {
      // It ends with its lease.
    }
  }

  #schedule(held: Held, ms: number): void {
    held.timer = setTimeout(() => {
      held.renewing = this.#renew(held)
    }, ms).unref()
  }

  async #renew(held: Held): Promise<void> {
    const { claim } = held
    const interval = claim.lease / 3
    const started = now()
    let next = interval
    try {
      const isOurs = await withDeadline(this.#location, interval, (signal) => this.#driver.renew(claim, signal))
      if (!isOurs) {
        this.#held.delete(claim.nonce)
        held.turn?.release()
      }
    } catch {
      next = interval / 4
    }
    if (this.#held.has(claim.nonce)) this.#schedule(held, Math.max(interval / 10, next - (now() - started)))
  }

  #watch(path: string, holders: readonly Holder[], before: Watch | undefined): void {
    const goesOn = before !== undefined && now() - before.until < 2 * this.#driver.pause
    const pause = goesOn ? Math.min(before.pause * 1.5, this.#driver.pause) : FIRST_PAUSE
    this.#watches.delete(path)
    // A share of chance, so that those who wait do not all ask at once.
    this.#watches.set(path, { holders, pause, until: now() + pause * (0.5 + Math.random() / 2) })
    for (const oldest of this.#watches.keys()) {
      if (this.#watches.size <= MOST) break
      this.#watches.delete(oldest)
    }
  }
}
