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
    return ended(lifetime, at) + (each === 'data' ? (settings.stale?.ms ?? 0) : 0)
  })
  const end = Math.max(...ends)
  return Number.isFinite(end) ? end : undefined
}

/** Whether a result that is no longer fresh may still answer, while it is refreshed. */
export function isUseful(at: number, { ttl, stale }: Settings): boolean {
  if (ttl === undefined || stale === undefined) return false
  const now = Date.now()
  return at - now < SKEW && now < ended(ttl, at) + stale.ms
}

/**
 * The time within which an entry with a `ttl` answers without further questions, milliseconds since the epoch, `until`
 * excluded: while `isFresh`, and not `mayBeDue`. `undefined`: at any time.
 */
export function answersWithin(
  entry: Dated,
  settings: Settings,
  mode: Mode,
): { readonly from: number; readonly until: number } | undefined {
  const lifetime = lifetimeOf(entry.kind, settings)
  if (mode === 'offline' || lifetime === undefined) return undefined
  const margin = settings.stale === undefined ? 0 : entry.took * LARGEST_DRAW
  const from = 'until' in lifetime ? Number.NEGATIVE_INFINITY : entry.at - SKEW
  return { from, until: ended(lifetime, entry.at) - margin }
}

type Dated = Pick<Remembered, 'kind' | 'at' | 'took'>

/** Of what a draw is taken for, no draw is larger: one in 22,000 would be. */
const LARGEST_DRAW = 10

/** Whether a fresh entry is so near its end that `isDue` has to be asked. */
export function mayBeDue(entry: Dated, settings: Settings): boolean {
  return leftOf(entry, settings) <= entry.took * LARGEST_DRAW
}

/**
 * Whether to refresh a fresh entry before its end, by chance: the sooner the end and the longer the body took, the likelier.
 * So of a fleet that reads one entry somebody refreshes it early, in place of all at its end. This is XFetch, with β = 1:
 * Vattani, Chierichetti, Lowenstein, Optimal Probabilistic Cache Stampede Prevention, PVLDB 8(8), 2015.
 */
export function isDue(entry: Dated, settings: Settings, random = Math.random): boolean {
  return leftOf(entry, settings) <= entry.took * Math.min(-Math.log(random()), LARGEST_DRAW)
}

/** Milliseconds until the entry is due at the latest; never for what is not refreshed in the background. */
function leftOf(entry: Dated, { ttl, stale }: Settings): number {
  if (stale === undefined || ttl === undefined || entry.kind !== 'data') return Number.POSITIVE_INFINITY
  return ended(ttl, entry.at) - Date.now()
}

function ended(lifetime: Lifetime, at: number): number {
  return 'until' in lifetime ? lifetime.until : at + lifetime.ms
}

function lifetimeOf(kind: EntryKind, { errors, ttl }: Settings): Lifetime | undefined {
  return kind === 'exception' && typeof errors === 'object' ? errors : ttl
}

/** Whether memory may answer without asking the store what another process did. */
export function isRecent(entry: Remembered): boolean {
  const since = Date.now() - entry.checked
  return since >= 0 && since < RECHECK
}
