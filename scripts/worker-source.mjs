// The program of the worker that answers synchronous functions, as the text of a module: what takes the place of
// runtime/store/remote/worker-source.ts.
import { join } from 'node:path'
import { build } from 'esbuild'

/** @param {string} root The repository. */
export async function workerSource(root) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'runtime/store/remote/worker.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  })
  return `export const workerSource = ${JSON.stringify(outputFiles[0].text)}`
}
