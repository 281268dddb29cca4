import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPages, repository } from './helpers/markdown.js'
import { builtTransformer } from './helpers/project.js'

/**
 * Every folder of examples/ that a recipe is about, built and run as its reader would. The packages are those of the
 * repository, above the folders.
 */

interface Recipe {
  /** Scripts to run once. */
  readonly build?: readonly string[]
  /** Scripts to run twice, each with nothing stored at first. */
  readonly start?: readonly string[]
  /** In its node_modules, by what they lead to from the folder. */
  readonly links?: Readonly<Record<string, string>>
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  bun: { build: ['build'], start: ['start', 'start:built'] },
  esbuild: { build: ['build'] },
  jest: { build: ['build'] },
  monorepo: {
    build: ['build'],
    links: { '@example/app': 'packages/app', '@example/forecasts': 'packages/forecasts' },
  },
  node: {},
  rspack: { build: ['build'] },
  tspc: { build: ['build'] },
  tsx: {},
  'typescript-7': {
    build: ['build'],
    links: { typescript: '../../node_modules/typescript-7', '.bin/deche': '../../dist/cli/main.js' },
  },
  vite: { build: ['build'] },
  vitest: {},
  webpack: { build: ['build'] },
}

/** They have tests of their own. */
const ELSEWHERE = ['messages', 'next', 'vitest-recordings']

const examples = path.join(repository, 'examples')
const folder = (name: string) => path.join(examples, name)

beforeAll(() => {
  builtTransformer()
})

/** A script of the folder's package.json as npm runs it, but without the time that npm itself takes. */
function scriptOf(name: string, script: string, environment: Readonly<Record<string, string>> = {}) {
  const { scripts } = JSON.parse(readFileSync(path.join(folder(name), 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const programs = [folder(name), repository].map((directory) => path.join(directory, 'node_modules/.bin'))
  const env = {
    ...process.env,
    PATH: [...programs, process.env.PATH].join(path.delimiter),
    NODE_OPTIONS: '',
    NODE_ENV: '',
    VITEST: '',
    NO_COLOR: '1',
    FORCE_COLOR: '',
    NEXT_TELEMETRY_DISABLED: '1',
    ...environment,
  }
  return { command: scripts[script] ?? 'false', options: { shell: true, cwd: folder(name), env } }
}

function runScript(name: string, script: string, environment?: Readonly<Record<string, string>>) {
  const { command, options } = scriptOf(name, script, environment)
  const { status, stdout, stderr } = spawnSync(command, { ...options, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

test('every example is a recipe', () => {
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual([...Object.keys(RECIPES), ...ELSEWHERE].sort())
})

describe.each(Object.entries(RECIPES))('%s', (name, { build = [], start = ['start'], links = {} }) => {
  beforeAll(() => {
    for (const [link, target] of Object.entries(links)) {
      const at = path.join(folder(name), 'node_modules', link)
      mkdirSync(path.dirname(at), { recursive: true })
      rmSync(at, { force: true })
      symlinkSync(path.resolve(folder(name), target), at, 'junction')
    }
    for (const script of build) expect(runScript(name, script)).toMatchObject({ status: 0 })
  })

  test.each(start)('npm run %s asks once, and a second process does not ask', (script) => {
    rmSync(path.join(folder(name), '.deche'), { recursive: true, force: true })
    const cold = runScript(name, script)
    expect(cold).toMatchObject({ status: 0, said: expect.stringContaining('asking for Oslo') })
    expect(cold.said).not.toContain('DECHE')
    const warm = runScript(name, script)
    expect(warm).toMatchObject({ status: 0, said: expect.not.stringContaining('asking for Oslo') })
    expect(warm.said).toMatch(/Oslo: 3 days of sun|1 passed/)
  })
})

const WITHOUT_TRACES = `--require=${path.join(import.meta.dirname, 'helpers/next-without-traces.cjs')}`

describe.each([
  ['build:webpack', { NODE_OPTIONS: WITHOUT_TRACES }],
  ['build', {}],
])('next, %s', (script, environment) => {
  let server: ChildProcess | undefined
  afterAll(() => stop())

  /** Ends the server and what it started. */
  async function stop(): Promise<void> {
    const gone = server && new Promise((done) => server?.once('exit', done))
    if (server?.pid !== undefined) process.kill(-server.pid)
    await gone
    server = undefined
  }

  /** The page, and what the server said until then. */
  async function page(): Promise<{ readonly html: string; readonly said: string }> {
    const { command, options } = scriptOf('next', 'start')
    server = spawn(`${command} --port 0 --hostname 127.0.0.1`, { ...options, detached: true })
    let said = ''
    server.stdout?.on('data', (text) => {
      said += text
    })
    for (let waited = 0; !said.includes('Ready in') && waited < 120_000; waited += 50)
      await new Promise((later) => setTimeout(later, 50))
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (address === undefined) throw new Error(`the server has no address: ${said}`)
    const html = await (await fetch(address)).text()
    await stop()
    return { html, said }
  }

  test('the page asks once, and a second server does not ask', async () => {
    rmSync(path.join(folder('next'), '.deche'), { recursive: true, force: true })
    rmSync(path.join(folder('next'), '.next'), { recursive: true, force: true })
    expect(runScript('next', script, environment)).toMatchObject({ status: 0 })
    const cold = await page()
    expect(cold.html).toContain('<h1>Oslo: 3 days of sun</h1>')
    expect(cold.said).toContain('asking for Oslo')
    const warm = await page()
    expect(warm.html).toContain('<h1>Oslo: 3 days of sun</h1>')
    expect(warm.said).not.toContain('asking for Oslo')
  })
})

test('what the recipes show of a file is what is in it', () => {
  const shown = readPages()
    .filter(({ file }) => file.startsWith('docs/recipes/'))
    .flatMap(({ file, blocks }) => blocks.map((block) => ({ file, ...block })))
    .filter(({ info }) => info.startsWith('examples/'))
  expect(shown.length).toBeGreaterThanOrEqual(Object.keys(RECIPES).length)
  for (const { info, text } of shown)
    expect(text.trim(), info).toBe(readFileSync(path.join(repository, info), 'utf8').trim())
})
