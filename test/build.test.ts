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
const [SEVEN, SEVEN_ZERO, SIX] = TYPESCRIPTS

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
