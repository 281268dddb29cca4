import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFileStore } from '../../runtime/store/file.js'
import { mountDisk, remountDisk, unmountDisk } from '../helpers/small-disk.mjs'
import { StorePrograms } from '../helpers/store-programs.js'

/** Real disks, real limits, real users: what the system answers, not what a test thinks it would. */

const POSIX = process.platform !== 'win32'
const ROOT = POSIX && process.getuid?.() === 0
const NOBODY = 65_534

const root = fs.mkdtempSync(join(tmpdir(), 'deche-disk-'))
let programs: StorePrograms

beforeAll(() => {
  fs.chmodSync(root, 0o755)
  programs = new StorePrograms()
})

afterAll(() => {
  programs.remove()
  fs.rmSync(root, { recursive: true })
})

const temporaries = (directory: string) => fs.readdirSync(directory).filter((name) => name.startsWith('.deche-tmp'))

const disk = join(root, 'disk')
const whyNoDisk = mountDisk(disk, '256k')

describe.skipIf(whyNoDisk !== undefined)(`a disk of 256 KiB${whyNoDisk ? ` (skipped: ${whyNoDisk})` : ''}`, () => {
  afterAll(() => unmountDisk(disk))

  for (const size of [20_000, 100_000]) {
    it(`a full disk is told of, takes nothing from the entries that are there, and keeps no part of a new one (${size} bytes)`, async () => {
      const directory = join(disk, String(size))
      const { sync, async } = createFileStore({ directory })
      let written = 0
      await expect(async () => {
        for (; written < 100; written++) await async.write(`dir/n${written}`, new Uint8Array(size).fill(written))
      }).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(written).toBeGreaterThan(0)
      expect(() => sync.write('dir/n0', new Uint8Array(size).fill(77))).toThrow('ENOSPC')
      expect(() => sync.write('dir/new', new Uint8Array(size), { ifAbsent: true })).toThrow('ENOSPC')
      expect(temporaries(join(directory, 'dir'))).toEqual([])
      expect([...sync.list('dir')]).toHaveLength(written)
      for (let index = 0; index < written; index++) {
        expect(sync.read(`dir/n${index}`)?.bytes).toEqual(new Uint8Array(size).fill(index))
      }
      sync.remove('dir/n0')
      expect(sync.write('dir/n0', new Uint8Array(size).fill(78))?.size).toBe(size)
      fs.rmSync(directory, { recursive: true })
    })
  }

  it('a disk that becomes read-only still answers hits; writes and removals are told of', async () => {
    const { sync, async } = createFileStore({ directory: join(disk, 'cache') })
    sync.write('dir/name', Uint8Array.of(1))
    remountDisk(disk, 'ro')
    try {
      expect(sync.read('dir/name')?.bytes).toEqual(Uint8Array.of(1))
      expect([...sync.list('dir')]).toEqual(['name'])
      expect(() => sync.write('dir/name', Uint8Array.of(2))).toThrow('EROFS')
      expect(() => sync.write('dir2/name', Uint8Array.of(2))).toThrow('EROFS')
      await expect(async.write('dir/name', new Uint8Array(100_000))).rejects.toMatchObject({ code: 'EROFS' })
      expect(() => sync.remove('dir/name')).toThrow('EROFS')
    } finally {
      remountDisk(disk, 'rw')
    }
    expect(sync.write('dir/name', Uint8Array.of(2))?.size).toBe(1)
  })
})

