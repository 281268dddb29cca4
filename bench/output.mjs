/**
 * What a program carries: the bytes of what compiled modules import, and those that compiling adds for each function of some
 * forms. No clock is read, so every machine says the same.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import { FORMS, untagged, withNeighbour } from './forms.mjs'
import { repository, withProject } from './project.mjs'

const FILES = ['runtime.js', 'way.js', 'cold.js', 'remote.js']

export async function output() {
  const forms = []
  for (const { form, text } of FORMS) {
    const [tagged, plain] = [await bytesOf(withNeighbour(text)), await bytesOf(withNeighbour(untagged(text)))]
    forms.push({ form, ...Object.fromEntries(Object.keys(tagged).map((way) => [way, tagged[way] - plain[way]])) })
  }
  const files = FILES.map((file) => {
    const content = readFileSync(join(repository, 'dist', file))
    return { file, bytes: content.length, gzip: gzipSync(content, { level: 9 }).length }
  })
  return { files, forms }
}

/** The length of what becomes of a module by each way to compile it. */
async function bytesOf(text) {
  const folder = mkdtempSync(join(tmpdir(), 'deche-bench-output-'))
  try {
    writeFileSync(join(folder, 'forecast.ts'), text)
    return await withProject(folder, async (directory) => {
      const { default: deche } = await import('deche/rollup')
      const { code } = deche().transform.handler.call(context, text, join(directory, 'src/forecast.ts'))
      return {
        plugin: code.length,
        minified: transformSync(code, { loader: 'ts', minify: true, format: 'esm' }).code.length,
        tspc: readFileSync(join(directory, 'out/forecast.js'), 'utf8').length,
      }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a bundler hands to the plugin. */
const context = {
  addWatchFile() {},
  warn() {},
  error({ message }) {
    throw new Error(message)
  },
}
