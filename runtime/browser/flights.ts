import type { Flight, Landing, Waiter } from '../call/flights.js'
import type { Recordings } from '../call/recordings.js'

/**
 * In place of `call/flights.ts`. Browsers cannot tell which call another one is made in, so a call that waited for
 * another could wait for itself: here, none waits.
 */
export class Flights {
  readonly #flights = new Map<string, Set<Flight>>()
  recordings: Recordings | undefined

  at(): undefined {}

  outdate(place?: string): void {
    this.recordings?.outdate(place)
    for (const one of place === undefined ? [...this.#flights.keys()] : [place]) {
      for (const flight of this.#flights.get(one) ?? []) flight.outdated = true
      this.#flights.delete(one)
    }
  }

  start(place: string): Flight {
    const running = this.#flights.get(place) ?? new Set()
    this.#flights.set(place, running)
    const landed = new Promise<Landing>(() => {})
    const flight: Flight = {
      landed,
      waits: new Set(),
      outdated: false,
      land: () => {
        running.delete(flight)
        if (running.size === 0 && this.#flights.get(place) === running) this.#flights.delete(place)
      },
    }
    running.add(flight)
    return flight
  }
}

export function within<T>(_flight: Waiter, body: (...values: unknown[]) => T, values: readonly unknown[] = []): T {
  return body(...values)
}

export function follow({ landed }: Flight): Promise<Landing> {
  return landed
}

export async function waitFor<T>(_other: Waiter, start: () => Promise<T>): Promise<T> {
  return await start()
}

export function waitsForUs(): boolean {
  return true
}
