import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compilerCalls, configsOf, emits } from '../cli/init/commands.js'
import { writeChanges } from '../cli/init/write.js'
import { warmCommand } from './helpers/command.js'
import { compilers, Project } from './helpers/project.js'
import { temporaryDirectory } from './helpers/temporary.js'

const PLUGIN = '{ "transform": "deche/transformer" }'
const MANIFEST = '{\n  "name": "weather",\n  "scripts": {\n    "build": "tsc"\n  }\n}\n'
const TSCONFIG = '{\n  "compilerOptions": {\n    "outDir": "dist"\n  }\n}\n'

let directory: string

beforeEach(() => {
  directory = temporaryDirectory()
  // Whatever is above the temporary directory is no part of the project.
  mkdirSync(join(directory, '.git'))
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
}

function read(file: string): string {
  return readFileSync(join(directory, file), 'utf8')
}

function tree(): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file, readFileSync(file, 'latin1')]),
  )
}

const warm = warmCommand()
const deche = (...args: string[]) => warm(directory, args)

/** Runs it on these files, and once more, which must change nothing. */
async function init(files: Readonly<Record<string, string>>): Promise<string> {
  write({ 'package.json': MANIFEST, ...files })
  const { status, stdout, stderr } = await deche('init')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const after = tree()
  const again = await deche('init')
  expect(again.stdout).toMatch(/^Nothing to change\.\n/)
  expect(tree()).toEqual(after)
  return stdout
}

describe('deche init', () => {
  it('sets a project up, shows what it changed and what is left', async () => {
    const stdout = await init({ 'tsconfig.json': TSCONFIG, 'dist/x.tsbuildinfo': '{}' })
    expect(stdout).toBe(`Changed:

package.json
    "scripts": {
-     "build": "tsc"
+     "build": "tspc",
+     "deche:check": "deche check"
    }

tsconfig.json
    "compilerOptions": {
-     "outDir": "dist"
+     "outDir": "dist",
+     "plugins": [${PLUGIN}]
    }

.gitignore (new)
+ .deche/

Left to do:
  - Install deche: npm install deche
  - Install the compiler: npm install --save-dev typescript@6 ts-patch@4
  - Delete dist/x.tsbuildinfo: an incremental build does not write a file again because a plugin is new.
`)
  })

  it('shows the same with --dry-run, and writes nothing', async () => {
    write({ 'package.json': MANIFEST, 'tsconfig.json': TSCONFIG })
    const before = tree()
    const { stdout } = await deche('init', '--dry-run')
    expect(tree()).toEqual(before)
    expect(stdout.replace('This would change:', 'Changed:')).toBe((await deche('init')).stdout)
  })

  it('works on the directory that it is given', async () => {
    write({ 'packages/a/package.json': MANIFEST, 'packages/a/tsconfig.json': TSCONFIG })
    expect((await deche('init', 'packages/a')).stdout).toContain('packages/a/tsconfig.json\n')
    expect(read('packages/a/.gitignore')).toBe('.deche/\n')
    expect(existsSync(join(directory, '.gitignore'))).toBe(false)
  })

  it('writes through links and keeps permissions', async () => {
    write({ 'package.json': MANIFEST, 'shared/tsconfig.json': TSCONFIG })
    chmodSync(join(directory, 'shared/tsconfig.json'), 0o640)
    symlinkSync('shared/tsconfig.json', join(directory, 'tsconfig.json'))
    expect((await deche('init')).status).toBe(0)
    expect(lstatSync(join(directory, 'tsconfig.json')).isSymbolicLink()).toBe(true)
    expect(read('shared/tsconfig.json')).toContain(PLUGIN)
    expect(statSync(join(directory, 'shared/tsconfig.json')).mode & 0o777).toBe(0o640)
    expect(Object.keys(tree()).filter((file) => file.endsWith('.tmp'))).toEqual([])
  })
})

