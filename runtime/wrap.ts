import { types } from 'node:util'
import { bindPlain } from './bind.js'
import type { Cache } from './cache.js'
import { run, runAsync } from './call.js'
import { checkOptions } from './config.js'
import type { WrapOptions } from './options.js'
import type { Param, SiteSpec } from './site.js'
import { own, Site } from './sites.js'
import type { Store } from './store/store.js'
import type { AnyFunction } from './types.js'
import { warnOnce } from './warn.js'

/** What `cache.wrap` does: a function that calls `fn` through its cache and looks like it. */
export function wrapFunction(cache: Cache, fn: AnyFunction, options: WrapOptions): AnyFunction {
  const source = `cache.wrap(${fn.name || 'an anonymous function'})`
  checkOptions(source, options, 'wrap')
  if (types.isGeneratorFunction(fn)) throw new TypeError(`${source}: generators are not available yet`)
  const { name, params = ['...args'], ...rest } = options
  const spec: SiteSpec = { id: name, params: params.map(paramOf), ...(types.isAsyncFunction(fn) && { async: true }) }
  const site = new Site(spec, () => cache, rest)
  // What the key does not see must not reach the function either.
  const visible = params.at(-1)?.startsWith('...') ? Number.POSITIVE_INFINITY : params.length

  const wrapped = function (this: unknown, ...given: unknown[]): unknown {
    const attrs = site.memo()?.settings.attrs ?? []
    const values = [...bindPlain(spec.params, given), ...attrs.map((attr) => Reflect.get(Object(this), attr))]
    const args = given.length > visible ? given.slice(0, visible) : given
    if (spec.async) return runAsync(site, values, async () => Reflect.apply(fn, this, args))
    return run(site, values, () => Reflect.apply(fn, this, args))
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, property, { value: fn[property], configurable: true })
  }
  own(wrapped, site)
  warnOfNamesake(cache.store, name, fn)
  return wrapped
}

function paramOf(name: string): Param {
  return name.startsWith('...') ? { rest: name.slice(3) } : { name, optional: true }
}

/** What was wrapped under which name, by store. */
const wrappedAs = new WeakMap<Store, Map<string, string>>()

/** Two functions under one name answer for each other. The same source again is a module that was loaded again. */
function warnOfNamesake(store: Store, name: string, fn: AnyFunction): void {
  const names = wrappedAs.get(store) ?? new Map<string, string>()
  wrappedAs.set(store, names)
  const text = Function.prototype.toString.call(fn)
  const earlier = names.get(name)
  names.set(name, text)
  if (earlier === undefined || earlier === text) return
  warnOnce(
    'DECHE3004',
    `${store.location} ${name}`,
    `Two different functions are wrapped as '${name}' in ${store.location}: they get each other's answers. Give each its own name.`,
  )
}
