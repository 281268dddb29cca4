import { createFsFromVolume, Volume } from 'memfs'
import { describe, expect, it } from 'vitest'
import { createFileStore } from '../../runtime/store/file.js'
import type { Directory, FileSystem } from '../../runtime/store/file-system.js'
import type { AsyncStore } from '../../runtime/store/store.js'
import { storeFaces } from '../../runtime/testing/conformance.js'

/**
 * Every system call of every operation fails once with every code. Each time the old value or the new one is there,
 * whole; no temporary file stays; no descriptor leaks; and what failed is what is thrown.
 */

const CODES = ['ENOSPC', 'EROFS', 'EACCES', 'EIO', 'EMFILE', 'EFBIG', 'ENOTDIR']

/** Calls whose failure costs nothing but tidiness, so that the operation succeeds. */
const FORGIVEN = new Set(['futimesSync', 'unlinkSync'])

interface Faulty {
  readonly fs: FileSystem
  /** Names of the calls made since `watch`. */
  readonly calls: string[]
  /** Descriptors and directories that are open. */
  open: number
  /** Fails the call of this number, counted from now. */
  watch(failAt?: number, code?: string): void
}

function createFaulty(volume: InstanceType<typeof Volume>): Faulty {
  const real = createFsFromVolume(volume) as unknown as FileSystem
  let failAt = -1
  let code = ''
  const faulty: Faulty = {
    calls: [],
    open: 0,
    watch(at = -1, with_ = '') {
      faulty.calls.length = 0
      failAt = at
      code = with_
    },
    fs: undefined as unknown as FileSystem,
  }
  /** The error that this call is to meet, if it is its turn. */
  function fault(call: string): Error | undefined {
    faulty.calls.push(call)
    return faulty.calls.length - 1 === failAt ? Object.assign(new Error(`${code}: injected`), { code }) : undefined
  }
  function step<T>(call: string, action: () => T): T {
    const error = fault(call)
    if (error) throw error
    return action()
  }
  function opened(directory: Directory): Directory {
    faulty.open++
    return {
      readSync: () => step('readdirSync', () => directory.readSync()),
      read: async () => step('readdir', () => directory.readSync()),
      closeSync() {
        faulty.open--
        directory.closeSync()
      },
      async close() {
        faulty.open--
        directory.closeSync()
      },
    }
  }
  const fs: FileSystem = {
    openSync: (path, flags, mode) =>
      step('openSync', () => {
        const fd = real.openSync(path, flags, mode)
        faulty.open++
        return fd
      }),
    // As in Linux, the descriptor is gone even when closing fails.
    closeSync(fd) {
      faulty.open--
      real.closeSync(fd)
      step('closeSync', () => {})
    },
    readSync: (...args) => step('readSync', () => real.readSync(...args)),
    // A full disk takes a part before it fails.
    writeSync: (fd, bytes, offset, length) =>
      step('writeSync', () => real.writeSync(fd, bytes, offset, length > 1 ? length >> 1 : length)),
    read(fd, bytes, offset, length, position, done) {
      const error = fault('read')
      if (error) queueMicrotask(() => done(error, 0))
      else real.read(fd, bytes, offset, length >> 1 || length, position, done)
    },
    write(fd, bytes, offset, length, position, done) {
      const error = fault('write')
      if (error) queueMicrotask(() => done(error, 0))
      else real.write(fd, bytes, offset, length >> 1 || length, position, done)
    },
    fstatSync: (fd) => step('fstatSync', () => real.fstatSync(fd)),
    existsSync: (path) => real.existsSync(path),
    statSync: (path, options) => step('statSync', () => real.statSync(path, options)),
    lstatSync: (path, options) => step('lstatSync', () => real.lstatSync(path, options)),
    futimesSync: (...args) => step('futimesSync', () => real.futimesSync(...args)),
    renameSync: (...args) => step('renameSync', () => real.renameSync(...args)),
    linkSync: (...args) => step('linkSync', () => real.linkSync(...args)),
    unlinkSync: (path) => step('unlinkSync', () => real.unlinkSync(path)),
    mkdirSync: (...args) => step('mkdirSync', () => real.mkdirSync(...args)),
    opendirSync: (path, options) => step('opendirSync', () => opened(real.opendirSync(path, options))),
    promises: { opendir: async (path, options) => step('opendir', () => opened(real.opendirSync(path, options))) },
  }
  return Object.assign(faulty, { fs })
}

