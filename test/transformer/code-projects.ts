import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { analyse } from '../../transformer/analyse.js'
import { withCode } from '../../transformer/code/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'

/** By path within the project; the first one is looked at. */
export type Files = Readonly<Record<string, string>>

/** The hash of the one tagged function in the first file. */
export function hashOf(files: Files): string {
  return codeOf(files).hash
}

/** What is known of the one tagged function in the first file of a project that is written to disk. */
export function codeOf(files: Files, links: Files = {}) {
  const root = temporaryDirectory()
  for (const [name, text] of Object.entries({ 'package.json': '{"name":"demo"}', ...files })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    symlinkSync(target, path.join(root, name), 'dir')
  }
  const [name = ''] = Object.keys(files)
  const file = path.join(root, name)
  const text = files[name] ?? ''
  const { analysis, reads } = withCode({ file, text, analysis: analyse(text, { file, module: 'demo' }) })
  const [site] = analysis.sites
  if (site === undefined) throw new Error(`no site in ${name}: ${analysis.diagnostics.map((each) => each.message)}`)
  return {
    ...site.code,
    diagnostics: analysis.diagnostics.map(({ code, message }) => `${code} ${message}`),
    reads: reads.map((each) => path.relative(root, each)).sort(),
  }
}
