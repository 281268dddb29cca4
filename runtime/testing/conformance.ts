import assert from 'node:assert/strict'
import type { AsyncStore, Store } from '../store/store.js'
import { lockConformance } from './lock-conformance.js'

/** What every store does, whatever it is made of. Each case gets a store that is empty and its own. */
export interface StoreCase {
  /** The behaviour. */
  readonly name: string
  /** Rejects with an AssertionError when the store behaves otherwise. */
  run(face: AsyncStore, options?: StoreCaseOptions): Promise<void>
}

export interface StoreCaseOptions {
  /**
   * How many files are in a directory that is listed whole and emptied. Default: 1100, more than the 1,000 that S3 lists
   * at a time. Fewer where others have pages, or none.
   */
  readonly files?: number
}

/** Both faces of a store as one type, so that each case is run on each. */
export const storeFaces = {
  sync: ({ sync }: Pick<Store, 'sync'>): AsyncStore => ({
    read: async (path) => sync.read(path),
    write: async (path, bytes, options) => sync.write(path, bytes, options),
    stat: async (path) => sync.stat(path),
    remove: async (path) => sync.remove(path),
    async *list(directory) {
      yield* sync.list(directory)
    },
    ...(sync.directories && {
      async *directories() {
        yield* sync.directories?.() ?? []
      },
    }),
    ...(sync.tryLock && {
      async tryLock(path) {
        const lock = sync.tryLock?.(path)
        return lock && { release: async () => lock.release() }
      },
    }),
  }),
  async: ({ async }: Pick<Store, 'async'>): AsyncStore => async,
} as const

/** Paths that no store accepts. */
export const UNSAFE_PATHS = [
  '',
  '/',
  'name',
  '/etc/name',
  'dir/',
  'dir//name',
  '../name',
  '../../etc/name',
  'dir/..',
  'dir/../name',
  'dir/../../name',
  'dir/.',
  './name',
  'dir/./name',
  'dir/na\0me',
  'di\0r/name',
  'dir/na\nme',
  'dir\\..\\..\\x/name',
  'dir/..\\name',
  'dir/\ud800',
  'dir\udfff/name',
  'dir/.deche-swept',
  'dir/.deche-tmp-1-0123456789abcdef-0',
  '.deche-x/name',
]

const NOTHING = new Uint8Array(0)
const NAMES = ['key', 'key.inputs', 'key.exc', 'key-1700000000000000']
const ODD_NAMES = [
  '__proto__',
  'constructor',
  '%2F..%2F',
  '$@~-',
  'a b',
  'ünï-日本-😀',
  '.hidden',
  '...',
  '-rf',
  '#?&=',
  'a'.repeat(200),
]

/**
 * One case for each behaviour that deche relies on, for whatever test runner: `for (const { name, run } of
 * storeConformance) it(name, () => run(openEmptyStore().async))`.
 */
