import type { Lifetime, Mode, Settings } from '../config/options.js'
import type { EntryKind } from '../value/entry.js'
import { RECHECK } from './coarse-clock.js'
import type { Remembered } from './tier.js'

/** How far another machine's clock may be ahead of ours, milliseconds, before its entries count as expired. */
const SKEW = 5 * 60_000

/** The one place that decides whether an entry's age allows using it. An offline run takes recorded entries of any age. */
export function isFresh(kind: Remembered['kind'], at: number, settings: Settings, mode: Mode): boolean {
  if (mode === 'offline') return true
  if (kind === 'exception' && settings.errors === 'off') return false
  const lifetime = lifetimeOf(kind, settings)
  if (lifetime === undefined) return true
  const now = Date.now()
  if ('until' in lifetime) return now < lifetime.until
  const age = now - at
  return age < lifetime.ms && age > -SKEW
}

/**
 * From when on nobody will want what is written now, milliseconds since the epoch; `undefined`: it may be wanted for ever.
 * Inputs go with what lasts longest.
 */
export function endOf(kind: EntryKind, at: number, settings: Settings): number | undefined {
  // What is kept as history has no end.
  if (settings.expiry === 'append') return undefined
  const kinds = kind === 'inputs' ? (['data', 'exception'] as const) : [kind]
  const ends = kinds.map((each) => {
    const lifetime = lifetimeOf(each, settings)
    if (lifetime === undefined) return Number.POSITIVE_INFINITY
    return 'until' in lifetime ? lifetime.until : at + lifetime.ms
  })
  const end = Math.max(...ends)
  return Number.isFinite(end) ? end : undefined
}

function lifetimeOf(kind: EntryKind, { errors, ttl }: Settings): Lifetime | undefined {
  return kind === 'exception' && typeof errors === 'object' ? errors : ttl
}

/** Whether memory may answer without asking the store what another process did. */
export function isRecent(entry: Remembered): boolean {
  const since = Date.now() - entry.checked
  return since >= 0 && since < RECHECK
}
