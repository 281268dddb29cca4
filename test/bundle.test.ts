import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rspack } from '@rspack/core'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { builtRuntime } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

/** What tspc makes of `/** @deche *\/ export const when = (n: number) => { … }`. */
const PROGRAM = `import * as $deche from "deche/runtime"; function $d0(){return["demo.when",["n"],,()=>when]} $deche.register($d0);
const when = (n) => $deche.run($d0, [n], () => { console.log('computing'); return new Date(n) })
console.log(when(7).getTime(), when(7) instanceof Date)
`

/** A directory with the program. */
function sourceDirectory(): string {
  const source = temporaryDirectory()
  mkdirSync(join(source, 'node_modules'))
  symlinkSync(resolve(builtRuntime(), '..'), join(source, 'node_modules/deche'), 'junction')
  writeFileSync(join(source, 'main.js'), PROGRAM)
  return source
}

/** Bundles the program, and runs the bundle twice in a directory that has no packages. */
async function bundled(conditions?: string[]): Promise<{ stdout: string; stderr: string }[]> {
  const source = sourceDirectory()
  const target = temporaryDirectory()
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }')
  await build({
    entryPoints: [join(source, 'main.js')],
    outfile: join(target, 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    ...(conditions && { conditions }),
  })
  return [1, 2].map(() => {
    const { stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: target, encoding: 'utf8' })
    return { stdout, stderr }
  })
}

it('a bundle has all of the runtime, and its second process hits', async () => {
  expect(await bundled()).toEqual([
    { stdout: 'computing\n7 true\n', stderr: '' },
    { stdout: '7 true\n', stderr: '' },
  ])
})

it('a bundle that lacks a part of the runtime runs uncached and says so once', async () => {
  for (const { stdout, stderr } of await bundled([])) {
    expect(stdout).toBe('computing\ncomputing\n7 true\n')
    expect(stderr.match(/DECHE3007/g)).toHaveLength(1)
    expect(stderr).toContain('Cannot find module')
  }
})

it('a bundler of the kind of webpack finds nothing in it to warn of', async () => {
  const source = sourceDirectory()
  const path = temporaryDirectory()
  const compiler = rspack({
    mode: 'production',
    target: 'node20',
    context: source,
    entry: './main.js',
    output: { path },
  })
  const found = await new Promise<readonly string[]>((done, fail) => {
    compiler.run((error, stats) => {
      const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
      compiler.close(() => (error ? fail(error) : done([...errors, ...warnings].map(({ message }) => message))))
    })
  })
  expect(found).toEqual([])
  const { stdout } = spawnSync(process.execPath, [join(path, 'main.js')], { cwd: path, encoding: 'utf8' })
  expect(stdout).toBe('computing\n7 true\n')
})
