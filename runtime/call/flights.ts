import { AsyncLocalStorage } from 'node:async_hooks'
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

export interface Flight {
  readonly landed: Promise<Landing>
  readonly land: (landing: Landing) => void
  /** Flights that this one waits for, by following or by leading them. */
  readonly waits: Set<Flight>
  /** The entry was removed or replaced meanwhile: what this brings is of before, and is not kept. */
  outdated: boolean
}

/** The innermost flight whose body we are in. */
const current = new AsyncLocalStorage<Flight>()

/**
 * Single flight: of several concurrent calls with one key, one runs. A call never waits for a flight that waits for
 * it (a function that retries by calling itself would hang for ever): it runs instead.
 */
export class Flights {
  readonly #flights = new Map<string, Flight>()

  /** The flight to wait for, if any. */
  at(place: string): Flight | undefined {
    const flight = this.#flights.get(place)
    if (flight === undefined) return undefined
    const own = current.getStore()
    return own !== undefined && reaches(flight, own) ? undefined : flight
  }

  /** Who calls from now on waits for nothing that runs already; without `place`, for no key. */
  outdate(place?: string): void {
    for (const one of place === undefined ? [...this.#flights.keys()] : [place]) {
      const flight = this.#flights.get(one)
      if (flight === undefined) continue
      flight.outdated = true
      this.#flights.delete(one)
    }
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

/** Runs a body as part of its flight. */
export function within<T>(flight: Flight, body: () => T): T {
  return current.run(flight, body)
}

/** Waits for another call's computation. */
export async function follow(flight: Flight): Promise<Landing> {
  const own = current.getStore()
  own?.waits.add(flight)
  try {
    return await flight.landed
  } finally {
    own?.waits.delete(flight)
  }
}

function reaches(from: Flight, to: Flight, seen = new Set<Flight>()): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  for (const next of from.waits) if (reaches(next, to, seen)) return true
  return false
}
