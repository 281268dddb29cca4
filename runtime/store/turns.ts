/**
 * Small writes are synchronous calls, for an asynchronous caller too: a tenth of a millisecond each, where promises take a
 * quarter. When many bodies end at once they would hold up everybody else, so a turn of the event loop makes so many, some
 * two milliseconds in all, and the rest wait for the next.
 */
const PER_TURN = 16

/** Taken before anyone can install fake timers. */
const soon = setImmediate

let made = 0
const waiting: (() => void)[] = []

/** What a write has to wait for; `undefined`: it may begin. */
export function turn(): Promise<void> | undefined {
  if (made === PER_TURN) return new Promise((resolve) => waiting.push(resolve))
  if (made++ === 0) soon(next)
  return undefined
}

function next(): void {
  const released = waiting.splice(0, PER_TURN)
  made = released.length
  if (made > 0) soon(next)
  for (const release of released) release()
}
