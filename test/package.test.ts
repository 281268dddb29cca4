import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Project } from './helpers/project.js'

/** What npm would publish, unpacked into a project that has nothing to do with this repository. */

const repository = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
}

const STRICT = {
  target: 'es2023',
  lib: ['es2023'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
  types: ['node'],
}

const FORECAST = `let runs = 0
/** @deche ttl=7d */
export function forecast(city: string, days = 3): string {
  runs += 1
  return city + ' ' + days
}
declare const console: { log(...values: unknown[]): void }
console.log(forecast('Oslo'), runs)
`

let scratch: string
let tarball: string
let project: Project
let files: Record<string, string>

function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}`, stdout }
}

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'deche-package-')))
  // Without scripts: `prepack` would build dist/ under the feet of other tests.
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch], repository)
  expect(packed.status, packed.output).toBe(0)
  tarball = join(scratch, `deche-${manifest.version}.tgz`)

  const importAll = "import { Cache, cached, configure } from 'deche'\n"
  project = new Project({
    allNodeTypes: true,
    deche: {},
    package: { name: 'elsewhere', type: 'module' },
    files: {
      'node_modules/deche/.keep': '',
      'esm.mjs': `${importAll}console.log(typeof Cache, typeof cached, typeof configure)\n`,
      'commonjs.cjs':
        "const { Cache, cached, configure } = require('deche')\nconsole.log(typeof Cache, typeof cached, typeof configure)\n",
      'types.ts': `${importAll}import plugin from 'deche/transformer'
