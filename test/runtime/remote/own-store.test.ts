import { describe, expect, it } from 'vitest'
import { Cache, ConfigError } from '../../../runtime/index.js'
import { createMemoryStore } from '../../../runtime/store/memory.js'

/** A store of the user's own that answers promises alone. */
function asyncOnly() {
  const { async } = createMemoryStore()
  return { protocol: 'mine', location: 'mine://here', async }
}

describe('a store without sync', () => {
  it('serves asynchronous functions, whatever they are', async () => {
    const store = asyncOnly()
    const cache = new Cache({ store, memory: 'off' })
    let runs = 0
    const count = cache.wrap(async (n: number) => n + ++runs, { name: 'demo.count', params: ['n'] })
    expect(await count(1)).toBe(await count(1))
    expect(await cache.open('demo.count').listCachedData()).toHaveLength(1)
    expect(await cache.open('demo.count').listCachedInputs()).toHaveLength(1)
    const items = cache.wrap(
      async function* (n: number) {
        yield n + ++runs
      },
      { name: 'demo.items', params: ['n'] },
    )
    const taken = async () => {
      const all: number[] = []
      for await (const item of items(1)) all.push(item)
      return all
    }
    expect(await taken()).toEqual(await taken())
    expect(cache.store).toBe(new Cache({ store }).store)
  })

  it('tells a synchronous function what to do', () => {
    const cache = new Cache({ store: asyncOnly() })
    const double = cache.wrap((n: number) => n * 2, { name: 'demo.double', params: ['n'] })
    expect(() => double(1)).toThrow(ConfigError)
    expect(() => double(1)).toThrow(
      "store: mine://here has no 'sync', which a synchronous function needs: give it one, or declare demo.double async",
    )
    expect(() => cache.open('demo.double').listCachedDataSync()).toThrow('or use what answers promises')
  })
})
