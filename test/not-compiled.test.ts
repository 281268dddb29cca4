import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { cached } from '../runtime/index.js'
import { type Facts, runnerOf, whyNotCompiled } from '../runtime/manage/not-compiled.js'
import { repository } from './helpers/markdown.js'
import { builtTransformer, Project, TAGGED_PROGRAM } from './helpers/project.js'

/** What `cached(fn)` says of a function without a cache: in real programs, and for what cannot be had here. */

const FORECAST = '/** @deche */\nexport function forecast(city: string): string {\n  return city\n}\n'
const ASK = `import { cached } from 'deche'
import { forecast } from './forecast.js'
try {
  cached(forecast)
} catch (error) {
  console.log((error as Error).message)
}
`
const FILES = { 'src/forecast.ts': FORECAST, 'src/ask.ts': ASK, 'tsconfig.json': TAGGED_PROGRAM }
const FACT = 'DECHE2005: forecast was not compiled by deche, so it has no cache. '

let project: Project
afterEach(() => project?.dispose())

/** Compiled by tspc, what a program prints: one message. */
async function said(ask: string): Promise<string> {
  builtTransformer()
  project = new Project({ files: { ...FILES, 'src/ask.ts': ask } })
  expect(await project.tspc()).toMatchObject({ status: 0, stdout: '' })
  return (await project.node(['out/ask.js'])).stdout
}

const asking = (setUp: string, fn: string) =>
  `import { cached } from 'deche'\n${setUp}\ntry { cached(${fn}); console.log('no error') } catch (error) { console.log((error as Error).message) }\n`

describe('cached() of a function that was not compiled', () => {
  it('by plain tsc: says so and what to do', async () => {
    project = new Project({ files: FILES })
    await project.tsc()
    const { stdout } = await project.node(['out/ask.js'])
    expect(stdout.startsWith(`${FACT}Most likely plain tsc compiled it, which ignores plugins in silence. `)).toBe(true)
    expect(stdout).toContain("'npx tspc' in place of 'npx tsc': 'npx deche init' sets that up")
    // Source maps do not make a compiled program one that runs TypeScript.
    await project.tsc('--sourceMap')
    expect((await project.node(['--enable-source-maps', 'out/ask.js'])).stdout).toBe(stdout)
  })

  it('by an incremental build: names the file to delete', async () => {
    project = new Project({ files: FILES })
    await project.tsc('--incremental')
    const { stdout } = await project.node(['out/ask.js'])
    expect(stdout).toMatch(/or an incremental build .*: delete (?:out\/)?tsconfig\.tsbuildinfo, then build with tspc\./)
  })

  it('in a project with TypeScript 7', async () => {
    project = new Project({ files: FILES })
    await project.tsc()
    project.write({ 'out/node_modules/typescript/package.json': { name: 'typescript', version: '7.0.2' } })
    const { stdout } = await project.node(['out/ask.js'])
    expect(stdout).toContain(`${FACT}TypeScript 7.0.2 is installed, which has no plugins`)
  })

  it('run from its source by a loader: names the loader', async () => {
    project = new Project({ files: { ...FILES, 'node_modules/tsx/dist/loader.mjs': LOADER } })
    project.link('esbuild', join(repository, 'node_modules/esbuild'))
    for (const [args, environment] of [
      [['--import', './node_modules/tsx/dist/loader.mjs', 'src/ask.ts'], {}],
      [['src/ask.ts'], { NODE_OPTIONS: '--import=./node_modules/tsx/dist/loader.mjs' }],
    ] as const) {
      const { stdout, stderr } = await project.node([...args], environment)
      expect(stdout, stderr).toContain(
        `${FACT}This program runs TypeScript sources by tsx, which knows no compiler plugins. `,
      )
    }
  })

  it('under Vitest, which runs this test', () => {
    expect(() => cached(function forecast() {})).toThrow(`${FACT}This program runs TypeScript sources by Vitest, `)
  })

  it('among others that were', async () => {
    const stdout = await said(
      asking("import { forecast } from './forecast.js'\nforecast('Oslo')\nfunction plain() {}", 'plain'),
    )
    expect(stdout).toContain('Other functions of this program were compiled, so most likely this one has no tag')
  })
})