describe('a compiler that runs no plugins', () => {
  const scripts = { build: 'npx tsc -p . && node .', types: 'tsc --noEmit', watch: 'tspc -w' }
  const manifest = JSON.stringify({ name: 'weather', scripts, devDependencies: { typescript: '^7.0.2' } })

  it('is called by deche build, and gets no plugin', async () => {
    const stdout = await init({ 'package.json': manifest, 'tsconfig.json': TSCONFIG })
    expect(JSON.parse(read('package.json'))).toMatchObject({
      scripts: {
        ...scripts,
        build: 'npx deche build -p . && node .',
        watch: 'deche build -w',
        'deche:check': 'deche check',
      },
    })
    expect(read('tsconfig.json')).toBe(TSCONFIG)
    expect(stdout).toMatch(/Left to do:\n {2}- Install deche: npm install deche\n$/)
  })

  it('gets a build, where there is none', async () => {
    await init({
      'package.json': JSON.stringify({ name: 'weather', devDependencies: { typescript: '7' } }),
      'tsconfig.json': '{ "files": [], "references": [{ "path": "a" }] }',
      'a/tsconfig.json': '{}',
    })
    expect(JSON.parse(read('package.json'))).toMatchObject({ scripts: { build: 'deche build --build' } })
  })

  it('a plugin that it passes by is told of', async () => {
    const tsconfig = `{ "compilerOptions": { "plugins": [${PLUGIN}] } }`
    expect(await init({ 'package.json': manifest, 'tsconfig.json': tsconfig })).toContain(
      'Remove deche from the "plugins" of tsconfig.json: TypeScript 7 runs none.',
    )
    expect(read('tsconfig.json')).toBe(tsconfig)
  })
})

describe('a project that bundlers compile', () => {
  const NO_EMIT = '{ "compilerOptions": { "noEmit": true } }'
  const manifest = JSON.stringify({
    name: 'weather',
    scripts: { build: 'tsc && vite build' },
    dependencies: { deche: '1' },
  })

  it('keeps its configuration, and is told which plugin each wants', async () => {
    const files = {
      'tsconfig.json': NO_EMIT,
      'vite.config.ts': 'export default {}',
      'next.config.mjs': 'export default {}',
    }
    const stdout = await init({ 'package.json': manifest, ...files })
    expect(stdout.split('Left to do:\n')[1]?.split('\n').sort()).toEqual([
      '',
      "  - Add the plugin of 'deche/loader' to next.config.mjs: what it builds or runs is uncached without.",
      "  - Add the plugin of 'deche/vite' to vite.config.ts: what it builds or runs is uncached without.",
    ])
    expect(JSON.parse(read('package.json'))).toMatchObject({
      scripts: { build: 'tsc && vite build', 'deche:check': 'deche check' },
    })
    for (const [file, text] of Object.entries(files)) expect(read(file)).toBe(text)
    expect(read('.gitignore')).toBe('.deche/\n')
  })

  it('has nothing left to do where they name deche', async () => {
    const vite = "import deche from 'deche/vite'\nexport default { plugins: [await deche()] }\n"
    const stdout = await init({ 'package.json': manifest, 'tsconfig.json': NO_EMIT, 'vite.config.ts': vite })
    expect(stdout).not.toContain('Left to do')
  })
})

