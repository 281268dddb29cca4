import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { describe, expect, test } from 'vitest'
import { fileOf } from '../../transformer/unplugin/module-ids.js'
import type { Options } from '../../transformer/unplugin/options.js'
import deche from '../../transformer/unplugin/rolldown.js'
import ofRollup from '../../transformer/unplugin/rollup.js'
import { requireSupported } from '../../transformer/unplugin/versions.js'
import { temporaryDirectory } from '../helpers/temporary.js'

describe('the file behind a module id', () => {
  test.each([
    ['/src/a.ts', '/src/a.ts'],
    ['/src/a.ts?v=1f3', '/src/a.ts'],
    ['/src/a.tsx?t=17&import', '/src/a.tsx'],
    ['/src/w.ts?worker_file&type=module', '/src/w.ts'],
    ['/@fs/src/a.mjs', '/src/a.mjs'],
    ['C:/src/a.cts#x', 'C:/src/a.cts'],
  ])('%s is source', (id, file) => {
    expect(fileOf(id)).toEqual({ file, kind: 'source' })
  })

  test.each([
    '\0virtual.ts',
    '\0/src/a.ts?commonjs-module',
    '/src/a.ts?raw',
    '/src/a.ts?url&no-inline',
    '/src/w.ts?worker',
    '/src/Page.vue?vue&type=script&setup=true&lang.ts',
    '/src/a.d.ts',
    '/src/a.d.mts',
    '/src/a.css',
    'deche/runtime',
  ])('%s is none that deche reads', (id) => {
    expect(fileOf(id)).toBeUndefined()
  })
})

describe('which files are looked at', () => {
  /** Three functions: of the project, of a package, of a folder beside the project. */
  function project(): string {
    const directory = temporaryDirectory()
    for (const [file, text] of Object.entries({
      'project/package.json': '{"name":"demo","type":"module"}',
      'project/src/main.js':
        "export { a } from './a.js'\nexport { b } from 'b'\nexport { c } from '../../outside/c.js'\n",
      'project/src/a.js': '/** @deche name=a */\nexport const a = (n) => n\n',
      'project/node_modules/b/package.json': '{"name":"b","type":"module","exports":"./b.js"}',
      'project/node_modules/b/b.js': '/** @deche name=b */\nexport const b = (n) => n\n',
      'outside/c.js': '/** @deche name=c */\nexport const c = (n) => n\n',
    })) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
      writeFileSync(path.join(directory, file), text)
    }
    return path.join(directory, 'project')
  }

  async function rewritten(options?: Options): Promise<string[]> {
    const bundle = await rolldown({
      input: path.join(project(), 'src/main.js'),
      plugins: [deche(options)],
      external: /^deche/,
    })
    const { output } = await bundle.generate()
    return [...output[0].code.matchAll(/return \[\s*"(\w+)"/g)].map(([, id]) => id ?? '').sort()
  }

  test.each<[string, Options | undefined, string[]]>([
    ['all but those in node_modules', undefined, ['a', 'c']],
    ['those that are included, in node_modules too', { include: ['**/src/**', /\/node_modules\/b\//] }, ['a', 'b']],
    ['none that are excluded', { exclude: '**/outside/**' }, ['a']],
  ])('%s', async (_name, options, ids) => {
    expect(await rewritten(options)).toEqual(ids)
  })
})

test('a bundler that is too old is named, with what to do', () => {
  expect(() => requireSupported({ framework: 'vite', versions: { vite: '4.5.1' } })).toThrow(
    'deche needs vite 6 or newer and runs in 4.5.1. Update vite.',
  )
  expect(() => requireSupported({ framework: 'vite', versions: { vite: '6.0.0' } })).not.toThrow()
  expect(() => requireSupported({ framework: 'esbuild', versions: {} })).not.toThrow()
})

test('a bundler that is too old builds nothing', () => {
  const { buildStart } = ofRollup() as unknown as { buildStart: (this: object) => void }
  expect(() => buildStart.call({ meta: { rollupVersion: '3.29.5' } })).toThrow(
    'deche needs rollup 4 or newer and runs in 3.29.5. Update rollup.',
  )
  expect(() => buildStart.call({ meta: { rollupVersion: '4.0.0' } })).not.toThrow()
})
