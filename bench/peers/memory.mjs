/**
 * The memoization libraries, each used as its own documentation says for the arguments of the workload. Where a library
 * does not tell arguments apart by itself, a key is made by hand, as its users do.
 */
import { memoize as formatjs, strategies } from '@formatjs/fast-memoize'
import fastMemoize from 'fast-memoize'
import { Memoize } from 'fast-typescript-memoize'
import lodash from 'lodash.memoize'
import { LRUCache } from 'lru-cache'
import memoize from 'memoize'
import memoizee from 'memoizee'
import { memoize as microMemoize } from 'micro-memoize'
import moize from 'moize'
import nanoMemoize from 'nano-memoize'
import pMemoize from 'p-memoize'

const MOST = 200_000
const HOUR = 3_600_000

/** A key of all the arguments. */
const json = (...args) => JSON.stringify(args)
const sameJson = (one, other) => JSON.stringify(one) === JSON.stringify(other)

/**
 * `wrap(fn, { arity, objects, async, ttl })` answers the function with a cache, or nothing if the library has no such
 * cache. `most` is how many keys of such arguments can be measured in reasonable time: some search one by one.
 */
export const peers = {
  'lru-cache': { wrap: (fn, kind) => withKeyByHand(fn, kind) },
  'fast-typescript-memoize': {
    wrap: (fn, { arity, objects, ttl }) => {
      if (ttl) return undefined
      class Holder {}
      const descriptor = { value: fn, writable: true, configurable: true }
      const hasher = arity > 1 || objects ? [json] : []
      Object.defineProperty(
        Holder.prototype,
        'call',
        Memoize(...hasher)(Holder.prototype, 'call', descriptor) ?? descriptor,
      )
      const holder = new Holder()
      if (arity === 1) return (a) => holder.call(a)
      return arity === 2 ? (a, b) => holder.call(a, b) : (a, b, c) => holder.call(a, b, c)
    },
  },
  memoizee: {
    wrap: (fn, { arity, objects, async, ttl }) =>
      memoizee(fn, {
        length: arity,
        ...(objects ? { normalizer: ([one]) => JSON.stringify(one) } : { primitive: true }),
        ...(async && { promise: true }),
        ...(ttl && { maxAge: HOUR }),
      }),
  },
  'nano-memoize': {
    // Its serializer's text becomes the function's argument; several arguments, and objects, are searched for one by one.
    most: ({ arity, objects }) => (arity > 1 || objects ? 100 : MOST),
    wrap: (fn, { objects, ttl }) =>
      nanoMemoize.nanomemoize(fn, { ...(objects && { equals: sameJson }), ...(ttl && { maxAge: HOUR }) }),
  },
  'fast-memoize': { wrap: (fn, { ttl }) => (ttl ? undefined : fastMemoize(fn)) },
  '@formatjs/fast-memoize': {
    wrap: (fn, { arity, ttl }) => {
      if (ttl) return undefined
      return formatjs(fn, { strategy: arity === 1 ? strategies.monadic : strategies.variadic })
    },
  },
  memoize: {
    wrap: (fn, { arity, objects, ttl }) =>
      memoize(fn, { ...((arity > 1 || objects) && { cacheKey: JSON.stringify }), ...(ttl && { maxAge: HOUR }) }),
  },
  'lodash.memoize': {
    wrap: (fn, { arity, objects, ttl }) => (ttl ? undefined : lodash(fn, arity > 1 || objects ? json : undefined)),
  },
  'micro-memoize': {
    most: () => 100,
    wrap: (fn, { objects, async, ttl }) => {
      if (ttl) return undefined
      return microMemoize(fn, { maxSize: 1000, async: async === true, ...(objects && { isKeyItemEqual: sameJson }) })
    },
  },
  moize: {
    most: () => 100,
    wrap: (fn, { objects, async, ttl }) =>
      moize(fn, {
        maxSize: 1000,
        isDeepEqual: objects === true,
        isPromise: async === true,
        ...(ttl && { maxAge: HOUR }),
      }),
  },
  'p-memoize': { wrap: (fn, { async }) => (async ? pMemoize(fn) : undefined) },
}

/** What lru-cache's documentation calls memoizing: the caller makes the key. */
function withKeyByHand(fn, { arity, objects, async, ttl }) {
  const known = new LRUCache({ max: MOST, ...(ttl && { ttl: HOUR }) })
  const answer = (key, value) => {
    known.set(key, value)
    return value
  }
  if (async) return async (a) => known.get(a) ?? answer(a, await fn(a))
  if (objects) {
    return (one) => {
      const key = JSON.stringify(one)
      return known.get(key) ?? answer(key, fn(one))
    }
  }
  if (arity === 1) return (a) => known.get(a) ?? answer(a, fn(a))
  if (arity === 2) {
    return (a, b) => {
      const key = `${a}|${b}`
      return known.get(key) ?? answer(key, fn(a, b))
    }
  }
  return (a, b, c, d = 2, e = true) => {
    const key = `${a}|${b}|${c}|${d}|${e}`
    return known.get(key) ?? answer(key, fn(a, b, c, d, e))
  }
}