const OLD = new Uint8Array(90_000).fill(1)
const NEW = { small: new Uint8Array(300).fill(2), large: new Uint8Array(100_000).fill(2) }

async function namesIn(face: AsyncStore): Promise<string[]> {
  const names: string[] = []
  for await (const name of face.list('dir')) names.push(name)
  return names.sort()
}

/** A store with an old entry and another, on a disk that is about to fail. `fresh`: whose directory was never swept, nor made. */
function prepare(face: keyof typeof storeFaces, fresh: boolean) {
  const volume = new Volume()
  const disk = createFaulty(volume)
  const options = { directory: '/cache', fs: disk.fs, trust: true }
  if (!fresh) {
    const { sync } = createFileStore(options)
    sync.write('dir/name', OLD)
    sync.write('dir/other', NEW.small)
  }
  const names = () => (volume.existsSync('/cache/dir') ? (volume.readdirSync('/cache/dir') as string[]) : [])
  return {
    disk,
    store: storeFaces[face](createFileStore(options)),
    temporaries: () => names().filter((name) => name.startsWith('.deche-tmp')),
  }
}

type Operation = (store: AsyncStore) => Promise<unknown>

const operations: Record<string, { run: Operation; fresh?: boolean; value?: Uint8Array }> = {
  'a small write': { run: (store) => store.write('dir/name', NEW.small), value: NEW.small },
  'a large write': { run: (store) => store.write('dir/name', NEW.large), value: NEW.large },
  'a first write': { run: (store) => store.write('dir/name', NEW.small), value: NEW.small, fresh: true },
  'a first large write': { run: (store) => store.write('dir/name', NEW.large), value: NEW.large, fresh: true },
  'a first write if absent': {
    run: (store) => store.write('dir/name', NEW.small, { ifAbsent: true }),
    value: NEW.small,
    fresh: true,
  },
  'a write if absent where something is': { run: (store) => store.write('dir/name', NEW.small, { ifAbsent: true }) },
  'a read': { run: (store) => store.read('dir/name') },
  'a read of nothing': { run: (store) => store.read('dir/nothing') },
  'a stat': { run: (store) => store.stat('dir/name') },
  'a listing': { run: namesIn },
}

