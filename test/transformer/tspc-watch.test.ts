import { afterEach, describe, expect, test } from 'vitest'
import { builtTransformer, compilers, Project, type ProjectOptions } from '../helpers/project.js'
import { rounds } from '../helpers/watching.js'
import { stub } from './tspc-sources.js'

const options = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022'],
  types: [],
  skipLibCheck: true,
  plugins: [{ transform: 'deche/transformer' }],
}

const projects: Project[] = []

function project(files: ProjectOptions['files'], rest: Omit<ProjectOptions, 'files'> = {}): Project {
  const made = new Project({ deche: stub(builtTransformer()), files, ...rest })
  projects.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(projects.splice(0).map((each) => each.dispose()))
})

const tagged = (name: string, tag = '') => `/** @deche ${tag} */\nexport function ${name}(x: number) { return x }\n`
const wrapped = /\$deche\.run\(/

describe.each(compilers)('$label', (compiler) => {
  test('--watch emits again, and a diagnostic appears with the mistake and goes with it', async () => {
    const it = project(
      {
        'tsconfig.json': { compilerOptions: { ...options, outDir: 'out', rootDir: 'src' }, include: ['src'] },
        'src/a.ts': tagged('a', 'vrsion=1'),
        'src/b.ts': tagged('b'),
      },
      { compiler },
    )
    const next = rounds(it.startTspc('--watch', '--preserveWatchOutput'))
    expect(await next()).toContain('Found 1 error.')

    // What was emitted beside the faulty file is not blamed for it.
    it.write({ 'src/a.ts': tagged('a', 'name=one') })
    expect(await next()).toContain('Found 0 errors.')
    expect(it.read('out/a.js')).toMatch(wrapped)

    it.write({ 'src/a.ts': tagged('a', 'tll=1h') })
    const mistaken = await next()
    expect(mistaken).toContain("src/a.ts(1,12): error TS991003: DECHE1003: 'tll' is not an option of the tag.")
    expect(mistaken).toContain('Found 1 error.')
    expect(it.read('out/a.js')).not.toMatch(wrapped)

    it.write({ 'src/b.ts': tagged('b', 'ttl=1h') })
    expect(await next()).toContain('Found 1 error.')

    it.write({ 'src/a.ts': tagged('a', 'name=two') })
    expect(await next()).toContain('Found 0 errors.')
    expect(it.read('out/a.js')).toContain('"two"')

    it.write({ 'src/b.ts': tagged('b', 'name=two') })
    expect(await next()).toContain('src/b.ts(2,17): error TS991040')

    it.write({ 'src/b.ts': tagged('b', 'name=three') })
    expect(await next()).toContain('Found 0 errors.')
    expect(it.read('out/b.js')).toMatch(wrapped)

    it.write({ 'src/a.ts': tagged('a', 'name=three') })
    expect(await next()).toContain('src/a.ts(2,17): error TS991040')
  })

  test('-b compiles references, and a project again when only a tag changed', async () => {
    const it = project(
      {
        'tsconfig.json': { files: [], references: [{ path: 'app' }] },
        'lib/tsconfig.json': { compilerOptions: { ...options, composite: true, outDir: 'out', rootDir: '.' } },
        'lib/index.ts': tagged('lib'),
        'app/tsconfig.json': {
          compilerOptions: { ...options, composite: true, outDir: 'out', rootDir: '.' },
          references: [{ path: '../lib' }],
        },
        'app/index.ts': `import { lib } from '../lib/out/index.js'\n${tagged('app')}\nexport const used = lib(app(1))\n`,
      },
      { compiler },
    )
    expect(await it.tspc('-b')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(it.read('lib/out/index.js')).toMatch(wrapped)
    expect(it.read('app/out/index.js')).toMatch(wrapped)

    it.write({ 'lib/index.ts': tagged('lib', 'name=other') })
    expect((await it.tspc('-b')).status).toBe(0)
    expect(it.read('lib/out/index.js')).toContain('"other"')

    it.write({ 'lib/index.ts': tagged('lib', 'nme=other') })
    const { status, stdout } = await it.tspc('-b')
    expect(status).not.toBe(0)
    expect(stdout).toContain("lib/index.ts(1,12): error TS991003: DECHE1003: 'nme' is not an option of the tag.")
  })
})

test('--incremental keeps failing until the mistake is gone', async () => {
  const it = project({
    'tsconfig.json': {
      compilerOptions: { ...options, incremental: true, outDir: 'out', rootDir: 'src' },
      include: ['src'],
    },
    'src/a.ts': tagged('a', 'tll=1h'),
    'src/b.ts': tagged('b'),
  })
  for (const run of ['first', 'second']) {
    const { status, stdout } = await it.tspc()
    expect([run, status === 0]).toEqual([run, false])
    expect(stdout.match(/error TS/g)).toHaveLength(1)
  }
  it.write({ 'src/a.ts': tagged('a') })
  expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(it.read('out/a.js')).toMatch(wrapped)
})

test('--incremental sees a clash of ids with a file that it does not emit again', async () => {
  const it = project({
    'tsconfig.json': {
      compilerOptions: { ...options, incremental: true, outDir: 'out', rootDir: 'src' },
      include: ['src'],
    },
    'src/a.ts': tagged('a'),
    'src/b.ts': tagged('b', 'name=one'),
  })
  expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  it.write({ 'src/a.ts': tagged('a', 'name=one') })
  const { status, stdout } = await it.tspc()
  expect(status).not.toBe(0)
  expect(stdout).toContain('src/a.ts(2,17): error TS991040')
})
