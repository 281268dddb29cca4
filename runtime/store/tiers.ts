import { runSteps, runStepsAsync, type Steps, take } from '../call/steps.js'
import { StoreError } from '../errors.js'
import { reason, warnOnce } from '../warn.js'
import { completeStore, isAsyncOnly } from './async-only.js'
import { isAtHand } from './at-hand.js'
import { checkPath } from './paths.js'
import type { AsyncLock, Lock, Stat, Store, Stored, WriteOptions } from './store.js'
import {
  type Bringing,
  type Face,
  TIERS,
  type Tier,
  type TieredAsync,
  type TieredStore,
  type TieredSync,
} from './tiered.js'
import { listings, listingsAsync, MARKS } from './tiers-listing.js'

/**
 * Several stores as one, nearest first. What the nearest one that has a path says is the answer; writes and removals
 * reach all. A tier that fails is passed over, with one warning; what all of them refuse is thrown.
 *
 * - Writes and removals go from the farthest tier to the nearest, and copies into nearer ones are made only where nothing is.
 *   So no copy of what was read before a write takes the place of what was written.
 * - A removal leaves a mark in each tier before it removes there, once those behind are done. Who copies looks at the mark
 *   before it reads the tiers behind and again after the copy: a copy of what was removed meanwhile is taken back. This
 *   holds between processes too.
 * - Whether "only if absent" wins, and who has a lock, is decided by the farthest tier that can, which is the one that
 *   is shared by most.
 */
export function createTieredStore(tiers: readonly Tier[]): Store {
  const location = tiers.map(({ store }) => store.location).join(' → ')
  const store = { protocol: TIERS, location, tiers, async: asynchronous(sidesOf(tiers, 'async')) } as const
  if (tiers.some((tier) => isAsyncOnly(tier.store))) return completeStore(store)
  return { ...store, sync: synchronous(sidesOf(tiers, 'sync')) } satisfies TieredStore
}

/** A tier as one face sees it. */
interface Side extends Tier {
  /** For what is small: where it takes microseconds, it is not waited for. */
  readonly face: Face
  readonly writer: Face
}

function sidesOf(tiers: readonly Tier[], name: 'sync' | 'async'): readonly Side[] {
  return tiers.map((tier) => {
    const writer = tier.store[name]
    return { ...tier, writer, face: isAtHand(tier.store) ? tier.store.sync : writer }
  })
}

function synchronous(sides: readonly Side[]): TieredSync {
  const steps = new TierSteps(sides)
  return {
    read: (path) => runSteps(steps.read(path)),
    write: (path, bytes, options) => runSteps(steps.write(path, bytes, options)),
    stat: (path) => runSteps(steps.stat(path)),
    remove: (path) => runSteps(steps.remove(path)),
    ...listings(sides),
    touch: (path) => steps.touch(path),
    ...(steps.hasLocks && { tryLock: (path: string) => runSteps(steps.tryLock(path)) as Lock | undefined }),
    behind: (path, stored) => runSteps(steps.behind(path, stored)),
    bringNearer: (path, stored, options) => runSteps(steps.bringNearer(path, stored, options)),
    discard: (path, stored) => runSteps(steps.discard(path, stored)),
  }
}

function asynchronous(sides: readonly Side[]): TieredAsync {
  const steps = new TierSteps(sides)
  return {
    read: (path) => runStepsAsync(steps.read(path)),
    write: (path, bytes, options) => runStepsAsync(steps.write(path, bytes, options)),
    stat: (path) => runStepsAsync(steps.stat(path)),
    remove: (path) => runStepsAsync(steps.remove(path)),
    ...listingsAsync(sides),
    touch: (path) => steps.touch(path),
    ...(steps.hasLocks && { tryLock: (path: string) => runStepsAsync(steps.tryLock(path)).then(releasedLater) }),
    behind: (path, stored) => runStepsAsync(steps.behind(path, stored)),
    bringNearer: (path, stored, options) => runStepsAsync(steps.bringNearer(path, stored, options)),
    discard: (path, stored) => runStepsAsync(steps.discard(path, stored)),
  }
}

function releasedLater(lock: Lock | AsyncLock | undefined): AsyncLock | undefined {
  return lock && { release: async () => lock.release() }
}

/** Where an answer came from, and what has to be known to copy it. */
interface Origin {
  readonly tier: number
  /** The mark of removals in each tier in front, as it was before those behind were read. */
  readonly marks: ReadonlyMap<number, string>
  /** Revisions that tiers in front have, and that were no good. */
  readonly refused: ReadonlyMap<number, string>
}

/** A copy that a store dates so much otherwise than its original, milliseconds, is not as old as that. */
const DATED = 2000

const MARK = `${MARKS}/removed`

