import { resolve } from 'node:path'
import { type Outcome, Project } from '../helpers/project.js'

const repository = resolve(import.meta.dirname, '../..')

/** How a bundler is asked to build `src/main.ts` into `out/`. */
interface Build {
  /** What it needs of this repository's node_modules. */
  readonly packages: readonly string[]
  /** A module; `PLUGINS` stands for ours. */
  readonly script: string
}

const WEBPACK_OPTIONS = `mode: 'development', devtool: 'source-map', target: 'node20', entry: './src/main.ts',
  experiments: { outputModule: true }, externalsType: 'module', externals: [/^deche/],
  output: { path: process.cwd() + '/out', filename: 'main.js', module: true, chunkFormat: 'module',
    library: { type: 'module' }, devtoolModuleFilenameTemplate: '[absolute-resource-path]' },
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } }, plugins: PLUGINS,`

const RUN_WEBPACK = `await new Promise((done, failed) => compiler.run((error, stats) => {
  if (error) return failed(error)
  console.error(stats.toString({ all: false, errors: true, warnings: true }))
  if (stats.hasErrors()) process.exitCode = 1
  done()
}))`

export const BUILDS: Readonly<Record<string, Build>> = {
  vite: {
    packages: ['vite'],
    script: `import { build } from 'vite'
await build({ configFile: false, logLevel: 'warn', plugins: PLUGINS,
  build: { ssr: 'src/main.ts', outDir: 'out', sourcemap: true, minify: false } })`,
  },
  rollup: {
    packages: ['rollup', 'esbuild'],
    // Listed behind what drops types and comments, which is the wrong order.
    script: `import { rollup } from 'rollup'
import { transform } from 'esbuild'
const strip = {
  name: 'strip',
  resolveId(id, from) {
    if (id.startsWith('.') && from) return this.resolve(id.replace(/js$/, 'ts'), from, { skipSelf: true })
  },
  async transform(code, id) {
    if (id.endsWith('.ts')) return transform(code, { loader: 'ts', sourcemap: true, sourcefile: id })
  },
}
const bundle = await rollup({ input: 'src/main.ts', plugins: [strip, ...PLUGINS], external: /^deche/ })
await bundle.write({ dir: 'out', format: 'es', sourcemap: true })`,
  },
  rolldown: {
    packages: ['rolldown'],
    script: `import { rolldown } from 'rolldown'
const bundle = await rolldown({ input: 'src/main.ts', plugins: PLUGINS, external: /^deche/, platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } } })
await bundle.write({ dir: 'out', format: 'es', sourcemap: true })`,
  },
  esbuild: {
    packages: ['esbuild'],
    script: `import { build } from 'esbuild'
await build({ entryPoints: ['src/main.ts'], outfile: 'out/main.js', bundle: true, platform: 'node', format: 'esm',
  packages: 'external', sourcemap: true, plugins: PLUGINS })`,
  },
  webpack: {
    packages: ['webpack', 'esbuild'],
    script: `import webpack from 'webpack'
const compiler = webpack({ ${WEBPACK_OPTIONS} module: { rules: [{ test: /\\.ts$/, use: process.cwd() + '/strip.cjs' }] } })
${RUN_WEBPACK}`,
  },
  rspack: {
    packages: ['@rspack/core'],
    script: `import { rspack } from '@rspack/core'
const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }
const compiler = rspack({ ${WEBPACK_OPTIONS}
  module: { rules: [{ test: /\\.ts$/, loader: 'builtin:swc-loader', options, type: 'javascript/auto' }] } })
${RUN_WEBPACK}`,
  },
  rsbuild: {
    packages: ['@rsbuild/core'],
    script: `import { createRsbuild } from '@rsbuild/core'
const rsbuild = await createRsbuild({ config: {
  source: { entry: { main: './src/main.ts' } }, plugins: PLUGINS,
  output: { target: 'node', distPath: { root: 'out' }, sourceMap: { js: 'source-map' }, module: true, externals: [/^deche/], minify: false },
} })
await rsbuild.build()`,
  },
}

/** What webpack has no loader for without a package more: a loader that takes a map and hands one on. */
const STRIP = `const { transformSync } = require('esbuild')
const remapping = require(${JSON.stringify(`${repository}/node_modules/@jridgewell/remapping`)})
module.exports = function (code, map) {
  const stripped = transformSync(code, { loader: 'ts', sourcemap: 'external', sourcefile: this.resourcePath, format: 'esm' })
  const own = JSON.parse(stripped.map)
  this.callback(null, stripped.code, map ? remapping([own, map], () => null) : own)
}
`

const TSCONFIG = {
  compilerOptions: { target: 'es2022', module: 'nodenext', strict: true, types: ['node'] },
  include: ['src'],
}

/** A project that a bundler can build. */
export function bundlerProject(bundler: string, files: Readonly<Record<string, string>>): Project {
  const project = new Project({ files: { 'tsconfig.json': TSCONFIG, 'strip.cjs': STRIP, ...files } })
  for (const name of BUILDS[bundler]?.packages ?? []) project.link(name, `${repository}/node_modules/${name}`)
  return project
}

/** Builds it in a process of its own. `plugins` is code; `deche` is there. */
export function build(project: Project, bundler: string, plugins = '[deche()]'): Promise<Outcome> {
  const script = BUILDS[bundler]?.script.replace('PLUGINS', plugins) ?? ''
  project.write({ 'build.mjs': `import deche from 'deche/${bundler}'\n${script}\n` })
  return project.node(['build.mjs'])
}

/** Runs what was built. */
export function run(project: Project): Promise<Outcome> {
  return project.node(['--enable-source-maps', 'out/main.js'])
}
