import * as nodeFs from 'node:fs'
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { own, siteMadeBy } from '../../runtime/call/compiled-sites.js'
import { run, type SiteFactory } from '../../runtime/compiled.js'
import { Cache, cached } from '../../runtime/index.js'
import { createDirectoryRevision } from '../../runtime/store/directory-revision.js'
import { createFileStore } from '../../runtime/store/file.js'
import type { Store } from '../../runtime/store/store.js'
import { temporaryDirectory } from '../helpers/temporary.js'

/** How much memory asks of a directory in which nothing happens, and that it does not miss what does. */

const COUNT = 20

const SECOND = 1000

let prefix = ''
beforeEach(() => {
  prefix = temporaryDirectory()
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.advanceTimersByTime(SECOND)
  vi.useRealTimers()
})

const EXT4 = 0xef53
const NFS = 0x6969

/** As if the directory of the test were on such a file system. */
const on = (type: number) => ({ ...nodeFs, statfsSync: () => ({ type }) })

/** A function in the form that the transformer gives it, and what it asked its store since the last look. */
function compile(type = EXT4, suffix = '') {
  const files = createFileStore({ directory: prefix, fs: on(type) })
  const asked = { stats: 0, directories: 0 }
  const store: Store = {
    ...files,
    sync: {
      ...files.sync,
      stat: (path) => {
        asked.stats++
        return files.sync.stat(path)
      },
      directoryRevision: (directory) => {
        asked.directories++
        return files.sync.directoryRevision?.(directory)
      },
    },
  }
  const cache = new Cache({ store })
  const factory: SiteFactory = () => ['still.f', ['n'], undefined, () => fn, undefined, { refs: () => ({ cache }) }]
  const fn = (n: number): unknown =>
    (factory.hit as ((n: number) => unknown) | undefined)?.(n) ?? run(factory, [n], () => `${n}${suffix}`)
  own(fn, siteMadeBy(factory))
  const entries = cached(fn)
  /** A second later, each of them is asked for. */
  const round = () => {
    vi.advanceTimersByTime(SECOND)
    asked.stats = asked.directories = 0
    for (let n = 0; n < COUNT; n++) fn(n)
    return { ...asked }
  }
  return { fn, entries, round }
}

/** Longer than a step of the clock by which a file system dates its files. */
const step = () => setTimeout(20)

async function still(type = EXT4) {
  const made = compile(type)
  for (let n = 0; n < COUNT; n++) made.fn(n)
  for (let turn = 0; turn < 5; turn++) made.round()
  await step()
  return made
}

describe('a directory in which nothing happens', () => {
  it('is asked in place of its entries', async () => {
    const { round } = await still()
    expect(round()).toEqual({ stats: 0, directories: 1 })
  })

  it('is not believed on a file system that may not date it', async () => {
    const { round } = await still(NFS)
    expect(round().stats).toBe(COUNT)
  })

  it('is not believed while it is young', () => {
    const { fn, round } = compile()
    for (let n = 0; n < COUNT; n++) fn(n)
    expect([round(), round(), round(), round()].map(({ stats }) => stats)).toEqual([COUNT, COUNT, COUNT, COUNT])
  })

  it('lets each entry be looked at every half minute', async () => {
    const { round } = await still()
    const stats = Array.from({ length: 60 }, () => round().stats)
    expect(stats.filter((count) => count > 0)).toEqual([COUNT, COUNT])
  })
})

describe('what somebody else does there is seen within a second', () => {
  const another = () => compile(EXT4, ' of another')

  it('an entry that is replaced, or removed', async () => {
    const { fn, round } = await still()
    await another().entries.refresh(3)
    round()
    expect([fn(2), fn(3)]).toEqual(['2', '3 of another'])
    for (let turn = 0; turn < 5; turn++) round()
    await step()
    await another().entries.removeCachedData({ args: [4] })
    round()
    expect(await another().entries.isValid(4), 'it was computed and stored anew').toBe(true)
  })

  it('a directory that is removed, or exchanged', async () => {
    const { fn, round } = await still()
    const directory = `${prefix}/still.f`
    renameSync(directory, `${prefix}/aside`)
    await another().entries.refresh(3)
    round()
    expect([fn(2), fn(3)]).toEqual(['2', '3 of another'])
    for (let turn = 0; turn < 5; turn++) round()
    await step()
    rmSync(directory, { recursive: true })
    round()
    expect(await another().entries.isValid(3), 'it was computed and stored anew').toBe(true)
  })

  it('and a file that is written over in place, within half a minute', async () => {
    const { fn, entries, round } = await still()
    const file = `${prefix}/still.f/${entries.tokenize(3)}`
    const before = statSync(`${prefix}/still.f`)
    mkdirSync(`${prefix}/aside`)
    copyFileSync(file, `${prefix}/aside/own`)
    await another().entries.refresh(3)
    copyFileSync(file, `${prefix}/aside/other`)
    renameSync(`${prefix}/aside/own`, file)
    for (let turn = 0; turn < 5; turn++) round()
    expect(fn(3)).toBe('3')
    await step()
    copyFileSync(`${prefix}/aside/other`, file)
    expect(statSync(`${prefix}/still.f`).ino).toBe(before.ino)
    for (let turn = 0; turn < 31; turn++) round()
    expect(fn(3)).toBe('3 of another')
  })
})

describe('the revision of a directory', () => {
  it('changes with each file that comes, is replaced or goes, whatever time is set', async () => {
    const revision = createDirectoryRevision(on(EXT4))
    const directory = `${prefix}/d`
    const seen = [revision(directory)]
    const look = async () => {
      seen.push(revision(directory))
      await step()
    }
    mkdirSync(directory)
    await look()
    writeFileSync(`${directory}/one`, '')
    await look()
    const { atime, mtime } = statSync(directory)
    writeFileSync(`${prefix}/two`, '')
    renameSync(`${prefix}/two`, `${directory}/one`)
    utimesSync(directory, atime, mtime)
    await look()
    rmSync(`${directory}/one`)
    await look()
    expect(new Set(seen).size).toBe(seen.length)
    expect(revision(directory)).toBe(seen.at(-1))
  })

  it('is not known where the file system is not known', () => {
    const { statfsSync: _, ...older } = nodeFs
    expect(createDirectoryRevision(on(NFS))(prefix)).toBeUndefined()
    expect(createDirectoryRevision(older)(prefix)).toBeUndefined()
    const failing = { ...nodeFs, statfsSync: () => raise('EACCES') }
    expect(createDirectoryRevision(failing)(prefix)).toBeUndefined()
  })
})

function raise(code: string): never {
  throw Object.assign(new Error(code), { code })
}
