import { AsyncLocalStorage } from 'node:async_hooks'
import type { Recordings } from './recordings.js'
import type { Remembered } from './tier.js'

/** What a running computation leaves for the calls that waited for it. */
export type Landing =
  | { readonly kind: 'kept'; readonly entry: Remembered }
  /** It threw, and the exception could not or must not be kept. */
  | { readonly kind: 'thrown'; readonly error: unknown }
  /** It answered something that cannot be copied: every waiting call runs for itself. */
  | { readonly kind: 'unkept' }
  /** It was cancelled by its own caller, which says nothing about the others: one of them runs next. */
  | { readonly kind: 'cancelled' }

/** A body that runs, and those that it waits for, by following or by leading them. */
export interface Waiter {
  readonly waits: Set<Waiter>
}

export interface Flight extends Waiter {
  readonly landed: Promise<Landing>
  readonly land: (landing: Landing) => void
  /** The entry was removed or replaced meanwhile: what this brings is of before, and is not kept. */
  outdated: boolean
}

/** The innermost body that we are in. */
const current = new AsyncLocalStorage<Waiter>()

/**
 * Single flight: of several concurrent calls with one key, one runs. A call never waits for a flight that waits for
 * it (a function that retries by calling itself would hang for ever): it runs instead.
 */
export class Flights {
  readonly #flights = new Map<string, Flight>()
  /** Of a generator: what is being recorded. */
  recordings: Recordings | undefined

  /** The flight to wait for, if any. */
  at(place: string): Flight | undefined {
    const flight = this.#flights.get(place)
    return flight === undefined || waitsForUs(flight) ? undefined : flight
  }

  /** Who calls from now on waits for nothing that runs already; without `place`, for no key. */
  outdate(place?: string): void {
    this.recordings?.outdate(place)
    for (const one of place === undefined ? [...this.#flights.keys()] : [place, behind(place)]) {
      const flight = this.#flights.get(one)
      if (flight === undefined) continue
      flight.outdated = true
      this.#flights.delete(one)
    }
  }

  /** As `start`, for a refresh behind an answer that is there: no call waits for it. */
  startBehind(place: string): Flight {
    return this.start(behind(place))
  }

  /** A new flight, which later calls with the same key wait for; within another one of that key it is not announced. */
  start(place: string): Flight {
    let land: Flight['land'] = () => {}
    const landed = new Promise<Landing>((resolve) => {
      land = resolve
    })
    const flight: Flight = {
      landed,
      waits: new Set(),
      outdated: false,
      land: (landing) => {
        if (this.#flights.get(place) === flight) this.#flights.delete(place)
        current.getStore()?.waits.delete(flight)
        land(landing)
      },
    }
    if (!this.#flights.has(place)) this.#flights.set(place, flight)
    current.getStore()?.waits.add(flight)
    return flight
  }
}

/** The name of a refresh: no call's place has such a character. */
function behind(place: string): string {
  return `${place}\0`
}

/** Runs a body as part of its flight. */
export function within<T>(flight: Waiter, body: (...values: unknown[]) => T, values: readonly unknown[] = []): T {
  return current.run(flight, body, ...values)
}

/** Waits for another call's computation. */
export function follow(flight: Flight): Promise<Landing> {
  return waitFor(flight, () => flight.landed)
}

/** Waits for what another body brings, which `start` may be the first to ask of it. */
export async function waitFor<T>(other: Waiter, start: () => Promise<T>): Promise<T> {
  const own = current.getStore()
  own?.waits.add(other)
  try {
    return await start()
  } finally {
    own?.waits.delete(other)
  }
}

/** Whether the body that we are in is what the other one waits for: to wait for it would be for ever. */
export function waitsForUs(other: Waiter): boolean {
  const own = current.getStore()
  return own !== undefined && reaches(other, own)
}

function reaches(from: Waiter, to: Waiter, seen = new Set<Waiter>()): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  for (const next of from.waits) if (reaches(next, to, seen)) return true
  return false
}
