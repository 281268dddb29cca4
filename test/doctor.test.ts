import { mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { nodeFinding } from '../cli/doctor/packages.js'
import { type Environment, runCommand, warmCommand } from './helpers/command.js'
import { Project, TAGGED_PROGRAM } from './helpers/project.js'

/** `deche doctor`, and what `deche check` says of a compiler that ignores plugins. */

const SEVEN = { label: 'TypeScript 7.0', typescript: 'typescript-7', tsPatch: 'ts-patch' } as const
const PLAIN = { ...TAGGED_PROGRAM, compilerOptions: { ...TAGGED_PROGRAM.compilerOptions, plugins: [] } }
const TAGGED = '/** @deche */\nexport const f = (a: number) => a\n'

let project: Project

interface Finding {
  readonly state: string
  readonly subject: string
  readonly message: string
  readonly fix?: string
}

function started(
  scripts: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string | object>>,
  compiler?: typeof SEVEN,
): Project {
  project = new Project({
    ...(compiler && { compiler }),
    package: { name: 'demo', type: 'module', scripts, dependencies: { deche: '*' } },
    files: { 'src/a.ts': TAGGED, 'tsconfig.json': TAGGED_PROGRAM, '.gitignore': '.deche/\n', ...files },
  })
  return project
}

const warm = warmCommand()

function deche(args: readonly string[], environment: Environment = {}) {
  return warm(project.directory, args, environment)
}

function inItsOwnProcess(args: readonly string[], environment: Environment) {
  return runCommand(project.directory, args, environment)
}

/** What is wrong or worth knowing, and how the command ended. */
async function told(environment: Environment = {}, run: typeof deche | typeof inItsOwnProcess = deche) {
  const { status, stdout, stderr } = await run(['doctor', '--json'], environment)
  // Of variables that mean nothing the runtime warns as well.
  expect(stderr).not.toMatch(/^deche:/m)
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
  const of = (state: string) =>
    findings.filter((each) => each.state === state).map(({ subject, message }) => `${subject}: ${message}`)
  return { status, right: of('right'), wrong: of('wrong'), notes: of('note'), text: stdout }
}

afterEach(() => project?.dispose())

describe('deche doctor', () => {
  it('ends with 0 for a project that is set up for tspc, and says what it has', async () => {
    started({ build: 'tspc' }, {})
    const { status, right, wrong, notes } = await told()
    expect([status, wrong, notes]).toEqual([0, [], []])
    expect(right).toContain('tsconfig.json: deche is among its plugins')
    expect(right).toContain("script 'build': compiles with tspc")
    expect(right.join()).toMatch(/typescript: 6\.\S+ with ts-patch 4\./)
    expect(right.at(-1)).toBe('store: .deche does not exist yet, and can be made')
    const { stdout } = await deche(['doctor'])
    expect(stdout).toMatch(/^ok {4}Node: \d+\.\d+\.\d+\n[\s\S]*\n\nnothing is wrong\n$/)
  })

  it('finds what TypeScript 7 does with a project for tspc: nothing', async () => {
    started({ build: 'tsc', test: 'tspc -p test' }, {}, SEVEN)
    const { status, wrong } = await told()
    expect(status).toBe(1)
    expect(wrong).toEqual([
      expect.stringMatching(/^tsconfig\.json: TypeScript 7\.0\.\d+ ignores deche among its "plugins" in silence$/),
      "script 'build': tsc writes JavaScript without cached functions",
      expect.stringMatching(/^script 'test': tspc cannot run TypeScript 7\./),
      'build: nothing that compiles tagged functions was found',
    ])
    await project.dispose()
    started({ build: 'deche build', types: 'tsc --noEmit' }, { 'tsconfig.json': PLAIN }, SEVEN)
    expect(await told()).toMatchObject({ status: 0, wrong: [] })
  })

  it('finds tsc where tspc is needed, an old .tsbuildinfo, and a configuration that is no JSON', async () => {
    started({ build: 'tsc' }, { 'tsconfig.test.json': '{ "compilerOptions": {', 'tsconfig.tsbuildinfo': '{}' })
    utimesSync(project.path('tsconfig.tsbuildinfo'), 1, 1)
    const { wrong } = await told()
    expect(wrong).toHaveLength(3)
    expect(wrong[0]).toMatch(/^tsconfig\.test\.json: tsconfig\.test\.json:1:\d+: /)
    expect(wrong.slice(1)).toEqual([
      "script 'build': tsc ignores plugins in silence",
      'tsconfig.tsbuildinfo: it is older than the configuration with the plugin, so files may not be written again',
    ])
  })

  it('finds a second copy of deche, and a bundler without it', async () => {
    started(
      { build: 'tspc' },
      { 'vite.config.ts': 'export default {}\n', 'rollup.config.mjs': 'import "deche/rollup"\n' },
    )
    project.write({ 'node_modules/other/node_modules/deche/package.json': { name: 'deche', version: '0.0.9' } })
    // The same folder by another way is no second copy.
    const linked = project.path('node_modules/@acme/app/node_modules/deche')
    mkdirSync(dirname(linked), { recursive: true })
    symlinkSync(project.path('node_modules/deche'), linked, 'junction')
    const { wrong, notes, right } = await told()
    expect(wrong).toEqual([
      expect.stringMatching(/^deche: there are 2 copies: \S+ in node_modules\/deche, 0\.0\.9 in /),
    ])
    expect(notes).toEqual(['vite.config.ts: does not name deche, so what is built or run with it may be uncached'])
    expect(right).toContain('rollup.config.mjs: names deche')
  })

  it('shows no secret of the environment, and what is wrong with the configuration', async () => {
    started({ build: 'tspc' }, { '.gitignore': '' })
    const secret = { DECHE_FS__STORAGE_OPTIONS__SECRET_KEY: 'hunter2', DECHE_FS__PREFIX: 'hunter3', DECHE_X: 'hunter4' }
    const quiet = await told({ ...secret, DECHE_MODE: 'readonly' })
    expect(quiet.notes).toEqual([
      'DECHE_FS__PREFIX: it is set',
      'DECHE_FS__STORAGE_OPTIONS__SECRET_KEY: it is set',
      "DECHE_MODE: it is set to 'readonly'",
      'DECHE_X: it is set, and no setting of deche',
    ])
    expect((await told()).notes).toEqual(['.gitignore: it does not cover .deche/'])
    project.write({ 'deche.config.json': { storageOptions: 'hunter5', ttl: '7d' } })
    const { status, wrong, text } = await told(secret)
    expect(status).toBe(1)
    expect(wrong).toEqual([expect.stringContaining('deche.config.json: storageOptions: …')])
    expect(`${quiet.text}${text}`).not.toMatch(/hunter[245]/)
  })

  it('looks at each tier', async () => {
    const tiers = [
      { prefix: 'near' },
      { prefix: 'far/deep', readonly: true },
      { protocol: 'redis', storageOptions: { url: 'redis://127.0.0.1:1' } },
    ]
    started({ build: 'tspc' }, { 'deche.config.json': JSON.stringify({ tiers }) })
    const { wrong, right } = await told({}, inItsOwnProcess)
    expect(right).toContain('store: near does not exist yet, and can be made')
    expect(right).toContain('store: far/deep does not exist yet')
    expect(wrong.at(-1)).toMatch(/^store: DECHE2009: redis:\/\/127\.0\.0\.1:1\/deche cannot be reached/)
  })

  it('finds a file where the directory of entries should be', async () => {
    started({ build: 'tspc' }, { '.deche': 'a file' })
    expect((await told()).wrong).toEqual([expect.stringMatching(/^store: \.deche cannot be used: ENOTDIR/)])
  })

  it('finds a package without a name where the store may be that of others too', async () => {
    started({ build: 'tspc' }, {})
    const environment = { DECHE_FS__PROTOCOL: 'redis', DECHE_FS__STORAGE_OPTIONS__URL: 'redis://127.0.0.1:1' }
    expect((await told(environment, inItsOwnProcess)).wrong).toEqual([expect.stringMatching(/^store: /)])
    project.write({ 'package.json': { type: 'module', scripts: { build: 'tspc' }, dependencies: { deche: '*' } } })
    expect((await told(environment, inItsOwnProcess)).wrong).toEqual([
      expect.stringMatching(/^store: /),
      expect.stringMatching(/^package\.json: it has no name, so that ids of functions in redis/),
    ])
    expect((await told()).wrong).toEqual([])
  })

  it('needs a package.json', async () => {
    started({}, {})
    rmSync(project.path('package.json'))
    expect(await deche(['doctor'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'deche: there is no package.json here: run deche doctor where it is\n',
    })
  })

  it.each([
    ['20.18.3', 'wrong'],
    ['20.19.0', 'right'],
    ['21.7.3', 'wrong'],
    ['22.11.0', 'wrong'],
    ['22.12.0', 'right'],
    ['26.1.0', 'right'],
  ])('Node %s is %s', (version, state) => {
    expect(nodeFinding(version).state).toBe(state)
  })
})

describe('deche check with TypeScript 7', () => {
  it('points at the plugin entry that the compiler ignores, also where it is inherited', async () => {
    const base =
      '// all projects\n{ "compilerOptions": { "plugins": [{ "name": "x" }, { "transform": "deche/transformer" }] } }\n'
    started({}, { 'tsconfig.base.json': base, 'tsconfig.json': { extends: './tsconfig.base.json' } }, SEVEN)
    const { status, stdout } = await deche(['check', '--no-types', 'src'])
    const [first, line, marks] = stdout.split('\n')
    expect(first).toMatch(
      /^tsconfig\.base\.json:2:53 warning DECHE1043: TypeScript 7\.0\.\d+ has no plugins and ignores this entry in silence\. Build with 'deche build'/,
    )
    expect(marks?.replace(/^ *\|/, '').trim()).toBe('^'.repeat('{ "transform": "deche/transformer" }'.length))
    expect(line).toContain('"transform"')
    expect(status).toBe(1)
    expect((await deche(['check', '--no-types', '--allow', 'DECHE1043', 'src'])).status).toBe(0)
  })

  it('says nothing where there is no entry, or a compiler with plugins', async () => {
    started({}, { 'tsconfig.json': PLAIN }, SEVEN)
    expect((await deche(['check', '--no-types', 'src'])).status).toBe(0)
    await project.dispose()
    started({}, {})
    expect((await deche(['check', '--no-types', 'src'])).status).toBe(0)
  })

  it('--built says what to do where nothing is compiled', async () => {
    started({}, { 'tsconfig.json': PLAIN }, SEVEN)
    await project.tsc()
    const { stdout } = await deche(['check', '--no-types', '--built', 'out', 'src'])
    expect(stdout).toMatch(/DECHE1090: .*\. TypeScript 7\.0\.\d+ runs no plugins: build with 'deche build'/)
  })
})
