import { cacheOf } from '../cache.js'
import { meetAll, type SiteFactory } from './factories.js'
import { specOf } from './site.js'
import { Site } from './sites.js'

const known = new WeakMap<object, Site>()

/** Ids of the compiled functions that `siteOf` looked at, and whether their modules can name them. */
const ids = new Map<string, boolean>()

/** For messages: as of the last `siteOf`. */
export function compiledIds(): ReadonlyMap<string, boolean> {
  return ids
}

/** The site of a tagged function, made when it is first asked for. */
export function siteMadeBy(factory: SiteFactory): Site {
  if (factory.site === undefined) {
    const spec = specOf(factory())
    factory.site = new Site(spec, (refs) => cacheOf(spec, refs), undefined, factory)
  }
  return factory.site
}

/** Tells `siteOf` about a function at once. */
export function own(fn: object, site: Site): void {
  known.set(fn, site)
}

/** The site of a function, however it was cached. */
export function siteOf(fn: object): Site | undefined {
  if (!known.has(fn)) meetAll((factory) => meet(siteMadeBy(factory)))
  return known.get(fn)
}

/** Whether the factory's function is known from now on, or never can be. */
function meet(site: Site): boolean {
  ids.set(site.spec.id, site.spec.self !== undefined)
  if (site.spec.self === undefined) return true
  let fn: unknown
  try {
    fn = site.spec.self()
  } catch {
    return false
  }
  if (typeof fn !== 'function') return false
  known.set(fn, site)
  return true
}