describe('cached() of a function object that is not the compiled one', () => {
  it('made by bind', async () => {
    const stdout = await said(asking("import { forecast } from './forecast.js'", 'forecast.bind(null)'))
    expect(stdout).toContain('It is what bind() made of another function.')
  })

  it('of the same name: a wrapper', async () => {
    const wrapper = "import * as all from './forecast.js'\nconst forecast = (city: string) => all.forecast(city)"
    const stdout = await said(asking(wrapper, 'forecast'))
    expect(stdout).toContain('deche knows demo.src.forecast.forecast, but this is another function object')
    expect(stdout).toContain("new Cache().open('demo.src.forecast.forecast')")
  })

  it.each([
    [
      'a field of each instance',
      'class Client {\n  /** @deche */\n  get = (city: string) => city\n}',
      'new Client().get',
    ],
    [
      'a private method',
      'class Client {\n  /** @deche */\n  static #get(city: string) { return city }\n  static get() { return this.#get }\n}',
      'Client.get()',
    ],
  ])('that its module cannot name: %s', async (_, source, fn) => {
    const stdout = await said(asking(source, fn))
    expect(stdout).toMatch(/Its module cannot name demo\.src\.ask\.~Client\.(static~%23)?get: /)
    // What the message says works.
    const id = /new Cache\(\)\.open\('(.*?)'\)/.exec(stdout)?.[1] ?? ''
    project.write({ 'open.mjs': `import { Cache } from 'deche'\nconsole.log(new Cache().open('${id}').id)\n` })
    expect((await project.node(['open.mjs'])).stdout).toBe(`${id}\n`)
  })

  it('asked of another copy of deche', async () => {
    builtTransformer()
    project = new Project({ files: FILES })
    cpSync(join(repository, 'dist'), project.path('copy/dist'), { recursive: true })
    cpSync(join(repository, 'package.json'), project.path('copy/package.json'))
    expect((await project.tspc()).stdout).toBe('')
    project.write({ 'out/ask.js': project.read('out/ask.js').replace("'deche'", "'../copy/dist/index.js'") })
    const { stdout, stderr } = await project.node(['out/ask.js'])
    expect(stdout, stderr).toContain('It was compiled, but for another copy of deche than the one that is asked')
  })

  it('that is no function', () => {
    expect(() => cached('forecast' as never)).toThrow('cached() takes a tagged function.')
    expect(() => cached(undefined as never)).toThrow('cached() takes a tagged function.')
  })
})

describe('who runs TypeScript', () => {
  it.each<[string, string[], Record<string, string>, Record<string, string>]>([
    [
      'tsx',
      [
        '--require',
        '/srv/app/node_modules/tsx/dist/preflight.cjs',
        '--import',
        'file:///srv/app/node_modules/tsx/dist/loader.mjs',
      ],
      {},
      {},
    ],
    ['tsx', ['--import=tsx'], {}, {}],
    ['tsx', [], { NODE_OPTIONS: '--no-warnings --import tsx/esm' }, {}],
    ['ts-node', ['--loader', 'ts-node/esm'], {}, {}],
    ['@swc-node', ['--import', '@swc-node/register/esm-register'], {}, {}],
    ['@swc/register', ['-r', '@swc/register'], {}, {}],
    ['esbuild-register', ['-r', 'esbuild-register'], {}, {}],
    ['Bun', [], {}, { bun: '1.2.0' }],
    ['Deno', [], {}, { deno: '2.0.0' }],
    ['Jest', [], { JEST_WORKER_ID: '1' }, {}],
  ])('%s: %j %j %j', (runner, execArgv, environment, versions) => {
    expect(runnerOf(execArgv, environment, versions)).toBe(runner)
  })

  it('is not who only has such a name in it', () => {
    const itself = runnerOf([], {}, {})
    expect(['Node itself', 'a loader']).toContain(itself)
    expect(runnerOf(['--import', './my-tsx-less.mjs', '--title=tsxy'], {}, {})).toBe(itself)
  })
})

describe('every message', () => {
  const known: Facts = {
    isFunction: true,
    name: 'f',
    looksCompiled: false,
    ids: new Map(),
    runner: undefined,
    typescript: undefined,
    buildInfo: undefined,
  }
  it.each<[string, Partial<Facts>]>([
    ['nothing known', {}],
    ['no name', { name: '' }],
    ['bound', { name: 'bound f' }],
    ['nameless', { ids: new Map([['demo.~C.static~f', false]]) }],
    ['namesake', { ids: new Map([['demo.f', true]]) }],
    ['others', { ids: new Map([['demo.g', true]]) }],
    ['another copy', { looksCompiled: true }],
    ['loader', { runner: 'tsx' }],
    ['TypeScript 7', { typescript: '7.1.0' }],
    ['incremental', { buildInfo: 'dist/.tsbuildinfo' }],
  ])('is whole sentences: %s', (_, facts) => {
    expect(whyNotCompiled({ ...known, ...facts })).toMatch(/^[A-Zcd][^\n]*\.$|^[A-Zcd][^\n]*\)\.?$/)
  })

  it('a name that only ends like the id is another one', () => {
    expect(whyNotCompiled({ ...known, name: 'cast', ids: new Map([['demo.forecast', true]]) })).not.toContain(
      'forecast',
    )
  })
})

/** As tsx does it: a hook that takes the types away with esbuild, and with them all comments. */
const LOADER = `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`
import { readFileSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from '\${import.meta.resolve('esbuild')}'
export async function resolve(specifier, context, next) {
  const url = specifier.startsWith('.') ? new URL(specifier.replace(/[.]js$/, '.ts'), context.parentURL) : undefined
  if (url && existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true }
  return next(specifier, context)
}
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { loader: 'ts', format: 'esm' })
  return { format: 'module', source: code, shortCircuit: true }
}\`))
`