import { isolate, recordings, useTestCache } from 'deche/testing'
configure({ ttl: '7d' })
const double = new Cache({ protocol: 'memory' }).wrap((n: number) => n * 2, { name: 'demo.double', params: ['n'] })
const two: number = double(1)
const keys: Promise<string[]> = cached(double).listCachedData()
// @ts-expect-error: a number
double('1')
const unused: string[] = recordings('recordings', { functions: [double] }).unused()
const restore: () => void = isolate()
export { keys, plugin, restore, two, unused, useTestCache }
`,
      'types.cts': "import deche = require('deche')\nexport const cache: deche.Cache = new deche.Cache()\n",
      'tsconfig.nodenext.json': {
        compilerOptions: { ...STRICT, module: 'nodenext' },
        files: ['types.ts', 'types.cts'],
      },
      'tsconfig.bundler.json': {
        compilerOptions: { ...STRICT, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler' },
        files: ['types.ts'],
      },
      'tsconfig.json': {
        compilerOptions: {
          target: 'es2023',
          module: 'nodenext',
          strict: true,
          // The declarations are checked above.
          skipLibCheck: true,
          lib: ['es2023'],
          types: [],
          outDir: 'out',
          rootDir: 'src',
          plugins: [{ transform: 'deche/transformer' }],
        },
        include: ['src'],
      },
      'src/forecast.ts': FORECAST,
    },
  })
  const unpacked = run(
    'tar',
    ['-xzf', tarball, '--strip-components=1', '-C', project.path('node_modules/deche')],
    scratch,
  )
  expect(unpacked.status, unpacked.output).toBe(0)
  for (const name of Object.keys(manifest.dependencies)) project.link(name, join(repository, 'node_modules', name))
  files = project.tree('node_modules/deche')
})

afterAll(async () => {
  await project.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

describe('the installed package', () => {
  it('is imported by an ES module, without a warning', async () => {
    expect(await project.node(['esm.mjs'])).toEqual({ status: 0, stdout: 'function function function\n', stderr: '' })
  })

  it('is required by CommonJS, without a warning', async () => {
    expect(await project.node(['commonjs.cjs'])).toEqual({
      status: 0,
      stdout: 'function function function\n',
      stderr: '',
    })
  })

  it.each(['nodenext', 'bundler'])(
    'has types under moduleResolution %s, its own declarations included',
    async (name) => {
      expect(await project.tsc('-p', `tsconfig.${name}.json`)).toEqual({ status: 0, stdout: '', stderr: '' })
    },
  )

  it('compiles a program with tspc, and the second process does not compute again', async () => {
    expect(await project.ownTspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await project.node(['out/forecast.js'])).toEqual({ status: 0, stdout: 'Oslo 3 1\n', stderr: '' })
    expect(await project.node(['out/forecast.js'])).toEqual({ status: 0, stdout: 'Oslo 3 0\n', stderr: '' })
  })

  it('an error that nobody catches is shown with a line of code, and not with all of the package', async () => {
    project.write({
      'uncaught.mjs': "import { cached } from 'deche'\nfunction forecast() {}\ncached(forecast)\n",
    })
    const { status, stderr } = await project.node(['uncaught.mjs'])
    expect(status).toBe(1)
    expect(stderr).toContain('NotTransformedError: DECHE2005: forecast was not compiled by deche')
    expect(stderr).toContain('uncaught.mjs:3:1')
    expect(stderr.length).toBeLessThan(3000)
  })

  it('brings the command', async () => {
    const command = project.path('node_modules/deche/dist/cli/main.js')
    expect(await project.node([command, 'check', 'src'])).toMatchObject({
      status: 0,
      stdout: '1 function in 1 file, no errors\n',
    })
    const { stdout } = run('tar', ['-tvzf', tarball, 'package/dist/cli/main.js'], scratch)
    expect(stdout).toMatch(/^-rwx/)
  })
})

describe('the tarball', () => {
  it('has nothing that publint could say about it', async () => {
    const { messages, pkg } = await publint({ pkgDir: project.path('node_modules/deche'), pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('has types that are right for those who import it', () => {
    // The package is ESM, which all Node versions it runs on can require(): the profile leaves out what is said about
    // CommonJS for older ones, and node10, which knows no exports.
    const attw = join(repository, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const { status, output } = run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-color'], scratch)
    expect(status, output).toBe(0)
    for (const entry of ['deche', 'deche/runtime', 'deche/testing', 'deche/transformer']) {
      expect(output).toMatch(new RegExp(`"${entry}" +│ 🟢 \\(ESM\\) +│ 🟢 `))
    }
  })

  it('brings the licence, and those of what is bundled', () => {
    expect(files.LICENSE).toContain('MIT License')
    const licences = files['dist/THIRD-PARTY-LICENSES.txt'] ?? ''
    // Whatever a bundle was made of says so in its source map.
    const bundled = Object.entries(files)
      .filter(([name]) => name.endsWith('.map'))
      .flatMap(([, map]) => (JSON.parse(map) as { sources: string[] }).sources)
      .flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [])
    expect(bundled).toContain('devalue')
    for (const name of bundled) expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([\\w.-]+\\)$`, 'm'))
  })

  it('holds what runs and what is read, and nothing else', () => {
    const kinds = Object.keys(files).filter(
      (name) =>
        !/^(?:dist\/(?:browser|runtime|transformer|cli|way|cold|remote|index|bundled|bundled-index|testing)[/.]|docs\/(?:recipes\/)?[\w-]+\.md$)/.test(
          name,
        ),
    )
    expect(kinds.sort()).toEqual(
      [
        '.keep',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/THIRD-PARTY-LICENSES.txt',
        'docs/performance.svg',
        'package.json',
      ].sort(),
    )
    expect(Object.keys(files).filter((name) => /\.test\.|fixtures|bench/.test(name))).toEqual([])
  })

  it('has source maps that need no file outside the package', () => {
    const maps = Object.entries(files).filter(([name]) => name.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(2)
    for (const [name, text] of maps) {
      const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent?: unknown[] }
      const inline = sources.filter((_, index) => typeof sourcesContent?.[index] === 'string')
      expect(inline, `${name} names sources that it does not contain`).toEqual(sources)
    }
  })

  it('does not tell where it was built', () => {
    const places = [repository.replace(/[\\/]$/, ''), homedir(), resolve(tmpdir())].filter((place) => place.length > 4)
    for (const [name, text] of Object.entries(files)) {
      for (const place of places) expect(text.includes(`${place}/`), `${name} contains ${place}`).toBe(false)
    }
  })
})
