import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { checkBuilt } from '../cli/built.js'
import type { Checked } from '../cli/checked.js'
import { analyse } from '../transformer/analyse.js'
import { warmCommand } from './helpers/command.js'
import { Project, TAGGED_PROGRAM } from './helpers/project.js'
import { temporaryDirectory } from './helpers/temporary.js'

/** `deche check --built` over what real compilers and bundlers write. */

const FORECAST = `/** @deche ttl=7d */
export function forecast(city: string, days = 3): string {
  return city + ' ' + days
}
`
const CLIENT = `import { forecast } from './forecast.js'
export class Client {
  /** @deche name=weather.get attrs=host */
  get(city: string): string {
    return this.host + forecast(city)
  }
  constructor(readonly host: string) {}
}
console.log(new Client('h').get('Oslo'))
`
const PLAIN = { ...TAGGED_PROGRAM, compilerOptions: { ...TAGGED_PROGRAM.compilerOptions, plugins: [] } }

let project: Project

function started(tsconfig: object = TAGGED_PROGRAM): Project {
  project = new Project({
    files: { 'tsconfig.json': tsconfig, 'src/forecast.ts': FORECAST, 'src/client.ts': CLIENT },
  })
  return project
}

const warm = warmCommand()

function check(...args: string[]) {
  // What types tell is not asked here, and takes a compiler each time.
  return warm(project.directory, ['check', '--no-types', ...args])
}

afterEach(() => project?.dispose())

describe('deche check --built', () => {
  it('finds every function in what tspc wrote', async () => {
    const { stdout } = await started().tspc()
    expect(stdout).toBe('')
    expect(await check('--built', 'out', 'src')).toEqual({
      status: 0,
      stdout: '2 functions in 2 files, no errors\n',
      stderr: '',
    })
  })

  it('says of plain tsc that the functions are not compiled, and shows where they are', async () => {
    await started().tsc()
    const { status, stdout } = await check('--built', 'out', 'src')
    expect(status).toBe(1)
    expect(stdout).toContain(
      'src/forecast.ts:2:17 error DECHE1090: forecast is not cached in what was built: no JavaScript in out has a look-up of ' +
        'demo.src.forecast.forecast. Build with tspc, not with tsc, which ignores plugins in silence. See that it writes to out.\n',
    )
    expect(stdout).toContain('src/client.ts:4:3 error DECHE1090: Client.get is not cached')
    expect(stdout).toContain('2 functions in 2 files, 2 errors\n')
  })

  it('does not take the comments that plain tsc keeps for sources, where all files are looked at', async () => {
    await started().tsc()
    const { stdout } = await check('--built', 'out')
    expect(stdout).toContain('2 functions in 2 files, 2 errors\n')
    expect(stdout).not.toContain('out/forecast.js:')
  })

  it('knows that an incremental build wrote nothing again', async () => {
    const incremental = { ...TAGGED_PROGRAM, compilerOptions: { ...TAGGED_PROGRAM.compilerOptions, incremental: true } }
    await started(incremental).tsc()
    expect((await project.tspc()).status).toBe(0)
    const { status, stdout } = await check('--built', 'out', 'src')
    expect(status).toBe(1)
    expect(stdout).toMatch(/DECHE1090: forecast .* Delete (?:out\/)?tsconfig\.tsbuildinfo, for which /)

    // What it says helps.
    const file = /Delete (\S+\.tsbuildinfo)/.exec(stdout)?.[1] ?? ''
    renameSync(project.path(file), project.path('gone'))
    expect((await project.tspc()).status).toBe(0)
    expect(await check('--built', 'out', 'src')).toMatchObject({ status: 0 })
  })

  it('names the configuration that lacks the plugin', async () => {
    await started(PLAIN).tspc()
    expect((await check('--built', 'out', 'src')).stdout).toContain(
      'Add { "transform": "deche/transformer" } to "plugins" in tsconfig.json, and build with tspc.',
    )
  })

  it('believes a second configuration beside it that has the plugin', async () => {
    started(PLAIN).write({ 'tsconfig.build.json': TAGGED_PROGRAM })
    await project.tsc('-p', 'tsconfig.build.json')
    expect((await check('--built', 'out', 'src')).stdout).toContain('Build with tspc, not with tsc')
  })

  it('tells of a function that was added after the build', async () => {
    await started().tspc()
    project.write({ 'src/forecast.ts': `${FORECAST}\n/** @deche */\nexport const later = (n: number) => n\n` })
    const { status, stdout } = await check('--built', 'out', 'src')
    expect(status).toBe(1)
    expect(stdout).toContain('src/forecast.ts:7:14 error DECHE1090: later is not cached')
    expect(stdout).toContain('Build again with tspc: other functions are compiled there.')
    expect(stdout).toContain('3 functions in 2 files, 1 error\n')
  })

  it('looks through bundles, minified or not, ES modules or CommonJS', async () => {
    started().write({
      'tsconfig.plain.json': { ...PLAIN, compilerOptions: { ...PLAIN.compilerOptions, outDir: 'plain' } },
    })
    await project.tspc()
    await project.tsc('-p', 'tsconfig.plain.json')
    const kinds = [
      { minify: false, format: 'esm' },
      { minify: true, format: 'esm' },
      { minify: true, format: 'cjs' },
    ] as const
    for (const [index, kind] of kinds.entries()) {
      for (const from of ['out', 'plain']) {
        await build({
          entryPoints: [project.path(`${from}/client.js`)],
          outfile: project.path(`bundles/${from}${index}/main.js`),
          bundle: true,
          platform: 'node',
          logLevel: 'silent',
          ...kind,
        })
      }
      expect(await check('--built', `bundles/out${index}`, 'src')).toMatchObject({ status: 0 })
      expect((await check('--built', `bundles/plain${index}`, 'src')).stdout).toContain(', 2 errors\n')
    }
    expect(await check('--built', 'bundles/out1/main.js', 'src')).toMatchObject({ status: 0 })
  })

  it('does not take the id in a string for a look-up', async () => {
    started().write({
      'src/ask.ts': "import { Cache } from 'deche'\nnew Cache().open('demo.src.forecast.forecast')\n",
    })
    await project.tsc()
    expect((await check('--built', 'out', 'src')).stdout).toContain(', 2 errors\n')
  })

  it('keeps sources within the output apart from it', async () => {
    started().write({ 'src/tool.mjs': '/** @deche */\nexport function tool(n) {\n  return n\n}\n' })
    const { outDir: _, ...inPlace } = TAGGED_PROGRAM.compilerOptions
    project.write({ 'tsconfig.json': { ...TAGGED_PROGRAM, compilerOptions: inPlace } })
    expect((await project.tspc()).stdout).toBe('')
    const { stdout } = await check('--built', 'src', 'src')
    expect(stdout).toContain('tool is not cached')
    expect(stdout).toContain(', 1 error\n')
  })

  it('is part of the JSON', async () => {
    await started().tsc()
    const { stdout, status } = await check('--json', '--built', 'out', 'src/forecast.ts')
    expect(JSON.parse(stdout)).toMatchObject({
      diagnostics: [
        { file: 'src/forecast.ts', code: 'DECHE1090', severity: 'error', id: 'demo.src.forecast.forecast' },
      ],
    })
    expect(status).toBe(1)
  })

  it.each([
    ['nowhere', "there is no directory 'nowhere': has the project been built?"],
    ['empty', "there is no JavaScript in 'empty'"],
    ['tsconfig.json', "there is no JavaScript in 'tsconfig.json'"],
  ])('%s: says what is wrong and ends with 2', async (directory, message) => {
    started().write({ 'empty/a.d.ts': 'export {}\n' })
    const { status, stdout, stderr } = await check('--built', directory, 'src')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`deche: ${message}\n`)
  })
})

