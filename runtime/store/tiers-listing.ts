import { isAtHand } from './at-hand.js'
import type { AsyncStore, Listed, SyncStore } from './store.js'
import type { Tier } from './tiered.js'

/** Where tiers keep their own marks, which no listing shows. */
export const MARKS = 'deche-tiers'

/**
 * What several stores hold, each name once, with the facts that the nearest has of it. A tier on this machine is asked
 * again whether it has a name that one behind it lists, which takes microseconds; of a tier elsewhere in front of others, where each such question would be a
 * request, the names are remembered. So memory grows only with what lies in such a tier.
 */
class Met {
  readonly #tiers: readonly Tier[]
  readonly #path: (name: string) => string
  readonly #names: readonly Set<string>[]

  constructor(tiers: readonly Tier[], directory: string) {
    this.#tiers = tiers
    this.#path = (name) => `${directory}/${name}`
    this.#names = tiers.map(() => new Set())
  }

  isNew(at: number, name: string): boolean {
    const isLast = at === this.#tiers.length - 1
    if (!isLast && !this.#isAtHand(at)) this.#names[at]?.add(name)
    return !this.#tiers.slice(0, at).some((_, nearer) => this.#has(nearer, name))
  }

  #has(at: number, name: string): boolean {
    if (!this.#isAtHand(at)) return this.#names[at]?.has(name) ?? false
    return this.#tiers[at]?.store.sync.stat(this.#path(name)) !== undefined
  }

  #isAtHand(at: number): boolean {
    const tier = this.#tiers[at]
    return tier !== undefined && isAtHand(tier.store)
  }
}

/** Directories are few: one for each function, unless `path=` makes more. */
class MetDirectories {
  readonly #names = new Set([MARKS])

  isNew(_: number, name: string): boolean {
    const { size } = this.#names
    return this.#names.add(name).size > size
  }
}

/** The listings of a synchronous face. Those with facts only if each tier has them. */
export function listings(tiers: readonly Tier[]): Pick<SyncStore, 'list' | 'scan' | 'directories'> {
  const faces = tiers.map(({ store }) => store.sync)
  return {
    list: (directory) =>
      union(
        faces.map((face) => () => face.list(directory)),
        new Met(tiers, directory),
        itself,
      ),
    ...(faces.every((face) => face.scan && face.directories) && {
      scan: (directory: string) =>
        union(
          faces.map((face) => () => face.scan?.(directory) ?? []),
          new Met(tiers, directory),
          nameOf,
        ),
      directories: () =>
        union(
          faces.map((face) => () => face.directories?.() ?? []),
          new MetDirectories(),
          itself,
        ),
    }),
  }
}

/** The same of an asynchronous one. */
export function listingsAsync(tiers: readonly Tier[]): Pick<AsyncStore, 'list' | 'scan' | 'directories'> {
  const faces = tiers.map(({ store }) => store.async)
  return {
    list: (directory) =>
      unionAsync(
        faces.map((face) => () => face.list(directory)),
        new Met(tiers, directory),
        itself,
      ),
    ...(faces.every((face) => face.scan && face.directories) && {
      scan: (directory: string) =>
        unionAsync(
          faces.map((face) => () => face.scan?.(directory) ?? NONE),
          new Met(tiers, directory),
          nameOf,
        ),
      directories: () =>
        unionAsync(
          faces.map((face) => () => face.directories?.() ?? NONE),
          new MetDirectories(),
          itself,
        ),
    }),
  }
}

const NONE: AsyncIterable<never> = {
  async *[Symbol.asyncIterator]() {},
}

function* union<T>(lists: readonly (() => Iterable<T>)[], met: Met | MetDirectories, name: (item: T) => string) {
  for (const [at, list] of lists.entries()) {
    for (const item of list()) if (met.isNew(at, name(item))) yield item
  }
}

async function* unionAsync<T>(
  lists: readonly (() => AsyncIterable<T>)[],
  met: Met | MetDirectories,
  name: (item: T) => string,
) {
  for (const [at, list] of lists.entries()) {
    for await (const item of list()) if (met.isNew(at, name(item))) yield item
  }
}

function itself(name: string): string {
  return name
}

function nameOf({ name }: Listed): string {
  return name
}
