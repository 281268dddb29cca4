import { type Steps, take } from '../call/steps.js'

/** What a visit answers: steps to take, if any. */
export type Visit<T> = (item: T) => Steps<void> | undefined

/** Visits what either face of a store lists, one after the other. */
export function* each<T>(items: Iterable<T> | AsyncIterable<T>, visit: Visit<T>): Steps<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let isOpen = true
  try {
    for (;;) {
      // Not by `take`, which would make a generator for each of millions.
      const turn = (yield iterator.next()) as IteratorResult<T, unknown>
      if (turn.done) {
        isOpen = false
        return
      }
      const steps = visit(turn.value)
      if (steps !== undefined) yield* steps
    }
  } finally {
    if (isOpen && iterator.return !== undefined) yield* take<unknown>(iterator.return())
  }
}
