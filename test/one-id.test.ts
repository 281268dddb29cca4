import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { TextTransformer } from '../transformer/text/transform.js'
import { BUILDS, build, bundlerProject } from './bundlers/builds.js'
import { builtTransformer, compilers, type Outcome, Project, TAGGED_PROGRAM } from './helpers/project.js'

/**
 * One project through every front end: the entries are the same files with the same bytes, so that whoever builds with one
 * finds what another has stored. The programs run with a clock that stands still, since entries tell when they were made.
 */
const SOURCES = {
  'src/main.ts': `import { Shop, fetched, Price, steps, visitor } from './lib.ts'
import { pick } from './deep/pick.ts'

const answers = [[...await fetched('tea', { days: 2 })], new Shop<string>('Tea').label('x', 5), [...pick([1, 2, 3])]]
console.log(JSON.stringify([...answers, [...steps(3)], visitor('v')(4), String(Price.gross(10n))]))
`,
  'src/lib.ts': `import { rate, type Rate } from './rates.ts'

interface Options { readonly days?: number }

/** @deche ttl=7d ignore=signal */
export async function fetched(name: string, { days = 1 }: Options = {}, signal?: AbortSignal): Promise<Map<string, number>> {
  return new Map([[name, days * rate('high')]])
}

export class Shop<T> {
  #till = 7
  constructor(private readonly name: string) {}

  /** @deche attrs=name,#till version=auto */
  label(item: T, width: number = 10): string {
    return \`\${this.name}: \${String(item).padEnd(width)}|\${rate('low')}\${this.#till}\`
  }
}

/** @deche version=auto */
export function* steps(count: number): Generator<number, string> {
  for (let at = 0; at < count; at++) yield at * rate('high' as Rate)
  return 'done'
}

export function visitor(name: string): (visits: number) => string {
  const greeting = \`Hello \${name}\`
  /** @deche version=auto */
  const visit = (visits: number) => \`\${greeting}, \${visits + rate('low')}\`
  return visit
}

export namespace Price {
  /** @deche redact=net */
  export const gross = (net: bigint): bigint => net * 2n
}
`,
  'src/rates.ts': `export type Rate = 'low' | 'high'
const table: Record<string, number> = {}
for (const [index, name] of ['low', 'high'].entries()) table[name] = index + 2

export const rate = (name: Rate): number => table[name] ?? 0
`,
  'src/deep/pick.ts': `/** @deche version=auto name=demo.pick */
export const pick = (from: readonly number[]): Set<number> => new Set(from.filter((each) => each > 1))
`,
}

const PRINTED = `[[["tea",6]],"Tea: x    |27",[2,3],[0,3,6],"Hello v, 6","20"]\n`

/** Stands still, from before the program begins. */
const CLOCK = 'Date.now = () => 1_800_000_000_000\nperformance.now = () => 1000\n'

/** How an engine is told what comes before the program. */
const ENGINES = { node: '--import', bun: '--preload' } as const

const TSCONFIG = {
  ...TAGGED_PROGRAM,
  compilerOptions: {
    ...TAGGED_PROGRAM.compilerOptions,
    removeComments: true,
    // As Node itself wants to be told of files.
    rewriteRelativeImportExtensions: true,
  },
}
const FILES = { 'tsconfig.json': TSCONFIG, 'clock.mjs': CLOCK, ...SOURCES }

const modules = path.resolve(import.meta.dirname, '../node_modules')
let expected: Record<string, string>

/** Runs a program in a store of its own, and answers what is in there then. */
async function stored(
  project: Project,
  args: readonly string[],
  engine: 'node' | 'bun' = 'node',
): Promise<Record<string, string>> {
  const outcome = await project[engine]([ENGINES[engine], './clock.mjs', ...args])
  expect(outcome).toEqual({ status: 0, stdout: PRINTED, stderr: '' })
  return project.tree('.deche')
}