describe('tsconfig.json', () => {
  it.each<[string, string, string]>([
    ['no compilerOptions', '{}\n', `{\n  "compilerOptions": {\n    "plugins": [${PLUGIN}]\n  }\n}\n`],
    ['empty compilerOptions', '{ "compilerOptions": {} }', `{ "compilerOptions": {\n  "plugins": [${PLUGIN}]\n} }`],
    [
      'one line',
      '{ "compilerOptions": { "strict": true } }',
      `{ "compilerOptions": { "strict": true, "plugins": [${PLUGIN}] } }`,
    ],
    ['an empty list', '{ "compilerOptions": { "plugins": [] } }', `{ "compilerOptions": { "plugins": [${PLUGIN}] } }`],
    [
      'another plugin, which stays behind',
      '{ "compilerOptions": { "plugins": [{ "name": "x" }] } }',
      `{ "compilerOptions": { "plugins": [${PLUGIN}, { "name": "x" }] } }`,
    ],
    [
      'others on lines of their own, with a comment',
      '{\n  "compilerOptions": {\n    "plugins": [\n      // the first\n      { "name": "x" }\n    ]\n  }\n}\n',
      `{\n  "compilerOptions": {\n    "plugins": [\n      ${PLUGIN},\n      // the first\n      { "name": "x" }\n    ]\n  }\n}\n`,
    ],
    [
      'a trailing comma, comments, tabs',
      '{\n\t// all\n\t"compilerOptions": {\n\t\t"strict": true, // why\n\t\t// "noEmit": true,\n\t}, /* end */\n}',
      `{\n\t// all\n\t"compilerOptions": {\n\t\t"strict": true, // why\n\t\t"plugins": [${PLUGIN}],\n\t\t// "noEmit": true,\n\t}, /* end */\n}`,
    ],
    [
      'a comment behind the last value, without a comma',
      '{\n  "compilerOptions": {\n    "strict": true /* why */ // so\n  }\n}\n',
      `{\n  "compilerOptions": {\n    "strict": true, /* why */ // so\n    "plugins": [${PLUGIN}]\n  }\n}\n`,
    ],
    [
      'nothing but comments',
      '{\n  "compilerOptions": {\n    // "strict": true\n  }\n}\n',
      `{\n  "compilerOptions": {\n    "plugins": [${PLUGIN}]\n    // "strict": true\n  }\n}\n`,
    ],
    [
      'a byte order mark and CRLF',
      '\uFEFF{\r\n    "compilerOptions": {\r\n        "strict": true\r\n    }\r\n}\r\n',
      `\uFEFF{\r\n    "compilerOptions": {\r\n        "strict": true,\r\n        "plugins": [${PLUGIN}]\r\n    }\r\n}\r\n`,
    ],
  ])('with %s', async (_, before, after) => {
    await init({ 'tsconfig.json': before })
    expect(read('tsconfig.json')).toBe(after)
  })

  it.each([
    ['alone', PLUGIN],
    ['with options', '{ "transform": "deche/transformer", "import": "default" }'],
    ['behind a language service plugin', `{ "name": "x" }, ${PLUGIN}`],
    ['by its path', '{ "transform": "./node_modules/deche/dist/transformer/index.js" }'],
  ])('is left alone with the plugin %s', async (_, list) => {
    const text = `{ "compilerOptions": { "plugins": [${list}] } }`
    expect(await init({ 'tsconfig.json': text })).not.toContain('in front of')
    expect(read('tsconfig.json')).toBe(text)
  })

  it('says so when another transformer comes first', async () => {
    const stdout = await init({
      'tsconfig.json': `{ "compilerOptions": { "plugins": [{ "transform": "x" }, ${PLUGIN}] } }`,
    })
    expect(stdout).toContain(`Put ${PLUGIN} in front of the other transformers of tsconfig.json.`)
  })

  it('inherits the plugin from what it extends, also from a package', async () => {
    write({ 'node_modules/@acme/base/tsconfig.json': `{ "compilerOptions": { "plugins": [${PLUGIN}] } }` })
    await init({ 'tsconfig.json': '{ "extends": ["./other", "@acme/base"] }', 'other.json': '{}' })
    expect(read('tsconfig.json')).toBe('{ "extends": ["./other", "@acme/base"] }')
  })

  it('repeats the list that its own replaces, and says why', async () => {
    const stdout = await init({
      'base.json': '{ "compilerOptions": { "plugins": [{ "name": "x", "deep": { "a": [1] } }] } }',
      'tsconfig.json': '{ "extends": "./base.json" }',
    })
    expect(JSON.parse(read('tsconfig.json'))).toMatchObject({
      compilerOptions: { plugins: [{ transform: 'deche/transformer' }, { name: 'x', deep: { a: [1] } }] },
    })
    expect(stdout).toContain('"plugins" in tsconfig.json replaces the list of the file that it extends')
  })

  it('of a solution stays as it is: the projects that write JavaScript get the plugin', async () => {
    const solution =
      '{ "files": [], "references": [{ "path": "./app" }, { "path": "./check.json" }, { "path": "../out" }] }'
    const stdout = await init({
      'package.json': '{ "name": "w", "scripts": {} }',
      'tsconfig.json': solution,
      'app/tsconfig.json': TSCONFIG,
      'check.json': '{ "compilerOptions": { "noEmit": true } }',
    })
    expect(read('tsconfig.json')).toBe(solution)
    expect(read('app/tsconfig.json')).toContain(PLUGIN)
    expect(read('check.json')).not.toContain('plugins')
    expect(stdout).toContain('"build": "tspc --build"')
  })

  it('that scripts name is set up too, unless it inherits the plugin', async () => {
    await init({
      'package.json': '{ "scripts": { "build": "tsc -p tsconfig.build.json && tsc -p tsconfig.own.json" } }',
      'tsconfig.json': TSCONFIG,
      'tsconfig.build.json': '{ "extends": "./tsconfig.json" }',
      'tsconfig.own.json': '{ "extends": "./tsconfig.json", "compilerOptions": { "plugins": [] } }',
    })
    expect(read('tsconfig.build.json')).toBe('{ "extends": "./tsconfig.json" }')
    expect(read('tsconfig.own.json')).toContain(`[${PLUGIN}]`)
    expect(read('package.json')).toContain('"tspc -p tsconfig.build.json && tspc -p tsconfig.own.json"')
  })

  it.each(compilers)('of $label, as tsc --init writes it, is still one', async ({ typescript }) => {
    const tsc = fileURLToPath(new URL(`../node_modules/${typescript}/bin/tsc`, import.meta.url))
    expect(spawnSync(process.execPath, [tsc, '--init'], { cwd: directory }).status).toBe(0)
    const before = read('tsconfig.json')
    await init({ 'a.ts': 'export const a = 1\n' })
    expect(read('tsconfig.json').replace(/\n *"plugins".*/, '')).toBe(before)
    const shown = spawnSync(process.execPath, [tsc, '--showConfig'], { cwd: directory, encoding: 'utf8' })
    expect(JSON.parse(shown.stdout)).toMatchObject({
      compilerOptions: { plugins: [{ transform: 'deche/transformer' }] },
    })
  })
})

