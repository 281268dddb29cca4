import { runStepsAsync } from '../runtime/call/steps.js'
import { LIMITS } from '../runtime/config/limits.js'
import { readOption } from '../runtime/config/options.js'
import type { Limits } from '../runtime/config/types.js'
import { Cache } from '../runtime/index.js'
import { type Amount, type Pruned, prune as pruneStore } from '../runtime/limits/prune.js'
import { directoryName } from '../runtime/names.js'
import type { Store } from '../runtime/store/store.js'
import { limitedStores } from '../runtime/store/tiered.js'
import { column, scanning, storeAt } from './list.js'

/** The options of `deche prune` as the command line has them. */
export interface PruneFlags {
  readonly maxSize?: unknown
  readonly maxAge?: unknown
  readonly maxEntries?: unknown
  readonly prefix?: unknown
  readonly dryRun?: boolean
}

export interface Report extends Pruned {
  readonly location: string
  readonly dryRun: boolean
}

/**
 * Removes what limits leave no room for, of all functions or of those with the given ids. Limits are those of the command
 * line; where it has none, the configured ones of the whole cache. Throws ConfigError, and when nothing says what to
 * remove.
 */
export async function prune(ids: readonly string[], flags: PruneFlags): Promise<Report> {
  const given = limitsOf(flags)
  const limits = given ?? new Cache().resolve('deche prune', {}).settings.cacheLimits
  if (limits === undefined) {
    throw new Error(
      'nothing says what to remove: give --max-size, --max-age or --max-entries, or configure maxSize, maxAge or maxEntries',
    )
  }
  const dryRun = flags.dryRun === true
  const store = await storeAt(flags.prefix === undefined ? undefined : String(flags.prefix))
  if (store === undefined) return nothing(new Cache().store, dryRun)
  const directories = ids.length === 0 ? undefined : ids.map(directoryName)
  const limited = limitedStores(store)
  if (limited.length === 0)
    throw new Error(`of tiers, those on this machine keep limits, and ${store.location} has none that is written`)
  const all: Pruned[] = []
  for (const each of limited) {
    const options = { dryRun, ...(directories && { directories }) }
    all.push(await runStepsAsync(pruneStore(scanning(each), limits, options)))
  }
  return { ...all.reduce(together), location: limited.map(({ location }) => location).join(', '), dryRun }
}

function together(some: Pruned, others: Pruned): Pruned {
  const directories = new Map(some.directories)
  for (const [id, amount] of others.directories) directories.set(id, sum(amount, directories.get(id)))
  return { removed: sum(some.removed, others.removed), left: sum(some.left, others.left), directories }
}

function sum({ entries, bytes }: Amount, other: Amount = { entries: 0, bytes: 0 }): Amount {
  return { entries: entries + other.entries, bytes: bytes + other.bytes }
}

/** The flags in the form of the options, whose table reads them. */
function limitsOf(flags: PruneFlags): Limits | undefined {
  const limits: Partial<Record<keyof Limits, number>> = {}
  for (const [option, flag] of [
    ['maxSize', '--max-size'],
    ['maxAge', '--max-age'],
    ['maxEntries', '--max-entries'],
  ] as const) {
    const value = flags[option]
    if (value !== undefined) limits[LIMITS[option]] = readOption(flag, option, String(value))
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}

function nothing({ location }: Store, dryRun: boolean): Report {
  const none = { entries: 0, bytes: 0 }
  return { removed: none, left: none, directories: new Map(), location, dryRun }
}

export function asText({ removed, left, directories, location, dryRun }: Report): string {
  const lines = [...directories]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([directory, { entries, bytes }]) => `${column(entries, 10)}  ${column(Math.round(bytes), 14)}  ${directory}`)
  const verb = dryRun ? 'would be removed' : 'removed'
  return [
    ...(lines.length === 0 ? [] : ['   entries           bytes  id', ...lines, '']),
    `${counted(removed.entries)}, ${Math.round(removed.bytes)} bytes ${verb} from ${location}`,
    `${counted(left.entries)}, ${Math.round(left.bytes)} bytes ${dryRun ? 'would be left' : 'left'}`,
    '',
  ].join('\n')
}

export function asJson({ removed, left, directories, location, dryRun }: Report): string {
  const functions = Array.from(directories, ([id, amount]) => ({ id, ...amount }))
  return `${JSON.stringify({ location, dryRun, removed, left, functions }, null, 2)}\n`
}

function counted(entries: number): string {
  return `${entries} ${entries === 1 ? 'entry' : 'entries'}`
}