beforeAll(async () => {
  builtTransformer()
  const project = new Project({ files: FILES })
  expect(await project.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  expected = await stored(project, ['out/main.js'])
  await project.dispose()
})

test('tspc stores an entry for each of the functions', () => {
  const directories = new Set(Object.keys(expected).map((name) => path.posix.dirname(name)))
  expect([...directories].sort()).toEqual([
    'demo.pick',
    'demo.src.lib.fetched',
    'demo.src.lib.steps',
    'demo.src.lib.~Price.gross',
    'demo.src.lib.~Shop.label',
    'demo.src.lib.~visitor.visit',
  ])
})

type FrontEnd = (project: Project) => Promise<readonly string[]>

const noErrors = (outcome: Outcome) =>
  expect(outcome).toMatchObject({ status: 0, stderr: expect.not.stringContaining('DECHE') })

const tsxLinked = (project: Project) => project.link('tsx', path.join(modules, 'tsx'))

interface Way {
  readonly project?: () => Project
  /** Answers how the program is run. */
  readonly compile: FrontEnd
  readonly engine?: 'bun'
}

const FRONT_ENDS: Readonly<Record<string, Way>> = {
  'tspc of TypeScript 5.9': {
    project: () => new Project({ compiler: compilers[1], files: FILES }),
    compile: async (project) => {
      noErrors(await project.tspc())
      return ['out/main.js']
    },
  },
  'deche build with TypeScript 7': {
    project: () => new Project({ compiler: { ...compilers[0], typescript: 'typescript-7.1' }, files: FILES }),
    compile: async (project) => {
      noErrors(await project.node(['node_modules/deche/dist/cli/main.js', 'build']))
      return ['out/main.js']
    },
  },
  'deche/register with tsx': {
    compile: async (project) => {
      tsxLinked(project)
      return ['--import=deche/register', '--import=tsx', 'src/main.ts']
    },
  },
  'deche/bun while it runs': {
    engine: 'bun',
    compile: async (project) => {
      project.write({ 'deche.ts': "import { plugin } from 'bun'\nimport deche from 'deche/bun'\nplugin(deche())\n" })
      return ['--preload', './deche.ts', 'src/main.ts']
    },
  },
  ...Object.fromEntries(
    Object.keys(BUILDS).map((bundler) => [
      `deche/${bundler}`,
      {
        project: () => bundlerProject(bundler, { 'clock.mjs': CLOCK, ...SOURCES }),
        compile: async (project: Project) => {
          noErrors(await build(project, bundler))
          return ['out/main.js']
        },
      },
    ]),
  ),
}

test.each(Object.entries(FRONT_ENDS))(
  '%s stores the same, byte for byte',
  async (_name, { project: make, compile, engine }) => {
    const project = make?.() ?? new Project({ files: FILES })
    try {
      expect(await stored(project, await compile(project), engine)).toEqual(expected)
    } finally {
      await project.dispose()
    }
  },
)

test('a link to the project, and the directory that one works in, change no id and no hash', async () => {
  const project = new Project({ files: FILES })
  const before = process.cwd()
  try {
    const sites = (file: string) => new TextTransformer().transform(file, SOURCES['src/lib.ts'])?.sites
    const direct = sites(project.path('src/lib.ts'))
    expect(direct).toHaveLength(5)
    symlinkSync(project.path('src'), project.path('linked'), 'junction')
    expect(sites(project.path('linked/lib.ts'))).toEqual(direct)
    process.chdir(project.path('src/deep'))
    expect(sites('../lib.ts')).toEqual(direct)
  } finally {
    process.chdir(before)
    await project.dispose()
  }
})

/** Node that compiles what types alone cannot be erased from; the oldest supported one takes JavaScript only. */
const canTransform = process.allowedNodeEnvironmentFlags.has('--experimental-transform-types')

test.skipIf(!canTransform)(
  'deche/register with nothing else stores the same, where Node compiles TypeScript',
  async () => {
    const files = Object.entries(FILES).map(([name, text]) => [
      name,
      typeof text === 'string' ? text.replaceAll(/(from '\.[^']*)\.js'/g, "$1.ts'") : text,
    ])
    const project = new Project({ files: Object.fromEntries(files) })
    try {
      const flags = [
        '--experimental-transform-types',
        '--disable-warning=ExperimentalWarning',
        '--import=deche/register',
      ]
      expect(await stored(project, [...flags, 'src/main.ts'])).toEqual(expected)
    } finally {
      await project.dispose()
    }
  },
)

/** Workspaces that refer to each other by name and as projects. Each function's id begins with its own package. */
const WORKSPACES = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
  'tsconfig.json': { files: [], references: [{ path: 'packages/app' }, { path: 'packages/shared' }] },
  'packages/shared/package.json': { name: '@demo/shared', type: 'module', exports: './src/index.ts' },
  'packages/shared/tsconfig.json': { ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, composite: true } },
  'packages/shared/src/index.ts': `const factor = 3
/** @deche version=auto */
export const scaled = (n: number): number => n * factor
`,
  'packages/app/package.json': { name: '@demo/app', type: 'module', dependencies: { '@demo/shared': '*' } },
  'packages/app/tsconfig.json': {
    ...TSCONFIG,
    compilerOptions: { ...TSCONFIG.compilerOptions, composite: true },
    references: [{ path: '../shared' }],
  },
  'packages/app/src/main.ts': `import { scaled } from '@demo/shared'
/** @deche version=auto */
const doubled = (n: number): number => scaled(n) * 2
console.log(doubled(1))
`,
}

test('in a monorepo, with workspaces, links and project references, ids and hashes are the same from all', async () => {
  const project = bundlerProject('rolldown', {})
  try {
    project.write(WORKSPACES)
    project.link('@demo/shared', project.path('packages/shared'))
    noErrors(await project.tspc('-b'))
    const compiled = sitesIn(project.read('packages/app/out/main.js') + project.read('packages/shared/out/index.js'))
    project.write({
      'packages/app/build.mjs': `import { rolldown } from 'rolldown'
import deche from 'deche/rolldown'
const bundle = await rolldown({ input: 'packages/app/src/main.ts', plugins: [deche()], external: /^deche/ })
await bundle.write({ dir: 'bundle' })
`,
    })
    noErrors(await project.node(['packages/app/build.mjs']))
    const texts = Object.keys(WORKSPACES).filter((file) => file.endsWith('.ts'))
    const transformer = new TextTransformer()
    const rewritten = texts.map((file) => transformer.transform(project.path(file), project.read(file))?.code)

    expect(compiled.map(({ id }) => id)).toEqual([
      '%40demo%2Fapp.src.main.doubled',
      '%40demo%2Fshared.src.index.scaled',
    ])
    expect(sitesIn(project.read('bundle/main.js'))).toEqual(compiled)
    expect(sitesIn(rewritten.join())).toEqual(compiled)
  } finally {
    await project.dispose()
  }
})

/** What compiled code says of its functions, by their ids. */
function sitesIn(code: string): { readonly id: string; readonly code: string }[] {
  const found = [...code.matchAll(/\[\s*"([^"]+)",\s*\[.*?\],\s*"([0-9a-f]{28})"/gs)]
  return found.map(([, id = '', code = '']) => ({ id, code })).sort((a, b) => (a.id < b.id ? -1 : 1))
}