describe('package.json', () => {
  it('gets scripts where there are none, and keeps its style', async () => {
    await init({ 'package.json': '{\r\n\t"name": "x"\r\n}', 'tsconfig.json': TSCONFIG })
    expect(read('package.json')).toBe(
      '{\r\n\t"name": "x",\r\n\t"scripts": {\r\n\t\t"build": "tspc",\r\n\t\t"deche:check": "deche check"\r\n\t}\r\n}',
    )
  })

  it('keeps a check that is there, and a build that has another name', async () => {
    const text = '{ "scripts": { "compile": "tspc", "lint": "biome check && deche check src" } }'
    await init({ 'package.json': text, 'tsconfig.json': TSCONFIG })
    expect(read('package.json')).toBe(text)
  })

  it('gets a build where only watching compiles', async () => {
    await init({ 'package.json': '{ "scripts": { "dev": "tsc -w" } }', 'tsconfig.json': TSCONFIG })
    expect(JSON.parse(read('package.json'))).toMatchObject({ scripts: { dev: 'tspc -w', build: 'tspc' } })
  })

  it('keeps tsc where a configuration only checks', async () => {
    await init({
      'package.json': '{ "scripts": { "build": "tsc", "types": "tsc -p tsconfig.test.json" } }',
      'tsconfig.json': TSCONFIG,
      'tsconfig.test.json': '{ "extends": "./tsconfig.json", "compilerOptions": { "noEmit": true } }',
    })
    expect(JSON.parse(read('package.json'))).toMatchObject({
      scripts: { build: 'tspc', types: 'tsc -p tsconfig.test.json' },
    })
  })

  it.each([
    ['tsc src/a.ts', "The script 'build' gives tsc source files"],
    ['cd app && tsc', "If the script 'build' compiles with tsc"],
    ['watchexec tsc', "If the script 'build' compiles with tsc"],
    ['vite build', 'No script builds with tspc'],
  ])('is left to people where nobody can be sure: %s', async (line, message) => {
    const manifest = JSON.stringify({ scripts: { build: line, check: 'deche check' } })
    expect(await init({ 'package.json': manifest, 'tsconfig.json': TSCONFIG })).toContain(message)
    expect(read('package.json')).toBe(manifest)
  })
})

