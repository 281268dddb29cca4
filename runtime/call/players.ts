/** What `yield*` in a compiled generator drives: the body's own generator, or one that records or replays. */
export interface Player {
  next(sent?: unknown): IteratorResult<unknown, unknown>
  throw(error: unknown): IteratorResult<unknown, unknown>
  return(value: unknown): IteratorResult<unknown, unknown>
  [Symbol.iterator](): Player
}

/** The same of an asynchronous generator, which never asks for a second thing before the first was answered. */
export interface AsyncPlayer {
  next(sent?: unknown): Promise<IteratorResult<unknown, unknown>>
  throw(error: unknown): Promise<IteratorResult<unknown, unknown>>
  return(value: unknown): Promise<IteratorResult<unknown, unknown>>
  [Symbol.asyncIterator](): AsyncPlayer
}

// biome-ignore lint/correctness/useYield: it has ended, with a value
export function* ended(value: unknown): Generator<never, unknown, unknown> {
  return value
}

// biome-ignore lint/correctness/useYield: it has ended, with a value
export async function* endedAsync(value: unknown): AsyncGenerator<never, unknown, unknown> {
  return value
}

/** Takes `count` items off a generator that nobody sends anything; one that has fewer answers its end next. */
export function drive(player: Player, count: number): Player {
  for (let given = 0; given < count; given++) {
    const turn = player.next()
    if (turn.done) return ended(turn.value)
  }
  return player
}

export async function driveAsync(player: AsyncPlayer, count: number): Promise<AsyncPlayer> {
  for (let given = 0; given < count; given++) {
    const turn = await player.next()
    if (turn.done) return endedAsync(turn.value)
  }
  return player
}
