import { types } from 'node:util'
import { CacheMissError } from '../errors.js'
import { builtinName } from '../key/kinds.js'
import { canKeep, cold } from '../on-first-use.js'
import { isAtHand } from '../store/at-hand.js'
import { type Flight, follow, type Landing, within } from './flights.js'
import type { Run } from './keep.js'
import type { Turn } from './locked.js'
import { copy, type Found, glimpse, lookUp, recall } from './look-up.js'
import { type Call, callOf, capturesHold, isUnchanged, type Memo } from './memo.js'
import { type Order, takeOrder } from './orders.js'
import type { AsyncPlayer, Player } from './players.js'
import type { Site } from './sites.js'
import { runSteps, runStepsAsync, runStepsEagerly } from './steps.js'

/** What a function does; it is given the values of its call, for as many parameters as it has. */
export type Body<T> = (...values: unknown[]) => T

/**
 * The way of a call to a synchronous function: bind → key → memory → store → run → keep. `values` are its bound
 * parameters (defaults applied), attributes and captured variables, or `undefined` when these cannot be read; `body` is
 * its body, which is given them.
 */
export function run(site: Site, values: readonly unknown[] | undefined, body: Body<unknown>): unknown {
  const order = takeOrder(site, values)
  if (order === 'bind') return undefined
  const quick = order === undefined ? glance(site, values) : undefined
  if (quick !== undefined) return answer(quick.memo, quick.found)
  const call = callFor(site, order, values)
  if (call === undefined) return body(...(values ?? []))
  const { memo } = call

  if (order === 'refresh') memo.flights.outdate(call.place)
  if (!replaces(memo, order)) {
    const found = recall(call) ?? glimpse(call) ?? runSteps(lookUp(call, memo.store.sync))
    if (found !== undefined) {
      if (found.renew) renew(site, call, found, body)
      if (!found.entry.promise) return answer(memo, found)
      site.answersPromises = true
      return promised(memo, found)
    }
  }
  const shares = site.answersPromises
  if (shares && order !== 'refresh' && memo.flights.at(call.place))
    return runAsync(site, values, async (...given) => body(...given))
  if (!locks(memo, order)) return compute(site, call, shares, body)
  const { found, lock } = runSteps(cold().takeTurn(call, memo.store.sync, cold().sleep))
  if (found !== undefined) return found.entry.promise ? promised(memo, found) : answer(memo, found)
  return lock ? cold().computeWith(lock, () => compute(site, call, shares, body)) : compute(site, call, shares, body)
}

/** Runs a synchronous function that nothing stored answers, and keeps what comes. */
export function compute(site: Site, call: Call, shares: boolean, body: Body<unknown>): unknown {
  const { memo } = call
  miss(call)
  if (!canKeep()) return body(...call.values)
  const flight = shares ? memo.flights.start(call.place) : undefined
  runSteps(cold().keepInputs(call, memo.store.sync))
  const started = performance.now()
  let value: unknown
  try {
    value = flight === undefined ? body(...call.values) : within(flight, body, call.values)
  } catch (error) {
    runSteps(cold().keepException(call, error, ended(started, false), memo.store.sync))
    flight?.land({ kind: 'cancelled' })
    throw error
  }
  if (isPlainPromise(value)) {
    site.answersPromises = true
    return settle(call, value, started, flight)
  }
  try {
    if (types.isPromise(value)) cold().warnOfPromise(call)
    else runSteps(cold().keepResult(call, value, ended(started, false), memo.store.sync))
  } finally {
    flight?.land({ kind: 'cancelled' })
  }
  return value
}

