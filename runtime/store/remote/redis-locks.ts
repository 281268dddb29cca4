import { StoreError } from '../../errors.js'
import { isDead, isOwner } from '../owner.js'
import type { Claim, Holder, LockDriver } from './lock-driver.js'

/** Runs a script on one key, and answers the text that it returns. */
export type Evaluate = (script: string, key: string, given: readonly string[], signal: AbortSignal) => Promise<string>

/**
 * The lock is a key that holds its claim, and that the server removes when the lease is over. Arguments: the claim, its
 * lease, and the claim of a holder that is dead. Returns the claim of who holds it, or nothing when it is taken. Taking
 * what one has already begins the lease anew, also where the server has lost it.
 */
const TAKE = `
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[3] then return holder end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return ''`

const RELEASE = `
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
return ''`

/** Dead holders that one try takes over from, one after the other. */
const MOST = 10

/** Somebody about whom nothing can be seen. */
const SOMEBODY: Holder = { nonce: '', owner: { machine: '', pid: 0 } }

/** Locks on one server, or on the one of a cluster that has the key. */
export function redisLocks(evaluateOnce: Evaluate, at: (path: string) => string): LockDriver {
  /** Again where the connection was lost: whether the first one arrived, the second one finds out. */
  const evaluate: Evaluate = async (script, key, given, signal) => {
    try {
      return await evaluateOnce(script, key, given, signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof StoreError) || error.failure !== 'unreachable') throw error
      return evaluateOnce(script, key, given, signal)
    }
  }

  const take = (claim: Claim, dead: string, signal: AbortSignal) =>
    evaluate(TAKE, at(claim.path), [textOf(claim), String(Math.ceil(claim.lease)), dead], signal)

  return {
    pause: 100,
    async acquire(claim, signal) {
      let text = ''
      for (let count = 0; count < MOST; count++) {
        text = await take(claim, text, signal)
        if (text === '') return []
        const holder = holderOf(text)
        if (!isDead(holder.owner)) return [holder]
      }
      return [SOMEBODY]
    },
    renew: async (claim, signal) => (await take(claim, '', signal)) === '',
    async release(claim, signal) {
      await evaluate(RELEASE, at(claim.path), [textOf(claim)], signal)
    },
  }
}

function textOf({ nonce, owner, lease }: Claim): string {
  return JSON.stringify({ ...owner, nonce, lease })
}

function holderOf(text: string): Holder {
  try {
    const read: unknown = JSON.parse(text)
    if (isOwner(read)) return { nonce: String(Reflect.get(read, 'nonce')), owner: read }
  } catch {
    // As below.
  }
  return SOMEBODY
}
