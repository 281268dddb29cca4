import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type AsyncStore, Cache, cached, type Store } from '../../runtime/index.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import { problem } from '../helpers/problem.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

/** Lets what goes on in the background come to its end. */
async function settled(): Promise<void> {
  for (let count = 0; count < 200; count++) await turn()
}

const square = (n: number) => n * n
const options = (name: string) => ({ name, params: ['n'] })

describe('limits of a function', () => {
  it('hold within 10 % in a burst of synchronous calls, exactly behind it, and are announced once', async () => {
    const warnings = collectWarnings()
    const prefix = temporaryDirectory()
    const cache = new Cache({ prefix, memory: 'off' })
    const limited = cache.wrap(square, { ...options('limited.squares'), maxEntries: 100 })
    const free = cache.wrap(square, options('limited.free'))
    for (let n = 0; n < 400; n++) {
      expect(limited(n)).toBe(n * n)
      free(n)
      expect((await cached(limited).listCachedData()).length, `after ${n}`).toBeLessThanOrEqual(110)
    }
    await settled()
    const kept = await cached(limited).listCachedData()
    expect(kept.length).toBeLessThanOrEqual(100)
    expect(kept.length).toBeGreaterThan(60)
    expect((await cached(free).listCachedData()).length).toBe(400)
    expect(await warnings.codes()).toEqual(['DECHE3018'])
    expect((await warnings.texts())[0]).toMatch(/^limited\.squares in .* has reached maxEntries=100: /)
  })

  it('are those of the tag beside those of the cache, which count all functions', async () => {
    const cache = new Cache({ prefix: temporaryDirectory(), memory: 'off', maxEntries: 60 })
    const some = cache.wrap(square, { ...options('limited.some'), maxEntries: 20 })
    const more = cache.wrap(square, options('limited.more'))
    for (let n = 0; n < 100; n++) {
      some(n)
      more(n)
      await turn()
    }
    await settled()
    const [few, many] = [await cached(some).listCachedData(), await cached(more).listCachedData()]
    expect(few.length).toBeLessThanOrEqual(20)
    expect(few.length + many.length).toBeLessThanOrEqual(60)
    expect(many.length).toBeGreaterThan(20)
  })
})

it('a limit on size counts all files, and leaves no inputs without a result', async () => {
  const prefix = temporaryDirectory()
  const text = new Cache({ prefix, maxSize: '100kB' }).wrap(
    (n: number) => 'x'.repeat(1000 + n),
    options('limited.text'),
  )
  for (let n = 0; n < 300; n++) {
    text(n)
    await turn()
  }
  await settled()
  const names = readdirSync(join(prefix, 'limited.text')).filter((name) => !name.startsWith('.'))
  const results = names.filter((name) => !name.endsWith('.inputs'))
  expect(results.length).toBeGreaterThan(40)
  expect(results.length).toBeLessThan(100)
  expect(names.length).toBe(results.length * 2)
})

it('asynchronous stores keep them too', async () => {
  const { async } = createMemoryStore()
  const store: Omit<Store, 'sync'> = { protocol: 'elsewhere', location: 'elsewhere', async }
  const cache = new Cache({ store, memory: 'off', maxEntries: 30 })
  const later = cache.wrap(async (n: number) => n, options('limited.later'))
  for (let n = 0; n < 100; n++) await later(n)
  await settled()
  expect((await cached(later).listCachedData()).length).toBeLessThanOrEqual(33)
})

it('a store that cannot tell what it holds refuses them', () => {
  const { scan: _, ...async }: AsyncStore = createMemoryStore().async
  const store = { protocol: 'elsewhere', location: 'elsewhere', async }
  const refused = new Cache({ store, maxAge: '1d' }).wrap(async (n: number) => n, options('limited.refused'))
  expect(problem(() => refused(1))).toContain('elsewhere cannot tell what it holds')
})
