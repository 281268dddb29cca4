import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runSteps, runStepsAsync } from '../../runtime/call/steps.js'
import type { Limits } from '../../runtime/config/types.js'
import { canScan, type PruneOptions, prune } from '../../runtime/limits/prune.js'
import { createFileStore } from '../../runtime/store/file.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import type { Store } from '../../runtime/store/store.js'
import { temporaryDirectory } from '../helpers/temporary.js'

const keyOf = (name: number | string) => createHash('sha256').update(String(name)).digest('hex')
const MINUTE = 60

/** Seconds and bytes of a call's files. */
interface Written {
  readonly age: number
  readonly read: number
  readonly size: number
  readonly inputs: number
  readonly kind: string
  readonly fn: string
}

/** A store of files in which each call was written, and perhaps read, so many seconds ago. */
class Shelf {
  readonly directory = temporaryDirectory()
  readonly store = createFileStore({ directory: this.directory })

  put(name: number | string, written: Partial<Written> = {}): void {
    const { age = 0, size = 100, inputs = 10, kind = '', fn = 'demo.fn' } = written
    const { read = age } = written
    const key = keyOf(name)
    if (inputs > 0) this.#write(`${fn}/${key}.inputs`, inputs, age, age)
    if (size > 0) this.#write(`${fn}/${key}${kind}`, size, age, read)
  }

  has(name: number | string, suffix = '', fn = 'demo.fn'): boolean {
    return existsSync(join(this.directory, fn, keyOf(name) + suffix))
  }

  get names(): string[] {
    return readdirSync(join(this.directory, 'demo.fn')).filter((name) => !name.startsWith('.'))
  }

  prune(limits: Limits, options?: PruneOptions) {
    const { sync } = this.store
    if (!canScan(sync)) throw new Error('the file store can scan')
    return runSteps(prune(sync, limits, options))
  }

  #write(path: string, size: number, age: number, read: number): void {
    this.store.sync.write(path, new Uint8Array(size))
    const now = Date.now() / 1000
    utimesSync(join(this.directory, path), now - read, now - age)
  }
}

describe('a limit on the number of entries', () => {
  it('removes those that were not used for the longest time, with their inputs', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 20; index++) shelf.put(index, { age: (index + 2) * MINUTE * 10 })
    shelf.put('old but used', { age: 1e6, read: 100 })
    const { removed, left, directories } = shelf.prune({ entries: 8 })
    expect(removed).toEqual({ entries: 13, bytes: 13 * 110 })
    expect(left).toEqual({ entries: 8, bytes: 8 * 110 })
    expect([...directories]).toEqual([['demo.fn', { entries: 13, bytes: 13 * 110 }]])
    expect(shelf.has('old but used')).toBe(true)
    for (let index = 0; index < 20; index++) {
      expect(shelf.has(index), `entry ${index}`).toBe(index < 7)
      expect(shelf.has(index, '.inputs'), `inputs ${index}`).toBe(index < 7)
    }
  })

  it('never removes what was read within the last minute, even if nothing else is there', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 5; index++) shelf.put(index, { age: 1000, read: 55 })
    expect(shelf.prune({ entries: 1, age: 10_000 }).removed.entries).toBe(0)
    shelf.put('written a moment ago', { age: 1 })
    expect(shelf.prune({ entries: 1 }).removed.entries).toBe(1)
    expect(shelf.has('written a moment ago')).toBe(false)
  })

  it('counts exceptions and older results as entries, and removes the older ones first', () => {
    const shelf = new Shelf()
    shelf.put('a', { age: 1000, kind: '.exc' })
    shelf.put('b', { age: 500 })
    shelf.put('b', { age: 5000, kind: '-1700000000000000', inputs: 0 })
    expect(shelf.prune({ entries: 2 }).removed.entries).toBe(1)
    expect(shelf.has('b', '-1700000000000000')).toBe(false)
    expect(shelf.has('b', '.inputs')).toBe(true)
    expect(shelf.prune({ entries: 1 }).removed.entries).toBe(1)
    expect([shelf.has('a', '.exc'), shelf.has('a', '.inputs'), shelf.has('b')]).toEqual([false, false, true])
  })

  it('keeps inputs as long as a result or an exception needs them', () => {
    const shelf = new Shelf()
    shelf.put('a', { age: 5000 })
    shelf.put('a', { age: 1000, kind: '.exc', inputs: 0 })
    shelf.prune({ entries: 1 })
    expect([shelf.has('a'), shelf.has('a', '.exc'), shelf.has('a', '.inputs')]).toEqual([false, true, true])
  })

  it('goes over all functions of a store, or the named ones', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 4; index++) {
      shelf.put(index, { age: 1000 + index })
      shelf.put(index, { age: 5000 + index, fn: '2027/01' })
    }
    expect(shelf.prune({ entries: 2 }, { directories: ['demo.fn'] }).left.entries).toBe(2)
    expect(shelf.prune({ entries: 2 }).directories).toEqual(new Map([['2027/01', { entries: 4, bytes: 440 }]]))
  })
})

