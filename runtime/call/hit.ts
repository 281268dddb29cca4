import { isAtHand } from '../store/at-hand.js'
import { clone } from './clone.js'
import { DUE, grant, isPast, letAnswer, passes, ticks } from './coarse-clock.js'
import type { Memo } from './memo.js'
import { type Answer, GONE, type Remembered } from './tier.js'
import { touch } from './touch.js'
import { type Branch, enter } from './ways.js'

/** It answers for a time: `ttl`. */
export const TIMED = 4
/** An argument is 0, so it must not be -0. */
export const ZERO = 8
/** The caller gets a copy, of an object that holds others. */
export const DEEP = 16
/** The caller gets a copy, of an object that holds no other. */
export const FLAT = 32
/** `null` and `undefined`, which compiled code takes for no answer. */
export const NULLISH = 64
/** Its value is made by a codec. */
export const CODEC = 128

/** `undefined`: take the long way. */
export type Hit = (...args: never[]) => unknown

/** Whether an entry that its arguments found may answer now. What is due is compared with the store first. */
export function mayAnswer(entry: Remembered, memo: Memo): boolean {
  if ((entry.state & (GONE | CODEC)) !== 0) return false
  if ((entry.state & TIMED) === 0) passes()
  else if (!isTimely(entry)) return false
  return (entry.state & DUE) === 0 || isCurrent(entry, memo)
}

function isTimely({ from, until }: Remembered): boolean {
  const now = Date.now()
  isPast(now)
  return now >= from && now < until
}

/** Whether the store still holds what memory holds. Where asking takes long or fails, the long way does it. */
function isCurrent(entry: Remembered, { store, shortcut }: Memo): boolean {
  if (!isAtHand(store)) return false
  const seal = shortcut?.stillness.seal() ?? 0
  if (seal === 0 || entry.seal !== seal) {
    try {
      if (store.sync.stat(entry.place)?.revision !== entry.revision) return false
    } catch {
      return false
    }
    entry.seal = seal
    entry.checked = Date.now()
    touch(store.sync, entry.place, entry)
  }
  letAnswer(entry)
  return true
}

export function answerOf({ value, entry: { state } }: Answer): unknown {
  if ((state & (FLAT | DEEP)) === 0) return value
  return (state & FLAT) === 0 ? clone(value) : { ...(value as object) }
}

/** To a compiled function. It is small, so that it becomes part of its caller. */
function reply(answer: Answer, memo: Memo, a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown): unknown {
  const { left } = answer
  if (left === 0) return special(answer, memo, a, b, c, d, e)
  answer.left = left - 1
  return answer.value
}

/** Whatever `reply` has no room for. */
function special(answer: Answer, memo: Memo, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): unknown {
  const { entry } = answer
  const { state } = entry
  if (state === TIMED) return timed(answer, entry)
  if ((state & NULLISH) !== 0) return undefined
  if ((state & ZERO) !== 0) {
    const { zeros } = entry
    if ((zeros & 1) !== 0 && Object.is(a, -0)) return undefined
    if ((zeros & 2) !== 0 && Object.is(b, -0)) return undefined
    if ((zeros & 4) !== 0 && Object.is(c, -0)) return undefined
    if ((zeros & 8) !== 0 && Object.is(d, -0)) return undefined
    if ((zeros & 16) !== 0 && Object.is(e, -0)) return undefined
  }
  if ((state & (GONE | CODEC)) !== 0) return undefined
  if ((state & TIMED) !== 0) {
    const now = Date.now()
    isPast(now)
    if (now < entry.from || now >= entry.until) return undefined
  } else if (state === 0) {
    // It has used up what it was granted.
    ticks(Date.now())
  } else {
    passes()
  }
  if ((entry.state & DUE) !== 0 && !isCurrent(entry, memo)) return undefined
  if (state === 0) grant(entry)
  entry.hits++
  const { value } = answer
  if ((state & (FLAT | DEEP)) === 0) return value
  return (state & FLAT) === 0 ? clone(value) : { ...(value as object) }
}

/** The commonest kind of those that read the clock: it has nothing else to see to. */
function timed(answer: Answer, entry: Remembered): unknown {
  const now = Date.now()
  if (now < entry.from || now >= entry.until || isPast(now)) return undefined
  entry.hits++
  return answer.value
}

type At = Branch & Answer

function next(at: Branch, value: unknown): At | undefined {
  const found = at.get(value)
  return (found === undefined ? enter(at, value) : found) as At | undefined
}

/** A function for each number of arguments: none of them makes a list of its arguments, and each is small enough to become part of its caller. */
export function hitOf(root: Branch, count: number, memo: Memo): Hit | undefined {
  switch (count) {
    case 0:
      return () => {
        const found = root.get(undefined) as Answer | undefined
        return found && reply(found, memo)
      }
    case 1:
      return (a: unknown) => {
        const found = next(root, a)
        return found === undefined ? undefined : reply(found, memo, a)
      }
    case 2:
      return (a: unknown, b: unknown) => {
        let at = next(root, a)
        if (at !== undefined) at = next(at, b)
        return at === undefined ? undefined : reply(at, memo, a, b)
      }
    case 3:
      return (a: unknown, b: unknown, c: unknown) => {
        let at = next(root, a)
        if (at !== undefined) at = next(at, b)
        if (at !== undefined) at = next(at, c)
        return at === undefined ? undefined : reply(at, memo, a, b, c)
      }
    case 4:
      return (a: unknown, b: unknown, c: unknown, d: unknown) => {
        let at = next(root, a)
        if (at !== undefined) at = next(at, b)
        if (at !== undefined) at = next(at, c)
        if (at !== undefined) at = next(at, d)
        return at === undefined ? undefined : reply(at, memo, a, b, c, d)
      }
    case 5:
      return (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => {
        let at = next(root, a)
        if (at !== undefined) at = next(at, b)
        if (at !== undefined) at = next(at, c)
        if (at !== undefined) at = next(at, d)
        if (at !== undefined) at = next(at, e)
        return at === undefined ? undefined : reply(at, memo, a, b, c, d, e)
      }
    default:
      return undefined
  }
}
