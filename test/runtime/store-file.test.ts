import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileStore } from '../../runtime/store/file.js'
import type { FileSystem } from '../../runtime/store/file-system.js'

const POSIX = process.platform !== 'win32'
const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (stored: { bytes: Uint8Array } | undefined) => stored && new TextDecoder().decode(stored.bytes)

let root: string
let directory: string

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'deche-file-'))
  directory = join(root, 'cache')
})

afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

describe('layout', () => {
  it('an entry is a file at <directory>/<path>, and nothing is made before the first write', () => {
    const { sync, location } = createFileStore({ directory })
    expect(location).toBe(directory)
    sync.read('demo.inc/key')
    expect([...sync.list('demo.inc')]).toEqual([])
    expect(fs.existsSync(directory)).toBe(false)
    sync.write('demo.inc/key', bytes('1'))
    expect(fs.readFileSync(join(directory, 'demo.inc/key'), 'utf8')).toBe('1')
  })

  it('the store stays where it was made when the program changes its directory', () => {
    const before = process.cwd()
    process.chdir(root)
    try {
      expect(createFileStore({ directory: 'cache' }).location).toBe(join(process.cwd(), 'cache'))
    } finally {
      process.chdir(before)
    }
  })

  it('a directory that is removed while running is made again', async () => {
    const { sync, async } = createFileStore({ directory })
    for (const write of [
      () => sync.write('a/b/name', bytes('1')),
      () => async.write('a/b/name', new Uint8Array(100_000)),
    ]) {
      await write()
      fs.rmSync(directory, { recursive: true })
      expect(sync.read('a/b/name')).toBeUndefined()
      await write()
      expect(sync.read('a/b/name')?.size).toBeGreaterThan(0)
    }
  })

  it('a directory that is removed during a large write is made again', async () => {
    const { sync, async } = createFileStore({ directory })
    sync.write('dir/name', bytes('1'))
    const writing = async.write('dir/large', new Uint8Array(20_000_000).fill(7))
    fs.rmSync(directory, { recursive: true })
    await writing
    expect(sync.read('dir/large')?.bytes.every((byte) => byte === 7)).toBe(true)
    expect(fs.readdirSync(join(directory, 'dir')).filter((name) => name.startsWith('.deche-tmp'))).toEqual([])
  })

  it('under a prefix that is a file nothing is found, and a write says which file is in the way', () => {
    fs.writeFileSync(directory, 'mine')
    const { sync } = createFileStore({ directory })
    expect(sync.read('dir/name')).toBeUndefined()
    expect(sync.stat('dir/name')).toBeUndefined()
    expect(sync.remove('dir/name')).toBe(false)
    expect([...sync.list('dir')]).toEqual([])
    expect(() => sync.write('dir/name', bytes('1'))).toThrow(new RegExp(`^(?:ENOTDIR|EEXIST).*${directory}`))
    expect(fs.readFileSync(directory, 'utf8')).toBe('mine')
  })
})

it('a large value by the asynchronous face does not hold up the event loop', async () => {
  const { async } = createFileStore({ directory })
  let turns = 0
  const turn = () => {
    turns++
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)
  try {
    await async.write('dir/name', new Uint8Array(20_000_000))
    expect(turns).toBeGreaterThan(0)
    turns = 0
    await async.read('dir/name')
    expect(turns).toBeGreaterThan(0)
  } finally {
    clearImmediate(next)
  }
})

it('each write has a revision of its own where time moves every 4 ms and inodes are given again at once', () => {
  const stamped = new Set<number>()
  const coarse: FileSystem = {
    ...(fs as FileSystem),
    futimesSync(fd, accessed, modified) {
      stamped.add(fd)
      fs.futimesSync(fd, accessed, modified)
    },
    closeSync(fd) {
      stamped.delete(fd)
      fs.closeSync(fd)
    },
    fstatSync(fd) {
      const facts = fs.fstatSync(fd)
      const mtimeMs = stamped.has(fd) ? facts.mtimeMs : Math.floor(facts.mtimeMs / 4) * 4
      return { size: facts.size, ino: 1, mtimeMs, atimeMs: mtimeMs, isFile: () => facts.isFile() }
    },
  }
  const { sync } = createFileStore({ directory, fs: coarse })
  const revisions = Array.from({ length: 800 }, (_, index) => sync.write('dir/name', bytes(`${100 + index}`))?.revision)
  expect(new Set(revisions).size).toBe(800)
})

