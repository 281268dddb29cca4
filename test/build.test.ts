import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { builtTransformer, type Outcome, Project, TAGGED_PROGRAM } from './helpers/project.js'
import { rounds } from './helpers/watching.js'

/** `deche build` with every TypeScript that people have, beside plain `tsc` and `tspc`. */

const TYPESCRIPTS = [
  { label: 'TypeScript 7.1', typescript: 'typescript-7.1', tsPatch: 'ts-patch' },
  { label: 'TypeScript 7.0', typescript: 'typescript-7', tsPatch: 'ts-patch' },
  { label: 'TypeScript 6.0', typescript: 'typescript', tsPatch: 'ts-patch' },
  { label: 'TypeScript 5.9', typescript: 'typescript-5.9', tsPatch: 'ts-patch-3.3' },
] as const
const [SEVEN, SEVEN_ZERO] = TYPESCRIPTS

/** What a compiler must know types for: const enums, exports that are only types, names that are mapped to files. */
const SOURCES = {
  'src/main.ts': `import { cached } from 'deche'
import { loose } from '#lib/loose.js'
import data from './data.json' with { type: 'json' }
import { fails, forecast, type Day } from './forecast.js'
import { legacy } from './legacy.cjs'
import { modern } from './modern.mjs'

const day: Day = { at: data.start }
console.log(await forecast('Oslo', day), await forecast('Oslo', day))
console.log(legacy(2), modern(3), loose('x'))
console.log(cached(forecast).path.replace(/.*\\.deche./, ''))
try {
  fails(data.start)
} catch (error) {
  console.log((error as Error).stack)
}
`,
  'src/forecast.ts': `import { inUnits } from '#lib/units.js'
import { Kind, type Day } from './types.ts'
export { Day } from './types.ts'

/** @deche ttl=7d version=auto */
export async function forecast(city: string, { at }: Day, days = 3): Promise<string> {
  console.log('forecast ran')
  return \`\${city} \${inUnits(at)} \${days} \${Kind.Cloudy}\`
}

const shown = (what: number) => \`\${what}!\`

/** @deche */
export const fails = <T extends number>(at: T): never => { if (at < 0) return undefined as never; throw new RangeError(shown(at)) }
`,
  'src/types.ts': 'export interface Day { readonly at: number }\nexport const enum Kind { Clear, Cloudy = 7 }\n',
  'src/lib/units.ts': 'export const inUnits = (at: number): string => at + "K"\n',
  'src/lib/loose.js': `/**
 * @deche
 * @param {string} word
 */
export function loose(word) {
  console.log('loose ran')
  return word + word
}
`,
  'src/legacy.cts': `import path = require('node:path')
/** @deche */
export const legacy = (n: number): string => (console.log('legacy ran'), path.posix.join('l', String(n)))
`,
  'src/modern.mts': `enum Size { Small = 1 }
/** @deche errors=off */
export function modern(n: number): number {
  console.log('modern ran')
  return n + Size.Small
}
`,
  'src/data.json': '{ "start": 5 }\n',
}
const TSCONFIG = {
  compilerOptions: {
    ...TAGGED_PROGRAM.compilerOptions,
    allowJs: true,
    resolveJsonModule: true,
    declaration: true,
    declarationMap: true,
    sourceMap: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
  },
  include: ['src'],
}
const MANIFEST = { name: 'demo', type: 'module', imports: { '#lib/*': './out/lib/*' } }

let project: Project

function started(compiler: (typeof TYPESCRIPTS)[number], files: Readonly<Record<string, string | object>>): Project {
  project = new Project({ compiler, package: MANIFEST, files: { 'tsconfig.json': TSCONFIG, ...files } })
  return project
}

function build(...args: string[]): Promise<Outcome> {
  return project.node([project.path('node_modules/deche/dist/cli/main.js'), 'build', ...args])
}

beforeAll(() => {
  builtTransformer()
})

/** What must be the same whoever compiled: which entries there are, of which inputs, with which results and which code. */
function entries(of: Project): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of.tree('.deche')).map(([name, text]) => {
      const headed = /\/[0-9a-f]{64}(?:\.exc|\.inputs)?$/.test(name)
      const told = name.endsWith('.exc') ? '' : text.slice(text.indexOf('\n') + 1)
      return [name, headed ? told : text]
    }),
  )
}