describe('calls of tsc in scripts', () => {
  const calls = (line: string, scripts: readonly string[] = []) =>
    compilerCalls(line, new Set(scripts)).map((call) => [call.certain && emits(call), configsOf(call)])
  const plain = [true, []]

  it.each<[string, unknown[]]>([
    ['tsc', [plain]],
    ['tsc && node .', [plain]],
    ['rimraf dist && tsc', [plain]],
    ['npx tsc', [plain]],
    ['npm exec -- tsc', [plain]],
    ['NODE_OPTIONS=--max-old-space-size=4096 tsc', [plain]],
    ['cross-env A="b c" tsc', [plain]],
    ['./node_modules/.bin/tsc', [plain]],
    ['tsc -w', [plain]],
    ['tsc --watch --preserveWatchOutput', [plain]],
    ['tsc --noEmit false', [plain]],
    ['concurrently "tsc -w" \'node --watch dist\'', [plain]],
    ['tsc;tsc|cat', [plain, plain]],
    ['tsc -b', [plain]],
    ['tsc --build --verbose a b/c.json', [[true, ['a', 'b/c.json']]]],
    ['tsc --project tsconfig.build.json', [[true, ['tsconfig.build.json']]]],
    ['tsc -p . --outDir lib', [[true, ['.']]]],
    ['tsc src/a.ts', [[true, undefined]]],
    ['tsc --noEmit', [[false, []]]],
    ['tsc -noEmit -p a.json', [[false, ['a.json']]]],
    ['tsc --emitDeclarationOnly', [[false, []]]],
    ['tsc -b --clean', [[false, []]]],
    ['somebody tsc', [[false, []]]],
    ['vue-tsc', []],
    ['tsc-alias && tsc-watch', []],
    ['npm run tsc', []],
    ['run-s tsc lint', []],
    ['rm -rf tsc', []],
    ['echo "tsc is next"', []],
    ['node tsc.js && ./tsc/x', []],
  ])('%s', (line, expected) => {
    expect(calls(line)).toEqual(expected)
  })

  it('yarn tsc is a script if there is one of that name', () => {
    expect(calls('yarn tsc')).toEqual([plain])
    expect(calls('yarn tsc', ['tsc'])).toEqual([])
    expect(calls('pnpm run tsc', ['tsc'])).toEqual([])
  })
})

describe('.gitignore', () => {
  it.each<[string, string | undefined, string]>([
    ['none', undefined, '.deche/\n'],
    ['others', 'dist\n', 'dist\n.deche/\n'],
    ['no newline at the end', 'dist', 'dist\n.deche/\n'],
    ['CRLF', 'dist\r\n', 'dist\r\n.deche/\r\n'],
    ['the folder', '.deche\n', '.deche\n'],
    ['the folder from the root, in CRLF', '/.deche/\r\nx\r\n', '/.deche/\r\nx\r\n'],
    ['everywhere', '**/.deche/\n', '**/.deche/\n'],
    ['all dot files', '.*\n!.gitignore\n', '.*\n!.gitignore\n'],
    ['somebody who wants to keep it', '!.deche/\n', '!.deche/\n'],
    ['a comment and a longer name', '# .deche/\n.deche-old/\n', '# .deche/\n.deche-old/\n.deche/\n'],
  ])('with %s', async (_, before, after) => {
    await init({ 'tsconfig.json': TSCONFIG, ...(before !== undefined && { '.gitignore': before }) })
    expect(read('.gitignore')).toBe(after)
  })

  it('above, in the repository, is enough if it means folders below', async () => {
    write({ '.gitignore': '.deche/\n', 'a/package.json': MANIFEST, 'a/tsconfig.json': TSCONFIG })
    await deche('init', 'a')
    expect(existsSync(join(directory, 'a/.gitignore'))).toBe(false)
    write({ '.gitignore': '/.deche/\n' })
    await deche('init', 'a')
    expect(read('a/.gitignore')).toBe('.deche/\n')
  })
})

