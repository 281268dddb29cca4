/** What compiled functions call. Not for people: it changes with the transformer. */
import { cacheOf } from './cache.js'
import type { SiteSpec } from './call/site.js'
import { Site, type SiteFactory } from './call/sites.js'

export { run, runAsync, runAsyncGenerator, runGenerator } from './call/call.js'
export type { Param, SiteSpec } from './call/site.js'
export { register, type Site, type SiteFactory } from './call/sites.js'
export { values } from './call/values.js'

/** The site of a tagged function, and where its compiled code looks first. */
export function site(spec: SiteSpec, factory?: SiteFactory): Site {
  return new Site(spec, (refs) => cacheOf(spec, refs), undefined, factory)
}
