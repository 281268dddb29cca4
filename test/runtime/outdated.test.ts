import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Cache, cached } from '../../runtime/index.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import type { AsyncStore } from '../../runtime/store/store.js'

/** A store elsewhere, in which a result or an exception is on its way until it may arrive. */
function slowStore() {
  const { async } = createMemoryStore()
  let arrive = () => {}
  const way = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const seen = { isUnderWay: false }
  const write: AsyncStore['write'] = async (path, ...rest) => {
    if (!path.endsWith('.inputs')) {
      seen.isUnderWay = true
      await way
    }
    return async.write(path, ...rest)
  }
  return { store: { protocol: 'mine', location: 'mine://slow', async: { ...async, write } }, arrive, seen }
}

const MEMORY = ['off', undefined] as const

describe.each(MEMORY)('what is removed while it is stored does not come back; memory: %s', (memory) => {
  /** What a function answers whose source changes, and is then removed, while its first answer is stored. */
  async function answers<F extends (n: number) => Promise<unknown>>(
    make: (cache: Cache, source: { now: string }) => F,
    remove: (fn: F) => Promise<void>,
  ) {
    const { store, arrive, seen } = slowStore()
    const source = { now: 'old' }
    const fn = make(new Cache({ store, ...(memory && { memory }) }), source)
    const first = fn(1).catch(String)
    while (!seen.isUnderWay) await turn()
    source.now = 'new'
    await remove(fn)
    arrive()
    return [await first, await fn(1).catch(String)]
  }

  const one = (cache: Cache, source: { now: string }) =>
    cache.wrap(async (_: number) => source.now, { name: 'demo.one', params: ['n'] })
  const failing = (cache: Cache, source: { now: string }) =>
    cache.wrap(
      async (_: number): Promise<string> => {
        throw new RangeError(source.now)
      },
      { name: 'demo.failing', params: ['n'] },
    )

  it('of one call', async () => {
    expect(await answers(one, (fn) => cached(fn).removeCachedData({ args: [1] }))).toEqual(['old', 'new'])
  })

  it('of all calls', async () => {
    expect(await answers(one, (fn) => cached(fn).removeAll())).toEqual(['old', 'new'])
  })

  it('an exception', async () => {
    const removed = (fn: ReturnType<typeof failing>) => cached(fn).removeCachedException({ args: [1] })
    expect(await answers(failing, removed)).toEqual(['RangeError: old', 'RangeError: new'])
  })

  it('what a generator gave', async () => {
    const { store, arrive, seen } = slowStore()
    let now = 'old'
    const items = new Cache({ store, ...(memory && { memory }) }).wrap(
      async function* (_: number) {
        yield now
      },
      { name: 'demo.items', params: ['n'] },
    )
    const taken = async () => {
      const all: string[] = []
      for await (const item of items(1)) all.push(item)
      return all
    }
    const first = taken()
    while (!seen.isUnderWay) await turn()
    now = 'new'
    await cached(items).removeAll()
    arrive()
    expect([await first, await taken()]).toEqual([['old'], ['new']])
  })
})