describe('what is left to do', () => {
  const left = (manifest: object, files: Readonly<Record<string, string>> = {}) =>
    init({ 'tsconfig.json': TSCONFIG, 'package.json': JSON.stringify(manifest), ...files })
  const deps = (devDependencies: object) => ({ dependencies: { deche: '1' }, devDependencies })
  const package_ = (name: string, version: string) => ({
    [`node_modules/${name}/package.json`]: `{ "version": "${version}" }`,
  })

  it.each<[string, object, Readonly<Record<string, string>>, string]>([
    ['ts-patch for TypeScript 6', deps({ typescript: '^6.0.3' }), {}, 'npm install --save-dev ts-patch@4'],
    ['ts-patch for TypeScript 5.9', deps({ typescript: '~5.9.2' }), {}, 'npm install --save-dev ts-patch@3.3'],
    ['by the installed version', deps({ typescript: '>=5' }), package_('typescript', '5.9.3'), 'ts-patch@3.3'],
    [
      'a pair that does not fit',
      deps({ typescript: '6', 'ts-patch': '^3.3.0' }),
      {},
      'the ts-patch that fits TypeScript 6: npm install --save-dev ts-patch@4',
    ],
    ['an old TypeScript', deps({ typescript: '^5.4.0' }), {}, 'Use TypeScript 6.0 or 5.9 (this is ^5.4.0)'],
    ['pnpm', deps({ typescript: '6' }), { 'pnpm-lock.yaml': '' }, 'pnpm add --save-dev ts-patch@4'],
    [
      'pnpm, in the root of a workspace',
      deps({ typescript: '6' }),
      { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'packages: [packages/*]\n' },
      'pnpm add --save-dev -w ts-patch@4',
    ],
    ['yarn', deps({ typescript: '6' }), { 'yarn.lock': '' }, 'yarn add --dev ts-patch@4'],
    ['bun', deps({ typescript: '6' }), { 'bun.lock': '' }, 'bun add --dev ts-patch@4'],
    [
      'packageManager',
      { ...deps({ typescript: '6' }), packageManager: 'pnpm@10.1.0' },
      { 'yarn.lock': '' },
      'pnpm add',
    ],
    ['deche in devDependencies', { devDependencies: { deche: '1' } }, {}, 'Move deche to "dependencies"'],
  ])('%s', async (_, manifest, files, expected) => {
    expect(await left(manifest, files)).toContain(expected)
  })

  it('is nothing where all is there', async () => {
    expect(await left(deps({ typescript: '^6.0.3', 'ts-patch': '^4.0.1' }))).not.toContain('Left to do')
  })

  it('lists the build information of Vite templates, which lies in node_modules', async () => {
    const stdout = await init({
      'tsconfig.json': '{ "extends": "./config/base.json" }',
      'config/base.json': '{ "compilerOptions": { "tsBuildInfoFile": "../node_modules/.tmp/app.tsbuildinfo" } }',
      'node_modules/.tmp/app.tsbuildinfo': '{}',
    })
    expect(stdout).toContain('Delete node_modules/.tmp/app.tsbuildinfo: ')
  })
})