for (const face of ['sync', 'async'] as const) {
  describe(`when the disk fails under the ${face} store`, () => {
    for (const [name, { run, fresh = false, value }] of Object.entries(operations)) {
      it(`${name} leaves the old value or the new, no temporary file, and tells`, async () => {
        const trial = prepare(face, fresh)
        trial.disk.watch()
        await run(trial.store)
        const calls = [...trial.disk.calls]
        expect(calls.length).toBeGreaterThan(0)
        const before = fresh ? undefined : OLD
        const published = calls.findIndex((call) => call === 'renameSync' || call === 'linkSync')

        for (const [at, call] of calls.entries()) {
          for (const code of CODES) {
            const { disk, store, temporaries } = prepare(face, fresh)
            disk.watch(at, code)
            const outcome = await run(store).then(
              () => undefined,
              (error: unknown) => error,
            )
            disk.watch()
            const where = `${code} at ${call} (${at} of ${calls.join(' ')})`

            const tidying = FORGIVEN.has(call) || (published >= 0 && at > published)
            const means =
              code === 'ENOTDIR' && ['openSync', 'opendirSync', 'opendir', 'statSync'].includes(call) && published < 0
            if (tidying || means) expect(outcome, where).toBeUndefined()
            else expect(outcome, where).toMatchObject({ code })

            const after = outcome === undefined ? (value ?? before) : before
            const found = (await store.read('dir/name'))?.bytes
            expect(found && Buffer.from(found).equals(after ?? new Uint8Array(0)), where).toBe(after && true)
            expect(disk.open, where).toBe(0)
            // The one that could not be removed is left to the sweep.
            expect(temporaries().length, where).toBe(call === 'unlinkSync' ? 1 : 0)
          }
        }
      })
    }

    it('a remove that fails says so and removes nothing', async () => {
      for (const code of CODES.filter((code) => code !== 'ENOTDIR')) {
        const { disk, store } = prepare(face, false)
        disk.watch(0, code)
        await expect(store.remove('dir/name')).rejects.toMatchObject({ code })
        expect(disk.calls).toEqual(['unlinkSync'])
        disk.watch()
        expect((await store.read('dir/name'))?.size).toBe(OLD.length)
      }
    })

    it('a temporary file that cannot even be removed hides neither the first error nor the old value', async () => {
      const { disk, store } = prepare(face, false)
      const unlink = disk.fs.unlinkSync
      disk.fs.unlinkSync = () => {
        throw Object.assign(new Error('EIO: unlink'), { code: 'EIO' })
      }
      disk.watch(1, 'ENOSPC')
      await expect(store.write('dir/name', NEW.large)).rejects.toMatchObject({ code: 'ENOSPC' })
      disk.watch()
      disk.fs.unlinkSync = unlink
      expect((await store.read('dir/name'))?.bytes[0]).toBe(1)
      expect(await namesIn(store)).toEqual(['name', 'other'])
      expect(disk.open).toBe(0)
    })

    it('a directory that vanishes at any step of a write is made again', async () => {
      const calls = ['openSync', 'renameSync']
      for (const call of calls) {
        const { disk, store } = prepare(face, false)
        disk.watch()
        await store.write('dir/other', NEW.large)
        const at = disk.calls.indexOf(call)
        disk.watch(at, 'ENOENT')
        await store.write('dir/name', NEW.large)
        expect(disk.calls.filter((name) => name === 'mkdirSync')).toHaveLength(1)
        disk.watch()
        expect((await store.read('dir/name'))?.bytes[0]).toBe(2)
      }
    })

    it('a directory that never stays ends in an error, not in a loop', async () => {
      const { disk, store } = prepare(face, false)
      let opens = 0
      disk.fs.openSync = () => {
        opens++
        throw Object.assign(new Error('ENOENT: open'), { code: 'ENOENT' })
      }
      await expect(store.write('dir/name', NEW.large)).rejects.toMatchObject({ code: 'ENOENT' })
      expect(opens).toBe(5)
    })

    it('a file system that takes no bytes ends in an error, not in a loop', async () => {
      const { disk, store, temporaries } = prepare(face, false)
      disk.fs.writeSync = () => 0
      disk.fs.write = (_fd, _bytes, _offset, _length, _position, done) => queueMicrotask(() => done(null, 0))
      await expect(store.write('dir/name', NEW.small)).rejects.toThrow('took 0 of 1 bytes')
      await expect(store.write('dir/name', NEW.large)).rejects.toThrow(/took 0 of/)
      expect(temporaries()).toEqual([])
      expect((await store.read('dir/name'))?.bytes[0]).toBe(1)
    })

    it('a file that is cut short while it is read comes out short, not filled up', async () => {
      for (const size of [300, 100_000]) {
        const { disk, store } = prepare(face, false)
        await store.write('dir/name', new Uint8Array(size).fill(2))
        const { readSync, read } = disk.fs
        let reads = 0
        disk.fs.readSync = (...args) => (reads++ === 0 ? readSync(args[0], args[1], args[2], 100, null) : 0)
        disk.fs.read = (fd, into, offset, _length, position, done) =>
          reads++ === 0 ? read(fd, into, offset, 200, position, done) : queueMicrotask(() => done(null, 0))
        const stored = await store.read('dir/name')
        expect(stored?.bytes.length).toBe(100)
        expect(stored?.bytes.every((byte) => byte === 2)).toBe(true)
      }
    })
  })
}

it('where there are no hard links, a write if absent fails rather than race', () => {
  const { disk, store: _, temporaries } = prepare('sync', false)
  const { sync } = createFileStore({ directory: '/cache', fs: disk.fs, trust: true })
  disk.fs.linkSync = () => {
    throw Object.assign(new Error('EPERM: link'), { code: 'EPERM' })
  }
  expect(() => sync.write('dir/new', NEW.small, { ifAbsent: true })).toThrow('EPERM')
  expect(sync.read('dir/new')).toBeUndefined()
  expect(temporaries()).toEqual([])
})