describe('what others put there', () => {
  it('a directory in the place of an entry is no entry, and cannot be overwritten', () => {
    const { sync } = createFileStore({ directory })
    sync.write('dir/below/name', bytes('1'))
    expect(sync.read('dir/below')).toBeUndefined()
    expect(sync.stat('dir/below')).toBeUndefined()
    expect(() => sync.write('dir/below', bytes('2'))).toThrow()
    expect(fs.readdirSync(join(directory, 'dir'))).toEqual(['below'])
  })

  it.skipIf(!POSIX)('a planted link is replaced by a write, never written through', () => {
    const victim = join(root, 'victim')
    fs.writeFileSync(victim, 'mine')
    const { sync } = createFileStore({ directory })
    fs.mkdirSync(join(directory, 'dir'), { recursive: true })
    for (const name of ['key', '.deche-swept']) fs.symlinkSync(victim, join(directory, 'dir', name))
    fs.lutimesSync(join(directory, 'dir/.deche-swept'), 1, 1)
    sync.write('dir/key', bytes('1'))
    expect(fs.readFileSync(victim, 'utf8')).toBe('mine')
    for (const name of ['key', '.deche-swept']) {
      expect(fs.lstatSync(join(directory, 'dir', name)).isSymbolicLink()).toBe(false)
    }
    expect(textOf(sync.read('dir/key'))).toBe('1')
  })

  it.skipIf(!POSIX)('even a link planted under the name of the temporary file is not written through', async () => {
    const victim = join(root, 'victim')
    fs.writeFileSync(victim, 'mine')
    const guessing: FileSystem = {
      ...(fs as FileSystem),
      openSync(path, flags, mode) {
        if (path.includes('.deche-tmp-') && fs.existsSync(join(directory, 'dir'))) fs.symlinkSync(victim, path)
        return fs.openSync(path, flags, mode)
      },
    }
    const { sync, async } = createFileStore({ directory, fs: guessing })
    expect(() => sync.write('dir/name', bytes('1'))).toThrow('EEXIST')
    await expect(async.write('dir/name', new Uint8Array(100_000))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(fs.readFileSync(victim, 'utf8')).toBe('mine')
  })

  it.skipIf(!POSIX)(
    'an entry behind a link is read, listed and removed as the link; a dangling one is no entry',
    () => {
      const target = join(root, 'elsewhere')
      fs.writeFileSync(target, 'linked')
      const { sync } = createFileStore({ directory })
      fs.mkdirSync(join(directory, 'dir'), { recursive: true })
      fs.symlinkSync(target, join(directory, 'dir/name'))
      fs.symlinkSync(join(root, 'nowhere'), join(directory, 'dir/dangling'))
      fs.symlinkSync(root, join(directory, 'dir/folder'))
      expect(textOf(sync.read('dir/name'))).toBe('linked')
      expect(sync.read('dir/dangling')).toBeUndefined()
      expect([...sync.list('dir')]).toEqual(['name'])
      expect(sync.remove('dir/name')).toBe(true)
      expect(fs.readFileSync(target, 'utf8')).toBe('linked')
    },
  )

  it.skipIf(!POSIX)('a prefix that is a dangling link is told of', () => {
    fs.symlinkSync(join(root, 'nowhere'), directory)
    const { sync } = createFileStore({ directory })
    expect(sync.read('dir/name')).toBeUndefined()
    expect(() => sync.write('dir/name', bytes('1'))).toThrow(/^ENOENT/)
  })

  it.skipIf(!POSIX)('a prefix that is a link to a directory is that directory', () => {
    fs.mkdirSync(join(root, 'elsewhere'))
    fs.symlinkSync(join(root, 'elsewhere'), directory)
    const { sync } = createFileStore({ directory })
    sync.write('dir/name', bytes('1'))
    expect(fs.readFileSync(join(root, 'elsewhere/dir/name'), 'utf8')).toBe('1')
    expect(fs.lstatSync(directory).isSymbolicLink()).toBe(true)
  })

  it.skipIf(!POSIX)('a pipe in the place of an entry does not block the reader', () => {
    fs.mkdirSync(join(directory, 'dir'), { recursive: true })
    expect(spawnSync('mkfifo', [join(directory, 'dir/name')]).status).toBe(0)
    const { sync } = createFileStore({ directory })
    expect(sync.read('dir/name')).toBeUndefined()
    expect([...sync.list('dir')]).toEqual([])
    sync.write('dir/name', bytes('1'))
    expect(textOf(sync.read('dir/name'))).toBe('1')
  })
})

describe('sweep', () => {
  const LEFT = '.deche-tmp-123-0123456789abcdef-4z'
  const twoHoursAgo = Date.now() / 1000 - 7200

  function plant(name: string, seconds = twoHoursAgo): string {
    const path = join(directory, 'dir', name)
    fs.mkdirSync(join(directory, 'dir'), { recursive: true })
    fs.writeFileSync(path, 'half of some')
    fs.utimesSync(path, seconds, seconds)
    return path
  }

  it('a write removes what killed processes left an hour ago, and nothing else', () => {
    const left = plant(LEFT)
    const young = plant('.deche-tmp-123-0123456789abcdef-50', Date.now() / 1000 - 1800)
    const others = ['key', '.deche-tmp-notes', 'x.deche-tmp-1-0123456789abcdef-0', '.deche-other', 'a.tmp'].map(
      (name) => plant(name),
    )
    const folder = join(directory, 'dir', '.deche-tmp-1-0123456789abcdef-0')
    fs.mkdirSync(folder)
    fs.utimesSync(folder, twoHoursAgo, twoHoursAgo)
    createFileStore({ directory }).sync.write('dir/new', bytes('1'))
    expect(fs.existsSync(left)).toBe(false)
    for (const path of [young, folder, ...others]) expect(fs.existsSync(path), path).toBe(true)
  })

  it('unfinished writes and the marker are never listed, and other entries are', () => {
    plant(LEFT, Date.now() / 1000)
    const { sync } = createFileStore({ directory })
    sync.write('dir/new', bytes('1'))
    expect(fs.readdirSync(join(directory, 'dir')).sort()).toEqual(['.deche-swept', LEFT, 'new'])
    expect([...sync.list('dir')]).toEqual(['new'])
  })

  it('a directory is swept once an hour, whichever process writes', () => {
    createFileStore({ directory }).sync.write('dir/a', bytes('1'))
    const left = plant(LEFT)
    createFileStore({ directory }).sync.write('dir/b', bytes('1'))
    expect(fs.existsSync(left)).toBe(true)
    fs.utimesSync(join(directory, 'dir/.deche-swept'), twoHoursAgo, twoHoursAgo)
    createFileStore({ directory }).sync.write('dir/c', bytes('1'))
    expect(fs.existsSync(left)).toBe(false)
    expect(fs.statSync(join(directory, 'dir/.deche-swept')).mtimeMs / 1000 - twoHoursAgo).toBeGreaterThan(7000)
  })

  it('a marker from the future does not put the sweep off', () => {
    const left = plant(LEFT)
    plant('.deche-swept', Date.now() / 1000 + 1_000_000)
    createFileStore({ directory }).sync.write('dir/a', bytes('1'))
    expect(fs.existsSync(left)).toBe(false)
  })

  it('reading and listing sweep nothing', () => {
    const left = plant(LEFT)
    const { sync } = createFileStore({ directory })
    sync.read('dir/a')
    expect([...sync.list('dir')]).toEqual([])
    expect(fs.existsSync(left)).toBe(true)
    expect(fs.readdirSync(join(directory, 'dir'))).toEqual([LEFT])
  })

  it('what lies far down a large directory is removed as well, after the write', async () => {
    const left = Array.from({ length: 5_000 }, (_, index) => `.deche-tmp-123-0123456789abcdef-${index}`)
    for (const name of left) plant(name)
    createFileStore({ directory }).sync.write('dir/a', bytes('1'))
    expect(fs.readdirSync(join(directory, 'dir')).length).toBeLessThan(2_000)
    await expect.poll(() => fs.readdirSync(join(directory, 'dir')).sort()).toEqual(['.deche-swept', 'a'])
  })
})

describe('rename', () => {
  /** A file system whose first renames fail. */
  function busy(code: string, failures: number) {
    const calls = { count: 0 }
    const wrapped: FileSystem = {
      ...(fs as FileSystem),
      renameSync(from, to) {
        if (++calls.count <= failures) throw Object.assign(new Error(`${code}: rename`), { code })
        fs.renameSync(from, to)
      },
    }
    return { calls, store: createFileStore({ directory, fs: wrapped }) }
  }

  const real = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
  afterEach(() => void Object.defineProperty(process, 'platform', real))
  const onWindows = () => Object.defineProperty(process, 'platform', { ...real, value: 'win32' })

  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    it(`on Windows, ${code} of a moment is waited out`, () => {
      onWindows()
      const { calls, store } = busy(code, 3)
      store.sync.write('dir/name', bytes('1'))
      expect(calls.count).toBe(4)
      expect(textOf(store.sync.read('dir/name'))).toBe('1')
    })

    it(`on Windows, ${code} that stays is thrown, and the temporary file removed`, () => {
      onWindows()
      const { calls, store } = busy(code, Number.POSITIVE_INFINITY)
      expect(() => store.sync.write('dir/name', bytes('1'))).toThrow(code)
      expect(calls.count).toBe(7)
      expect(fs.readdirSync(join(directory, 'dir'))).toEqual([])
    })

    it.skipIf(!POSIX)(`elsewhere, ${code} is thrown at once`, () => {
      const { calls, store } = busy(code, 1)
      expect(() => store.sync.write('dir/name', bytes('1'))).toThrow(code)
      expect(calls.count).toBe(1)
    })
  }
})
