import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { forgetPackages, moduleOf } from '../../transformer/module-id.js'

let root: string

beforeEach(() => {
  root = realpathSync.native(mkdtempSync(path.join(tmpdir(), 'deche-module-id-')))
  forgetPackages()
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(file: string, text: string | object = ''): string {
  const full = path.join(root, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, typeof text === 'string' ? text : JSON.stringify(text))
  return full
}

describe('the module id is the package name and the path from its root', () => {
  test.each([
    ['src/forecast.ts', 'weather.src.forecast'],
    ['src/forecast.tsx', 'weather.src.forecast'],
    ['src/forecast.js', 'weather.src.forecast'],
    ['src/forecast.jsx', 'weather.src.forecast'],
    ['src/forecast.mts', 'weather.src.forecast~mjs'],
    ['src/forecast.mjs', 'weather.src.forecast~mjs'],
    ['src/forecast.cts', 'weather.src.forecast~cjs'],
    ['src/forecast.CJS', 'weather.src.forecast~cjs'],
    ['index.ts', 'weather.index'],
    ['src/a.b.ts', 'weather.src.a%2Eb'],
    ['src/a/b.ts', 'weather.src.a.b'],
    ['src.x/[id]/größe.ts', 'weather.src%2Ex.%5Bid%5D.gr%C3%B6%C3%9Fe'],
    ['src/a~mjs.ts', 'weather.src.a%7Emjs'],
    ['src/plain', 'weather.src.plain'],
    ['src/a\\b.ts', 'weather.src.a%5Cb'],
    ['src/x.vue', 'weather.src.x%2Evue'],
  ])('%s', (file, module) => {
    write('package.json', { name: 'weather' })
    const written = write(file)
    expect(moduleOf(written)).toEqual({ file: written, module, root, packageName: 'weather' })
  })
})

test('the scope of a package is part of its name', () => {
  write('package.json', { name: '@acme/weather' })
  expect(moduleOf(write('a.ts')).module).toBe('%40acme%2Fweather.a')
})

test('a package.json that only says "type" ends no package', () => {
  write('package.json', { name: 'weather' })
  write('src/esm/package.json', { type: 'module' })
  expect(moduleOf(write('src/esm/a.ts')).module).toBe('weather.src.esm.a')
})

test('a package.json that cannot be read ends no package', () => {
  write('package.json', { name: 'weather' })
  write('src/package.json', '{ "name": ')
  expect(moduleOf(write('src/a.ts')).module).toBe('weather.src.a')
})

test('a package inside a package is its own', () => {
  write('package.json', { name: 'all' })
  write('packages/one/package.json', { name: 'one' })
  const file = write('packages/one/src/a.ts')
  expect(moduleOf(file)).toEqual({
    file,
    module: 'one.src.a',
    root: path.join(root, 'packages/one'),
    packageName: 'one',
  })
})

test('without any name the path counts from the topmost package.json, so that no two files share an id', () => {
  write('package.json', {})
  write('esm/package.json', { type: 'module' })
  write('cjs/package.json', { type: 'commonjs' })
  const file = write('esm/index.ts')
  expect(moduleOf(file)).toEqual({ file, module: 'esm.index', root, packageName: undefined })
  expect(moduleOf(write('cjs/index.ts')).module).toBe('cjs.index')
})

test('without any package.json two files of one name have different ids', () => {
  expect(moduleOf(write('a/index.ts')).module).not.toBe(moduleOf(write('b/index.ts')).module)
})

test('a link is the file it leads to', () => {
  write('package.json', { name: 'weather' })
  write('real/a.ts')
  symlinkSync(path.join(root, 'real'), path.join(root, 'link'))
  expect(moduleOf(path.join(root, 'link/a.ts')).module).toBe('weather.real.a')
})

test('a file that exists in memory alone has an id as well, through links too', () => {
  write('package.json', { name: 'weather' })
  write('real/a.ts')
  symlinkSync(path.join(root, 'real'), path.join(root, 'link'))
  expect(moduleOf(path.join(root, 'link/virtual/b.ts')).module).toBe('weather.real.virtual.b')
})
