import type { Mode, Settings } from '../config/options.js'
import { RECHECK } from './coarse-clock.js'
import type { Remembered } from './tier.js'

/** How far another machine's clock may be ahead of ours, milliseconds, before its entries count as expired. */
const SKEW = 5 * 60_000

/** The one place that decides whether an entry's age allows using it. An offline run takes recorded entries of any age. */
export function isFresh(kind: Remembered['kind'], at: number, settings: Settings, mode: Mode): boolean {
  if (mode === 'offline') return true
  if (kind === 'exception' && settings.errors === 'off') return false
  const lifetime = kind === 'exception' && typeof settings.errors === 'object' ? settings.errors : settings.ttl
  if (lifetime === undefined) return true
  const now = Date.now()
  if ('until' in lifetime) return now < lifetime.until
  const age = now - at
  return age < lifetime.ms && age > -SKEW
}

/** Whether memory may answer without asking the store what another process did. */
export function isRecent(entry: Remembered): boolean {
  const since = Date.now() - entry.checked
  return since >= 0 && since < RECHECK
}
