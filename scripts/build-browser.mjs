// `dist/browser/`: the runtime for browsers, which have no files and none of Node's modules. `runtime/browser/` has what
// stands in their places.
import { join, relative } from 'node:path'
import { build } from 'esbuild'

const INSTEAD = {
  'node:util': 'util',
  'node:path': 'path',
  'call/flights.js': 'flights',
  'config/file.js': 'project',
  'key/sha256.js': 'sha256',
  'manage/not-compiled.js': 'not-compiled',
  'store/file.js': 'stores',
  'value/signing.js': 'signing',
}

export function buildBrowser(common, root, dist) {
  const folder = join(root, 'runtime')
  const instead = {
    name: 'instead',
    setup({ onResolve }) {
      onResolve({ filter: /^node:|^\.{1,2}\// }, ({ path, resolveDir }) => {
        const module = path.startsWith('node:') ? path : relative(folder, join(resolveDir, path)).replaceAll('\\', '/')
        const name = INSTEAD[module]
        return name === undefined ? undefined : { path: join(folder, `browser/${name}.ts`) }
      })
    },
  }
  return build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    entryPoints: [
      { in: join(folder, 'browser/compiled.ts'), out: 'runtime' },
      { in: join(folder, 'browser/index.ts'), out: 'index' },
    ],
    outdir: join(dist, 'browser'),
    splitting: true,
    chunkNames: '[name]-[hash]',
    keepNames: true,
    minify: true,
    inject: [join(folder, 'browser/globals.ts')],
    define: { 'import.meta.url': '"browser:"' },
    plugins: [instead],
  })
}