describe('a limit on size', () => {
  it('counts inputs, and stops as soon as the rest fits', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 10; index++) shelf.put(index, { age: 1000 * (index + 1), size: 900, inputs: 100 })
    expect(shelf.prune({ size: 10_000 }).removed.entries).toBe(0)
    expect(shelf.prune({ size: 4500 }).left).toEqual({ entries: 4, bytes: 4000 })
    expect(shelf.has(3)).toBe(true)
  })

  it('holds where inputs are of very different sizes', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 10; index++)
      shelf.put(index, { age: 1000 * (index + 1), size: 10, inputs: index === 0 ? 10_000 : 0 })
    shelf.prune({ size: 500 })
    const bytes = shelf.names.reduce((sum, name) => sum + statSync(join(shelf.directory, 'demo.fn', name)).size, 0)
    expect(bytes).toBeLessThanOrEqual(500)
  })

  it('is brought down to its goal only when it was passed', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 10; index++) shelf.put(index, { age: 1000 * (index + 1), inputs: 0 })
    expect(shelf.prune({ size: 1000 }, { goal: 0.5 }).removed.entries).toBe(0)
    expect(shelf.prune({ size: 999 }, { goal: 0.5 }).left.entries).toBe(4)
  })
})

describe('a limit on age', () => {
  it('removes what was written longer ago, however often it is read', () => {
    const shelf = new Shelf()
    shelf.put('old', { age: 7200, read: 120 })
    shelf.put('young', { age: 1800 })
    expect(shelf.prune({ age: 3_600_000 })).toMatchObject({ removed: { entries: 1 }, left: { entries: 1 } })
    expect(shelf.has('young')).toBe(true)
  })

  it('together with a number, does not remove more than both ask for', () => {
    const shelf = new Shelf()
    for (let index = 0; index < 6; index++)
      shelf.put(index, { age: index < 3 ? 9000 + index : 1000 + index, read: 200 })
    expect(shelf.prune({ age: 3_600_000, entries: 3 }).left.entries).toBe(3)
    expect([3, 4, 5].every((index) => shelf.has(index))).toBe(true)
  })

  it('removes inputs whose call died long ago, and leaves those of a call that may run', () => {
    const shelf = new Shelf()
    shelf.put('died', { age: 9000, size: 0 })
    shelf.put('runs', { age: 3000, size: 0 })
    shelf.prune({ age: 1_000_000 })
    expect([shelf.has('died', '.inputs'), shelf.has('runs', '.inputs')]).toEqual([false, true])
  })
})

it('a dry run removes nothing and says what would go', () => {
  const shelf = new Shelf()
  for (let index = 0; index < 10; index++) shelf.put(index, { age: 1000 * (index + 1) })
  const { removed } = shelf.prune({ entries: 4 }, { dryRun: true })
  expect(removed).toEqual({ entries: 6, bytes: 660 })
  expect(shelf.names).toHaveLength(20)
})

it('is done after one count and one removal when the limits hold then', () => {
  const shelf = new Shelf()
  for (let index = 0; index < 10; index++) shelf.put(index, { age: 1000 * (index + 1) })
  const { sync } = shelf.store
  if (!canScan(sync)) throw new Error('the file store can scan')
  let scans = 0
  const face = {
    ...sync,
    scan(directory: string) {
      scans++
      return sync.scan(directory)
    },
  }
  expect(runSteps(prune(face, { entries: 4, size: 700, age: 8_000_000 })).left).toEqual({ entries: 4, bytes: 440 })
  expect(scans).toBe(2)
})

it('what deche did not write is neither counted nor removed', () => {
  const shelf = new Shelf()
  for (const name of ['notes.txt', `${keyOf(1)}.bak`, 'a'.repeat(63)])
    shelf.store.sync.write(`demo.fn/${name}`, new Uint8Array(9))
  shelf.put(1, { age: 1000 })
  expect(shelf.prune({ entries: 1, size: 110, age: 2_000_000 }).removed.entries).toBe(0)
  expect(shelf.names).toHaveLength(5)
})

