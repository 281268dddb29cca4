import type { ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, Project, TAGGED_PROGRAM } from './helpers/project.js'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')
const REGISTER = '--import=deche/register'

/** A module that says when the body of its function runs. */
const tagged = (name: string, tag = '@deche') =>
  `/** ${tag} */\nexport function ${name}(a) {\n  console.log('ran ${name}')\n  return a\n}\n`
const calling = (name: string, file = `./${name}.js`) => `import { ${name} } from '${file}'\n${name}(1)\n`

const FILES = {
  'tagged.js': tagged('tagged'),
  'calls-tagged.js': calling('tagged'),
  'untagged.js': 'export const untagged = 1\n',
  'misspelt.js': tagged('misspelt', '@deche tll=7d'),
  'calls-misspelt.js': `console.log('never')\n${calling('misspelt')}`,
  'ambient.js': `/** @deche */\nexport function ambient(a) {\n  return a + String(process.env.LANG)\n}\n`,
  'calls-ambient.js': `import './ambient.js'\nimport './ambient.js?again'\n`,
  'imports-register.js': `import 'deche/register'\n${calling('tagged')}`,
  'imports-register-first.js': `import 'deche/register'\nconst { tagged } = await import('./tagged.js')\ntagged(1)\n`,
  'requires-register.cjs': `const { tagged } = require('./tagged.cjs')\nrequire('deche/register')\ntagged(1)\n`,
  'tagged.cjs': `/** @deche */\nfunction tagged(a) {\n  console.log('ran tagged')\n  return a\n}\nexports.tagged = tagged\n`,
  // Takes comments away, as compilers do.
  'strips.mjs': `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`export async function load(url, context, next) {
  const loaded = await next(url, context)
  return url.includes('tagged') ? { ...loaded, source: String(loaded.source).replace(/\\\\/\\\\*[^]*?\\\\*\\\\//g, '') } : loaded
}\`))\n`,
  'threads.js': `import { spawnSync } from 'node:child_process'
import { isMainThread, Worker } from 'node:worker_threads'
import { tagged } from './tagged.js'
tagged(isMainThread ? process.argv[2] : 'worker')
if (isMainThread && process.argv[2] === 'main') {
  new Worker(new URL(import.meta.url))
  console.log(spawnSync(process.execPath, ['threads.js', 'child'], { encoding: 'utf8' }).stdout.trim())
}\n`,
  'calls-package.js': calling('packaged', '@acme/tools'),
  'node_modules/@acme/tools/package.json': { name: '@acme/tools', version: '1.0.0', type: 'module', main: 'tools.js' },
  'node_modules/@acme/tools/tools.js': tagged('packaged'),
  'shows-libraries.js':
    'console.log(process.report.getReport().sharedObjects.filter((file) => file.includes("parser")).length)\n',
  'src/compiled.ts': `/** @deche */\nexport function compiled(a: number): number {\n  console.log('ran compiled')\n  return a\n}\ncompiled(1)\n`,
  'tsconfig.json': TAGGED_PROGRAM,
}

let project: Project

beforeAll(async () => {
  builtTransformer()
  project = new Project({ files: FILES })
  project.link('tsx', join(modules, 'tsx'))
})
afterAll(() => project.dispose())

/** A program in a store of its own. */
function run(store: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return project.node(args, { DECHE_FS__PREFIX: project.path(`stores/${store}`), ...environment })
}

describe('what is wrong with a tag', () => {
  test('an error stops the program before it starts, with its place', async () => {
    const { stdout, stderr, status } = await run('misspelt', [REGISTER, 'calls-misspelt.js'])
    expect([stdout, status]).toEqual(['', 1])
    expect(stderr).toContain(
      "misspelt.js:1:12 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?\n  1 | /** @deche tll=7d */\n    |            ^^^",
    )
  })

  test('a warning is said once, as one of Node, and can be turned off by its code', async () => {
    const { stdout, stderr, status } = await run('ambient', [REGISTER, 'calls-ambient.js'])
    expect([stdout, status]).toEqual(['', 0])
    expect(stderr.match(/\[DECHE1061\] DecheWarning: ambient\.js:3:21 ambient reads process\.env\.LANG/g)).toHaveLength(
      1,
    )
    const silenced = await run('ambient', [REGISTER, '--disable-warning=DECHE1061', 'calls-ambient.js'])
    expect(silenced).toEqual({ stdout: '', stderr: '', status: 0 })
  })
})

describe('what deche/register comes too late for', () => {
  test('a loader that takes the tags away is reported, once, with a file', async () => {
    const { stdout, stderr } = await run('stripped', ['--import=./strips.mjs', REGISTER, 'calls-tagged.js'])
    expect(stdout).toBe('ran tagged\n')
    expect(stderr.match(/DECHE3009/g)).toHaveLength(1)
    expect(stderr).toContain(`Functions of ${project.path('tagged.js')} run uncached`)
  })

  test.each([
    ['imports-register.js', 'tagged.js'],
    ['requires-register.cjs', 'tagged.cjs'],
  ])('%s is told which functions are not cached', async (program, file) => {
    const { stderr } = await run('late', [program])
    expect(stderr).toContain(`[DECHE3010] DecheWarning: Functions of ${file} run uncached`)
  })

  test('a program may load it before it imports what is tagged', async () => {
    const first = await run('first', ['imports-register-first.js'])
    expect(first).toEqual({ stdout: 'ran tagged\n', stderr: '', status: 0 })
    expect(await run('first', ['imports-register-first.js'])).toEqual({ stdout: '', stderr: '', status: 0 })
  })
})

test('threads and child processes are served too', async () => {
  const threads = () => run('threads', ['threads.js', 'main'], { NODE_OPTIONS: REGISTER })
  const { stdout, stderr } = await threads()
  expect([stdout.match(/ran tagged/g)?.length, stderr]).toEqual([3, ''])
  expect((await threads()).stdout.trim()).toBe('')
})

test('packages are left alone unless they are named', async () => {
  const calls = async (environment: Readonly<Record<string, string>>) => {
    const outcomes = [1, 2].map(() => () => run('packages', [REGISTER, 'calls-package.js'], environment))
    const results: string[] = []
    for (const outcome of outcomes) {
      const { stdout, stderr } = await outcome()
      results.push(stdout + stderr)
    }
    return results
  }
  expect(await calls({})).toEqual(['ran packaged\n', 'ran packaged\n'])
  expect(await calls({ DECHE_REGISTER_PACKAGES: 'other, @acme/tools' })).toEqual(['ran packaged\n', ''])
})

test('a program without tags loads no parser', async () => {
  const { stdout } = await run('none', [REGISTER, '--import=./untagged.js', 'shows-libraries.js'])
  expect(stdout).toBe('0\n')
  const one = await run('none', [REGISTER, '--import=./tagged.js', 'shows-libraries.js'])
  expect(one.stdout).toBe('1\n')
})

describe('what tspc compiled', () => {
  beforeAll(async () => {
    expect(await project.tspc()).toEqual({ stdout: '', stderr: '', status: 0 })
    expect(project.read('out/compiled.js')).toContain('@deche')
  })

  test.each([
    ['is compiled once, with deche/register', [REGISTER]],
    ['keeps its results under tsx', ['--import=tsx']],
    ['keeps its results under both', [REGISTER, '--import=tsx']],
  ])('%s', async (title, args) => {
    const compiled = () => run(title.replace(/\W/g, '-'), [...args, 'out/compiled.js'])
    expect(await compiled()).toEqual({ stdout: 'ran compiled\n', stderr: '', status: 0 })
    expect(await compiled()).toEqual({ stdout: '', stderr: '', status: 0 })
  })
})

test('node --watch starts again when a helper of version=auto changes, and computes anew', async () => {
  project.write({
    'watched.js': `import { help } from './helper.js'\n${tagged('watched', '@deche version=auto').replace('return a', 'return help(a)')}console.log('got ' + watched(1))\n`,
    'helper.js': `export const help = (a) => 'one' + a\n`,
  })
  const child = project.start([REGISTER, '--watch', 'watched.js'], {
    DECHE_FS__PREFIX: project.path('stores/watched'),
  })
  const until = printed(child)
  expect(await until('got one1')).toContain('ran watched')
  project.write({ 'helper.js': `export const help = (a) => 'two' + a\n` })
  expect(await until('got two1')).toContain('ran watched')
  project.write({ 'helper.js': `export const help = (a) => 'one' + a\n` })
  expect(await until('got one1')).not.toContain('ran watched')
})

/** What a process prints until it has printed a text, from where the last one ended. */
function printed(child: ChildProcess): (text: string) => Promise<string> {
  let seen = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  return async (text) => {
    for (let waited = 0; waited < 30_000; waited += 20) {
      const end = seen.indexOf(text)
      if (end !== -1) {
        const found = seen.slice(0, end + text.length)
        seen = seen.slice(end + text.length)
        return found
      }
      await new Promise((later) => setTimeout(later, 20))
    }
    throw new Error(`'${text}' did not come; so far: ${seen}`)
  }
}
