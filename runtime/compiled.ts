/**
 * What compiled functions call. Not for people: it changes with the transformer. Whatever a call does is loaded with the
 * first one: see on-first-use.ts. Without it, the body runs as if there were no cache.
 */
import type { Body } from './call/call.js'
import type { SiteFactory } from './call/factories.js'
import type { AsyncPlayer, Player } from './call/players.js'
import type { Values } from './call/values.js'
import { way } from './on-first-use.js'

export { register, type SiteFactory } from './call/factories.js'
export type { Param, SiteRecord } from './call/site.js'

export function run(factory: SiteFactory, values: Values | undefined, body: Body<unknown>): unknown {
  const parts = way()
  return parts === undefined ? body(...(values ?? [])) : parts.run(parts.siteMadeBy(factory), values, body)
}

export function runAsync(
  factory: SiteFactory,
  values: Values | undefined,
  body: Body<Promise<unknown>>,
): Promise<unknown> {
  const parts = way()
  return parts === undefined ? body(...(values ?? [])) : parts.runAsync(parts.siteMadeBy(factory), values, body)
}

export function runGenerator(factory: SiteFactory, values: Values | undefined, body: () => Player): Player {
  const parts = way()
  return parts === undefined ? body() : parts.runGenerator(parts.siteMadeBy(factory), values, body)
}

export function runAsyncGenerator(
  factory: SiteFactory,
  values: Values | undefined,
  body: () => AsyncPlayer,
): AsyncPlayer {
  const parts = way()
  return parts === undefined ? body() : parts.runAsyncGenerator(parts.siteMadeBy(factory), values, body)
}

/** The values of a nested function's call. */
export function values(factory: SiteFactory, read: () => readonly unknown[]): Values | undefined {
  const parts = way()
  return parts?.values(parts.siteMadeBy(factory), read)
}