describe('the entries of what tspc compiled', () => {
  let expected: Record<string, string>
  let said: string

  beforeAll(async () => {
    const reference = new Project({ package: MANIFEST, files: { 'tsconfig.json': TSCONFIG, ...SOURCES } })
    expect(await reference.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    said = (await reference.node(['--enable-source-maps', 'out/main.js'])).stdout.replaceAll(reference.directory, '')
    expected = entries(reference)
    await reference.dispose()
  })

  describe.each(TYPESCRIPTS)('are those of what deche build compiled with $label', (compiler) => {
    let plain: Record<string, string>

    beforeAll(async () => {
      started(compiler, SOURCES)
      expect(await project.tsc()).toEqual({ status: 0, stdout: '', stderr: '' })
      plain = project.tree('out')
      expect(await build('-p', '.')).toEqual({ status: 0, stdout: '', stderr: '' })
    })
    afterAll(() => project.dispose())

    it('cold and warm', async () => {
      const cold = await project.node(['--enable-source-maps', 'out/main.js'])
      expect(cold.stderr).toBe('')
      const ran = (text: string) => text.match(/\w+ ran/g)
      expect(ran(cold.stdout)).toEqual(['forecast ran', 'legacy ran', 'modern ran', 'loose ran'])
      expect(Object.keys(entries(project)).length).toBeGreaterThan(10)
      expect(entries(project)).toEqual(expected)
      const warm = await project.node(['out/main.js'])
      expect(ran(warm.stdout)).toBeNull()
      const answers = (text: string) => text.replace(/.* ran\n/g, '').split('\n    at ')[0]
      expect(answers(warm.stdout)).toBe(answers(said))
    })

    it('where an error is thrown, the source says the same line and column', async () => {
      const { stdout } = await project.node(['--enable-source-maps', 'out/main.js'], { DECHE_MODE: 'off' })
      const line = SOURCES['src/forecast.ts'].split('\n').findIndex((each) => each.includes('new RangeError'))
      const column = SOURCES['src/forecast.ts'].split('\n')[line]?.indexOf('new RangeError') ?? -1
      expect(stdout).toContain(`src/forecast.ts:${line + 1}:${column + 1})`)
    })

    it('declarations, and JavaScript without tags, are the compiler’s own', () => {
      const built = project.tree('out')
      expect(Object.keys(built)).toEqual(Object.keys(plain))
      const changed = Object.keys(plain).filter((name) => built[name] !== plain[name])
      expect(changed).toEqual(
        ['forecast.js', 'legacy.cjs', 'lib/loose.js', 'modern.mjs'].flatMap((name) => [name, `${name}.map`]),
      )
      for (const name of changed.filter((each) => each.endsWith('.map'))) {
        const { mappings: _, names: __, ...rest } = JSON.parse(built[name] ?? '') as Record<string, unknown>
        const { mappings: ___, names: ____, ...before } = JSON.parse(plain[name] ?? '') as Record<string, unknown>
        expect(rest).toEqual(before)
      }
    })
  })
})

const CORE = {
  'core/tsconfig.json': {
    compilerOptions: { ...TSCONFIG.compilerOptions, composite: true, rootDir: 'src', outDir: 'out' },
    include: ['src'],
  },
  'core/src/core.ts': `export interface Unit { readonly name: string }
export const enum Scale { Kelvin = 273 }
/** @deche */
export function core(n: number): number { console.log('core ran'); return n * 2 }
`,
}
const APP = {
  'app/tsconfig.json': {
    compilerOptions: {
      ...TSCONFIG.compilerOptions,
      composite: true,
      rootDir: 'src',
      outDir: 'out',
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: false,
      paths: { '@core': ['../core/src/core.ts'] },
    },
    include: ['src'],
    references: [{ path: '../core' }],
  },
  'app/src/app.ts': `import { Unit, Scale } from '@core'
import { core } from '../../core/out/core.js'
export { Unit }
/** @deche */
export function app(n: number): string { console.log('app ran'); return [core(n), Scale.Kelvin].join(' ') }
console.log(app(4))
`,
}

describe.each([SEVEN, SEVEN_ZERO])('projects that refer to others, with $label', (compiler) => {
  afterEach(() => project.dispose())

  it('-b compiles what a project refers to, and repairs what a plain incremental tsc leaves uncached', async () => {
    started(compiler, { ...CORE, ...APP })
    expect(await project.tsc('-b', 'app')).toEqual({ status: 0, stdout: '', stderr: '' })
    const plain = project.tree('core/out')
    expect(await build('-b', 'app')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await project.node(['app/out/app.js'])).stdout).toBe('app ran\ncore ran\n8 273\n')
    expect((await project.node(['app/out/app.js'])).stdout).toBe('8 273\n')
    expect(Object.keys(project.tree('core/out'))).toEqual(Object.keys(plain))
    const before = project.tree('app/out')
    expect(await build('--build', 'app')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(project.tree('app/out')).toEqual(before)
    expect(await build('-b', 'app', '--clean')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await build('-b', 'app', '--dry')).toMatchObject({ status: 0, stderr: '' })
    expect(project.tree('.')).not.toHaveProperty('app/out/app.js')
  })
})

describe('deche build', () => {
  afterEach(() => project.dispose())

  it('an error of deche comes beside those of the compiler, and ends with 2', async () => {
    const source = '/** @deche tll=7d */\nexport function f(a: number) { return a }\nexport const g: string = 1\n'
    started(SEVEN, { 'src/a.ts': source })
    const told = (await project.tsc()).stdout
    expect(told).toContain("src/a.ts(3,14): error TS2322: Type 'number' is not assignable to type 'string'.")
    const deches = "src/a.ts(1,12): error TS991003: DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?\n"
    const both = await build('--pretty', 'false')
    expect(both.stdout).toBe(`${told}${deches}`)
    expect(both.status).toBe((await project.tsc()).status)
    expect(project.read('out/a.js')).not.toContain('$deche')

    project.write({ 'src/a.ts': source.replace('= 1', '= "1"') })
    expect(await build()).toEqual({ status: 2, stdout: deches, stderr: '' })
    expect(await build('--noEmit')).toEqual({ status: 2, stdout: deches, stderr: '' })
    const shown = (await build('--pretty')).stdout
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    expect(shown.replace(/\u001b\[\d+m/g, '')).toContain(
      `src/a.ts:1:12 - ${deches.slice('src/a.ts(1,12): '.length)}\n1 /** @deche tll=7d */\n             ~~~\n`,
    )
  })

  it('writes where and as it is told on the command line, and nothing that the compiler does not', async () => {
    started(SEVEN, {
      'src/a.ts': '/** @deche */\nexport const f = (a: number) => a\n',
      'bad/b.ts': 'let b: string = 1\n',
    })
    expect(await build('--outDir', 'other', '--sourceMap', 'false', '--inlineSourceMap', '--inlineSources')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
    expect(Object.keys(project.tree('other'))).toEqual(['a.d.ts', 'a.d.ts.map', 'a.js'])
    const inline = /base64,(.*)\s*$/.exec(project.read('other/a.js'))?.[1] ?? ''
    expect(JSON.parse(Buffer.from(inline, 'base64').toString())).toMatchObject({
      sources: ['../src/a.ts'],
      sourcesContent: [project.read('src/a.ts')],
    })
    await build('--emitDeclarationOnly', '--outDir', 'types')
    expect(Object.keys(project.tree('types'))).toEqual(['a.d.ts', 'a.d.ts.map'])

    const before = (await build()).status === 0 && project.tree('out')
    project.write({ 'src/a.ts': '/** @deche */\nexport const f = (a: number): string => a\n' })
    const kept = await build('--noEmitOnError')
    expect([kept.status, project.tree('out')]).toEqual([1, before])
    const written = await build()
    expect(written.status).toBeGreaterThan(0)
    expect(project.read('out/a.js')).toContain('$deche.run(')
  })

  it('--watch builds again for a changed file and for a new one', async () => {
    started(SEVEN, { 'src/a.ts': '/** @deche */\nexport const f = (a: number) => a\n' })
    const round = rounds(project.start([project.path('node_modules/deche/dist/cli/main.js'), 'build', '-w']), WATCHING)
    expect(await round()).toContain('Found no errors.')
    expect(project.read('out/a.js')).toContain('$deche.run(')
    project.write({ 'src/a.ts': '/** @deche tll=1d */\nexport const f = (a: number) => a\n' })
    expect(await round()).toMatch(/src\/a\.ts\(1,12\): error TS991003: [\s\S]*Found errors\./)
    expect(project.read('out/a.js')).not.toContain('$deche')
    project.write({ 'src/a.ts': 'export {}\n', 'src/sub/b.ts': '/** @deche */\nexport const g = (a: number) => a\n' })
    for (let text = await round(); !text.includes('Found no errors.'); ) text = await round()
    expect(project.read('out/sub/b.js')).toContain('demo.src.sub.b.g')
  })

  it('CommonJS needs no tslib for what deche adds', async () => {
    const compilerOptions = { ...TAGGED_PROGRAM.compilerOptions, module: 'commonjs', importHelpers: true, plugins: [] }
    const source = '/** @deche */\nexport const f = (a: number) => a + 1\nconsole.log(f(1), f(1))\n'
    started(SEVEN, { 'package.json': { name: 'demo' }, 'tsconfig.json': { compilerOptions }, 'src/a.ts': source })
    expect(await build()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await project.node(['out/a.js'])).toEqual({ status: 0, stdout: '2 2\n', stderr: '' })
  })

  it('says what it cannot do, and does nothing', async () => {
    started(SEVEN, { 'src/a.ts': 'export {}\n' })
    const refused = async (...args: string[]) => {
      const { status, stderr } = await build(...args)
      return `${status} ${stderr}`
    }
    expect(await refused('src/a.ts')).toBe(
      "2 deche: 'src/a.ts': deche build compiles projects, not files; say which with -p\n",
    )
    expect(await refused('@args.txt')).toContain('files of arguments are not read')
    expect((await build('--nonsense')).stdout).toContain("error TS5023: Unknown compiler option '--nonsense'.")
    expect((await build('-p', 'nowhere')).status).toBe((await project.tsc('-p', 'nowhere')).status)
    expect((await build('--version')).stdout).toBe((await project.tsc('--version')).stdout)
  })
})

const WATCHING = /Watching for file changes\.\s/
