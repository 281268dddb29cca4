import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../errors.js'
import { hash } from '../../key/sha256.js'
import { isDead, type Owner, ownOwner } from '../owner.js'
import type { Claim, Holder, LockDriver } from './lock-driver.js'

/** What locks need of a service: whole objects under keys, and listings that show what was there when they were asked for. */
export interface Objects {
  put(key: string, text: string, signal: AbortSignal): Promise<void>
  /** Not an error if there is none. */
  remove(key: string, signal: AbortSignal): Promise<void>
  /** All objects whose keys begin with a text, without it. */
  list(start: string, signal: AbortSignal): Promise<readonly { readonly name: string; readonly revision: string }[]>
}

/** A revision of a claim, and since when (`performance.now()`) this thread has seen no other one. */
interface Observed {
  readonly revision: string
  readonly since: number
}

/** What one look at a lock shows. */
interface Look {
  readonly isListed: boolean
  readonly living: readonly Holder[]
  readonly dead: readonly string[]
}

/** Looks of whoever waits for claims that came later to be withdrawn, and milliseconds between them at first. */
const LOOKS = 12
const FIRST_PAUSE = 4

/** Locks whose claims are remembered. */
const MOST = 1000

const now = performance.now.bind(performance)

/**
 * Locks of objects alone, without conditional requests, which services know in part or, worse, take and pass over
 * (Ceph's radosgw 16 refuses every `If-Match` of a PUT, and ignores that of a DELETE).
 *
 * Each try puts a claim of its own, an object whose name no other claim has or ever had, and then lists the claims. The
 * lock is held by the claim that has seen itself alone. Of two claims, whichever was put later sees the other one: two
 * never hold it. A claim that sees others is withdrawn, but for the first in order, which looks again for a while. So
 * nothing is ever replaced or removed but one's own claim, and those of the dead.
 *
 * Dead is a claim whose owner is seen to be dead, or one that was not renewed for its whole lease, by the clock of who
 * waits: other clocks are not asked.
 */
export function s3Locks(location: string, objects: Objects, at: (path: string) => string): LockDriver {
  const seen = new Map<string, Map<string, Observed>>()
  const startOf = (path: string) => `${at(path)}/`
  const keyOf = (claim: Claim) => `${startOf(claim.path)}${nameOf(claim)}`

  async function look(claim: Claim, signal: AbortSignal): Promise<Look> {
    const asked = now()
    const listed = await objects.list(startOf(claim.path), signal)
    const answered = now()
    const before = seen.get(claim.path)
    const observed = new Map<string, Observed>()
    const living: Holder[] = []
    const dead: string[] = []
    let isListed = false
    for (const { name, revision } of listed) {
      const other = parseName(name)
      if (other === undefined) continue
      if (other.nonce === claim.nonce) {
        isListed = true
        continue
      }
      const known = before?.get(name)
      const since = known?.revision === revision ? known.since : answered
      observed.set(name, { revision, since })
      if (isDead(other.owner) || asked - since >= other.lease) dead.push(name)
      else living.push(other)
    }
    remember(claim.path, observed)
    return { isListed, living, dead }
  }

  function remember(path: string, observed: Map<string, Observed>): void {
    seen.delete(path)
    if (observed.size > 0) seen.set(path, observed)
    for (const oldest of seen.keys()) {
      if (seen.size <= MOST) break
      seen.delete(oldest)
    }
  }

  /** Never the same twice, whichever thread renews: a claim that was renewed has another revision. */
  const put = (claim: Claim, signal: AbortSignal) => {
    const { nonce, owner, lease } = claim
    const renewal = randomBytes(8).toString('hex')
    return objects.put(keyOf(claim), JSON.stringify({ ...owner, nonce, lease, renewal }), signal)
  }

  return {
    pause: 500,
    async acquire(claim, signal) {
      if (seen.has(claim.path)) {
        const { living } = await look(claim, signal)
        if (living.length > 0) return living
      }
      let putAt = now()
      await put(claim, signal)
      for (let count = 1; ; count++) {
        const { isListed, living, dead } = await look(claim, signal)
        // Those who do not see it renewed take it for dead after a lease, and must not find out that they are right.
        if (now() - putAt > claim.lease / 2) {
          putAt = now()
          await put(claim, signal)
          continue
        }
        if (!isListed) throw unlisted(location)
        if (living.length === 0) {
          const start = startOf(claim.path)
          // Whoever comes next finds what could not be removed.
          for (const name of dead) objects.remove(`${start}${name}`, AbortSignal.timeout(claim.lease)).catch(() => {})
          return []
        }
        if (count === LOOKS || living.some(({ nonce }) => nonce < claim.nonce)) {
          await objects.remove(keyOf(claim), signal)
          return living
        }
        await pause(FIRST_PAUSE * count, undefined, { signal })
      }
    },
    async renew(claim, signal) {
      await put(claim, signal)
      return true
    },
    release: (claim, signal) => objects.remove(keyOf(claim), signal),
  }
}

function unlisted(location: string): StoreError {
  const why = 'its listings do not show what was just written, so it cannot have locks'
  return new StoreError(location, 'failed', why)
}

/** All that others need to know of a claim, so that one listing is a look. Which machine it is, they need not. */
function nameOf({ nonce, owner: { machine, pid, thread, began }, lease }: Claim): string {
  return [nonce, machineName(machine), pid, thread ?? '', began ?? '', Math.ceil(lease)].join('.')
}

function parseName(name: string): (Holder & { readonly lease: number }) | undefined {
  const [, nonce = '', machine, pid, thread, began, lease] =
    /^([0-9a-z-]+)\.([0-9a-f]{16})\.(\d+)\.(\d*)\.(\d*)\.(\d+)$/.exec(name) ?? []
  if (machine === undefined) return undefined
  const here = ownOwner().machine
  const owner: Owner = {
    machine: machineName(here) === machine ? here : machine,
    pid: Number(pid),
    ...(thread !== '' && { thread: Number(thread) }),
    ...(began !== undefined && began !== '' && { began }),
  }
  return { nonce, owner, lease: Number(lease) }
}

function machineName(machine: string): string {
  return hash(machine).slice(0, 16)
}