/** What both faces do. */
class TierSteps {
  readonly #sides: readonly Side[]
  readonly #origins = new WeakMap<Stored, Origin>()

  constructor(sides: readonly Side[]) {
    this.#sides = sides
  }

  *read(path: string): Steps<Stored | undefined> {
    checkPath(path)
    return yield* this.#readFrom(path, 0, new Map(), new Map())
  }

  *behind(path: string, stored: Stored): Steps<Stored | undefined> {
    const origin = this.#origins.get(stored)
    const side = origin && this.#sides[origin.tier]
    if (origin === undefined || side === undefined) return undefined
    const refused = new Map(origin.refused).set(origin.tier, ownRevision(stored))
    const marks = new Map(origin.marks)
    yield* this.#noteMark(origin.tier, marks)
    const found = yield* this.#readFrom(path, origin.tier + 1, marks, refused)
    // The same once more would be no better.
    return found && Buffer.compare(found.bytes, stored.bytes) === 0 ? yield* this.behind(path, found) : found
  }

  *#readFrom(
    path: string,
    first: number,
    marks: Map<number, string>,
    refused: ReadonlyMap<number, string>,
  ): Steps<Stored | undefined> {
    const failures: unknown[] = []
    for (const [tier, side] of this.#sides.entries()) {
      if (tier < first) continue
      try {
        const found = yield* take<Stored | undefined>(side.face.read(path))
        if (found !== undefined) {
          const stored = { ...inTier(tier, found), bytes: found.bytes }
          this.#origins.set(stored, { tier, marks, refused })
          return stored
        }
      } catch (error) {
        failures.push(passedOver(side, 'read', error))
        continue
      }
      yield* this.#noteMark(tier, marks)
    }
    if (failures.length > 0) throw failures[0]
    return undefined
  }

  *stat(path: string): Steps<Stat | undefined> {
    checkPath(path)
    const failures: unknown[] = []
    for (const [tier, side] of this.#sides.entries()) {
      try {
        const found = yield* take<Stat | undefined>(side.face.stat(path))
        if (found !== undefined) return inTier(tier, found)
      } catch (error) {
        failures.push(passedOver(side, 'read', error))
      }
    }
    if (failures.length > 0) throw failures[0]
    return undefined
  }

  *write(path: string, bytes: Uint8Array, options: WriteOptions = {}): Steps<Stat | undefined> {
    checkPath(path)
    const { ifAbsent, ...others } = options
    if (ifAbsent && (yield* this.#hasOutsideLast(path))) return undefined
    const failed: number[] = []
    const failures: unknown[] = []
    let nearest: Stat | undefined
    for (const tier of this.#writable()) {
      const side = this.#side(tier)
      try {
        const writing = nearest === undefined ? options : others
        const stat = yield* take<Stat | undefined>(side.writer.write(path, bytes, writing))
        if (stat === undefined) return undefined
        nearest = inTier(tier, stat)
      } catch (error) {
        failed.push(tier)
        failures.push(passedOver(side, 'written', error))
      }
    }
    if (nearest === undefined) throw failures[0]
    // What cannot have the new one had better not keep an older one.
    for (const tier of failed) yield* this.#forget(path, tier)
    return nearest
  }

  /** Whether a tier has it other than the one that decides about "only if absent". */
  *#hasOutsideLast(path: string): Steps<boolean> {
    const [decides] = this.#writable()
    for (const [tier, side] of this.#sides.entries()) {
      if (tier === decides) continue
      try {
        if ((yield* take<Stat | undefined>(side.face.stat(path))) !== undefined) return true
      } catch (error) {
        passedOver(side, 'read', error)
      }
    }
    return false
  }

  *#forget(path: string, tier: number): Steps<void> {
    const { face } = this.#side(tier)
    try {
      yield* this.#mark(tier)
      yield* take<boolean>(face.remove(path))
    } catch {
      // It was said that this tier cannot be written.
    }
  }

  *remove(path: string): Steps<boolean> {
    checkPath(path)
    const failures: unknown[] = []
    let wasThere = false
    let mayBeCopied = false
    for (const [tier, side] of [...this.#sides.entries()].reverse()) {
      try {
        if (side.readonly) {
          if ((yield* take<Stat | undefined>(side.face.stat(path))) !== undefined) throw stays(side, path)
          continue
        }
        if (mayBeCopied) yield* this.#mark(tier)
        const removed = yield* take<boolean>(side.face.remove(path))
        wasThere ||= removed
        mayBeCopied ||= removed
      } catch (error) {
        mayBeCopied = true
        failures.push(passedOver(side, 'written', error))
      }
    }
    if (failures.length > 0) throw failures[0]
    return wasThere
  }

  *discard(path: string, stored: Stored): Steps<boolean> {
    const origin = this.#origins.get(stored)
    const side = origin && this.#sides[origin.tier]
    if (side === undefined || side.readonly) return false
    return yield* take<boolean>(side.face.remove(path))
  }

  *bringNearer(path: string, stored: Stored, options: Bringing): Steps<Stat | undefined> {
    const origin = this.#origins.get(stored)
    if (origin === undefined) return undefined
    let nearest: Stat | undefined
    for (let tier = origin.tier - 1; tier >= 0; tier--) {
      const mark = origin.marks.get(tier)
      const side = this.#side(tier)
      if (side.readonly || mark === undefined) continue
      try {
        const stat = yield* this.#copy(path, stored, side, { ...options, mark, refused: origin.refused.get(tier) })
        nearest = stat && inTier(tier, stat)
      } catch (error) {
        passedOver(side, 'written', error)
      }
    }
    return nearest
  }

  *#copy(
    path: string,
    { bytes, modified }: Stored,
    { face, writer }: Side,
    { isDated, expires, mark, refused }: Bringing & { readonly mark: string; readonly refused: string | undefined },
  ): Steps<Stat | undefined> {
    if (refused !== undefined) {
      const there = yield* take<Stat | undefined>(face.stat(path))
      if (there !== undefined && there.revision !== refused) return undefined
      yield* take<boolean>(face.remove(path))
    }
    const options = { ifAbsent: true, modified, ...(expires !== undefined && { expires }) }
    const stat = yield* take<Stat | undefined>(writer.write(path, bytes, options))
    if (stat === undefined) return undefined
    const isAsOld = !isDated || Math.abs(stat.modified - modified) <= DATED
    if (isAsOld && (yield* markIn(face)) === mark) return stat
    const there = yield* take<Stat | undefined>(face.stat(path))
    if (there?.revision === stat.revision) yield* take<boolean>(face.remove(path))
    return undefined
  }

  touch(path: string): void {
    for (const { face } of this.#sides) face.touch?.(path)
  }

  get hasLocks(): boolean {
    return this.#sides.some(({ face, readonly }) => !readonly && face.tryLock !== undefined)
  }

  *tryLock(path: string): Steps<Lock | AsyncLock | undefined> {
    checkPath(path)
    const failures: unknown[] = []
    for (const tier of this.#writable()) {
      const side = this.#side(tier)
      const { face } = side
      if (face.tryLock === undefined) continue
      try {
        return yield* take<Lock | AsyncLock | undefined>(face.tryLock(path))
      } catch (error) {
        failures.push(passedOver(side, 'written', error))
      }
    }
    throw failures[0]
  }

  /** Notes the mark of a tier that has no copy, before those behind it are read. Without a mark nothing is copied there. */
  *#noteMark(tier: number, marks: Map<number, string>): Steps<void> {
    const { face, readonly } = this.#side(tier)
    if (readonly || tier === this.#sides.length - 1) return
    try {
      marks.set(tier, yield* markIn(face))
    } catch {
      // It was asked a moment ago, and warns when it is asked next.
    }
  }

  *#mark(tier: number): Steps<void> {
    try {
      yield* take<Stat | undefined>(this.#side(tier).face.write(MARK, crypto.getRandomValues(new Uint8Array(16))))
    } catch {
      // What cannot be written there cannot be copied there either.
    }
  }

  /** From the farthest on. */
  #writable(): number[] {
    return [...this.#sides.keys()].reverse().filter((tier) => !this.#side(tier).readonly)
  }

  #side(tier: number): Side {
    return this.#sides[tier] as Side
  }
}

