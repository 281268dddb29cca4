import { types } from 'node:util'
import { isAtHand } from '../store/at-hand.js'
import { reason, warnOnce } from '../warn.js'
import { type Body, compute, miss, settle } from './call.js'
import { within } from './flights.js'
import { keepInputs } from './keep.js'
import { tryTurn } from './locked.js'
import { type Face, lookUp } from './look-up.js'
import { type Call, isUnchanged, type Memo } from './memo.js'
import type { Site } from './sites.js'
import { runSteps, runStepsAsync, type Steps } from './steps.js'

/** Milliseconds that a call whose refresh failed is left alone: what fails would otherwise be asked with each hit. */
const PAUSE = 5000

/** Failures of one function that are remembered. */
const MOST = 1000

/** Taken before anyone can install fake timers. */
const nextTurn = setImmediate
const now = performance.now.bind(performance)

/** Of each function: the calls that are being refreshed (`Infinity`), or not to be before a time. */
const refreshes = new WeakMap<Memo, Map<string, number>>()

/**
 * Runs a call's body in a later turn of the event loop and replaces what is stored; the caller has its answer already. One
 * refresh of a call at a time in this process, and under `lock` in all. The old entry stays until the new one is whole.
 */
export function refreshLater(site: Site, call: Call, body: Body<unknown>, promises: boolean): void {
  const { memo, place } = call
  const times = refreshes.get(memo) ?? new Map<string, number>()
  refreshes.set(memo, times)
  if ((times.get(place) ?? 0) > now()) return
  times.set(place, Number.POSITIVE_INFINITY)
  nextTurn(async () => {
    try {
      if (promises) await refreshAsync(call, async (...values) => body(...values))
      else await refreshSync(site, call, body)
      times.delete(place)
    } catch (error) {
      for (const [first] of times) {
        if (times.size <= MOST) break
        times.delete(first)
      }
      times.set(place, now() + PAUSE)
      memo.stats.errors++
      warnOnce(
        'DECHE3013',
        memo.id,
        `${memo.id} failed in the background, and older answers are given as long as 'stale' says: ${reason(error)}`,
      )
    }
  })
}

/** The body runs before this returns. It may answer a promise this time, which is waited for. */
async function refreshSync(site: Site, call: Call, body: Body<unknown>): Promise<void> {
  const turn = runSteps(ownTurn(call, call.memo.store.sync))
  try {
    const value = turn && compute(site, call, false, body)
    // Anything else with a 'then', such as a query that waits to be sent, is not ours to wait for.
    if (types.isPromise(value)) await value
  } finally {
    await turn?.release?.()
  }
}

async function refreshAsync(call: Call, body: Body<Promise<unknown>>): Promise<void> {
  const { memo } = call
  const face = isAtHand(memo.store) ? memo.store.sync : memo.store.async
  const flight = memo.flights.startBehind(call.place)
  const turn = await runStepsAsync(ownTurn(call, face))
  try {
    if (turn === undefined) return
    miss(call)
    await runStepsAsync(keepInputs(call, face))
    if (isUnchanged(call)) await settle(call, within(flight, body, call.values), performance.now(), flight)
  } finally {
    flight.land({ kind: 'cancelled' })
    await turn?.release?.()
  }
}

/** `undefined`: another process is at it, or has just been; or the arguments are no longer what the key was made of. */
function* ownTurn(call: Call, face: Face): Steps<{ readonly release?: () => void | Promise<void> } | undefined> {
  if (!isUnchanged(call)) return undefined
  if (call.memo.settings.lock === false) return {}
  const lock = yield* tryTurn(call, face)
  if (lock === undefined || lock === 'none') return lock && {}
  const found = yield* lookUp(call, face)
  if (found === undefined || found.renew !== undefined) return lock
  yield lock.release()
  return undefined
}
