import type { Call, Memo } from '../call/memo.js'
import { runStepsAsync } from '../call/steps.js'
import { storeFailed } from '../call/store-failed.js'
import { LIMITS } from '../config/limits.js'
import type { Limits } from '../config/types.js'
import { isAtHand } from '../store/at-hand.js'
import type { Store } from '../store/store.js'
import { limitedStores } from '../store/tiered.js'
import { warnOnce } from '../warn.js'
import { canScan, type Pruned, prune } from './prune.js'

/**
 * Limits in the background: now and then a write starts a run, which goes on in small turns between those of the program,
 * and in its further writes. No call waits for it, and no hit comes here.
 */

/** What a run brings size and number down to, as a share of the limit, so that not every write starts one. */
const GOAL = 0.9

/** The share of a limit that is written between runs, unless the last one left more room. */
const SHARE = 0.05

/** The part of what came in that this process wrote, from which on it counts as all of it. */
const ALONE = 0.999

/** Beyond a limit, and less than an entry. */
const PASSED = 1e-9

/** Where only age is limited, a write in so many starts a run; in processes that live on also a tenth of that age. */
const WRITES = 1000

/** Milliseconds that a turn takes of the program's time, and steps between looks at the clock. */
const TURN = 2
const STEPS = 16

/** Taken before anyone can install fake timers. */
const later = setImmediate
const now = Date.now

/** Limits of one function or cache, in this process. */
interface Watch {
  readonly store: Store
  readonly limits: Limits
  /** Of the function; without it, the whole store is meant. */
  readonly directory: string | undefined
  /** The share of the limit that was written since the last run. */
  written: number
  /** Of it, when the next run is due. At first anywhere below `SHARE`: many short processes start as many runs as a long one. */
  due: number
  /** When the last run ended. */
  last: number
  /** What it left, as a share of the limit. */
  left: number | undefined
  /** Goes on with the run that is under way. */
  turn: (() => void) | undefined
}

const watches = new WeakMap<Store, Map<string, Watch>>()

/** Called after each write of a result or an exception. Never throws. */
export function enforce({ memo, directory }: Call, bytes: number): void {
  const { functionLimits, cacheLimits } = memo.settings
  if (functionLimits === undefined && cacheLimits === undefined) return
  for (const store of limitedStores(memo.store)) {
    if (functionLimits !== undefined) written(memo, watchOf(store, functionLimits, directory), bytes)
    if (cacheLimits !== undefined) written(memo, watchOf(store, cacheLimits, undefined), bytes)
  }
}

function written(memo: Memo, watch: Watch, bytes: number): void {
  const { entries = Number.POSITIVE_INFINITY, size = Number.POSITIVE_INFINITY, age } = watch.limits
  watch.written += Math.max(1 / entries, bytes / size, age === undefined ? 0 : SHARE / WRITES)
  if (watch.turn !== undefined) watch.turn()
  else if (watch.written >= watch.due || (age !== undefined && now() - watch.last > Math.max(60_000, age / 10)))
    start(memo, watch)
}

function watchOf(store: Store, limits: Limits, directory: string | undefined): Watch {
  const all = watches.get(store) ?? new Map<string, Watch>()
  watches.set(store, all)
  const name = `${directory ?? ''} ${JSON.stringify(limits)}`
  let watch = all.get(name)
  if (watch === undefined) {
    watch = {
      store,
      limits,
      directory,
      written: 0,
      due: Math.random() * SHARE,
      last: now(),
      left: undefined,
      turn: undefined,
    }
    // Directories that `path=` chooses may be without end.
    if (all.size < MOST) all.set(name, watch)
  }
  return watch
}

const MOST = 1000

function start(memo: Memo, watch: Watch): void {
  const { store } = watch
  const face = isAtHand(store) ? store.sync : store.async
  if (!canScan(face)) return
  const steps = prune(face, watch.limits, {
    goal: GOAL,
    ...(watch.directory !== undefined && { directories: [watch.directory] }),
  })
  const before = watch.written
  const end = (pruned: Pruned | undefined) => {
    watch.turn = undefined
    watch.last = now()
    if (pruned !== undefined) announce(memo, watch, pruned)
    schedule(watch, before, pruned)
    // Behind the run came what fills its room again, and perhaps no further write does.
    if (pruned !== undefined && watch.written >= watch.due) start(memo, watch)
  }
  const fail = (error: unknown) => {
    storeFailed(memo, 'written', error)
    end(undefined)
  }
  if (isAtHand(store)) {
    // A synchronous face answers at once: what a step yields is what the next one is told.
    let answer: unknown
    const next = () => {
      const turn = steps.next(answer)
      answer = turn.value
      return turn
    }
    watch.turn = () => takeTurn(next, end, fail)
    goOnLater(watch)
  } else {
    watch.turn = () => {}
    runStepsAsync(steps).then(end, fail)
  }
}

/** The program does not end before: one that lives for a moment, a thousand times, must keep its limits too. */
function goOnLater(watch: Watch): void {
  later(() => {
    watch.turn?.()
    if (watch.turn !== undefined) goOnLater(watch)
  })
}

function takeTurn(
  next: () => IteratorResult<unknown, Pruned>,
  end: (pruned: Pruned) => void,
  fail: (error: unknown) => void,
): void {
  const until = performance.now() + TURN
  try {
    do {
      for (let step = 0; step < STEPS; step++) {
        const turn = next()
        if (turn.done) {
          end(turn.value)
          return
        }
      }
    } while (performance.now() < until)
  } catch (error) {
    fail(error)
  }
}

/**
 * The next run is due when the room that this one left may be full. Others write too: if more came in since the last run
 * than this process wrote, its part of that room is smaller.
 */
function schedule(watch: Watch, before: number, pruned: Pruned | undefined): void {
  const { entries = Number.POSITIVE_INFINITY, size = Number.POSITIVE_INFINITY } = watch.limits
  watch.written = Math.max(0, watch.written - before)
  watch.due = SHARE
  if (pruned === undefined) return
  const { left, removed } = pruned
  const now = Math.max(left.entries / entries, left.bytes / size)
  const was = Math.max((left.entries + removed.entries) / entries, (left.bytes + removed.bytes) / size)
  const grown = watch.left === undefined ? undefined : was - watch.left
  const part = grown === undefined ? SHARE : Math.min(1, before / Math.max(grown, Number.MIN_VALUE))
  watch.left = now
  const room = 1 - now
  // Where nobody else writes, a run that waits until the limit is passed finds it so. Elsewhere runs that come near it would
  // find it all but passed, again and again.
  watch.due = part > ALONE && room >= 0 ? room + PASSED : Math.max(SHARE, room * part)
}

/** Once for each limit: whoever set it knows it, and everybody else wonders where entries went. */
function announce({ id }: Memo, { store, limits, directory }: Watch, { removed }: Pruned): void {
  if (removed.entries === 0) return
  const set = Object.entries(LIMITS).flatMap(([option, name]) =>
    limits[name] === undefined ? [] : [`${option}=${limits[name]}${UNITS[name]}`],
  )
  const whose = directory === undefined ? `The cache in ${store.location}` : `${id} in ${store.location}`
  warnOnce(
    'DECHE3018',
    `${store.location} ${directory ?? ''} ${set}`,
    `${whose} has reached ${set.join(', ')}: entries are removed from now on, those first that were not used for the ` +
      `longest time (now ${removed.entries}, with ${removed.bytes} bytes).`,
  )
}

const UNITS = { size: 'B', age: 'ms', entries: '' } as const
