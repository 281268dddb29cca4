import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Cache } from '../../runtime/index.js'
import { createFileStore } from '../../runtime/store/file.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const POSIX = process.platform !== 'win32'
const ROOT = POSIX && process.getuid?.() === 0
let ids = 0

/** How often two calls with the same argument ran, with the cache in this directory. */
function runsIn(prefix: string, storageOptions = {}): number {
  let runs = 0
  const fn = new Cache({ prefix, memory: 'off', storageOptions }).wrap((n: number) => n + ++runs, {
    name: `trust.fn${ids++}`,
    params: ['n'],
  })
  fn(1)
  fn(1)
  return runs
}

describe.skipIf(!POSIX)('a directory of entries', () => {
  it('that everybody can write to is not used, with one warning, unless it is trusted', async () => {
    const warnings = collectWarnings()
    const prefix = temporaryDirectory()
    chmodSync(prefix, 0o777)
    expect(runsIn(prefix)).toBe(2)
    expect(readdirSync(prefix)).toEqual([])
    expect(await warnings.codes()).toEqual(['DECHE3017'])
    expect((await warnings.texts())[0]).toContain('everybody can write to it')
    expect(runsIn(prefix, { trust: true })).toBe(1)
    chmodSync(prefix, 0o700)
    expect(runsIn(prefix)).toBe(1)
  })

  it.skipIf(!ROOT)('that belongs to another user is not used', async () => {
    const warnings = collectWarnings()
    const prefix = temporaryDirectory()
    chownSync(prefix, 65_534, 65_534)
    expect(runsIn(prefix)).toBe(2)
    expect(await warnings.codes()).toEqual(['DECHE3017'])
    chownSync(prefix, 0, 0)
    expect(runsIn(prefix)).toBe(1)
  })
})

describe('names that want to leave the store', () => {
  const names = [
    ...[
      '..',
      '.',
      '../x',
      '../../x',
      'a/../x',
      'a/../../x',
      './x',
      'a/./x',
      '/x',
      '//x',
      '/etc/passwd',
      'a//x',
      'a/',
      '/',
    ],
    ...[
      '..\\x',
      'a\\..\\x',
      '\\x',
      'C:\\x',
      '\\\\server\\x',
      'a\\b',
      '.deche-tmp-1',
      'a/.deche-swept',
      '.deche-x/y',
      '',
    ],
    ...['a\0b', 'a\nb', 'a\rb', 'a\tb', 'a\u0007b', '\u007f', 'a\u0085b', '\ud800', 'a/\udc00', '\u009b', 'a\0/../x'],
    ...[
      '../'.repeat(20),
      `${'../'.repeat(20)}etc/passwd`,
      'a/b/../../../x',
      '...//../x',
      '..//x',
      '../.deche-x',
      'a/..',
    ],
  ]

  it('are at least 40, and refused by every operation without touching a file', async () => {
    expect(new Set(names).size).toBeGreaterThanOrEqual(40)
    const outside = temporaryDirectory()
    const location = join(outside, 'cache')
    const { sync, async } = createFileStore({ directory: location })
    sync.write('a/b', Uint8Array.of(1))
    for (const name of names) {
      for (const path of [name, `dir/${name}`]) {
        const told = JSON.stringify(path)
        if (path.startsWith('dir/') && /^(?:C:|\/?$)/.test(name)) continue
        expect(() => sync.write(path, Uint8Array.of(1)), told).toThrow('cannot be stored')
        expect(() => sync.read(path), told).toThrow('cannot be stored')
        expect(() => sync.remove(path), told).toThrow('cannot be stored')
        expect(() => sync.stat(path), told).toThrow('cannot be stored')
        await expect(async.write(path, Uint8Array.of(1)), told).rejects.toThrow('cannot be stored')
      }
    }
    expect(readdirSync(outside)).toEqual(['cache'])
    expect(readdirSync(location)).toEqual(['a'])
  })
})

describe.skipIf(!POSIX)('links that somebody planted', () => {
  it('in the place of an entry are replaced, and what they lead to stays as it is', () => {
    const outside = temporaryDirectory()
    const target = join(outside, 'target')
    writeFileSync(target, 'mine')
    const { sync } = createFileStore({ directory: join(outside, 'cache') })
    sync.write('dir/other', Uint8Array.of(1))
    symlinkSync(target, join(outside, 'cache/dir/name'))
    sync.write('dir/name', Uint8Array.of(2))
    expect(statSync(target).size).toBe(4)
    symlinkSync(target, join(outside, 'cache/dir/gone'))
    expect(sync.remove('dir/gone')).toBe(true)
    expect(existsSync(target)).toBe(true)
    symlinkSync(join(outside, 'nowhere'), join(outside, 'cache/dir/dangling'))
    sync.write('dir/dangling', Uint8Array.of(3))
    expect(existsSync(join(outside, 'nowhere'))).toBe(false)
  })

  it('to directories are not looked into for what limits may remove', () => {
    const outside = temporaryDirectory()
    mkdirSync(join(outside, 'elsewhere'))
    writeFileSync(join(outside, 'elsewhere', 'a'.repeat(64)), 'mine')
    const { sync } = createFileStore({ directory: join(outside, 'cache') })
    sync.write('dir/name', Uint8Array.of(1))
    symlinkSync(join(outside, 'elsewhere'), join(outside, 'cache/linked'))
    expect([...(sync.directories?.() ?? [])]).toEqual(['dir'])
  })
})
