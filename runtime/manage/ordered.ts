import { callWith } from '../call/orders.js'
import type { AsyncPlayer, Player } from '../call/players.js'
import type { Site } from '../call/sites.js'

/** Calls the function with an order. A generator takes it when it is first asked for an item, since its call does nothing yet. */
export function ordered(site: Site, order: 'bare' | 'refresh', call: () => unknown): unknown {
  if (!site.spec.generator) return callWith(site, order, call)
  const startWith = <T>(next: () => T) => callWith(site, order, next)
  return site.spec.async ? startedAsync(call() as AsyncPlayer, startWith) : started(call() as Player, startWith)
}

type StartWith = <T>(next: () => T) => T

function* started(generator: Player, startWith: StartWith): Generator<unknown, unknown, unknown> {
  return yield* {
    next: first(generator, startWith),
    throw: (error: unknown) => generator.throw(error),
    return: (value: unknown) => generator.return(value),
    [Symbol.iterator]() {
      return this
    },
  }
}

async function* startedAsync(generator: AsyncPlayer, startWith: StartWith): AsyncGenerator<unknown, unknown, unknown> {
  return yield* {
    next: first(generator, startWith),
    throw: (error: unknown) => generator.throw(error),
    return: (value: unknown) => generator.return(value),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function first<T>(generator: { next(sent?: unknown): T }, startWith: StartWith): (sent?: unknown) => T {
  let isStarted = false
  return (sent) => {
    if (isStarted) return generator.next(sent)
    isStarted = true
    return startWith(() => generator.next(sent))
  }
}