/** The same way for an asynchronous function, whose concurrent calls with one key run once. */
export async function runAsync(
  site: Site,
  values: readonly unknown[] | undefined,
  body: Body<Promise<unknown>>,
): Promise<unknown> {
  const order = takeOrder(site, values)
  if (order === 'bind') return undefined
  const quick = order === undefined ? glance(site, values) : undefined
  if (quick !== undefined) return answer(quick.memo, quick.found)
  const call = callFor(site, order, values)
  if (call === undefined) return body(...(values ?? []))
  const { memo } = call

  for (;;) {
    const found = replaces(memo, order) ? undefined : recall(call)
    if (found !== undefined) return answer(memo, found)
    const flight = order === 'refresh' ? undefined : memo.flights.at(call.place)
    if (flight === undefined) {
      const seen = replaces(memo, order) ? undefined : glimpse(call)
      return seen === undefined ? lead(site, call, order, body) : answer(memo, seen)
    }
    const landing = await follow(flight)
    if (landing.kind === 'thrown') throw landing.error
    if (landing.kind === 'unkept') return body(...call.values)
    if (landing.kind === 'kept') {
      const copied = await runStepsAsync(copy(memo, landing.entry))
      return copied === undefined ? body(...call.values) : answer(memo, copied)
    }
  }
}

/**
 * Looks the call up and runs it, for itself and for the calls that follow. Where the store is at hand, the body starts
 * before this returns, as without a cache: its caller may change the arguments right after the call.
 */
async function lead(site: Site, call: Call, order: Order | undefined, body: Body<Promise<unknown>>): Promise<unknown> {
  const { memo } = call
  if (order === 'refresh') memo.flights.outdate(call.place)
  const flight = memo.flights.start(call.place)
  const face = isAtHand(memo.store) ? memo.store.sync : memo.store.async
  let turn: Turn | undefined
  try {
    if (!replaces(memo, order)) {
      const looking = runStepsEagerly(lookUp(call, face))
      const found = looking instanceof Promise ? await looking : looking
      if (found !== undefined) {
        if (found.renew) renew(site, call, found, body)
        flight.land({ kind: 'kept', entry: found.entry })
        return answer(memo, found)
      }
    }
    if (locks(memo, order)) {
      const taking = runStepsEagerly(cold().takeTurn(call, face, cold().rest))
      turn = taking instanceof Promise ? await taking : taking
      if (turn.found !== undefined) {
        flight.land({ kind: 'kept', entry: turn.found.entry })
        return answer(memo, turn.found)
      }
    }
    miss(call)
    if (!canKeep()) return await within(flight, body, call.values)
    // Arguments that are no longer what the key was made of: the answer belongs to no key.
    if (!isUnchanged(call)) return await within(flight, body, call.values)
    const keeping = runStepsEagerly(cold().keepInputs(call, face))
    if (keeping instanceof Promise) {
      await keeping
      if (!isUnchanged(call)) return await within(flight, body, call.values)
    }
    return await settle(call, within(flight, body, call.values), performance.now(), flight)
  } finally {
    // Whatever went wrong before the body ran: those who wait try for themselves.
    flight.land({ kind: 'cancelled' })
    const releasing = turn?.lock?.release()
    if (releasing !== undefined) await releasing
  }
}

/**
 * The same for a generator, called when its body would start: `yield*` drives what this answers. Recording and
 * replaying are the cold part's; `body` answers a new generator of the body.
 */
export function runGenerator(site: Site, values: readonly unknown[] | undefined, body: () => Player): Player {
  return hasItems(site) ? cold().generate(site, values, body) : body()
}

/** The same for an asynchronous generator. */
export function runAsyncGenerator(
  site: Site,
  values: readonly unknown[] | undefined,
  body: () => AsyncPlayer,
): AsyncPlayer {
  return hasItems(site) ? cold().generateAsync(site, values, body) : body()
}

/** An offline run must not run the body: without the cold part it fails. */
function hasItems(site: Site): boolean {
  return canKeep() || site.memo()?.mode === 'offline'
}

