// Builds dist/, unless it is what the sources make. Everything is made elsewhere and moved at once, so that nobody meets half of it.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildBrowser } from './build-browser.mjs'
import { buildRuntime, directBuiltins } from './build-runtime.mjs'
import { inputsOf, isUnchanged, keep } from './unchanged.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const stage = join(root, 'node_modules', `.build-${process.pid}`)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  sourcemap: true,
  metafile: true,
  // Source maps refer to their sources from dist/, whence the files are moved only when all are there.
  write: false,
  logLevel: 'warning',
}

/** What runs in the shell must meet the same runtime as the program: never a second copy of its state. */
const oneRuntime = {
  name: 'one-runtime',
  setup({ onResolve }) {
    onResolve({ filter: /\/runtime\/index\.js$/ }, () => ({ path: '../index.js', external: true }))
  },
}

/** `deche/vite` and so on: each is a file of a few lines around one plugin. */
const PLUGINS = [
  'vite',
  'vitest',
  'rollup',
  'rolldown',
  'esbuild',
  'webpack',
  'rspack',
  'rsbuild',
  'bun',
  'farm',
  'loader',
]

const inputs = inputsOf(root)
if (isUnchanged(root, inputs)) process.exit()

rmSync(stage, { recursive: true, force: true })
mkdirSync(stage, { recursive: true })
try {
  const runtime = await buildRuntime(common, root, dist)
  const browser = await buildBrowser(common, root, dist)
  const tools = { ...common, outbase: root, outdir: dist, plugins: [oneRuntime] }
  const transformer = await build({ ...tools, entryPoints: ['transformer/index.ts'] })
  // Apart, so that a program without a tag loads no parser.
  const register = await build({
    ...tools,
    plugins: [...tools.plugins, directBuiltins],
    entryPoints: ['index', 'thread', 'compile'].map((name) => `transformer/register/${name}.ts`),
  })
  const plugins = await build({
    ...tools,
    entryPoints: PLUGINS.map((name) => `transformer/unplugin/${name}.ts`),
    splitting: true,
    chunkNames: 'transformer/unplugin/[name]-[hash]',
  })
  // In parts, so that a command loads what it needs.
  const cli = await build({
    ...tools,
    entryPoints: ['cli/main.ts'],
    splitting: true,
    chunkNames: 'cli/[name]-[hash]',
  })
  const built = [runtime, browser, transformer, register, plugins, cli]
  for (const { path, contents } of built.flatMap(({ outputFiles }) => outputFiles)) {
    mkdirSync(dirname(staged(path)), { recursive: true })
    writeFileSync(staged(path), contents)
  }
  writeFileSync(join(stage, 'THIRD-PARTY-LICENSES.txt'), licences(...built))

  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const types = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', stage]
  if (spawnSync(process.execPath, [tsc, ...types], { cwd: root, stdio: 'inherit' }).status !== 0) process.exitCode = 1

  for (const file of Object.values(manifest.bin)) {
    const command = staged(join(root, file))
    if (existsSync(command)) chmodSync(command, 0o755)
  }
  rmSync(dist, { recursive: true, force: true })
  renameSync(stage, dist)
  if (!process.exitCode) keep(root, inputs)
} finally {
  rmSync(stage, { recursive: true, force: true })
}

function staged(path) {
  return join(stage, relative(dist, path))
}

/** The licence texts of the packages that ended up inside a bundle. */
function licences(...results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  const bundled = inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter(Boolean)
  // Whose rules `transformer/syntax/scope-analysis.ts` writes down anew.
  const packages = new Set([...bundled, 'node_modules/@typescript-eslint/scope-manager'])
  return [...packages]
    .sort()
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
      const file = readdirSync(join(root, directory)).find((each) => /^licen[cs]e/i.test(each))
      if (!file) throw new Error(`${name} is bundled but brings no licence text`)
      return `${name} ${version} (${license})\n\n${readFileSync(join(root, directory, file), 'utf8').trim()}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
