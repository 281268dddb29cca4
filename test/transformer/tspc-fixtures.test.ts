import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, type Compiler, compilers, Project } from '../helpers/project.js'

/** The fixtures as one program, compiled by real compilers and run with the real runtime. */

const fixtures = path.resolve(import.meta.dirname, '../../fixtures')
const groups = ['forms', 'nested', 'generators', 'parameters', 'bodies', 'files', 'support'] as const

/** What a program of this kind cannot hold, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'files/import-order-kept.ts': 'its tag names an output codec and a cache that do not exist',
  'files/refs.cts': 'its tag names things that do not exist',
  'forms/export-equals.cts': 'it replaces its exports, and with them observe',
  'forms/module-exports.cjs': 'it replaces its exports, and with them observe',
  'files/jsx.jsx': 'it needs a factory for JSX that has another name in other files',
  'files/jsx-in-js.js': 'it needs a factory for JSX that has another name in other files',
  'files/tsx.tsx': 'it needs a factory for JSX that has another name in other files',
}

const sources: Record<string, string> = {}
for (const group of groups) {
  for (const name of readdirSync(path.join(fixtures, group))) {
    if (/\.(?:expected\.\w+|txt)$/.test(name) || `${group}/${name}` in LEFT_OUT) continue
    sources[`src/${group}/${name}`] = readFileSync(path.join(fixtures, group, name), 'utf8')
  }
}

const modules = Object.keys(sources).filter((file) => sources[file]?.includes('observe'))
const emitted = (file: string) => `./${file.slice('src/'.length).replace(/tsx?$/, 'js')}`

const main = `import { inspect } from 'node:util'
const show = (value: unknown) => inspect(value, { depth: 9, breakLength: 1e9, sorted: true })
for (const file of ${JSON.stringify(modules.map(emitted))}) {
  const { default: whole, ...named } = await import(file)
  const observe = named.observe ?? whole?.observe
  console.log(file, show(await observe()), show(await observe()))
  for (const [name, value] of Object.entries<any>({ ...named, default: whole })) {
    if (typeof value === 'function') console.log(' ', name, value.name, value.length, show(Object.getOwnPropertyNames(value)))
  }
}
`

const tsconfig = (target: string) => ({
  compilerOptions: {
    target,
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    allowJs: true,
    noEmitOnError: false,
    strict: false,
    declaration: true,
    sourceMap: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'out',
    plugins: [{ transform: 'deche/transformer' }],
  },
  include: ['src'],
})

const [newest, oldest] = compilers
const rows: [string, string, Compiler][] = [
  [newest.label, 'es2022', newest],
  [newest.label, 'es2017', newest],
  [oldest.label, 'es2022', oldest],
]

describe.each(rows)('%s, target %s', (_label, target, compiler) => {
  let plain: Project
  let tagged: Project

  beforeAll(async () => {
    builtTransformer()
    const files = { ...sources, 'src/main.mts': main, 'tsconfig.json': tsconfig(target) }
    plain = new Project({ compiler, files })
    tagged = new Project({ compiler, files })
  })
  afterAll(() => {
    plain.dispose()
    tagged.dispose()
  })

  test('every fixture does what it does without deche: in the first process, and out of the store', async () => {
    const [without, within] = [await plain.tsc(), await tagged.tspc()]
    expect(within.stdout).toBe(without.stdout)
    const declarations = (project: Project) =>
      Object.entries(project.tree('out')).filter(([file]) => /\.d\.[cm]?ts$/.test(file))
    expect(declarations(tagged)).toEqual(declarations(plain))

    const expected = await plain.node(['out/main.mjs'])
    expect(expected.stderr).toBe('')
    expect(expected.stdout.match(/^\.\//gm)).toHaveLength(modules.length)
    // Results that are functions are not kept, arguments that are functions have no key; warnings say so.
    const quiet = { NODE_NO_WARNINGS: '1', DECHE_UNKEYABLE: 'bypass' }
    const first = await tagged.node(['out/main.mjs'], quiet)
    expect(first).toEqual(expected)
    expect(Object.keys(tagged.tree('.deche')).length).toBeGreaterThan(150)
    const second = await tagged.node(['out/main.mjs'], { ...quiet, DECHE_MODE: 'readonly' })
    expect(second).toEqual(expected)
  })
})

const throwing = `export const traces: [string, string][] = []
const note = (name: string, error: unknown) => traces.push([name, String((error as Error).stack)])

/** @deche */
export function declared(n: number): number {
  if (n > 0) { throw new RangeError('declared') }
  return n
}
/** @deche */
export const arrow = (n: number): number => n > 0 ? missing.property : n
declare const missing: any
export function outer(x: number) {
  /** @deche */
  const inner = (n: number) => { const both = n + x; throw new Error('inner ' + both) }
  return inner(1)
}
export class Client {
  constructor(readonly id: number) {}
  /** @deche attrs=id */
  async load(n: number) { await null; throw new TypeError('load ' + n + this.id) }
  /** @deche */
  *items(n: number) { yield n; throw new Error('items') }
  /** @deche */
  async *pages(n: number) { yield n; await null; throw new Error('pages') }
}
const client = new Client(1)
const runs: Record<string, () => unknown> = {
  declared: () => declared(1),
  arrow: () => arrow(1),
  inner: () => outer(1),
  load: () => client.load(1),
  items: () => [...client.items(1)],
  pages: async () => { for await (const page of client.pages(1)) void page },
}
for (const [name, run] of Object.entries(runs)) {
  try { await run() } catch (error) { note(name, error) }
}
for (const [name, stack] of traces) console.log(name, /[\\w-]+\\.m?ts:\\d+:\\d+/.exec(stack)?.[0])
`

test('an error that is thrown in a tagged function points at the line and column that the user wrote', async () => {
  const files = { 'src/throwing.mts': throwing, 'tsconfig.json': tsconfig('es2022') }
  const [plain, tagged] = [new Project({ files }), new Project({ files })]
  try {
    await plain.tsc()
    await tagged.tspc()
    const expected = await plain.node(['--enable-source-maps', 'out/throwing.mjs'])
    const place = (text: string) => {
      const lines = throwing.split('\n')
      const line = lines.findIndex((each) => each.includes(text))
      return `throwing.mts:${line + 1}:${(lines[line] ?? '').indexOf(text) + 1}`
    }
    expect(expected.stdout.split('\n').slice(0, -1)).toEqual([
      `declared ${place("new RangeError('declared')")}`,
      `arrow ${place('missing.property')}`,
      `inner ${place("new Error('inner '")}`,
      `load ${place("new TypeError('load '")}`,
      `items ${place("new Error('items')")}`,
      `pages ${place("new Error('pages')")}`,
    ])
    for (const turn of ['from the body', 'from the store']) {
      expect([turn, await tagged.node(['--enable-source-maps', 'out/throwing.mjs'])]).toEqual([turn, expected])
    }
  } finally {
    plain.dispose()
    tagged.dispose()
  }
})
