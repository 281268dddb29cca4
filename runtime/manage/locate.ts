import { argumentsOf, bindPlain } from '../call/bind.js'
import { type Call, callOf, type Memo } from '../call/memo.js'
import { bind } from '../call/orders.js'
import type { AsyncPlayer, Player } from '../call/players.js'
import type { Site } from '../call/sites.js'
import { kindOf } from '../value/entry.js'
import type { AnyFunction, Selector } from './types.js'

/** What the management interface knows of its function. */
export interface Target {
  readonly site: Site
  /** Absent for a cache opened by its id alone. */
  readonly fn: AnyFunction | undefined
  /** The object whose method it is. */
  readonly self: object | undefined
}

export function memoOf(target: Target): Memo {
  const memo = target.site.memo()
  if (memo === undefined) throw new TypeError(`${target.site.spec.id} is not ready: its module is still loading`)
  return memo
}

/** The call that a selector means. Throws TypeError for wrong selectors, UnkeyableArgumentError, ConfigError. */
export function locate(target: Target, selector: Selector<AnyFunction>): Call {
  const given = Object.keys(selector).filter((name) => selector[name as keyof typeof selector] !== undefined)
  const [only] = given
  if (given.length !== 1 || (only !== 'key' && only !== 'args' && only !== 'kwargs')) {
    throw new TypeError(
      `${target.site.spec.id}: give one of { args }, { kwargs } or { key }, not ${given.join(' and ') || 'nothing'}`,
    )
  }
  if (selector.key !== undefined) return callOfKey(target, selector.key)
  return callOfArguments(
    target,
    selector.args ?? argumentsOf(target.site.spec.id, target.site.spec.params, selector.kwargs ?? {}),
  )
}

export function callOfArguments(target: Target, args: readonly unknown[]): Call {
  const memo = memoOf(target)
  const call = callOf(memo, valuesOf(target, args))
  if (call === undefined) throw new TypeError(`${memo.id} runs without its cache for these arguments: they have no key`)
  return { ...call, strict: true }
}

function valuesOf(target: Target, args: readonly unknown[]): readonly unknown[] {
  const { site, fn, self } = target
  if (fn === undefined)
    throw new TypeError(`${site.spec.id} was opened by its id: give { key }, its function is not known`)
  const { attrs } = memoOf(target).settings
  if (self === undefined && attrs.length > 0) {
    throw new TypeError(
      `${site.spec.id} reads attributes of this: give the object too, as in cached(client.get, client)`,
    )
  }
  if (site.wrapped) return bindPlain(site.spec.params, attrs, self, args)
  return bind(site, () => {
    const answer = Reflect.apply(fn, self, args)
    // What the body's first line would do, a generator does when it is first asked.
    return site.spec.generator ? (answer as unknown as Player | AsyncPlayer).next() : answer
  })
}

function callOfKey(target: Target, key: string): Call {
  const memo = memoOf(target)
  if (kindOf(key)?.kind !== 'data')
    throw new TypeError(`${memo.id}: '${key}' is no key; a key is 64 hexadecimal digits`)
  if (memo.settings.path !== undefined)
    throw new TypeError(
      `${memo.id} has path=, so a key alone does not say where its entry is: give { args } or { kwargs }`,
    )
  const { directory } = memo
  return { memo, inputs: {}, key, directory, place: `${directory}/${key}`, strict: true }
}

/** The directory that listings read. */
export function directoryOf(target: Target, directory: string | undefined): string {
  const memo = memoOf(target)
  if (memo.settings.path === undefined) return memo.directory
  if (directory === undefined)
    throw new TypeError(`${memo.id} has path=, so say which directory to list: { directory: '…' }`)
  return directory.split('/').filter(Boolean).join('/')
}
