import { types } from 'node:util'
import type { AsyncLock, Lock, Store } from '../store/store.js'
import { warnOnce } from '../warn.js'
import { type Face, type Found, lookUp } from './look-up.js'
import type { Call } from './memo.js'
import { isPromiseLike, type Steps, take } from './steps.js'
import { storeFailed } from './store-failed.js'

/** What waiting for the others came to: an answer that is there now, or the turn to run, with a lock where there is one. */
export interface Turn {
  readonly found?: Found
  readonly lock?: Lock | AsyncLock
}

/** Milliseconds between two looks at a lock that another one holds: first, and at most. A look need not be a request. */
const FIRST_PAUSE = 2
const LONGEST_PAUSE = 20

/** Taken before anyone can install fake timers. */
const later = setTimeout
const now = performance.now.bind(performance)

/** Places that a body of this thread computes with their lock. */
const held = new WeakMap<Store, Set<string>>()

/** Waits without the event loop, for synchronous functions. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

export function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => later(resolve, milliseconds))
}

/**
 * Waits until no other process computes the call, and looks again: the one before us may have left its answer. A body that
 * calls itself with the same arguments goes on without waiting for itself. After the option's time it runs all the same.
 */
export function* takeTurn(call: Call, face: Face, pause: (milliseconds: number) => unknown): Steps<Turn> {
  const { memo, place } = call
  const { store, settings } = memo
  if (store.protocol === 'memory' || isHeld(store, place)) return {}
  if (face.tryLock === undefined) {
    warnOnce(
      'DECHE3012',
      `${store.location} lock`,
      `The store ${store.location} has no locks, so 'lock' of ${memo.id} is without effect there. Files, S3 and Redis have them.`,
    )
    return {}
  }
  const patience = settings.lock === false ? 0 : settings.lock.ms
  const started = now()
  let next = FIRST_PAUSE
  for (;;) {
    let lock: Lock | AsyncLock | undefined
    try {
      lock = yield* take<Lock | AsyncLock | undefined>(face.tryLock(place))
    } catch (error) {
      storeFailed(memo, 'written', error)
      return {}
    }
    if (lock !== undefined) return yield* turnWith(call, holding(store, place, lock), face)
    const left = patience - (now() - started)
    if (left <= 0) {
      warnOnce(
        'DECHE3012',
        `${memo.id} waited`,
        `${memo.id} waited ${patience} ms for another process that computes the same call, and ran without its lock. ` +
          'Where it takes longer, say how long to wait: lock=2h.',
      )
      return {}
    }
    // A share of chance, so that those who wait do not all look at once.
    yield* take(pause(Math.min(left, next * (0.5 + Math.random() / 2))))
    next = Math.min(LONGEST_PAUSE, next * 1.5)
  }
}

/** A lock if it is there at once, `'none'` where none is needed or to be had; `undefined` while somebody computes the call. */
export function* tryTurn(call: Call, face: Face): Steps<Lock | AsyncLock | 'none' | undefined> {
  const { memo, place } = call
  if (memo.store.protocol === 'memory' || face.tryLock === undefined) return 'none'
  if (isHeld(memo.store, place)) return undefined
  try {
    const lock = yield* take<Lock | AsyncLock | undefined>(face.tryLock(place))
    return lock && holding(memo.store, place, lock)
  } catch (error) {
    storeFailed(memo, 'written', error)
    return 'none'
  }
}

/** Between our look and the lock another one may have finished. */
function* turnWith(call: Call, lock: Lock | AsyncLock, face: Face): Steps<Turn> {
  let found: Found | undefined
  try {
    found = yield* lookUp(call, face)
  } catch (error) {
    yield* take(lock.release())
    throw error
  }
  if (found === undefined) return { lock }
  yield* take(lock.release())
  return { found }
}

function isHeld(store: Store, place: string): boolean {
  return held.get(store)?.has(place) ?? false
}

function holding(store: Store, place: string, lock: Lock | AsyncLock): Lock | AsyncLock {
  const places = held.get(store) ?? new Set()
  held.set(store, places.add(place))
  return {
    release() {
      places.delete(place)
      return lock.release()
    },
  }
}

/** Computes under a lock, which a promise holds until it settles. */
export function computeWith(lock: Lock | AsyncLock, compute: () => unknown): unknown {
  let value: unknown
  try {
    value = compute()
  } catch (error) {
    release(lock)
    throw error
  }
  // What compute answers for a promise that is kept is a plain one of its own.
  if (types.isPromise(value) && Object.getPrototypeOf(value) === Promise.prototype)
    return value.finally(() => lock.release())
  release(lock)
  return value
}

function release(lock: Lock | AsyncLock): void {
  const releasing = lock.release()
  if (isPromiseLike(releasing)) releasing.then(undefined, () => {})
}