export const storeConformance: readonly StoreCase[] = [
  {
    name: 'what is not there reads as nothing, stats as nothing, lists as nothing, and removing it says so',
    async run(face) {
      assert.equal(await face.read('dir/name'), undefined)
      assert.equal(await face.stat('dir/name'), undefined)
      assert.equal(await face.remove('dir/name'), false)
      assert.deepEqual(await namesIn(face, 'dir'), [])
    },
  },
  {
    name: 'bytes come back as they went in, whatever their number',
    async run(face) {
      for (const size of [0, 1, 255, 4096, 65_535, 65_536, 65_537, 1_000_003]) {
        const bytes = pattern(size)
        await face.write(`dir/n${size}`, bytes)
        const stored = await face.read(`dir/n${size}`)
        assert.equal(stored?.size, size)
        assert.ok(Buffer.from(bytes).equals(stored?.bytes ?? NOTHING), `${size} bytes`)
      }
    },
  },
  {
    name: 'only the bytes of a view are written, not the buffer behind it',
    async run(face) {
      const whole = pattern(300_000)
      await face.write('dir/small', whole.subarray(100, 110))
      await face.write('dir/large', whole.subarray(1, 200_001))
      await face.write('dir/buffer', Buffer.from('héllo'))
      assert.deepEqual((await face.read('dir/small'))?.bytes, whole.slice(100, 110))
      assert.ok(Buffer.from(whole.slice(1, 200_001)).equals((await face.read('dir/large'))?.bytes ?? NOTHING))
      assert.equal(new TextDecoder().decode((await face.read('dir/buffer'))?.bytes), 'héllo')
    },
  },
  {
    name: 'write, stat and read agree on size, time and revision',
    async run(face) {
      for (const size of [10, 100_000]) {
        const written = await face.write('dir/name', pattern(size))
        const stat = await face.stat('dir/name')
        assert.ok(written && stat)
        assert.equal(written.size, size)
        assert.ok(Number.isInteger(written.modified) && Math.abs(written.modified - Date.now()) < 3_600_000)
        // Some services say when something was modified only to who asks later, and only to the second.
        assert.ok(Math.abs(written.modified - stat.modified) <= 2000)
        assert.deepEqual({ ...stat, modified: 0 }, { ...written, modified: 0 })
        const read = await face.read('dir/name')
        assert.deepEqual(read && { size: read.size, modified: read.modified, revision: read.revision }, { ...stat })
      }
    },
  },
  {
    name: 'other bytes have another revision, even at the same size and in the same moment',
    async run(face) {
      const revisions = new Set<string | undefined>()
      for (let count = 0; count < 100; count++)
        revisions.add((await face.write('dir/name', Uint8Array.of(1, 2, count)))?.revision)
      assert.equal(revisions.size, 100)
    },
  },
  {
    name: 'a shorter value leaves nothing of a longer one',
    async run(face) {
      await face.write('dir/name', pattern(100_000))
      await face.write('dir/name', Uint8Array.of(7))
      assert.deepEqual((await face.read('dir/name'))?.bytes, Uint8Array.of(7))
    },
  },
  {
    name: 'ifAbsent writes what is absent, and leaves what is there as it is',
    async run(face) {
      const first = await face.write('dir/name', Uint8Array.of(1), { ifAbsent: true })
      assert.equal(first?.size, 1)
      assert.equal(await face.write('dir/name', pattern(100_000), { ifAbsent: true }), undefined)
      const kept = await face.read('dir/name')
      assert.deepEqual(kept?.bytes, Uint8Array.of(1))
      assert.equal(kept?.revision, first?.revision)
      assert.deepEqual(await namesIn(face, 'dir'), ['name'])
      assert.equal(await face.remove('dir/name'), true)
      assert.equal((await face.write('dir/name', Uint8Array.of(2), { ifAbsent: true }))?.size, 1)
    },
  },
  {
    name: 'of many writers with ifAbsent exactly one wins',
    async run(face) {
      for (const size of [10, 100_000]) {
        const written = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            face.write(`dir/n${size}`, new Uint8Array(size).fill(index), { ifAbsent: true }),
          ),
        )
        const winners = written.flatMap((stat, index) => (stat ? [index] : []))
        assert.equal(winners.length, 1)
        const { bytes } = (await face.read(`dir/n${size}`)) ?? {}
        assert.ok(bytes?.every((byte) => byte === winners[0]))
      }
    },
  },
  {
    name: 'nobody shares bytes: not the writer with the store, not two readers with each other',
    async run(face) {
      for (const size of [5, 100_000]) {
        const given = new Uint8Array(size).fill(1)
        await face.write('dir/name', given)
        given.fill(2)
        const one = (await face.read('dir/name'))?.bytes
        assertFilled(one, 1)
        one.fill(3)
        const two = (await face.read('dir/name'))?.bytes
        assertFilled(two, 1)
        assert.equal(Object.getPrototypeOf(two), Uint8Array.prototype)
        assert.equal(two.buffer.byteLength, size)
      }
    },
  },
  {
    name: 'what was removed is gone, and its neighbours are not',
    async run(face) {
      for (const name of NAMES) await face.write(`dir/${name}`, pattern(3))
      assert.equal(await face.remove('dir/key'), true)
      assert.equal(await face.remove('dir/key'), false)
      assert.equal(await face.read('dir/key'), undefined)
      assert.equal(await face.stat('dir/key'), undefined)
      assert.deepEqual(await namesIn(face, 'dir'), NAMES.slice(1).sort())
    },
  },
  {
    name: 'a directory lists its own files only',
    async run(face) {
      for (const name of NAMES) await face.write(`dir/${name}`, pattern(3))
      await face.write('dir/below/other', pattern(3))
      await face.write('dir2/other', pattern(3))
      await face.write('di/other', pattern(3))
      assert.deepEqual(await namesIn(face, 'dir'), [...NAMES].sort())
      assert.deepEqual(await namesIn(face, 'dir/below'), ['other'])
      assert.deepEqual(await namesIn(face, 'd'), [])
    },
  },
  {
    name: 'a long directory lists each file once, and each can be removed while it is listed',
    async run(face, { files = 1_100 } = {}) {
      const names = Array.from({ length: files }, (_, index) => `n${index}`)
      for (let at = 0; at < names.length; at += 50)
        await Promise.all(names.slice(at, at + 50).map((name) => face.write(`dir/${name}`, Uint8Array.of(1))))
      assert.deepEqual(await namesIn(face, 'dir'), [...names].sort())
      const removed: Promise<boolean>[] = []
      for await (const name of face.list('dir')) {
        removed.push(face.remove(`dir/${name}`))
        if (removed.length % 50 === 0) await Promise.all(removed)
      }
      assert.deepEqual(
        await Promise.all(removed),
        names.map(() => true),
      )
      assert.deepEqual(await namesIn(face, 'dir'), [])
    },
  },
  {
    name: 'a listing may be abandoned',
    async run(face) {
      for (const name of NAMES) await face.write(`dir/${name}`, pattern(3))
      for await (const name of face.list('dir')) {
        assert.ok(NAMES.includes(name))
        break
      }
      assert.equal((await namesIn(face, 'dir')).length, NAMES.length)
    },
  },
  {
    name: 'odd names are names',
    async run(face) {
      for (const [index, name] of ODD_NAMES.entries()) await face.write(`${name}/${name}/${name}`, Uint8Array.of(index))
      for (const [index, name] of ODD_NAMES.entries()) {
        assert.deepEqual((await face.read(`${name}/${name}/${name}`))?.bytes, Uint8Array.of(index))
        assert.deepEqual(await namesIn(face, `${name}/${name}`), [name])
        assert.deepEqual(await namesIn(face, name), [])
      }
    },
  },
  {
    name: 'a path that leaves the store, or that is the store’s own, is refused by every operation',
    async run(face) {
      for (const path of UNSAFE_PATHS) {
        const what = JSON.stringify(path)
        await assert.rejects(face.read(path), Error, `read ${what}`)
        await assert.rejects(face.write(path, pattern(3)), Error, `write ${what}`)
        await assert.rejects(face.write(path, pattern(3), { ifAbsent: true }), Error, `write ${what} if absent`)
        await assert.rejects(face.stat(path), Error, `stat ${what}`)
        await assert.rejects(face.remove(path), Error, `remove ${what}`)
        if (path !== 'name') await assert.rejects(namesIn(face, path), Error, `list ${what}`)
      }
    },
  },
  {
    name: 'readers see whole values while they are being replaced',
    async run(face) {
      const values = Array.from({ length: 8 }, (_, index) => new Uint8Array(index % 2 ? 200_000 : 50).fill(index))
      await face.write('dir/name', values[0] ?? pattern(0))
      const writers = values.map((value) => face.write('dir/name', value))
      const readers = Array.from({ length: 40 }, () => face.read('dir/name'))
      for (const stored of await Promise.all(readers)) {
        const value = values[stored?.bytes[0] ?? -1]
        assert.ok(value !== undefined && Buffer.from(value).equals(stored?.bytes ?? NOTHING))
      }
      await Promise.all(writers)
    },
  },
  ...lockConformance,
]

async function namesIn(face: AsyncStore, directory: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of face.list(directory)) names.push(name)
  return names.sort()
}

function assertFilled(bytes: Uint8Array | undefined, value: number): asserts bytes is Uint8Array {
  assert.ok(bytes?.every((byte) => byte === value))
}

/** Bytes of every value, and no two neighbouring pages alike. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}
