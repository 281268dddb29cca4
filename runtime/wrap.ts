import { types } from 'node:util'
import type { Cache } from './cache.js'
import { bindPlain } from './call/bind.js'
import { run, runAsync, runAsyncGenerator, runGenerator } from './call/call.js'
import { own } from './call/compiled-sites.js'
import type { AsyncPlayer, Player } from './call/players.js'
import type { Param, SiteSpec } from './call/site.js'
import { Site } from './call/sites.js'
import { checkOptions } from './config/config.js'
import type { WrapOptions } from './config/options.js'
import type { AnyFunction } from './manage/types.js'

/** What `cache.wrap` does: a function that calls `fn` through its cache and looks like it. */
export function wrapFunction(cache: Cache, fn: AnyFunction, options: WrapOptions): AnyFunction {
  const source = `cache.wrap(${fn.name || 'an anonymous function'})`
  checkOptions(source, options, 'wrap')
  const { name, params = ['...args'], ...rest } = options
  const spec: SiteSpec = {
    id: name,
    params: params.map(paramOf),
    ...(types.isAsyncFunction(fn) && { async: true }),
    ...(types.isGeneratorFunction(fn) && { generator: true }),
  }
  const site = new Site({ ...spec, self: () => fn }, () => cache, rest)
  // What the key does not see must not reach the function either.
  const visible = params.at(-1)?.startsWith('...') ? Number.POSITIVE_INFINITY : params.length

  const callOf: CallOf = (self, given) => {
    const values = bindPlain(spec.params, site.memo()?.settings.attrs ?? [], self, given)
    const args = given.length > visible ? given.slice(0, visible) : given
    return { site, values, body: () => Reflect.apply(fn, self, args) }
  }
  const wrapped = spec.generator ? generatorLike(fn, callOf, spec) : functionLike(callOf, spec)
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, property, { value: fn[property], configurable: true })
  }
  own(wrapped, site)
  return wrapped
}

type CallOf = (
  self: unknown,
  given: unknown[],
) => { readonly site: Site; readonly values: readonly unknown[]; readonly body: () => unknown }

function functionLike(callOf: CallOf, spec: SiteSpec): AnyFunction {
  return function (this: unknown, ...given: unknown[]): unknown {
    const { site, values, body } = callOf(this, given)
    return spec.async ? runAsync(site, values, async () => body()) : run(site, values, body)
  }
}

/** A generator function, whose generators inherit what those of `fn` do. */
function generatorLike(fn: AnyFunction, callOf: CallOf, spec: SiteSpec): AnyFunction {
  const wrapped = spec.async
    ? async function* (this: unknown, ...given: unknown[]): AsyncGenerator<unknown, unknown, unknown> {
        const { site, values, body } = callOf(this, given)
        return yield* runAsyncGenerator(site, values, body as () => AsyncPlayer)
      }
    : function* (this: unknown, ...given: unknown[]): Generator<unknown, unknown, unknown> {
        const { site, values, body } = callOf(this, given)
        return yield* runGenerator(site, values, body as () => Player)
      }
  wrapped.prototype = fn.prototype
  return wrapped
}

function paramOf(name: string): Param {
  return name.startsWith('...') ? { rest: name.slice(3) } : `${name}?`
}
