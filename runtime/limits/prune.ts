import type { Face } from '../call/look-up.js'
import { type Steps, take } from '../call/steps.js'
import type { Limits } from '../config/types.js'
import type { Listed } from '../store/store.js'
import { type EntryName, kindOf } from '../value/entry.js'
import { Ages, slotOf } from './ages.js'
import { each } from './each.js'
import { evict, evictInputs, isInUse } from './evict.js'

export interface PruneOptions {
  /** Where to look. Default: all directories of the store. */
  readonly directories?: readonly string[]
  /** What a limit on size or number is brought down to once it is passed, as a share of it. Default: 1. */
  readonly goal?: number
  /** Only count what would be removed. */
  readonly dryRun?: boolean
}

/** Results, exceptions and older results; bytes with those of inputs. */
export interface Amount {
  entries: number
  bytes: number
}

export interface Pruned {
  readonly removed: Amount
  /** What was removed of each directory that lost something. */
  readonly directories: ReadonlyMap<string, Amount>
  readonly left: Amount
}

/** A face of a store that can list with facts. */
type Scanning = Face & Required<Pick<Face, 'scan' | 'directories'>>

export function canScan(face: Face): face is Scanning {
  return face.scan !== undefined && face.directories !== undefined
}

/** How often it counts and removes until a limit holds: the bytes of inputs are an estimate, and others write meanwhile. */
const ROUNDS = 3

/** Inputs without an answer are a call that runs, or was killed: after so long, milliseconds, the latter. */
const ABANDONED = 3_600_000

/**
 * Removes what the limits leave no room for: what is too old, then what was not used for the longest time, until the rest
 * fits. What was read within the last minute stays. Memory does not grow with the number of entries: a first pass counts
 * by age, a second one removes. Throws what the store throws.
 */
export function* prune(face: Scanning, limits: Limits, options: PruneOptions = {}): Steps<Pruned> {
  const { directories, goal = 1, dryRun = false } = options
  const removed: Amount = { entries: 0, bytes: 0 }
  const byDirectory = new Map<string, Amount>()
  let left: Amount = removed
  let isPassed = false
  for (let round = 0; round < ROUNDS; round++) {
    const now = Date.now()
    const census = yield* count(face, directories, limits, now)
    left = { entries: census.entries, bytes: census.bytes }
    const counted = { entries: census.entries - census.overAge.entries, bytes: census.bytes - census.overAge.bytes }
    isPassed ||= !isNone(excessOf(counted, limits, 1))
    const excess = isPassed ? excessOf(counted, limits, goal) : { entries: 0, bytes: 0 }
    if (isNone(excess) && census.overAge.bytes === 0) break
    const before = removed.entries
    let refused = 0
    const goes = census.ages.oldest(excess.entries, excess.bytes, census.perEntry)
    const note = (directory: string, entries: number, bytes: number, isLast: boolean) => {
      const amount = byDirectory.get(directory) ?? { entries: 0, bytes: 0 }
      byDirectory.set(directory, amount)
      for (const one of [amount, removed]) add(one, entries, bytes)
      for (const one of isLast ? [left, goes] : [left]) add(one, -entries, -bytes)
    }
    const remove = function* (directory: string, file: Listed, entry: EntryName, isLast: boolean): Steps<void> {
      if (entry.kind !== 'inputs') {
        const freed = dryRun ? file.size + census.perEntry : yield* evict(face, directory, file, entry)
        if (freed === undefined) refused++
        else note(directory, 1, freed, isLast)
      } else if (!dryRun && now - file.modified > ABANDONED) {
        const freed = yield* evictInputs(face, directory, entry.key, file.modified)
        if (freed > 0) note(directory, 0, freed, isLast)
      }
    }
    yield* visitAll(face, directories, (directory, file) => {
      const entry = kindOf(file.name)
      if (entry === undefined || isInUse(file, now)) return undefined
      const overAge = isOverAge(file, limits, now)
      const slot = slotOf(now - lastUse(file))
      const isLast = !overAge && slot === goes.slot
      if (!overAge && slot < goes.slot) return undefined
      if (isLast && goes.entries <= 0 && goes.bytes <= 0) return undefined
      return remove(directory, file, entry, isLast)
    })
    const isReached = !isPassed || isNone(excessOf(left, limits, goal))
    if (dryRun || isReached || (removed.entries === before && refused === 0)) break
  }
  if (!dryRun && directories === undefined && face.sweep !== undefined) yield* take(face.sweep())
  return { removed, directories: byDirectory, left }
}

interface Census extends Amount {
  /** Entries that are older than the limit on age, whatever the others. */
  readonly overAge: Amount
  /** The rest, but for what is in use. */
  readonly ages: Ages
  /** Bytes of inputs for each entry, on average. */
  readonly perEntry: number
}

function* count(
  face: Scanning,
  directories: readonly string[] | undefined,
  limits: Limits,
  now: number,
): Steps<Census> {
  const all: Amount = { entries: 0, bytes: 0 }
  const overAge: Amount = { entries: 0, bytes: 0 }
  const ages = new Ages()
  let inputs = 0
  yield* visitAll(face, directories, (_, file) => {
    const entry = kindOf(file.name)
    if (entry === undefined) return undefined
    const isAnswer = entry.kind !== 'inputs'
    add(all, isAnswer ? 1 : 0, file.size)
    if (!isAnswer) inputs += file.size
    if (isInUse(file, now)) return undefined
    if (isOverAge(file, limits, now)) add(overAge, isAnswer ? 1 : 0, file.size)
    else if (isAnswer) ages.add(now - lastUse(file), file.size)
    return undefined
  })
  return { ...all, overAge, ages, perEntry: all.entries === 0 ? 0 : inputs / all.entries }
}

function* visitAll(
  face: Scanning,
  directories: readonly string[] | undefined,
  visit: (directory: string, file: Listed) => Steps<void> | undefined,
): Steps<void> {
  yield* each<string>(directories ?? face.directories(), (directory) =>
    each<Listed>(face.scan(directory), (file) => visit(directory, file)),
  )
}

/** What is too much for the limits, or for a share of them. */
function excessOf({ entries, bytes }: Amount, limits: Limits, share: number): Amount {
  const over = (amount: number, limit = Number.POSITIVE_INFINITY) => Math.max(0, Math.ceil(amount - limit * share))
  return { entries: over(entries, limits.entries), bytes: over(bytes, limits.size) }
}

function isNone({ entries, bytes }: Amount): boolean {
  return entries === 0 && bytes === 0
}

function isOverAge({ modified }: Listed, { age }: Limits, now: number): boolean {
  return age !== undefined && now - modified > age
}

function lastUse({ modified, read = 0 }: Listed): number {
  return Math.max(modified, read)
}

function add(amount: Amount, entries: number, bytes: number): void {
  amount.entries += entries
  amount.bytes += bytes
}
