import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, Project } from '../helpers/project.js'

/** What a user meets who has installed deche and nothing that it can work with. */

const repository = resolve(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
}

let project: Project
beforeAll(() => {
  project = new Project({
    deche: {},
    files: { 'tsconfig.json': { include: ['src'] }, 'src/a.ts': '/** @deche */\nexport const f = (n: number) => n\n' },
  })
  for (const compiler of ['typescript', 'ts-patch', '@types/node'])
    rmSync(project.path(`node_modules/${compiler}`), { recursive: true })
  // A link to this repository would find all that is installed here.
  const installed = project.path('node_modules/deche')
  for (const part of ['dist', 'package.json'])
    cpSync(join(repository, part), join(installed, part), { recursive: true })
  for (const name of Object.keys(manifest.dependencies)) {
    const link = project.path(`node_modules/${name}`)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(repository, 'node_modules', name), link, 'junction')
  }
})
afterAll(() => project.dispose())

function evaluate(code: string): Promise<Outcome> {
  return project.node(['--input-type=module', '-e', code])
}

function command(...args: string[]): Promise<Outcome> {
  return project.node([project.path('node_modules/deche/dist/cli/main.js'), ...args])
}

test('nothing of it is there', () => {
  const { resolve } = createRequire(project.path('node_modules/deche/package.json'))
  for (const name of ['typescript', 'ts-morph', 'vite', 'rollup', 'webpack', 'esbuild', 'yaml', 'redis'])
    expect(() => resolve(name), name).toThrow()
})

describe('a plugin is made without its bundler, which only those need who run it:', () => {
  test.each(['vite', 'vitest', 'rollup', 'rolldown', 'esbuild', 'webpack', 'rspack', 'rsbuild', 'farm'])(
    'deche/%s',
    async (name) => {
      const made = `import deche from 'deche/${name}'\nconsole.log(typeof deche())`
      expect(await evaluate(made)).toEqual({ status: 0, stdout: 'object\n', stderr: '' })
    },
  )
})

test('deche/bun says that it needs Bun', async () => {
  const { status, stderr } = await evaluate("import deche from 'deche/bun'\ndeche()")
  expect(status).toBe(1)
  expect(stderr).toContain(`deche/bun is for Bun, and this is Node ${process.versions.node}. Run it with bun`)
})

test('deche build asks for a compiler', async () => {
  expect(await command('build')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'deche: this project has no typescript: npm install --save-dev typescript\n',
  })
})

test('deche check asks for one where types are to be looked at', async () => {
  const { status, stderr } = await command('check')
  expect(status).toBe(2)
  expect(stderr).toContain(
    'types cannot be checked: this project has no typescript. Install ts-morph, which brings a compiler (npm i -D ts-morph), or pass --no-types.',
  )
  expect(await command('check', '--no-types')).toMatchObject({ status: 0, stderr: '' })
})