/** Revisions of different stores may look alike. Not by spreading: facts may be those of a class, which makes them when asked. */
function inTier(tier: number, { size, modified, revision }: Stat): Stat {
  return { size, modified, revision: `${tier}:${revision}` }
}

function ownRevision({ revision }: Stat): string {
  return revision.slice(revision.indexOf(':') + 1)
}

function* markIn(face: Face): Steps<string> {
  return (yield* take<Stat | undefined>(face.stat(MARK)))?.revision ?? ''
}

/** A warning, once for each tier and what it cannot do; and the error for the case that all of them fail. */
function passedOver({ store }: Side, what: 'read' | 'written', thrown: unknown): StoreError {
  const { location } = store
  const error =
    thrown instanceof StoreError ? thrown : new StoreError(location, 'failed', reason(thrown), { cause: thrown })
  if (!error.announced)
    warnOnce(
      'DECHE3001',
      `${location} ${what}`,
      `The tier in ${location} could not be ${what}, and is passed over: ${error.why}`,
    )
  error.announced = true
  return error
}

/** No warning: who removes is told, and a call that only tidies up has done its work. */
function stays({ store: { location } }: Side, path: string): StoreError {
  const error = new StoreError(location, 'refused', `this tier is readonly, and still has ${path}: remove it there`)
  error.announced = true
  return error
}
