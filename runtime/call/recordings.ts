import type { Memo } from './memo.js'
import type { SharedRecording } from './shared-recording.js'

/** A run of a generator that may be kept when it ends. */
export interface Recording {
  /** The entry was removed or replaced meanwhile: what this brings is of before, and is not kept. */
  outdated: boolean
}

/** Who leaves a generator in the middle does not say so: what nobody can continue is forgotten with its last consumer. */
const abandoned = new FinalizationRegistry<() => void>((forget) => forget())

/** The runs of one generator function that are being recorded. */
export class Recordings {
  readonly #all = new Map<string, Set<WeakRef<Recording>>>()
  /** Those of asynchronous generators that later calls join. */
  readonly #shared = new Map<string, WeakRef<SharedRecording>>()

  /** Answers how to forget it. */
  start(place: string, recording: Recording): () => void {
    const reference = new WeakRef(recording)
    const there = this.#all.get(place) ?? new Set()
    this.#all.set(place, there.add(reference))
    const forget = () => {
      there.delete(reference)
      if (there.size === 0 && this.#all.get(place) === there) this.#all.delete(place)
    }
    abandoned.register(recording, forget, reference)
    return () => {
      abandoned.unregister(reference)
      forget()
    }
  }

  /** Lets later calls join, unless they join another one already (a body that calls itself). Answers how to forget it. */
  share(place: string, recording: SharedRecording): () => void {
    const forget = this.start(place, recording)
    if (!this.#shared.get(place)?.deref()?.isFresh) this.#shared.set(place, new WeakRef(recording))
    return () => {
      forget()
      if (this.#shared.get(place)?.deref() === recording) this.#shared.delete(place)
    }
  }

  /** The recording to join, if any. */
  at(place: string): SharedRecording | undefined {
    const recording = this.#shared.get(place)?.deref()
    if (recording === undefined) this.#shared.delete(place)
    return recording
  }

  /** Who calls from now on joins nothing that runs already; without `place`, for no key. */
  outdate(place?: string): void {
    for (const one of place === undefined ? [...this.#all.keys()] : [place]) {
      for (const reference of this.#all.get(one) ?? []) {
        const recording = reference.deref()
        if (recording !== undefined) recording.outdated = true
      }
      this.#shared.delete(one)
    }
  }
}

export function recordingsOf({ flights }: Memo): Recordings {
  flights.recordings ??= new Recordings()
  return flights.recordings
}