describe('while others are at work', () => {
  /** The store of a shelf in which something happens right before entries are looked at again. */
  function interrupted({ store }: Shelf, before: (path: string) => void): Store {
    const inspect = (path: string) => {
      before(path)
      return store.sync.inspect?.(path)
    }
    return { ...store, sync: { ...store.sync, inspect } }
  }
  const pruneOf = ({ sync }: Store, limits: Limits) => {
    if (!canScan(sync)) throw new Error('it can scan')
    return runSteps(prune(sync, limits))
  }

  it('an entry that is written anew after it was counted stays', () => {
    const shelf = new Shelf()
    shelf.put(1, { age: 5000 })
    shelf.put(2, { age: 4000 })
    const store = interrupted(shelf, () => shelf.put(1, { age: 0 }))
    expect(pruneOf(store, { entries: 1 }).removed.entries).toBe(1)
    expect([shelf.has(1), shelf.has(1, '.inputs'), shelf.has(2)]).toEqual([true, true, false])
  })

  it('an entry that is read after it was counted stays', () => {
    const shelf = new Shelf()
    shelf.put(1, { age: 5000 })
    const store = interrupted(shelf, (path) => void shelf.store.sync.read(path))
    expect(pruneOf(store, { age: 1 }).removed.entries).toBe(0)
    expect(shelf.has(1)).toBe(true)
  })

  it('inputs that a new call has written meanwhile stay', () => {
    const shelf = new Shelf()
    shelf.put(1, { age: 5000 })
    const store = interrupted(shelf, () => shelf.put(1, { age: 0, size: 0 }))
    expect(pruneOf(store, { age: 1 }).removed.entries).toBe(1)
    expect([shelf.has(1), shelf.has(1, '.inputs')]).toEqual([false, true])
  })

  it('two runs at a time remove no more than one', async () => {
    const shelf = new Shelf()
    for (let index = 0; index < 60; index++) shelf.put(index, { age: 1000 * (index + 1) })
    const { async } = shelf.store
    if (!canScan(async)) throw new Error('it can scan')
    await Promise.all([1, 2].map(() => runStepsAsync(prune(async, { entries: 30 }))))
    expect(shelf.names).toHaveLength(60)
  })
})

it('a read leaves its time, and neither the time of the write nor the revision change', () => {
  const shelf = new Shelf()
  shelf.put(1, { age: 5000 })
  const path = `demo.fn/${keyOf(1)}`
  const { sync } = shelf.store
  const before = sync.stat(path)
  expect(sync.inspect?.(path)?.read).toBeUndefined()
  sync.read(path)
  const { read = 0 } = sync.inspect?.(path) ?? {}
  expect(Math.abs(Date.now() - read)).toBeLessThan(10_000)
  expect(sync.stat(path)).toEqual(before)
  sync.write(path, new Uint8Array(5))
  const written = sync.stat(path)
  sync.touch?.(path)
  expect(sync.stat(path)).toEqual(written)
  expect(sync.inspect?.(path)?.read).toBeDefined()
})

it('whatever lies there: limits hold, and the least recently used go', () => {
  const entry = fc.record({ age: fc.integer({ min: 100, max: 1e7 }), size: fc.integer({ min: 1, max: 5000 }) })
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 100_000 }),
      (entries, most, size) => {
        const { sync } = createMemoryStore()
        if (!canScan(sync)) throw new Error('it can scan')
        const now = Date.now()
        const listed = entries.map((each, index) => ({
          name: keyOf(index),
          size: each.size,
          modified: now - each.age * 1000,
          revision: String(index),
        }))
        const there = new Map(listed.map((each) => [`fn/${each.name}`, each]))
        const face = {
          ...sync,
          scan: () => [...there.values()],
          directories: () => ['fn'],
          inspect: (path: string) => there.get(path),
          stat: (path: string) => there.get(path),
          remove: (path: string) => there.delete(path),
        }
        const { removed, left } = runSteps(prune(face, { entries: most, size }))
        const kept = [...there.values()]
        const bytes = kept.reduce((sum, each) => sum + each.size, 0)
        expect(kept.length).toBeLessThanOrEqual(most)
        expect(bytes).toBeLessThanOrEqual(size)
        expect(left).toEqual({ entries: kept.length, bytes })
        expect(removed.entries + kept.length).toBe(entries.length)
        const gone = listed.filter(({ name }) => !there.has(`fn/${name}`))
        // Ages that differ by 1 % count as one.
        const youngestGone = Math.min(...gone.map(({ modified }) => now - modified))
        for (const { modified } of kept) expect(now - modified).toBeLessThanOrEqual(youngestGone * 1.02 + 1000)
      },
    ),
  )
})
