import type { Remembered } from './tier.js'

/**
 * How long memory answers before it is compared with the store, milliseconds. Twice as much may pass: an entry that was
 * compared just before a look at the clock is not compared again at the next one. So a second in all.
 */
export const RECHECK = 450

/** The entry is to be compared with the store before it answers again. */
export const DUE = 2

/**
 * Reading the clock takes longer than a hit: so many hits share one look at it, on average. An entry is granted half as
 * many to one and a half times as many, each time another number: so some entry looks after about so many hits, however
 * many entries take turns.
 */
const SHARED = 256

/** An entry's first grant after a tick: large ones are for those that have used it up by the next tick. */
const FIRST = 64

/** Looks that are so many milliseconds apart mean that the hits are far from each other: then each looks at the clock. */
const SLOW = 2

/** What was granted while so many hits shared a look is taken back when hits turn out to be far from each other. */
const MANY = 16

/** What was compared with the store since the last tick. */
let compared: Remembered[] = []
let started = 0
let looked = 0
let timer: { unref?(): unknown } | undefined
let share = 1
let stagger = 0
let left = 0

/** Lets an entry that was just compared with the store answer until the next tick. */
export function letAnswer(entry: Remembered): void {
  if ((entry.state & DUE) === 0) return
  entry.state &= ~DUE
  grant(entry)
  if (compared.length === 0) started = Date.now()
  compared.push(entry)
  // A program that is idle has no timer, and none keeps a program alive. It may also be late, in a loop that waits for nothing.
  if (timer !== undefined) return
  timer = setTimeout(tick, RECHECK)
  // Where a test puts a browser's globals in place of Node's, a timer is a number.
  timer.unref?.()
}

/** Lets an entry that has nothing else to see to answer some hits without a look at the clock. */
export function grant(entry: Remembered): void {
  const hits = entry.granted === 0 ? Math.min(share, FIRST) : share
  revoke(entry)
  const { answer } = entry
  if (answer === undefined || entry.state !== 0) return
  // Steps of 37 come by every number below 256 before they meet the first again. `hits` is a power of two.
  stagger = (stagger + 37) % SHARED
  answer.left = ((hits + 1) >> 1) + (stagger & (hits - 1))
  entry.granted = answer.left
}

/** Counts the hits of its grant that an entry has answered, and takes the rest back. */
export function revoke(entry: Remembered): void {
  const { answer } = entry
  if (answer === undefined) return
  entry.hits += entry.granted - answer.left
  answer.left = 0
  entry.granted = 0
}

/** Called by each hit that is granted none. Answers whether the clock has ticked, so that the hit must look again whether it may answer. */
export function passes(): boolean {
  return --left < 0 && ticks(Date.now())
}

/** A look at the clock: whether it has ticked. */
export function ticks(now: number): boolean {
  if (now - looked < SLOW) share = Math.min(SHARED, share * 2)
  else slowDown()
  looked = now
  left = share
  return isPast(now)
}

function slowDown(): void {
  if (share >= MANY) for (const entry of compared) revoke(entry)
  share = 1
}

/** The same for hits that read the clock each time. */
export function isPast(now: number): boolean {
  if (now >= started && now - started < RECHECK) return false
  tick()
  return true
}

function tick(): void {
  clearTimeout(timer as NodeJS.Timeout | undefined)
  timer = undefined
  for (const entry of compared) {
    entry.state |= DUE
    revoke(entry)
  }
  compared = []
}
