import { types } from 'node:util'
import type { Cache } from './cache.js'
import { bindPlain } from './call/bind.js'
import { run, runAsync } from './call/call.js'
import type { Param, SiteSpec } from './call/site.js'
import { own, Site } from './call/sites.js'
import { checkOptions } from './config/config.js'
import type { WrapOptions } from './config/options.js'
import type { AnyFunction } from './manage/types.js'

/** What `cache.wrap` does: a function that calls `fn` through its cache and looks like it. */
export function wrapFunction(cache: Cache, fn: AnyFunction, options: WrapOptions): AnyFunction {
  const source = `cache.wrap(${fn.name || 'an anonymous function'})`
  checkOptions(source, options, 'wrap')
  if (types.isGeneratorFunction(fn)) throw new TypeError(`${source}: generators are not available yet`)
  const { name, params = ['...args'], ...rest } = options
  const spec: SiteSpec = { id: name, params: params.map(paramOf), ...(types.isAsyncFunction(fn) && { async: true }) }
  const site = new Site({ ...spec, self: () => fn }, () => cache, rest)
  // What the key does not see must not reach the function either.
  const visible = params.at(-1)?.startsWith('...') ? Number.POSITIVE_INFINITY : params.length

  const wrapped = function (this: unknown, ...given: unknown[]): unknown {
    const values = bindPlain(spec.params, site.memo()?.settings.attrs ?? [], this, given)
    const args = given.length > visible ? given.slice(0, visible) : given
    if (spec.async) return runAsync(site, values, async () => Reflect.apply(fn, this, args))
    return run(site, values, () => Reflect.apply(fn, this, args))
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, property, { value: fn[property], configurable: true })
  }
  own(wrapped, site)
  return wrapped
}

function paramOf(name: string): Param {
  return name.startsWith('...') ? { rest: name.slice(3) } : { name, optional: true }
}
