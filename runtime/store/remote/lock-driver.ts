import { randomBytes } from 'node:crypto'
import { type Owner, ownOwner } from '../owner.js'

/** One holding of the lock of a path, or the wish for it. Nothing in it changes as long as it is held. */
export interface Claim {
  readonly path: string
  /** Of this one holding, and of no other anywhere. Those of earlier tries come first in the order of text, as clocks go. */
  readonly nonce: string
  readonly owner: Owner
  /** Milliseconds for which it counts after it was last renewed. */
  readonly lease: number
}

/** Another one's claim, as far as it can be seen. */
export type Holder = Pick<Claim, 'nonce' | 'owner'>

/**
 * Locks as one service can do them. Each operation may be repeated: an answer that was lost is asked for again, and a
 * claim is known by its nonce.
 */
export interface LockDriver {
  /** Milliseconds between two requests about a lock that another one holds, at most. */
  readonly pause: number
  /** Takes the lock unless another one holds it. Answers who does; nobody means that it is taken. */
  acquire(claim: Claim, signal: AbortSignal): Promise<readonly Holder[]>
  /** Begins the lease anew. `false`: another one holds the lock meanwhile. */
  renew(claim: Claim, signal: AbortSignal): Promise<boolean>
  /** Lets go of this claim, and of no other. */
  release(claim: Claim, signal: AbortSignal): Promise<void>
}

/** A claim of the calling thread. */
export function newClaim(path: string, lease: number): Claim {
  const nonce = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(8).toString('hex')}`
  return { path, nonce, owner: ownOwner(), lease }
}