describe('the hash of the code', () => {
  const source = { file: 'a.ts', text: '/** @deche */\nexport function f() {}\n' }
  const [old, now] = ['0'.repeat(28), '1'.repeat(28)]

  function checked(hash: string): Checked {
    const [site] = analyse(source.text, { file: 'a.ts', module: 'demo.a' }).sites
    if (site === undefined) throw new Error('the source has no site')
    const known = { ...site, code: { hash, pieces: 'own 00000000' } }
    return { files: 1, sites: [{ source, site: known }], problems: [], unreadable: [] }
  }

  function built(...literals: string[]): string {
    const directory = join(temporaryDirectory(), 'dist')
    mkdirSync(directory)
    for (const [index, literal] of literals.entries()) writeFileSync(join(directory, `${index}.js`), literal)
    return directory
  }

  const codes = ({ problems }: Checked) => problems.map(({ diagnostic }) => diagnostic.code)

  it.each([
    ['the same', `return ["demo.a.f", [], "${now}"];`, []],
    ['another', `return ["demo.a.f", ["x"], "${old}"];`, ['DECHE1091']],
    ['another, minified', `return["demo.a.f",[\`x\`],\`${old}\`]`, ['DECHE1091']],
    ['another, in evaluated text', `eval("return [\\"demo.a.f\\", [], \\"${old}\\"]")`, ['DECHE1091']],
    ['none, and one of the function behind', `s(["demo.a.f",[]]);s(["demo.a.g",[],"${old}"])`, []],
  ])('%s', (_, text, expected) => {
    expect(codes(checkBuilt(checked(now), built(text)))).toEqual(expected)
  })

  it('one stale copy among several is told, with its file', () => {
    const site = (code: string) => `s(['demo.a.f', [], '${code}'])`
    const { problems } = checkBuilt(checked(now), built(site(now), site(old)))
    expect(problems.map(({ diagnostic }) => diagnostic.message)).toEqual([
      expect.stringMatching(/dist\/1\.js was built/),
    ])
  })
})