describe('what stops it', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'no tsconfig.json',
      { 'package.json': MANIFEST, 'tsconfig.base.json': '{}' },
      "there is no tsconfig.json in '.' (only tsconfig.base.json): 'npx tsc --init' makes one",
    ],
    ['no package.json', { 'tsconfig.json': '{}' }, "there is no package.json in '.': 'npm init' makes one"],
    [
      'a broken tsconfig.json',
      { 'package.json': MANIFEST, 'tsconfig.json': '{\n  "files": [,]\n}' },
      'tsconfig.json:2:13: value expected',
    ],
    [
      'a broken package.json',
      { 'package.json': '{\n  // x\n}', 'tsconfig.json': TSCONFIG },
      'package.json:2:3: invalid comment token',
    ],
    [
      'a broken configuration of a script',
      { 'package.json': '{ "scripts": { "build": "tsc -p b.json" } }', 'tsconfig.json': TSCONFIG, 'b.json': '{' },
      'b.json:1:2: close brace expected',
    ],
    [
      'a list that is none',
      { 'package.json': MANIFEST, 'tsconfig.json': '{ "compilerOptions": { "plugins": {} } }' },
      'tsconfig.json:1:35: "plugins" must be an array',
    ],
    [
      'options that are none',
      { 'package.json': MANIFEST, 'tsconfig.json': '{ "compilerOptions": [] }' },
      'tsconfig.json:1:22: "compilerOptions" must be an object',
    ],
    [
      'scripts that are none',
      { 'package.json': '{ "scripts": [] }', 'tsconfig.json': TSCONFIG },
      'package.json:1:14: "scripts" must be an object',
    ],
    [
      'a directory called tsconfig.json',
      { 'package.json': MANIFEST, 'tsconfig.json/a.txt': '' },
      'tsconfig.json cannot be read: EISDIR',
    ],
    ['an empty tsconfig.json', { 'package.json': MANIFEST, 'tsconfig.json': '' }, 'tsconfig.json:1:1: value expected'],
    [
      'a project in which nothing is found that compiles',
      { 'package.json': MANIFEST, 'tsconfig.json': '{ "compilerOptions": { "noEmit": true } }' },
      'makes the compiler write JavaScript ("noEmit"',
    ],
  ])('%s: says where, changes nothing and ends with 2', async (_, files, message) => {
    write(files)
    const before = tree()
    const { status, stdout, stderr } = await deche('init')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`deche: `)
    expect(stderr).toContain(message)
    expect(stderr.toLowerCase()).toContain('nothing was changed')
    expect(tree()).toEqual(before)
  })

  it('a directory that does not exist', async () => {
    expect(await deche('init', 'nowhere')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no directory 'nowhere'"),
    })
  })

  it('a file that cannot be written leaves all as it was', () => {
    write({ 'package.json': MANIFEST })
    const before = tree()
    const changes = ['package.json', 'nowhere/tsconfig.json'].map((file) => ({
      file: join(directory, file),
      before: undefined,
      after: 'x',
    }))
    expect(() => writeChanges(changes)).toThrow('ENOENT')
    expect(tree()).toEqual(before)
  })
})

describe('a project that was set up', () => {
  let project: Project
  afterEach(() => project.dispose())

  it.each(compilers)('builds, checks and caches with $label', async (compiler) => {
    project = new Project({
      compiler,
      package: { name: 'demo', type: 'module', scripts: { build: 'tsc' } },
      files: {
        'tsconfig.json':
          '{ "compilerOptions": { "module": "nodenext", "target": "es2022", "types": ["node"], "skipLibCheck": true, "rootDir": "src", "outDir": "out" } }',
        'src/main.ts': '/** @deche */\nfunction f(n: number) {\n  console.log("run")\n  return n\n}\nf(1)\n',
      },
    })
    const bin = project.path('node_modules/deche/dist/cli/main.js')
    const { stdout } = await project.node([bin, 'init'])
    expect(stdout).not.toContain('ts-patch@')
    expect(await project.tspc()).toMatchObject({ status: 0, stdout: '' })
    expect(await project.node([bin, 'check', '--built', 'out', 'src'])).toMatchObject({ status: 0 })
    expect((await project.node(['out/main.js'])).stdout).toBe('run\n')
    expect((await project.node(['out/main.js'])).stdout).toBe('')
  })
})
