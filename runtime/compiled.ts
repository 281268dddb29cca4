/** What compiled functions call. Not for people: it changes with the transformer. */
import { cacheOf } from './cache.js'
import type { SiteSpec } from './site.js'
import { Site } from './sites.js'

export { run, runAsync } from './call.js'
export type { Param, SiteSpec } from './site.js'
export { register, type Site, type SiteFactory } from './sites.js'

/** The site of a tagged function. */
export function site(spec: SiteSpec): Site {
  return new Site(spec, (refs) => cacheOf(spec, refs))
}