describe.skipIf(!POSIX)('permissions and limits of processes', () => {
  for (const umask of ['000', '022', '077']) {
    it(`under umask ${umask} directories are 0700 and files 0600`, () => {
      const directory = join(root, `umask-${umask}`, 'cache')
      programs.run(
        directory,
        [
          ['write', 'a/b/name', 10, 1],
          ['writeAsync', 'a/b/large', 100_000, 1],
        ],
        { limit: `umask ${umask}` },
      )
      const mode = (path: string) => (fs.statSync(join(directory, path)).mode & 0o7777).toString(8)
      for (const path of ['..', '.', 'a', 'a/b']) expect(mode(path), path).toBe('700')
      for (const path of ['a/b/name', 'a/b/large', 'a/b/.deche-swept']) expect(mode(path), path).toBe('600')
    })
  }

  it('a directory that may be read but not written answers hits; writes and removals are told of', () => {
    const directory = join(root, 'readable')
    createFileStore({ directory }).sync.write('dir/name', new Uint8Array(10).fill(1))
    fs.chmodSync(join(directory, 'dir/name'), 0o444)
    for (const path of ['dir', '.']) fs.chmodSync(join(directory, path), 0o555)
    const answers = programs.run(
      directory,
      [
        ['read', 'dir/name'],
        ['list', 'dir'],
        ['write', 'dir/name', 10, 2],
        ['writeAsync', 'dir/name', 100_000, 2],
        ['write', 'dir2/name', 10, 2],
        ['remove', 'dir/name'],
        ['read', 'dir/name'],
      ],
      ROOT ? { uid: NOBODY } : {},
    )
    for (const path of ['.', 'dir']) fs.chmodSync(join(directory, path), 0o755)
    expect(answers).toEqual(['10 of 1', ['name'], 'EACCES', 'EACCES', 'EACCES', 'EACCES', '10 of 1'])
    expect(temporaries(join(directory, 'dir'))).toEqual([])
  })

  it('a directory that may not be read is told of: it is not the same as empty', () => {
    const directory = join(root, 'closed')
    createFileStore({ directory }).sync.write('dir/name', new Uint8Array(10).fill(1))
    fs.chmodSync(directory, 0o000)
    const answers = programs.run(
      directory,
      [
        ['read', 'dir/name'],
        ['readAsync', 'dir/name'],
        ['list', 'dir'],
        ['write', 'dir/name', 10, 2],
      ],
      ROOT ? { uid: NOBODY } : {},
    )
    fs.chmodSync(directory, 0o755)
    expect(answers).toEqual(['EACCES', 'EACCES', 'EACCES', 'EACCES'])
  })

  it('a file that would be larger than the process may write is told of, and leaves nothing', () => {
    const directory = join(root, 'limited')
    // In blocks of 512 bytes for sh: 32 or 64 KiB, whichever sh counts.
    const answers = programs.run(
      directory,
      [
        ['write', 'dir/name', 10_000, 1],
        ['write', 'dir/name', 65_536, 2],
        ['write', 'dir/name', 200_000, 2],
        ['writeAsync', 'dir/name', 200_000, 2],
        ['write', 'dir/other', 200_000, 2],
        ['read', 'dir/name'],
        ['list', 'dir'],
      ],
      { limit: 'ulimit -f 64' },
    )
    expect(answers.slice(2)).toEqual([
      'EFBIG',
      'EFBIG',
      'EFBIG',
      answers[1] === 65_536 ? '65536 of 2' : '10000 of 1',
      ['name'],
    ])
    expect(temporaries(join(directory, 'dir'))).toEqual([])
  })

  it('a process out of file descriptors is told so, and goes on when it has some again', () => {
    const directory = join(root, 'descriptors')
    const answers = programs.run(
      directory,
      [
        ['write', 'dir/name', 10, 1],
        ['exhaust'],
        ['read', 'dir/name'],
        ['readAsync', 'dir/name'],
        ['write', 'dir/name', 10, 2],
        ['list', 'dir'],
        ['release'],
        ['read', 'dir/name'],
        ['write', 'dir/name', 10, 3],
        ['read', 'dir/name'],
        ['list', 'dir'],
      ],
      { limit: 'ulimit -n 64' },
    )
    expect(answers).toEqual([
      10,
      'EMFILE',
      'EMFILE',
      'EMFILE',
      'EMFILE',
      'EMFILE',
      true,
      '10 of 1',
      10,
      '10 of 3',
      ['name'],
    ])
  })
})
