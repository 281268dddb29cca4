import { AsyncLocalStorage } from 'node:async_hooks'
import { type StandIn, stage } from '../call/stand-in.js'
import { type Restore, restoring } from './restore.js'

/** A test cache; `standIn` is another one after each `clear()`. */
export interface CacheAct {
  readonly standIn: StandIn
}

/** Recordings. */
export interface RecordingsAct extends CacheAct {
  /** Whether this function is recorded; `undefined` asks for a `Cache` itself. */
  covers(id: string | undefined): boolean
  /** For functions that are not recorded, where no test cache is in use. */
  readonly others: CacheAct
}

/** The test cache of what runs within `runIsolated`, however it is interleaved with other tests. */
const within = new AsyncLocalStorage<CacheAct>()
const caches: CacheAct[] = []
const recordings: RecordingsAct[] = []

/**
 * Which stand-in a function has: recordings that cover it, the newest first; else the test cache around the call; else
 * the newest one of the process.
 */
function find(id: string | undefined): StandIn | undefined {
  return (recordingsFor(id) ?? cacheInUse())?.standIn
}

export function recordingsFor(id: string | undefined): RecordingsAct | undefined {
  return recordings.findLast((act) => act.covers(id))
}

/** The test cache that functions use which are not recorded. */
export function cacheInUse(): CacheAct | undefined {
  return within.getStore() ?? caches.at(-1) ?? recordings.at(-1)?.others
}

export function startCache(act: CacheAct): Restore {
  return start(caches, act)
}

export function startRecordings(act: RecordingsAct): Restore {
  return start(recordings, act)
}

export function runWithin<T>(act: CacheAct, body: () => T): T {
  enter()
  return within.run(act, body)
}

function start<T>(acts: T[], act: T): Restore {
  enter()
  acts.push(act)
  return restoring(() => {
    acts.splice(acts.lastIndexOf(act), 1)
  })
}

/** For good: what goes on after `runIsolated` must not fall through to a real store. */
function enter(): void {
  if (entered) return
  entered = true
  const others = stage.find
  stage.find = (id) => find(id) ?? others?.(id)
  for (const withdraw of stage.withdrawals) withdraw()
}

let entered = false
