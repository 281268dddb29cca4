import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveStore } from '../../runtime/config/store.js'
import { Cache, type CacheOptions } from '../../runtime/index.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import { problem } from '../helpers/problem.js'
import { temporaryDirectory } from '../helpers/temporary.js'

const own = () => ({ ...createMemoryStore(), protocol: 'mine', location: 'mine://here' })

describe('tiers that cannot be meant are refused', () => {
  const store = own()
  it.each<[problem: string, options: Record<string, unknown>]>([
    [
      "new Cache(): tiers: an empty list must be a list of stores, nearest first, such as [{ protocol: 'file' }, { protocol: 's3', prefix: 'my-bucket' }]",
      { tiers: [] },
    ],
    ["new Cache(): tiers: 'file' must be a list of stores, nearest first, such as", { tiers: 'file' }],
    ["new Cache(), tiers[0]: 'file' must be an object, such as { protocol: 'file' }", { tiers: ['file'] }],
    [
      "new Cache(), tiers[1]: 'url' is no option of a tier; options are protocol, prefix, storageOptions, store, readonly",
      { tiers: [{ protocol: 'file' }, { url: 'redis://localhost' }] },
    ],
    [
      "new Cache(), tiers[0]: protocol: 'S3' must be file, memory, s3, redis or the name",
      { tiers: [{ protocol: 'S3' }] },
    ],
    ["new Cache(), tiers[0]: readonly: 'yes' must be true or false", { tiers: [{ readonly: 'yes' }] }],
    [
      'new Cache(), tiers[0]: store: a store of your own takes the place of protocol, prefix and storageOptions',
      { tiers: [{ store, prefix: 'there' }] },
    ],
    [
      'new Cache(): tiers: they take the place of prefix; say it in the tier that it is of',
      { tiers: [{ protocol: 'file' }], prefix: 'there' },
    ],
    ['new Cache(): tiers: they take the place of store; say it in', { tiers: [{ protocol: 'file' }], store }],
    [
      'new Cache(), tiers[1]: memory is nearer than any store: put it first or leave it out, since every function has it (see the option memory)',
      { tiers: [{ protocol: 'file' }, { protocol: 'memory' }] },
    ],
    [
      "new Cache(): tiers: there is nothing but memory; say protocol: 'memory', or add a store behind it",
      { tiers: [{ protocol: 'memory' }] },
    ],
    [
      'new Cache(), tiers[0]: memory takes no options here; see the option memory',
      { tiers: [{ protocol: 'memory', readonly: true }, { protocol: 'file' }] },
    ],
    [
      "new Cache(): tiers: all of them are readonly, so nothing could be kept; say mode: 'readonly'",
      { tiers: [{ protocol: 'memory' }, { protocol: 'file', readonly: true }] },
    ],
    [
      'new Cache(), tiers[2]: it is the same store as new Cache(), tiers[0], mine://here; leave one of them out',
      { tiers: [{ store }, { protocol: 'file' }, { store }] },
    ],
    [
      'new Cache(), tiers[1]: it is the same store as new Cache(), tiers[0], /x/y; leave one of them out',
      { tiers: [{ prefix: '/x/y' }, { prefix: '/x/../x/y', storageOptions: { trust: true } }] },
    ],
  ])('%s', (message, options) => {
    expect(problem(() => new Cache(options as CacheOptions).store)).toContain(message)
  })
})

describe('where tiers lie', () => {
  const places = { root: '/project', cwd: '/project/src' }
  const settings = (...layers: Record<string, unknown>[]) =>
    resolveStore(
      layers.map((options, at) => ({ source: `layer ${at}`, options, ...(at === 0 && { directory: '/project' }) })),
      places,
    )
  const prefixes = (...layers: Record<string, unknown>[]) => settings(...layers).tiers?.map(({ prefix }) => prefix)
  const tiers = [{ protocol: 'memory' }, { protocol: 'file' }, { protocol: 's3', prefix: 'bucket/cache/' }]

  it('a tier of files lies where a cache of files would', () => {
    expect(prefixes({ tiers })).toEqual(['/project/.deche', 'bucket/cache'])
    expect(prefixes({ prefix: 'cache' }, { tiers })).toEqual(['/project/cache', 'bucket/cache'])
    // As DECHE_FS__PREFIX says it for a configuration file.
    expect(prefixes({ tiers }, { prefix: 'elsewhere' })).toEqual(['/project/src/elsewhere', 'bucket/cache'])
    expect(prefixes({ protocol: 's3', prefix: 'my-bucket' }, { tiers })).toEqual(['/project/.deche', 'bucket/cache'])
    expect(prefixes({ tiers: [{ prefix: 'a' }, { prefix: 'b' }] })).toEqual(['/project/a', '/project/b'])
  })

  it('a later place has the last word, whichever of the ways it takes', () => {
    expect(settings({ tiers }, { protocol: 'redis' })).toMatchObject({ protocol: 'redis' })
    expect(settings({ tiers }, { protocol: 'redis' }).tiers).toBeUndefined()
    expect(settings({ tiers }, { tiers: null }).tiers).toBeUndefined()
    const store = own()
    expect(settings({ tiers }, { store })).toMatchObject({ store })
    expect(settings({ tiers }, { store }).tiers).toBeUndefined()
    expect(settings({ store }, { tiers }).store).toBeUndefined()
    expect(settings({ tiers }, { tiers: [{ protocol: 'redis' }] }).tiers).toHaveLength(1)
  })
})

it('caches with the same tiers have one store, also through replace', () => {
  const tiers = [{ prefix: temporaryDirectory() }, { store: own() }]
  const cache = new Cache({ tiers })
  expect(new Cache({ tiers }).store).toBe(cache.store)
  expect(cache.replace({ ttl: '1d' }).store).toBe(cache.store)
  const files = join(temporaryDirectory(), 'files')
  expect(cache.replace({ protocol: 'file', prefix: files }).store.location).toBe(files)
  expect(new Cache({ prefix: files }).replace({ tiers }).store).toBe(cache.store)
  expect(new Cache({ store: own() }).replace({ tiers }).store).toBe(cache.store)
  expect(cache.replace({ store: own() }).store.location).toBe('mine://here')
  expect(new Cache({ tiers: [tiers[0] ?? {}, { ...tiers[1], readonly: true }] }).store).not.toBe(cache.store)
})
