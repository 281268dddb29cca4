import { describe, expect, it } from 'vitest'
import { Cache, cached, EntryNotFoundError } from '../../runtime/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { stopTime, thrownBy } from './helpers.js'

/** Three calls: two results and one exception. */
function halves() {
  const half = new Cache({ prefix: temporaryDirectory() }).wrap(
    (n: number) => {
      if (n % 2 !== 0) throw new RangeError(`${n} is odd`)
      return n / 2
    },
    { name: 'demo.half', params: ['n'] },
  )
  for (const n of [2, 4, 5]) {
    try {
      half(n)
    } catch {}
  }
  const [two = '', four = '', five = ''] = [2, 4, 5].map((n) => cached(half).tokenize(n))
  return { half, entries: cached(half), two, four, five }
}

describe('entries', () => {
  it('3a.21 lists hide what append keeps', async () => {
    const advance = stopTime()
    const cache = new Cache({ prefix: temporaryDirectory(), ttl: '1s', expiry: 'append' })
    const now = cache.wrap(() => Date.now(), { name: 'demo.now', params: [] })
    for (let call = 0; call < 3; call++) {
      now()
      advance(1000)
    }
    const entries = cached(now)
    expect([...entries.store.sync.list('demo.now')]).toHaveLength(4)
    expect(entries.listCachedDataSync()).toEqual([entries.tokenize()])
    expect(await entries.listCachedData({ paths: true })).toEqual([`${entries.path}/${entries.tokenize()}`])
    expect([...entries.iterCachedDataSync()]).toEqual([entries.tokenize()])
  })

  it('3a.22 list…: keys of one kind, full paths on request, nothing where there is nothing', async () => {
    const { entries, two, four, five } = halves()
    expect((await entries.listCachedData()).sort()).toEqual([two, four].sort())
    expect((await entries.listCachedInputs()).sort()).toEqual([two, four, five].sort())
    expect(await entries.listCachedExceptions()).toEqual([five])
    expect(await entries.listCachedExceptions({ paths: true })).toEqual([`${entries.path}/${five}.exc`])
    const unused = cached(entries.cache.wrap(() => 0, { name: 'demo.unused', params: [] }))
    expect(await unused.listCachedData()).toEqual([])
    expect(unused.listCachedInputsSync()).toEqual([])
  })

  it('3a.23 on purpose different: iter… are asynchronous generators with synchronous twins, all plural', async () => {
    const { entries, two, four, five } = halves()
    const seen: string[] = []
    for await (const key of entries.iterCachedData()) seen.push(key)
    expect(seen.sort()).toEqual([two, four].sort())
    const exceptions = entries.iterCachedExceptionsSync()
    expect(exceptions.next()).toEqual({ value: five, done: false })
    expect(exceptions.next()).toEqual({ value: undefined, done: true })
    expect([...entries.iterCachedInputsSync()].sort()).toEqual([two, four, five].sort())
  })

  it('3a.24 load…: by arguments, by name or by key', async () => {
    const { entries, two, five } = halves()
    expect(await entries.loadCachedData({ args: [2] })).toBe(1)
    expect(await entries.loadCachedData({ kwargs: { n: 2 } })).toBe(1)
    expect(entries.loadCachedDataSync({ key: two })).toBe(1)
    expect(await entries.loadCachedInputs({ key: five })).toEqual({ n: 5 })
    expect(await entries.loadCachedException({ key: five })).toEqual(new RangeError('5 is odd'))
  })

  it('3a.24 load…: neither of them is a TypeError, what is missing an EntryNotFoundError', async () => {
    const { entries } = halves()
    const neither = JSON.parse('{}')
    expect(await thrownBy(() => entries.loadCachedData(neither))).toBeInstanceOf(TypeError)
    expect(() => entries.loadCachedDataSync(neither)).toThrow(
      'give one of { args }, { kwargs } or { key }, not nothing',
    )
    for (const missing of [
      () => entries.loadCachedData({ args: [5] }),
      () => entries.loadCachedInputs({ args: [6] }),
      () => entries.loadCachedException({ args: [2] }),
    ]) {
      expect(await thrownBy(missing)).toBeInstanceOf(EntryNotFoundError)
    }
  })

  it('3a.25 has… tells of one kind each; isValid tells of results only', async () => {
    const { entries, two } = halves()
    const has = async (n: number) => [
      await entries.hasInputs({ args: [n] }),
      await entries.hasData({ kwargs: { n } }),
      await entries.hasException({ args: [n] }),
      await entries.isValid(n),
    ]
    expect(await has(2)).toEqual([true, true, false, true])
    expect(await has(5)).toEqual([true, false, true, false])
    expect(await has(6)).toEqual([false, false, false, false])
    expect(entries.hasDataSync({ key: two })).toBe(true)
  })

  it('3a.26 remove… takes one kind of one call, and may be repeated', async () => {
    const { half, entries, four } = halves()
    for (let turn = 0; turn < 2; turn++) expect(await entries.removeCachedData({ args: [2] })).toBeUndefined()
    expect(await entries.listCachedData()).toEqual([four])
    expect(await entries.hasInputs({ args: [2] })).toBe(true)
    entries.removeCachedInputsSync({ args: [2] })
    expect(await entries.hasInputs({ args: [2] })).toBe(false)
    expect([half(2), entries.stats.misses]).toEqual([1, 4])
  })

  it('3a.26 removeAllCachedExceptions takes exceptions and nothing else', async () => {
    const { half, entries } = halves()
    await entries.removeAllCachedExceptions()
    expect(await entries.listCachedExceptions()).toEqual([])
    expect(await entries.listCachedInputs()).toHaveLength(3)
    expect(await entries.listCachedData()).toHaveLength(2)
    expect(() => half(5)).toThrow('5 is odd')
    expect(entries.stats.misses).toBe(4)
  })

  it('3a.27 tokenize, func, store, cache and path; the function keeps its name, length and this', () => {
    const cache = new Cache({ protocol: 'memory' })
    let runs = 0
    const scale = function scale(this: { by: number } | undefined, n: number, _step: number) {
      runs++
      return n * (this?.by ?? 1)
    }
    const wrapped = cache.wrap(scale, { name: 'demo.scale', params: ['n', 'step'] })
    const entries = cached(wrapped)
    expect([wrapped.name, wrapped.length]).toEqual(['scale', 2])
    expect(wrapped.call({ by: 3 }, 2, 1)).toBe(6)
    expect(entries.tokenize.length).toBe(0)
    expect(entries.cache).toBe(cache)
    expect(entries.store).toBe(cache.store)
    expect(entries.path).toBe('memory/demo.scale')
    expect([entries.func.call({ by: 5 }, 2, 1), entries.func.call({ by: 5 }, 2, 1), runs]).toEqual([10, 10, 3])
    expect(entries.listCachedDataSync()).toEqual([entries.tokenize.call(entries, 2, 1)])
  })
})
