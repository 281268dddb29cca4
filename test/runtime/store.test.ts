import * as nodeFs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFsFromVolume, Volume } from 'memfs'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../runtime/errors.js'
import { createFileStore } from '../../runtime/store/file.js'
import type { FileSystem } from '../../runtime/store/file-system.js'
import { createMemoryStore } from '../../runtime/store/memory.js'
import { checkDirectory, checkPath } from '../../runtime/store/paths.js'
import { storeConformance, storeFaces, UNSAFE_PATHS } from '../../runtime/testing/conformance.js'

const root = nodeFs.mkdtempSync(join(tmpdir(), 'deche-store-'))
let directories = 0

afterAll(() => nodeFs.rmSync(root, { recursive: true }))

const stores = {
  'the file store': () => createFileStore({ directory: join(root, String(directories++), 'cache') }),
  'the file store on an injected file system': () =>
    createFileStore({ directory: '/cache', fs: createFsFromVolume(new Volume()) as unknown as FileSystem }),
  'the memory store': () => createMemoryStore(),
}

for (const [name, open] of Object.entries(stores)) {
  for (const [face, of] of Object.entries(storeFaces)) {
    describe(`${name}, ${face}`, () => {
      for (const { name: behaviour, run } of storeConformance) it(behaviour, () => run(of(open())))
    })
  }

  it(`${name}: each face sees at once what the other did`, async () => {
    const store = open()
    for (const size of [3, 100_000]) {
      const written = await store.async.write('dir/name', new Uint8Array(size).fill(1))
      expect(store.sync.stat('dir/name')).toEqual(written)
      const rewritten = store.sync.write('dir/name', new Uint8Array(size).fill(2))
      expect(await store.async.stat('dir/name')).toEqual(rewritten)
      expect((await store.async.read('dir/name'))?.bytes[0]).toBe(2)
    }
    expect(store.sync.remove('dir/name')).toBe(true)
    expect(await store.async.read('dir/name')).toBeUndefined()
  })
}

for (const [name, open] of Object.entries(stores)) {
  it(`${name}: each write has a revision of its own, even of the same bytes, and stat says what write said`, () => {
    const { sync } = open()
    const revisions = new Set<string | undefined>()
    for (let count = 0; count < 100; count++) {
      const written = sync.write('dir/name', Uint8Array.of(1))
      expect(sync.stat('dir/name')).toEqual(written)
      revisions.add(written?.revision)
    }
    expect(revisions.size).toBe(100)
  })
}

it('a read, which sets the time of access, leaves the revision as it was', () => {
  const directory = join(root, String(directories++))
  const { sync } = createFileStore({ directory, trust: true })
  for (let count = 0; count < 500; count++) {
    const written = sync.write('dir/name', Uint8Array.of(1))
    expect(sync.read('dir/name')?.revision).toBe(written?.revision)
    const { atimeMs, mtimeMs } = nodeFs.statSync(join(directory, 'dir/name'))
    expect(atimeMs).toBeGreaterThan(mtimeMs)
    expect(sync.stat('dir/name')?.revision).toBe(written?.revision)
  }
})

it.each(UNSAFE_PATHS)('%j is refused as a ConfigError', (path) => {
  expect(() => checkPath(path)).toThrow(ConfigError)
})

it('two memory stores share nothing', () => {
  const [one, two] = [createMemoryStore(), createMemoryStore()]
  one.sync.write('dir/name', Uint8Array.of(1))
  expect(two.sync.read('dir/name')).toBeUndefined()
})

it('who writes to a memory store while listing it still comes to an end', () => {
  const { sync } = createMemoryStore()
  sync.write('dir/0', Uint8Array.of(1))
  let seen = 0
  for (const _ of sync.list('dir')) sync.write(`dir/${++seen}`, Uint8Array.of(1))
  expect(seen).toBe(1)
})

it('on Windows, what it would take for another file is refused', () => {
  const paths = [
    'c:/name',
    'dir/name:stream',
    'dir./name',
    'dir/name.',
    'dir/name ',
    '.. /name',
    'nul/x',
    'dir/CON.txt',
    'dir/com1',
  ]
  for (const path of paths) expect(() => checkPath(path)).not.toThrow()
  onPlatform('win32', () => {
    for (const path of paths) expect(() => checkPath(path), path).toThrow('cannot be stored')
    expect(() => checkDirectory('aux')).toThrow('cannot be stored')
    expect(() => checkPath('console/nullable.com')).not.toThrow()
  })
})

function onPlatform(platform: string, action: () => void): void {
  const real = Object.getOwnPropertyDescriptor(process, 'platform')
  Object.defineProperty(process, 'platform', { ...real, value: platform })
  try {
    action()
  } finally {
    Object.defineProperty(process, 'platform', real ?? {})
  }
}
