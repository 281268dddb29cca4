import { win32 } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { forgetPackages, moduleOf } from '../../transformer/module-id.js'
import { fileOf } from '../../transformer/unplugin/module-ids.js'

/** The paths of Windows, and what lies there: nothing but a package.json. */
const disk = vi.hoisted(() => new Map<string, string>())

vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof import('node:path')>()
  return { ...win32, default: win32 }
})

vi.mock('node:fs', () => {
  const missing = (): never => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  }
  return {
    readFileSync: (file: string) => disk.get(file) ?? missing(),
    realpathSync: {
      native: (file: string) => ([...disk.keys()].some((each) => each.startsWith(file)) ? file : missing()),
    },
  }
})

afterEach(() => {
  disk.clear()
  forgetPackages()
})

describe('on Windows, a module has the id that it has elsewhere', () => {
  test.each([
    ['C:\\work\\app\\src\\deep\\pick.ts', 'app.src.deep.pick'],
    // As Vite and Rollup name it.
    ['C:/work/app/src/deep/pick.ts', 'app.src.deep.pick'],
    ['C:\\work\\app\\src\\deep\\..\\größe.mts', 'app.src.gr%C3%B6%C3%9Fe~mjs'],
    ['C:\\work\\app\\main.ts', 'app.main'],
  ])('%s', (file, module) => {
    disk.set('C:\\work\\app\\package.json', '{ "name": "app" }')
    const normal = win32.resolve(file)
    expect(moduleOf(file)).toEqual({ file: normal, module, root: 'C:\\work\\app', packageName: 'app' })
  })

  test('without a package anywhere, it is the path on its drive', () => {
    const file = 'D:\\deep\\pick.ts'
    expect(moduleOf(file)).toEqual({ file, module: 'deep.pick', root: 'D:\\', packageName: undefined })
  })
})

test.each([
  ['C:/work/app/src/main.ts?v=1', 'C:/work/app/src/main.ts'],
  ['C:\\work\\app\\src\\main.ts', 'C:\\work\\app\\src\\main.ts'],
  ['/@fs/C:/work/other/src/main.ts', 'C:/work/other/src/main.ts'],
  ['\\\\server\\share\\main.ts', '\\\\server\\share\\main.ts'],
])('a bundler on Windows says %s of a file', (id, file) => {
  expect(fileOf(id)).toEqual({ file, kind: 'source' })
})