/** A promise that is no more than what it brings: not one of a subclass, nor one with methods of its own (`cancel`, `json`). */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (!types.isPromise(value)) return false
  return builtinName(Object.getPrototypeOf(value)) === 'Promise' && Object.getOwnPropertyNames(value).length === 0
}

/** Waits for the body's promise and keeps what it brings. */
export async function settle(
  call: Call,
  running: Promise<unknown>,
  started: number,
  flight?: Flight,
): Promise<unknown> {
  const face = call.memo.store.async
  let landing: Landing = { kind: 'cancelled' }
  try {
    const value = await running
    if (flight?.outdated) {
      await runStepsAsync(cold().check(call, value))
      return value
    }
    // What it answers may be about what they are now.
    if (!isUnchanged(call)) {
      landing = { kind: 'unkept' }
      await runStepsAsync(cold().check(call, value))
      if (capturesHold(call)) cold().warnOfArguments(call)
      return value
    }
    const keeping = runStepsEagerly(cold().keepResult(call, value, ended(started, true), face))
    const entry = keeping instanceof Promise ? await keeping : keeping
    if (flight?.outdated) await runStepsAsync(cold().takeBack(call, 'data', face))
    else landing = entry === undefined ? { kind: 'unkept' } : { kind: 'kept', entry }
    return value
  } catch (error) {
    if (flight?.outdated || !isUnchanged(call)) throw error
    const entry = await runStepsAsync(cold().keepException(call, error, ended(started, true), face))
    if (flight?.outdated) await runStepsAsync(cold().takeBack(call, 'exception', face))
    else if (entry !== undefined) landing = { kind: 'kept', entry }
    else if (!cold().isCancellation(error)) landing = { kind: 'thrown', error }
    throw error
  } finally {
    flight?.land(landing)
  }
}

function ended(started: number, promise: boolean): Run {
  return { took: performance.now() - started, promise }
}

/** An answer in memory that needs no key. */
function glance(site: Site, values: readonly unknown[] | undefined): { memo: Memo; found: Found } | undefined {
  const memo = values && site.memo()
  const found = memo?.shortcut?.find(values as readonly unknown[])
  return found && { memo: memo as Memo, found }
}

/** The call to look up; `undefined` when the body is to run as if it were not cached. */
export function callFor(
  site: Site,
  order: Order | undefined,
  values: readonly unknown[] | undefined,
): Call | undefined {
  if (values === undefined) return undefined
  const memo = order === 'bare' ? undefined : site.memo()
  return memo === undefined || memo.mode === 'off' ? undefined : callOf(memo, values)
}

export function replaces(memo: Memo, order: Order | undefined): boolean {
  return order === 'refresh' || memo.mode === 'refresh'
}

/** Whether the call waits its turn. A refresh does not, and what is not kept helps nobody who waits. */
function locks({ settings, mode }: Memo, order: Order | undefined): boolean {
  return settings.lock !== false && mode === 'on' && order === undefined && canKeep()
}

/** Has a call that is answered refreshed in the background, where what comes can be kept. */
function renew(site: Site, call: Call, { renew: why, entry }: Found, body: Body<unknown>): void {
  const { memo } = call
  if (why === 'stale') memo.stats.stale++
  if (memo.mode === 'on' && canKeep()) cold().refreshLater(site, call, body, memo.async || entry.promise)
}

/** Nothing stored can answer. Throws CacheMissError in an offline run. */
export function miss(call: Call): void {
  const { memo } = call
  if (memo.mode === 'offline') throw memo.missed?.(call) ?? new CacheMissError(memo.id, call.key, memo.store.location)
  memo.stats.misses++
}

export function answer(memo: Memo, found: Found): unknown {
  memo.stats.hits++
  memo.stats.timeSaved += found.entry.took
  if (found.entry.kind === 'exception') throw found.value
  return found.value
}

/** A hit of a synchronous function that answers promises. */
async function promised(memo: Memo, found: Found): Promise<unknown> {
  return answer(memo, found)
}
