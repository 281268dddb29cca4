import type { Remembered } from './tier.js'

/**
 * How long memory answers before it is compared with the store, milliseconds. Twice as much may pass: an entry that was
 * compared just before a look at the clock is not compared again at the next one. So a second in all.
 */
export const RECHECK = 450

/** The entry is to be compared with the store before it answers again. */
export const DUE = 2

/** Reading the clock takes longer than a hit: so many hits share one look at it. */
const SHARED = 64

/** Hits of these many milliseconds in a row mean that each is far from the next: then each looks at the clock. */
const SLOW = 20

/** What was compared with the store since the last tick. */
let compared: Remembered[] = []
let started = 0
let looked = 0
let timer: { unref?(): unknown } | undefined
let share = 1
let left = 0

/** Lets an entry that was just compared with the store answer until the next tick. */
export function letAnswer(entry: Remembered): void {
  entry.state &= ~DUE
  if (compared.length === 0) started = Date.now()
  compared.push(entry)
  // A program that is idle has no timer, and none keeps a program alive. It may also be late, in a loop that waits for nothing.
  if (timer !== undefined) return
  timer = setTimeout(tick, RECHECK)
  // Where a test puts a browser's globals in place of Node's, a timer is a number.
  timer.unref?.()
}

/** Called by each hit. Answers whether the clock has ticked, so that the hit must look again whether it may answer. */
export function passes(): boolean {
  return --left < 0 && looks()
}

function looks(): boolean {
  const now = Date.now()
  share = now - looked > SLOW ? 1 : Math.min(SHARED, share * 2)
  looked = now
  left = share
  if (now >= started && now - started < RECHECK) return false
  tick()
  return true
}

function tick(): void {
  clearTimeout(timer as NodeJS.Timeout | undefined)
  timer = undefined
  for (const entry of compared) entry.state |= DUE
  compared = []
}
