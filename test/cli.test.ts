import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { asText } from '../cli/report.js'
import { Cache } from '../runtime/index.js'
import { temporaryDirectory } from './helpers/temporary.js'

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
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

function deche(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env
  return spawnSync(process.execPath, [...['--no-warnings', command], ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...inherited, ...environment },
  })
}

const FINE = '/** @deche ttl=7d */\nexport function forecast(city: string) {\n  return city\n}\n'
const MISSPELT = '/** @deche tll=7d */\nexport function forecast(city: string) {\n  return city\n}\n'

describe('deche check', () => {
  it('counts the functions of a tree without errors and ends with 0', () => {
    write({ 'a.ts': FINE, 'deep/er/b.tsx': FINE, 'deep/c.mjs': 'export const plain = 1\n' })
    const { stdout, stderr, status } = deche(['check'])
    expect({ stdout, stderr, status }).toEqual({ stdout: '2 functions in 3 files, no errors\n', stderr: '', status: 0 })
  })

  it('shows where an error is and what to do, and ends with 1', () => {
    write({ 'src/a.ts': `\n${MISSPELT}` })
    const { stdout, status } = deche(['check'])
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

  it('finds two functions with one id in different files', () => {
    write({ 'a.ts': FINE.replace('ttl=7d', 'name=w.f'), 'b.ts': FINE.replace('ttl=7d', 'name=w.f') })
    const { stdout, status } = deche(['check'])
    expect(stdout).toContain('b.ts:2:17 error DECHE1040: the id w.f is taken by the function at a.ts:2. ')
    expect(stdout).toContain('1 function in 2 files, 1 error\n')
    expect(status).toBe(1)
  })

  it('looks at the files and folders it is given, each file once', () => {
    write({ 'a.ts': FINE, 'b/c.ts': FINE, 'd.ts': MISSPELT })
    symlinkSync('a.ts', join(directory, 'link.ts'))
    expect(deche(['check', 'a.ts', 'b', './b/c.ts', 'link.ts']).stdout).toBe('2 functions in 2 files, no errors\n')
  })

  it('passes by dependencies, dot folders and declarations', () => {
    const elsewhere = ['node_modules/x/a.ts', 'b/node_modules/x/a.ts', '.cache/a.ts', 'types.d.ts', 'types.d.mts']
    write(Object.fromEntries(elsewhere.map((file) => [file, MISSPELT])))
    expect(deche(['check']).stdout).toBe('0 functions in 0 files, no errors\n')
  })

  it('does not call a file fine whose tags it could not read', () => {
    write({ 'a.ts': '/** @deche */ export function broken( {' })
    const { stdout, status } = deche(['check'])
    expect(stdout).toBe(
      'a.ts error: it has syntax errors, which the compiler will explain\n\n0 functions in 1 file, 1 error\n',
    )
    expect(status).toBe(1)
  })

  it('prints JSON with offsets into the source', () => {
    const text = `${FINE}${MISSPELT.replace('forecast', 'other')}`
    write({ 'a.ts': text, 'b.ts': 'export function broken( { /* @deche */' })
    const { stdout, status } = deche(['check', '--json'])
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

  it('keeps marks below what they mark behind tabs and in long lines, and control characters from the terminal', () => {
    write({ 'a.ts': `/* ${'x'.repeat(500)} \u001B[31m */ \t${MISSPELT}` })
    const { stdout } = deche(['check'])
    const [, line = '', marks = ''] = stdout.split('\n')
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('tll')
    expect(marks).toContain('\t')
    expect(line.length).toBeLessThan(200)
    expect(line).toContain('\uFFFD[31m')
    expect(stdout).not.toContain('\u001B')
  })

  it('has colours only where somebody sees them', () => {
    write({ 'a.ts': MISSPELT })
    expect(deche(['check'], { CI: 'true', TERM: 'xterm' }).stdout).not.toContain('\u001B')
    expect(deche(['check'], { FORCE_COLOR: '1' }).stdout).toContain('\u001B[31merror\u001B[39m')
    expect(deche(['check'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain('\u001B')
  })

  it.each([
    [['check', 'nowhere'], "there is no file or directory 'nowhere'"],
    [['check', 'package.json'], "'package.json' is no JavaScript or TypeScript source file"],
  ])('%j: says what is wrong with a path and ends with 2', (args, message) => {
    const { stdout, stderr, status } = deche(args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(`deche: ${message}\n`)
  })
})

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

  it('lists results, exceptions and bytes of each function in the configured store', () => {
    fill(join(directory, '.deche'))
    const { stdout, status } = deche(['ls'])
    const rows = stdout.trim().split('\n')
    expect(rows.map((row) => row.trim().split(/\s+/))).toEqual([
      ['results', 'exceptions', 'bytes', 'id'],
      ['1', '0', String(bytesIn(join(directory, '.deche/2027/01'))), '2027/01'],
      ['3', '1', String(bytesIn(join(directory, '.deche/demo.half'))), 'demo.half'],
    ])
    expect(status).toBe(0)
  })

  it('reads the configuration, and --prefix before it', () => {
    fill(join(directory, 'configured'))
    write({ 'package.json': '{ "name": "weather", "deche": { "prefix": "configured" } }' })
    expect(deche(['ls']).stdout).toContain('demo.half')
    rmSync(join(directory, 'package.json'))
    expect(deche(['ls']).stdout).toMatch(/^No entries: .*\.deche does not exist yet\.\n$/)
    expect(deche(['ls', '--prefix', 'configured']).stdout).toContain('demo.half')
  })

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a directory that does not exist', ['ls', '--prefix', 'nowhere'], {}, "there is no directory 'nowhere'"],
    ['a store without files', ['ls'], { DECHE_FS__PROTOCOL: 'memory' }, "the configured store is 'memory'"],
    ['a wrong configuration', ['ls'], { DECHE_MODE: 'sometimes' }, 'DECHE_MODE'],
  ])('says of %s what is wrong and ends with 2', (_, args, environment, message) => {
    const { stdout, stderr, status } = deche(args, environment)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(message)
  })

  it('loads neither parser nor compiler', () => {
    write({
      'spy.mjs': `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(specifier, context, next) {
  if (/oxc|typescript|magic-string/.test(specifier)) throw new Error('loaded ' + specifier)
  return next(specifier, context)
}\`))`,
    })
    const spied = { NODE_OPTIONS: '--import ./spy.mjs' }
    expect(deche(['ls'], spied)).toMatchObject({ status: 0, stderr: '' })
    // Not because the spy is blind.
    expect(deche(['check'], spied).stderr).toContain('loaded oxc-parser')
  })
})

describe('deche', () => {
  it('tells its version', () => {
    expect(deche(['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(`^deche/${manifest.version.replaceAll('.', '\\.')} `),
    })
  })

  it('tells what it can do', () => {
    const { stdout, status } = deche(['--help'])
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
  ])('%j: says what is wrong and ends with 2', (args, message) => {
    const { stdout, stderr, status } = deche(args)
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toContain(`deche: ${message}\n`)
    expect(stderr).toContain('deche --help')
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
