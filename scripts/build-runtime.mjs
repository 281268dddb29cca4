// The runtime's files. `runtime.js` has what a hit on plain data needs, `cold.js` has the rest: reading a file is most of
// what importing it costs. The second takes the modules that both need from the first, so that a program has one copy of
// each, and of its state. `remote.js` has the stores elsewhere, for programs that have one. `index.js` and `bundled.js` only put them together; `testing.js` adds to them what tests need.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { minify } from 'terser'
import { workerSource } from './worker-source.mjs'

/** Names the modules that `runtime.js` holds for `cold.js`. */
const SHARED = '$shared'

/** @returns {Promise<{ outputFiles: { path: string, contents: Uint8Array }[], metafile: { inputs: object } }>} */
export async function buildRuntime(common, root, dist) {
  const folder = join(root, 'runtime')
  const publicNames = readFileSync(join(folder, 'index.ts'), 'utf8').replace(/^.*'\.\/cold\.js'$/m, '')
  const options = { ...common, outdir: dist, plugins: [directBuiltins] }
  const buildHot = (contents) =>
    build({ ...options, stdin: { contents, resolveDir: folder, sourcefile: 'entry.js', loader: 'ts' } })

  const entry = `export * from './compiled.js'\n${publicNames}`
  const modules = new Set(Object.keys((await buildHot(entry)).metafile.inputs))
  const wanted = new Set()
  const cold = await build({
    ...options,
    entryPoints: [join(folder, 'cold.ts')],
    plugins: [fromHot(root, modules, wanted), directBuiltins],
  })
  const remote = await build({
    ...options,
    entryPoints: [join(folder, 'remote.ts')],
    plugins: [workerProgram(root), fromHot(root, modules, wanted), directBuiltins],
  })
  const testing = await build({
    ...options,
    entryPoints: [{ in: join(folder, 'testing/index.ts'), out: 'testing' }],
    plugins: [fromHot(root, modules, wanted), directBuiltins],
  })
  const shared = await Promise.all([...wanted].map(async (module) => [module, await valueNames(join(root, module))]))
  const alias = (name, index) => `${SHARED}${index}_${name}`
  const hot = await buildHot(
    [
      entry,
      ...shared.map(([module, names], index) => {
        return `import { ${names.map((name) => `${name} as ${alias(name, index)}`).join(', ')} } from '${beside(module)}'`
      }),
      // Functions, so that a program that never asks does not make these objects.
      `export const ${SHARED} = {`,
      ...shared.map(([module, names], index) => {
        return `'${module}': () => ({ ${names.map((name) => `${name}: ${alias(name, index)}`).join(', ')} }),`
      }),
      '}',
    ].join('\n'),
  )

  const hotFiles = renamed(hot.outputFiles, 'stdin', 'runtime', dist)
  const coldNames = Object.values(cold.metafile.outputs).flatMap(({ exports }) => exports)
  const allNames = Object.values(hot.metafile.outputs).flatMap(({ exports }) => exports)
  const compiled = await valueNames(join(folder, 'compiled.ts'))
  const rest = allNames.filter((name) => name !== SHARED && !compiled.includes(name))
  return {
    outputFiles: [
      ...(await shortened(hotFiles, 'runtime.js')),
      ...(await shortened(cold.outputFiles, 'cold.js')),
      ...(await shortened(remote.outputFiles, 'remote.js')),
      ...testing.outputFiles,
      file(dist, 'index.js', [exporting(coldNames, './cold.js'), exporting(rest, './runtime.js')]),
      file(dist, 'bundled.js', ["import './cold.js'", "import './remote.js'", exporting(compiled, './runtime.js')]),
      file(dist, 'bundled-index.js', ["import './remote.js'", "export * from './index.js'"]),
    ],
    metafile: { inputs: Object.assign({}, ...[hot, cold, remote, testing].map(({ metafile }) => metafile.inputs)) },
  }
}

/**
 * Importing a built-in module makes an ES module of it, which runs all its getters: 3 ms for those of the runtime, of
 * the 5 that it may cost a program to import it. Asking for the module itself costs nothing.
 */
export const directBuiltins = {
  name: 'direct-builtins',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](?:runtime|transformer)[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /^import (?:(?:\* as )?(\w+)|(\{[^}]*\})) from ('node:\w+')$/gm,
        (_, namespace, names, module) =>
          `const ${namespace ?? names.replaceAll(' as ', ': ')} = process.getBuiltinModule(${module})`,
      )
      return { contents, loader: 'ts' }
    })
  },
}

function workerProgram(root) {
  return {
    name: 'worker-program',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]worker-source\.ts$/ }, async () => ({ contents: await workerSource(root), loader: 'js' }))
    },
  }
}

/** In `cold.js` and `testing.js`, what `runtime.js` holds already, and `cold.js` itself. */
function fromHot(root, modules, wanted) {
  return {
    name: 'from-hot',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind, namespace }) => {
        if (namespace === 'hot') return { path: './runtime.js', external: true }
        const module = relative(root, join(resolveDir, path)).replaceAll('\\', '/').replace(/\.js$/, '.ts')
        if (kind === 'entry-point') return undefined
        if (module === 'runtime/cold.ts') return { path: './cold.js', external: true }
        if (!modules.has(module)) return undefined
        wanted.add(module)
        return { path: module, namespace: 'hot' }
      })
      onLoad({ filter: /./, namespace: 'hot' }, async ({ path }) => {
        const names = await valueNames(join(root, path))
        return {
          contents: `import { ${SHARED} } from './runtime.js'\nexport const { ${names.join(', ')} } = ${SHARED}['${path}']()`,
          resolveDir: root,
        }
      })
    },
  }
}

/** What a module exports at run time. */
async function valueNames(path) {
  const { metafile } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  })
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports)
}

/** Names of functions and classes stay: stack traces and uncaught errors show them. */
async function shortened(files, name) {
  const [code, map] = ['.js', '.js.map'].map((ending) => files.find(({ path }) => path.endsWith(ending)))
  const short = await minify(code.text, {
    module: true,
    // A function that is put where it is called is made anew by each call.
    compress: { passes: 2, reduce_funcs: false },
    // A class in a variable is called what the variable is.
    mangle: { keep_fnames: true, keep_classnames: true, reserved: code.text.match(/\w+(?= = class\b)/g) ?? [] },
    // The preamble is for tools that tell modules by their text, where short exports are hard to see.
    // Node prints the line that an uncaught error was thrown in, so no line may be all of the file.
    format: { ascii_only: true, preamble: 'export {}', max_line_len: 160 },
    sourceMap: { content: map.text, url: `${name}.map` },
  })
  return [
    { path: code.path, contents: Buffer.from(short.code) },
    { path: map.path, contents: Buffer.from(short.map) },
  ]
}

function renamed(files, from, to, dist) {
  return files.map((each) => ({
    text: each.text,
    path: join(dist, relative(dist, each.path).replace(from, to)),
  }))
}

function file(dist, name, lines) {
  return { path: join(dist, name), contents: Buffer.from(`${lines.join('\n')}\n`) }
}

function exporting(names, from) {
  return `export { ${[...names].sort().join(', ')} } from '${from}'`
}

function beside(module) {
  return `./${module.replace(/^runtime\//, '').replace(/\.ts$/, '.js')}`
}
