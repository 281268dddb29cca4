// The runtime's files, by when a program needs them: reading a file is most of what importing it costs. `runtime.js`, the
// hot part, is what compiled modules import; `way.js` has what a call needs, as far as to a hit on disk, and is loaded by the
// first one; `cold.js` has the rest, `remote.js` the stores elsewhere. Each takes the modules that it shares with those before
// it from them, so that a program has one copy of each, and of its state. `index.js` and `bundled.js` only put them together;
// `testing.js` adds to them what tests need.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { minify } from 'terser'
import { workerSource } from './worker-source.mjs'

/** Names the modules that a file holds for those behind it. */
const SHARED = '$shared'

/** @returns {Promise<{ outputFiles: { path: string, contents: Uint8Array }[], metafile: { inputs: object } }>} */
export async function buildRuntime(common, root, dist) {
  const folder = join(root, 'runtime')
  const bundle = (entry, ...plugins) =>
    build({ ...common, outdir: dist, ...entry, plugins: [...plugins, directBuiltins] })
  const fromText = (contents) => ({ stdin: { contents, resolveDir: folder, sourcefile: 'entry.js', loader: 'ts' } })
  const fromFile = (name, out = name) => ({ entryPoints: [{ in: join(folder, `${name}.ts`), out }] })

  const publicNames = readFileSync(join(folder, 'index.ts'), 'utf8').replace(/^.*'\.\/cold\.js'$/m, '')
  const hot = { file: 'runtime.js', entry: "export * from './compiled.js'", behind: [] }
  const way = { file: 'way.js', entry: `import './way.js'\n${publicNames}`, behind: [hot] }
  for (const part of [hot, way]) {
    const { metafile } = await bundle(fromText(part.entry), fromParts(root, part.behind))
    part.modules = new Set(Object.keys(metafile.inputs))
    part.wanted = new Set()
  }
  const both = fromParts(root, [hot, way])
  const cold = await bundle(fromFile('cold'), both)
  const remote = await bundle(fromFile('remote'), workerProgram(root), both)
  const testing = await bundle(fromFile('testing/index', 'testing'), both)
  // The nearest last: who comes before it may want something of it.
  const finished = async ({ entry, behind, wanted }) =>
    bundle(fromText(`${entry}\n${await sharing(root, wanted)}`), fromParts(root, behind))
  const wayBuilt = await finished(way)
  const hotBuilt = await finished(hot)

  const namesOf = ({ metafile }) => Object.values(metafile.outputs).flatMap((output) => output.exports)
  const compiled = await valueNames(join(folder, 'compiled.ts'))
  return {
    outputFiles: [
      ...(await shortened(renamed(hotBuilt.outputFiles, 'stdin', 'runtime', dist), hot.file)),
      ...(await shortened(renamed(wayBuilt.outputFiles, 'stdin', 'way', dist), way.file)),
      ...(await shortened(cold.outputFiles, 'cold.js')),
      ...(await shortened(remote.outputFiles, 'remote.js')),
      ...testing.outputFiles,
      file(dist, 'index.js', [
        exporting(namesOf(cold), './cold.js'),
        exporting(
          namesOf(wayBuilt).filter((name) => name !== SHARED),
          './way.js',
        ),
      ]),
      file(dist, 'bundled.js', [
        "import './way.js'",
        "import './cold.js'",
        "import './remote.js'",
        exporting(compiled, './runtime.js'),
      ]),
      file(dist, 'bundled-index.js', ["import './remote.js'", "export * from './index.js'"]),
    ],
    metafile: {
      inputs: Object.assign({}, ...[hotBuilt, wayBuilt, cold, remote, testing].map(({ metafile }) => metafile.inputs)),
    },
  }
}

/** Lines of a part's entry that hand out the modules which others want of it. */
async function sharing(root, wanted) {
  const shared = await Promise.all([...wanted].map(async (module) => [module, await valueNames(join(root, module))]))
  const alias = (name, index) => `${SHARED}${index}_${name}`
  return [
    ...shared.map(([module, names], index) => {
      return `import { ${names.map((name) => `${name} as ${alias(name, index)}`).join(', ')} } from '${beside(module)}'`
    }),
    // Functions, so that a program that never asks does not make these objects.
    `export const ${SHARED} = {`,
    ...shared.map(([module, names], index) => {
      return `'${module}': () => ({ ${names.map((name) => `${name}: ${alias(name, index)}`).join(', ')} }),`
    }),
    '}',
  ].join('\n')
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

/** What these parts hold already is taken from them, and `cold.js` as a whole. */
function fromParts(root, parts) {
  return {
    name: 'from-parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind, namespace }) => {
        if (namespace === 'part') return { path, external: true }
        const module = relative(root, join(resolveDir, path)).replaceAll('\\', '/').replace(/\.js$/, '.ts')
        if (kind === 'entry-point') return undefined
        if (module === 'runtime/cold.ts') return { path: './cold.js', external: true }
        const part = parts.find(({ modules }) => modules.has(module))
        if (part === undefined) return undefined
        part.wanted.add(module)
        return { path: module, namespace: 'part', pluginData: part }
      })
      onLoad({ filter: /./, namespace: 'part' }, async ({ path, pluginData: { file } }) => {
        const names = await valueNames(join(root, path))
        return {
          contents: `import { ${SHARED} } from './${file}'\nexport const { ${names.join(', ')} } = ${SHARED}['${path}']()`,
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
