import type { Hit } from './hit.js'
import type { SiteRecord } from './site.js'
import type { Site } from './sites.js'

/** A function of the compiled code that tells about one tagged function, also before the module's first statement ran. */
export interface SiteFactory {
  (): SiteRecord
  /** Made by its first call; see compiled-sites.ts. */
  site?: Site
  /** Of what is in memory; see shortcut.ts. */
  hit?: Hit | undefined
}

/** Factories whose functions `cached()` has not met yet, newest first. */
let unmet: readonly SiteFactory[] = []

/** Called once by each compiled module. */
export function register(...factories: SiteFactory[]): void {
  unmet = [...factories, ...unmet]
}

/** Shows `meet` each of these, and forgets those that it has done with. */
export function meetAll(meet: (factory: SiteFactory) => boolean): void {
  unmet = unmet.filter((factory) => !meet(factory))
}
