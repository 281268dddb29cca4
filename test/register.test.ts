import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, type Outcome, Project } from './helpers/project.js'
import { JAVASCRIPT, placeOf, TYPESCRIPT } from './helpers/register-programs.js'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')

/** Types are stripped by Node alone. */
const strips = Boolean((process.features as { typescript?: unknown }).typescript)
/** Where loaders run in the thread that loads, deche sees a file before all of them. */
const isOrderFree = 'registerHooks' in module

const REGISTER = '--import=deche/register'
const TSX = '--import=tsx'
const DONE = ['entry', 'imported', 'commonjs', 'plain', 'later', 'required']
const FAILED = ['imported', 'commonjs', 'plain', 'later', 'required'].map((name) => `${name}Fails`)

let project: Project

beforeAll(() => {
  builtTransformer()
  project = new Project({
    package: { name: 'demo', type: 'module', imports: { '#ran': './ran.cjs' } },
    files: { ...TYPESCRIPT, ...prefixed('js', JAVASCRIPT) },
  })
  project.write({ 'js/package.json': { name: 'demo', type: 'module', imports: { '#ran': './ran.cjs' } } })
  project.link('tsx', join(modules, 'tsx'))
})
afterAll(() => project.dispose())

function prefixed(directory: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${directory}/${file}`, text]))
}

/** Which bodies ran, and what the program said besides. */
function read({ stdout, stderr, status }: Outcome) {
  const lines = stdout.trim().split('\n')
  const ran = lines.filter((line) => line.startsWith('ran ')).map((line) => line.slice(4))
  return { ran, said: lines.filter((line) => !line.startsWith('ran ')), stderr, status }
}

/** A program in a store of its own. */
function start(store: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return project.node(args, { DECHE_FS__PREFIX: project.path(`stores/${store}`), ...environment }).then(read)
}

interface Way {
  readonly title: string
  readonly args: readonly string[]
  readonly entry?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Whether columns are right: not where nobody asked Node for them. */
  readonly columns?: false
  readonly where?: boolean
  /** Node 20 and tsx never show deche the text of a `.cts` file that is imported. */
  readonly uncached?: readonly string[]
}

const cts = isOrderFree ? {} : { uncached: ['commonjs', 'commonjsFails'] }
const WAYS: readonly Way[] = [
  { title: 'Node and JavaScript', args: [REGISTER, '--enable-source-maps'], entry: 'js/src/entry.js' },
  { title: 'Node and JavaScript, no source maps', args: [REGISTER], entry: 'js/src/entry.js', columns: false },
  { title: '--require', args: ['--require=deche/register', '--enable-source-maps'], entry: 'js/src/entry.js' },
  { title: 'deche/register twice', args: [REGISTER, REGISTER, '--enable-source-maps'], entry: 'js/src/entry.js' },
  { title: 'deche/register, then tsx', args: [REGISTER, TSX], ...cts },
  { title: 'NODE_OPTIONS and tsx', args: [TSX], environment: { NODE_OPTIONS: REGISTER }, ...cts },
  { title: 'tsx, then deche/register', args: [TSX, REGISTER], where: isOrderFree },
  { title: 'Node and TypeScript', args: [REGISTER, '--enable-source-maps'], where: strips },
]

describe.each(WAYS)('$title', ({ title, args, entry = 'src/entry.ts', environment, columns, where, uncached = [] }) => {
  test.skipIf(where === false)('runs each body once, and says where it threw', async () => {
    const run = () => start(title.replace(/\W+/g, '-'), [...args, entry], environment)
    const cold = await run()
    const said = JSON.parse(cold.said[0] ?? '{}') as { stacks?: string[] }
    expect(cold).toMatchObject({ ran: [...DONE, ...FAILED], stderr: '', status: 0 })
    expect(said).toEqual({ values: [2, 2, 2, 2, 2, 2], isOne: true, stacks: expectedStacks(entry, columns) })
    const warm = await run()
    expect(warm).toMatchObject({ ran: uncached, stderr: '', status: 0 })
    expect(warm.said).toEqual(cold.said)
  })
})

/** Of the functions that fail, in their order. */
function expectedStacks(entry: string, columns = true): unknown[] {
  const files = Object.keys(entry.startsWith('js/') ? JAVASCRIPT : TYPESCRIPT)
  const sources: Readonly<Record<string, string>> = entry.startsWith('js/') ? JAVASCRIPT : TYPESCRIPT
  return ['imported', 'commonjs', 'plain', 'later', 'required'].map((name) => {
    const file = files.find((each) => each.startsWith(`src/${name}.`)) ?? ''
    const place = `${file.slice('src/'.length)}:${placeOf(sources[file] ?? '', 'new RangeError')}`
    return columns ? place : expect.stringMatching(new RegExp(`^${place.replace(/\d+$/, '\\d+$')}`))
  })
}
