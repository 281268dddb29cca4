import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { asText } from '../cli/report.js'
import { Cache } from '../runtime/index.js'
import { type Environment, runCommand, warmCommand } from './helpers/command.js'
import { temporaryDirectory } from './helpers/temporary.js'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

let directory: string

beforeEach(() => {
  directory = temporaryDirectory()
  write({ 'package.json': '{ "name": "weather" }' })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
}

const warm = warmCommand()
const deche = (args: readonly string[], environment?: Environment) => warm(directory, args, environment)

const FINE = '/** @deche ttl=7d */\nexport function forecast(city: string) {\n  return city\n}\n'
const MISSPELT = '/** @deche tll=7d */\nexport function forecast(city: string) {\n  return city\n}\n'

describe('deche check', () => {
  it('counts the functions of a tree without errors and ends with 0', async () => {
    write({ 'a.ts': FINE, 'deep/er/b.tsx': FINE, 'deep/c.mjs': 'export const plain = 1\n' })
    const { stdout, stderr, status } = await deche(['check'])
    expect({ stdout, stderr, status }).toEqual({ stdout: '2 functions in 3 files, no errors\n', stderr: '', status: 0 })
  })

  it('shows where an error is and what to do, and ends with 1', () => {
    write({ 'src/a.ts': `\n${MISSPELT}` })
    const { stdout, status } = runCommand(directory, ['check'])
    expect(stdout).toBe(
      [
        "src/a.ts:2:12 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?",
        '  2 | /** @deche tll=7d */',
        '    |            ^^^',
        '',
        '0 functions in 1 file, 1 error',
        '',
      ].join('\n'),
    )
    expect(status).toBe(1)
  })

  it('finds two functions with one id in different files', async () => {
    write({ 'a.ts': FINE.replace('ttl=7d', 'name=w.f'), 'b.ts': FINE.replace('ttl=7d', 'name=w.f') })
    const { stdout, status } = await deche(['check'])
    expect(stdout).toContain('b.ts:2:17 error DECHE1040: the id w.f is taken by the function at a.ts:2. ')
    expect(stdout).toContain('1 function in 2 files, 1 error\n')
    expect(status).toBe(1)
  })

  it('looks at the files and folders it is given, each file once', async () => {
    write({ 'a.ts': FINE, 'b/c.ts': FINE, 'd.ts': MISSPELT })
    symlinkSync('a.ts', join(directory, 'link.ts'))
    expect((await deche(['check', 'a.ts', 'b', './b/c.ts', 'link.ts'])).stdout).toBe(
      '2 functions in 2 files, no errors\n',
    )
  })

  it('passes by dependencies, dot folders and declarations', async () => {
    const elsewhere = ['node_modules/x/a.ts', 'b/node_modules/x/a.ts', '.cache/a.ts', 'types.d.ts', 'types.d.mts']
    write(Object.fromEntries(elsewhere.map((file) => [file, MISSPELT])))
    expect((await deche(['check'])).stdout).toBe('0 functions in 0 files, no errors\n')
  })

  it('passes by what a compiler wrote into outDir, unless it is asked about that', async () => {
    const named = FINE.replace('ttl=7d', 'name=w.f')
    write({
      'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } } // the tests have one of their own',
      'tsconfig.test.json': '{ "extends": "./tsconfig.json", "compilerOptions": { "outDir": "build/test" } }',
      'broken/tsconfig.json': '{',
      'src/a.ts': named,
      'src/own.js': FINE.replace('(city: string)', '(city)'),
      'dist/a.js': named.replace('(city: string)', '(city)'),
      'build/test/src/a.js': named.replace('(city: string)', '(city)'),
      'dist/written-by-hand.js': FINE.replace('(city: string)', '(city)'),
    })
    expect(await deche(['check', '--no-types'])).toMatchObject({
      stdout: '3 functions in 3 files, no errors\n',
      status: 0,
    })
    expect((await deche(['check', '--no-types', 'dist'])).stdout).toBe('2 functions in 2 files, no errors\n')
  })

  it('takes files for sources that lie beside what is compiled from them', async () => {
    write({
      'tsconfig.json': '{ "compilerOptions": { "outDir": "." } }',
      'a.ts': FINE,
      'b.mjs': FINE.replace(': string', ''),
    })
    expect((await deche(['check', '--no-types'])).stdout).toBe('2 functions in 2 files, no errors\n')
  })

  it('does not call a file fine whose tags it could not read', async () => {
    write({ 'a.ts': '/** @deche */ export function broken( {' })
    const { stdout, status } = await deche(['check'])
    expect(stdout).toBe(
      'a.ts error: it has syntax errors, which the compiler will explain\n\n0 functions in 1 file, 1 error\n',
    )
    expect(status).toBe(1)
  })

  it('prints JSON with offsets into the source', async () => {
    const text = `${FINE}${MISSPELT.replace('forecast', 'other')}`
    write({ 'a.ts': text, 'b.ts': 'export function broken( { /* @deche */' })
    const { stdout, status } = await deche(['check', '--json'])
    const [tag, name] = [text.indexOf('tll'), text.indexOf('forecast')]
    expect(JSON.parse(stdout)).toEqual({
      files: 2,
      diagnostics: [
        {
          file: 'a.ts',
          code: 'DECHE1003',
          severity: 'error',
          message: "'tll' is not an option of the tag",
          fix: "Did you mean 'ttl'?",
          range: { start: { line: 5, column: 12, offset: tag }, end: { line: 5, column: 15, offset: tag + 3 } },
        },
      ],
      sites: [
        {
          file: 'a.ts',
          id: 'weather.a.forecast',
          name: 'forecast',
          range: { start: { line: 2, column: 17, offset: name }, end: { line: 2, column: 25, offset: name + 8 } },
        },
      ],
      unreadable: [{ file: 'b.ts', reason: 'it has syntax errors, which the compiler will explain' }],
    })
    expect(status).toBe(1)
  })

  it('keeps marks below what they mark behind tabs and in long lines, and control characters from the terminal', async () => {
    write({ 'a.ts': `/* ${'x'.repeat(500)} \u001B[31m */ \t${MISSPELT}` })
    const { stdout } = await deche(['check'])
    const [, line = '', marks = ''] = stdout.split('\n')
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('tll')
    expect(marks).toContain('\t')
    expect(line.length).toBeLessThan(200)
    expect(line).toContain('\uFFFD[31m')
    expect(stdout).not.toContain('\u001B')
  })

  it('has colours only where somebody sees them', () => {
    write({ 'a.ts': MISSPELT })
    expect(runCommand(directory, ['check'], { CI: 'true', TERM: 'xterm' }).stdout).not.toContain('\u001B')
    expect(runCommand(directory, ['check'], { FORCE_COLOR: '1' }).stdout).toContain('\u001B[31merror\u001B[39m')
    expect(runCommand(directory, ['check'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain('\u001B')
  })

  it.each([
    [['check', 'nowhere'], "there is no file or directory 'nowhere'"],
    [['check', 'package.json'], "'package.json' is no JavaScript or TypeScript source file"],
  ])('%j: says what is wrong with a path and ends with 2', (args, message) => {
    const { stdout, stderr, status } = runCommand(directory, args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(`deche: ${message}\n`)
  })
})

describe('deche check: what types say', () => {
  const DOUBTFUL = `/** @deche */
export function load(url: string, done: () => void): void {
  done()
}
`
  const repository = fileURLToPath(new URL('..', import.meta.url))

  function link(name: string, target: string): void {
    mkdirSync(dirname(join(directory, 'node_modules', name)), { recursive: true })
    symlinkSync(join(repository, 'node_modules', target), join(directory, 'node_modules', name), 'junction')
  }

  const doubts = (text: string) => text.match(/DECHE\d+/g) ?? []

  it('shows warnings like errors, and ends with 1 for them', async () => {
    write({ 'a.ts': `${DOUBTFUL}${MISSPELT}` })
    const { stdout, status } = await deche(['check'])
    expect(stdout).toContain(
      [
        'a.ts:2:17 warning DECHE1072: load returns nothing, so a hit does nothing but leave out what the body does. Return what the body finds out, or remove the tag.',
        '  2 | export function load(url: string, done: () => void): void {',
        '    |                 ^^^^',
        '',
        'a.ts:2:35 warning DECHE1070: done is a function, of which no key can be made. ',
      ].join('\n'),
    )
    expect(stdout).toContain('\n1 function in 1 file, 1 error, 2 warnings\n')
    expect(status).toBe(1)
    write({ 'a.ts': DOUBTFUL })
    const warned = await deche(['check'])
    expect(warned.stdout).toContain('\n1 function in 1 file, no errors, 2 warnings\n')
    expect(warned.status).toBe(1)
  })

  it('has them in JSON, with their severity', async () => {
    write({ 'a.ts': DOUBTFUL })
    const { diagnostics } = JSON.parse((await deche(['check', '--json'])).stdout) as { diagnostics: object[] }
    const at = DOUBTFUL.indexOf('done')
    expect(diagnostics).toEqual([
      expect.objectContaining({ file: 'a.ts', code: 'DECHE1072', severity: 'warning' }),
      {
        file: 'a.ts',
        code: 'DECHE1070',
        severity: 'warning',
        message: 'done is a function, of which no key can be made',
        fix: 'Add ignore=done if the result does not depend on it, or pass plain data.',
        range: { start: { line: 2, column: 35, offset: at }, end: { line: 2, column: 39, offset: at + 4 } },
      },
    ])
  })

  it.each([
    [['--allow', 'DECHE1070'], ['DECHE1072'], 1],
    [['--allow', 'DECHE1070, DECHE1072'], [], 0],
    [['--allow', 'DECHE1070', '--allow=DECHE1072'], [], 0],
    [['--no-types'], [], 0],
  ])('%j accepts what it names', async (flags, codes, status) => {
    write({ 'a.ts': DOUBTFUL })
    const outcome = await deche(['check', ...flags])
    expect([doubts(outcome.stdout), outcome.status]).toEqual([codes, status])
  })

  it.each([
    ['DECHE1003', '--allow: DECHE1003 is an error; only warnings can be accepted'],
    ['DECHE1O72', "--allow: 'DECHE1O72' is no code of a warning; did you mean DECHE1072?"],
    ['void', "--allow: 'void' is no code of a warning\n"],
  ])('--allow %s: says what is wrong and ends with 2', async (code, message) => {
    const { stderr, status } = await deche(['check', '--allow', code])
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it.each(['typescript', 'typescript-5.9'])("sees types as the project's own compiler does: %s", (compiler) => {
    link('typescript', compiler)
    // Without ts-morph at hand.
    write({ 'a.ts': DOUBTFUL, 'spy.mjs': refusing('ts-morph') })
    const { stdout, stderr } = runCommand(directory, ['check'], { NODE_OPTIONS: '--import ./spy.mjs' })
    expect([doubts(stdout), stderr]).toEqual([['DECHE1072', 'DECHE1070'], ''])
  })

  /** What `typescript` 7 gives to \`require\`. */
  const SEVEN = {
    'node_modules/typescript/package.json':
      '{ "name": "typescript", "version": "7.0.2", "type": "module", "exports": { ".": "./lib/version.cjs" } }',
    'node_modules/typescript/lib/version.cjs': 'module.exports = { version: "7.0.2", versionMajorMinor: "7.0" }',
  }

  it("takes ts-morph's compiler where the project's typescript is 7, with its lib and its tsconfig.json", async () => {
    write({
      ...SEVEN,
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "lib": ["es2023", "dom"], "types": [] } }',
      'a.ts':
        '/** @deche */\nexport const load = async (url: string, when?: Date) => fetch(url, { headers: { when: String(when) } })\n',
    })
    const { stdout, stderr } = await deche(['check'])
    expect(stdout).toContain('a.ts:2:14 warning DECHE1071: result is a Response, ')
    expect([doubts(stdout), stderr]).toEqual([['DECHE1071'], ''])
  })

  it('says what to install where there is no compiler, and needs none without tags', () => {
    write({ ...SEVEN, 'a.ts': FINE, 'spy.mjs': refusing('ts-morph') })
    const without = { NODE_OPTIONS: '--import ./spy.mjs' }
    const { stdout, stderr, status } = runCommand(directory, ['check'], without)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(
      'typescript 7.0.2 has no programming interface for it. Install ts-morph, which brings a compiler (npm i -D ts-morph), or pass --no-types.',
    )
    expect(runCommand(directory, ['check', '--no-types'], without)).toMatchObject({ status: 0, stderr: '' })
    write({ 'a.ts': 'export const untagged = 1\n' })
    expect(runCommand(directory, ['check'], without)).toMatchObject({ status: 0, stderr: '' })
  })

  it('sees each file with the options of its own tsconfig.json, through references too', async () => {
    // Without strict, `done?: () => void` loses its undefined; with another lib, Response is not there.
    const text = (name: string) => `/** @deche */\nexport const ${name} = (): Response | null => null\n`
    const config = (lib: string) => ({
      compilerOptions: { strict: true, composite: true, lib: ['es2023', lib], types: [] },
    })
    write({
      'tsconfig.json': JSON.stringify({ files: [], references: [{ path: './web.json' }, { path: './server.json' }] }),
      'web.json': JSON.stringify({ ...config('dom'), include: ['web'] }),
      'server.json': JSON.stringify({ ...config('es2023.array'), include: ['server'] }),
      'web/a.ts': text('web'),
      'server/b.ts': text('server'),
      'deep/tsconfig.json': JSON.stringify({ extends: '../web.json', include: ['.'] }),
      'deep/c.ts': text('deep'),
    })
    const places = (await deche(['check'])).stdout.match(/^\S+(?= warning)/gm)
    expect(places).toEqual(['deep/c.ts:2:14', 'web/a.ts:2:14'])
  })

  it('knows the declarations of a project, and classes that a file registers which nobody imports', async () => {
    const classes = (text: string) =>
      `import { configure } from 'deche'\nimport { Money } from './money.js'\nconfigure({ classes: { ${text} } })\n`
    write({
      'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "strict": true, "types": [] } }',
      'globals.d.ts': 'interface Job { run(): void }\n',
      'money.ts': 'export class Money { #n = 1; get n() { return this.#n } }\n',
      'a.ts': `import { Money } from './money.js'\n/** @deche */\nexport const tax = (price: Money, job: Job) => price.n\n`,
      'setup.ts': classes('Money: { class: Money, encode: (m: Money) => m.n }'),
    })
    const warnings = async (...paths: string[]) => (await deche(['check', ...paths])).stdout.match(/DECHE\d+: \S+/g)
    expect(await warnings()).toEqual(['DECHE1070: job.run'])
    expect(await warnings('a.ts')).toEqual(['DECHE1070: job.run'])
    rmSync(join(directory, 'setup.ts'))
    expect(await warnings()).toEqual(['DECHE1070: price', 'DECHE1070: job.run'])
  })
})

/** A module that makes \`import(name)\` fail as if it were not installed. */
function refusing(name: string): string {
  return `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(specifier, context, next) {
  if (specifier === '${name}') throw Object.assign(new Error('no ' + specifier), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(specifier, context)
}\`))`
}

describe('deche ls', () => {
  function fill(prefix: string): void {
    const cache = new Cache({ prefix })
    const half = cache.wrap(
      (n: number) => {
        if (n % 2 === 1) throw new RangeError('odd')
        return n / 2
      },
      { name: 'demo.half', params: ['n'] },
    )
    const named = cache.wrap((n: number) => n, { name: 'demo.named', params: ['n'], path: () => '2027/01' })
    for (const n of [2, 4, 6]) half(n)
    expect(() => half(7)).toThrow(RangeError)
    named(1)
  }

  function bytesIn(folder: string): number {
    const files = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'))
    return files.reduce((sum, { name }) => sum + statSync(join(folder, name)).size, 0)
  }

  it('lists results, exceptions and bytes of each function in the configured store', async () => {
    fill(join(directory, '.deche'))
    const { stdout, status } = await deche(['ls'])
    const rows = stdout.trim().split('\n')
    expect(rows.map((row) => row.trim().split(/\s+/))).toEqual([
      ['results', 'exceptions', 'bytes', 'id'],
      ['1', '0', String(bytesIn(join(directory, '.deche/2027/01'))), '2027/01'],
      ['3', '1', String(bytesIn(join(directory, '.deche/demo.half'))), 'demo.half'],
    ])
    expect(status).toBe(0)
  })

  it('reads the configuration, and --prefix before it', async () => {
    fill(join(directory, 'configured'))
    write({ 'package.json': '{ "name": "weather", "deche": { "prefix": "configured" } }' })
    expect((await deche(['ls'])).stdout).toContain('demo.half')
    rmSync(join(directory, 'package.json'))
    expect((await deche(['ls'])).stdout).toMatch(/^No entries: .*\.deche does not exist yet\.\n$/)
    expect((await deche(['ls', '--prefix', 'configured'])).stdout).toContain('demo.half')
  })

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a directory that does not exist', ['ls', '--prefix', 'nowhere'], {}, "there is no directory 'nowhere'"],
    ['a store of one process', ['ls'], { DECHE_FS__PROTOCOL: 'memory' }, "the configured store is 'memory'"],
    ['a wrong configuration', ['ls'], { DECHE_MODE: 'sometimes' }, 'DECHE_MODE'],
  ])('says of %s what is wrong and ends with 2', async (_, args, environment, message) => {
    const { stdout, stderr, status } = await deche(args, environment)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(message)
  })

  it('loads neither parser nor compiler', () => {
    write({
      'spy.mjs': `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(specifier, context, next) {
  if (/oxc|typescript/.test(specifier)) throw new Error('loaded ' + specifier)
  return next(specifier, context)
}\`))`,
    })
    const spied = { NODE_OPTIONS: '--import ./spy.mjs' }
    expect(runCommand(directory, ['ls'], spied)).toMatchObject({ status: 0, stderr: '' })
    // Not because the spy is blind.
    expect(runCommand(directory, ['check'], spied).stderr).toContain('loaded oxc-parser')
  })
})

describe('deche prune', () => {
  function fill(prefix: string): string {
    const half = new Cache({ prefix }).wrap((n: number) => n / 2, { name: 'demo.half', params: ['n'] })
    const third = new Cache({ prefix }).wrap((n: number) => n / 3, { name: 'demo.third', params: ['n'] })
    for (let n = 0; n < 10; n++) {
      half(n)
      third(n)
    }
    return join(prefix, 'demo.half')
  }
  const filesIn = (folder: string) => readdirSync(folder).filter((name) => !name.startsWith('.')).length

  it('keeps what the given limits leave room for, and says what it removed', async () => {
    const folder = fill(join(directory, '.deche'))
    const dry = await deche(['prune', '--max-entries', '6', '--dry-run'])
    expect(dry.stdout).toMatch(/^14 entries, \d+ bytes would be removed from .*\.deche$/m)
    expect(filesIn(folder)).toBe(20)
    const { stdout, status } = await deche(['prune', '--max-entries', '6'])
    expect(stdout).toMatch(/^14 entries, \d+ bytes removed from .*\.deche\n6 entries, \d+ bytes left$/m)
    expect(status).toBe(0)
    expect(filesIn(folder) + filesIn(join(directory, '.deche/demo.third'))).toBe(12)
  })

  it('takes the configured limits, or says that there are none', async () => {
    fill(join(directory, '.deche'))
    expect(await deche(['prune'])).toMatchObject({ status: 2, stdout: '' })
    expect((await deche(['prune'])).stderr).toContain('nothing says what to remove: give --max-size')
    expect((await deche(['prune', '--json'], { DECHE_MAX_ENTRIES: '5' })).stdout).toContain('"entries": 15')
  })

  it('of tiers prunes those that are on this machine and written, which deche ls lists as one', async () => {
    for (const prefix of ['near', 'far']) fill(join(directory, prefix))
    rmSync(join(directory, 'near/demo.third'), { recursive: true })
    write({ 'deche.config.json': '{ "tiers": [{ "prefix": "near" }, { "prefix": "far", "readonly": true }] }' })
    const listed = /^ +10 +0 +\d+ {2}demo\.half\n +10 +0 +\d+ {2}demo\.third$/m
    expect((await deche(['ls'])).stdout).toMatch(listed)
    const { stdout, status } = await deche(['prune', '--max-entries', '6'])
    expect(stdout).toMatch(/^4 entries, \d+ bytes removed from .*near\n6 entries, \d+ bytes left$/m)
    expect(status).toBe(0)
    expect(filesIn(join(directory, 'near/demo.half'))).toBe(12)
    expect((await deche(['ls'])).stdout).toMatch(listed)
  })

  it('looks at the functions that are named alone', async () => {
    const folder = fill(join(directory, 'elsewhere'))
    const { stdout } = await deche(['prune', 'demo.half', '--prefix', 'elsewhere', '--max-entries', '3', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: false,
      removed: { entries: 7 },
      left: { entries: 3 },
      functions: [{ id: 'demo.half', entries: 7 }],
    })
    expect([filesIn(folder), filesIn(join(directory, 'elsewhere/demo.third'))]).toEqual([6, 20])
  })

  it.each([
    [['--max-size', '5'], '--max-size: '],
    [['--max-age', 'old'], '--max-age: '],
    [['--max-entries', '0'], '--max-entries: '],
    [['--max-entries', '1', '--prefix', 'gone'], "there is no directory 'gone'"],
  ])('says of %j what is wrong and ends with 2', async (args, message) => {
    const { stderr, stdout, status } = await deche(['prune', ...args])
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(message)
  })
})

describe('deche', () => {
  it('tells its version', () => {
    expect(runCommand(directory, ['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(`^deche/${manifest.version.replaceAll('.', '\\.')} `),
    })
  })

  it('tells what it can do', async () => {
    const { stdout, status } = await deche(['--help'])
    for (const known of ['check [...paths]', 'ls', '--version']) expect(stdout).toContain(known)
    expect(status).toBe(0)
  })

  it.each([
    [[], 'a command is missing'],
    [['chek'], "unknown command 'chek'"],
    [['--verbose'], "unknown option '--verbose'"],
    [['check', '--jsn'], 'Unknown option `--jsn`'],
    [['ls', '--prefix'], 'option `--prefix <directory>` value is missing'],
    [['ls', 'more'], 'Unused args: `more`'],
  ])('%j: says what is wrong and ends with 2', async (args, message) => {
    const { stdout, stderr, status } = await deche(args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(`deche: ${message}\n`)
    expect(stderr).toContain('deche --help')
  })

  it('does not send people to its help for what they cannot find there', async () => {
    for (const args of [
      ['check', 'gone'],
      ['explain', 'gone'],
      ['init', 'gone'],
      ['ls', '--prefix', 'gone'],
    ]) {
      const { stderr, status } = await deche(args)
      expect(stderr, args.join(' ')).toMatch(/^deche: .+\n$/)
      expect(status).toBe(2)
    }
  })

  it('tells no default of an option that has none', async () => {
    const { stdout } = await deche(['check', '--help'])
    expect(stdout).toContain('--no-types')
    expect(stdout).not.toContain('default: true')
  })
})

describe('the report', () => {
  it('has an end even when the error is at the end of the file', () => {
    const source = { file: 'a.ts', text: 'x' }
    const diagnostic = { code: 'DECHE1', severity: 'error', message: 'm', fix: 'f.', range: [1, 1] } as const
    const plain = (text: string | number | null | undefined) => String(text)
    const colours = { red: plain, green: plain, yellow: plain, bold: plain, dim: plain }
    const text = asText({ files: 1, sites: [], problems: [{ source, diagnostic }], unreadable: [] }, colours)
    expect(text.split('\n').slice(1, 3)).toEqual(['  1 | x', '    |  ^'])
  })
})
