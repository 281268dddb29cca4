import { createContext, runInContext } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import { bundlerProject } from './builds.js'

/** What a page can do, and nothing of Node. */
const WEB = [
  ...['AbortController', 'AbortSignal', 'DOMException', 'Event', 'EventTarget', 'Headers', 'Request', 'Response'],
  ...['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'performance', 'queueMicrotask'],
  ...['setTimeout', 'clearTimeout', 'structuredClone', 'Blob', 'File', 'FormData'],
] as const

const PROGRAM = {
  'src/main.ts': `import { Cache, cached, configure } from 'deche'

/** @deche ttl=1h */
async function load(city: string, at = new Date(0)): Promise<Map<string, Date>> {
  console.log('loading', city)
  await null
  return new Map([[city, at]])
}

/** @deche */
function bytes(text: string): Uint8Array {
  console.log('making', text)
  return new TextEncoder().encode(text)
}

/** @deche */
function fails(n: number): number {
  console.log('failing')
  throw new RangeError('no ' + n)
}

/** @deche */
function* steps(count: number): Generator<number> {
  console.log('stepping')
  for (let at = 0; at < count; at++) yield at
}

const files = new Cache({ protocol: 'file', prefix: 'x' })
/** @deche cache=files */
function elsewhere(n: number): number {
  return n
}

const messageOf = (action: () => unknown): string => {
  try {
    return String(action())
  } catch (error) {
    return (error as Error).name + ': ' + (error as Error).message
  }
}

const show = (value: unknown) => console.log(JSON.stringify(value))
for (const _ of [1, 2]) {
  const map = await load('Oslo')
  show([map instanceof Map, map.get('Oslo') instanceof Date])
  const made = bytes('tea ☕')
  show([ArrayBuffer.isView(made), [...made]])
  made[0] = 0
  show(messageOf(() => fails(1)))
  show([...steps(3)])
}
await Promise.all([load('Rome'), load('Rome')])
show([cached(load).id, cached(load).stats.hits, await cached(bytes).listCachedData()])
show(await cached(load).loadCachedInputs({ args: ['Oslo'] }))
show(messageOf(() => elsewhere(1)))
show(messageOf(() => cached(show)))
configure({ ttl: '1d' })
done()
`,
}

const SCRIPTS: Readonly<Record<string, string>> = {
  vite: `import { build } from 'vite'
import deche from 'deche/vite'
await build({ configFile: false, logLevel: 'warn', plugins: [deche()],
  build: { lib: { entry: 'src/main.ts', formats: ['es'], fileName: () => 'main.js' }, outDir: 'out', minify: true } })`,
  esbuild: `import { build } from 'esbuild'
import deche from 'deche/esbuild'
await build({ entryPoints: ['src/main.ts'], outfile: 'out/main.js', bundle: true, platform: 'browser', format: 'esm',
  minify: true, plugins: [deche()] })`,
  rolldown: `import { rolldown } from 'rolldown'
import deche from 'deche/rolldown'
const bundle = await rolldown({ input: 'src/main.ts', plugins: [deche()], platform: 'browser' })
await bundle.write({ dir: 'out', format: 'es', minify: true, codeSplitting: false })`,
  webpack: `import webpack from 'webpack'
import deche from 'deche/webpack'
await new Promise((done, failed) => webpack({ mode: 'production', target: 'web', entry: './src/main.ts', devtool: false, optimization: { minimize: false },
  experiments: { outputModule: true }, output: { path: process.cwd() + '/out', filename: 'main.js', module: true },
  plugins: [deche()], module: { rules: [{ test: /\\.ts$/, use: process.cwd() + '/strip.cjs' }] },
}).run((error, stats) => {
  if (error || stats.hasErrors()) return failed(error ?? new Error(stats.toString()))
  console.error(stats.toString({ all: false, warnings: true }))
  done()
}))`,
}

const PRINTED = [
  'loading Oslo',
  '[true,true]',
  'making tea ☕',
  '[true,[116,101,97,32,226,152,149]]',
  'failing',
  '"RangeError: no 1"',
  'stepping',
  '[0,1,2]',
  '[true,true]',
  '[true,[116,101,97,32,226,152,149]]',
  '"RangeError: no 1"',
  '[0,1,2]',
  // Calls that run at the same time do not wait for each other.
  'loading Rome',
  'loading Rome',
  expect.stringMatching(/^\["demo\.src\.main\.load",1,\["[0-9a-f]{64}"\]\]$/),
  '{"city":"Oslo","at":"1970-01-01T00:00:00.000Z"}',
  expect.stringContaining("protocol: 'file' is nothing that a browser has: what runs there is kept in memory."),
  expect.stringMatching(/^"NotTransformedError: DECHE\d+: .* Most likely the build has no plugin of deche/),
]

/** As a page would, in a realm without Node. */
async function runInPage(code: string): Promise<{ readonly printed: string[]; readonly warned: string[] }> {
  const [printed, warned]: [string[], string[]] = [[], []]
  const console = {
    log: (...words: unknown[]) => printed.push(words.join(' ')),
    warn: (text: unknown) => warned.push(String(text)),
  }
  const page = createContext({
    console,
    ...Object.fromEntries(WEB.map((name) => [name, Reflect.get(globalThis, name)])),
  })
  await new Promise<void>((done, failed) => {
    Object.assign(page, { done, failed })
    runInContext(`(async () => {${code.replace(/\bexport\s*\{\s*\};?/g, '')}\n})().catch(failed)`, page)
  })
  return { printed, warned }
}

describe.each(Object.entries(SCRIPTS))('%s, for browsers', (bundler, script) => {
  const project = bundlerProject(bundler, PROGRAM)
  afterAll(() => project.dispose())

  test('what it builds remembers in memory, without anything of Node, and has no store of files', async () => {
    project.write({ 'build.mjs': script })
    const built = await project.node(['build.mjs'])
    expect(built).toMatchObject({ status: 0 })
    expect(built.stderr).not.toContain('node:')
    const { printed, warned } = await runInPage(project.read('out/main.js'))
    expect(printed).toEqual(PRINTED)
    expect(warned).toEqual([])
    const elsewhere = await project.node(['out/main.js'])
    expect(elsewhere.stderr).toContain('(DECHE3015) DecheWarning: this program was built for browsers and runs in Node')
  })
})
