import { readFileSync } from 'node:fs'
import path from 'node:path'
import { analyse } from '../transformer/analyse.js'
import { CodeFiles, withCode } from '../transformer/code/index.js'
import { diagnose, positionOf } from '../transformer/diagnostics.js'
import { moduleOf } from '../transformer/module-id.js'
import { parse } from '../transformer/parse.js'
import type { Diagnostic, Site } from '../transformer/types.js'
import { sourceFiles, withoutOutput } from './source-files.js'
import { codeChanges } from './stored-code.js'

/** A source text and where it is, as people are told: relative to the working directory, with slashes. */
export interface Source {
  readonly file: string
  readonly text: string
}

export interface Problem {
  readonly source: Source
  readonly diagnostic: Diagnostic
  /** Of the function that the problem is with, where it has one. */
  readonly id?: string
}

export interface CheckedSite {
  readonly source: Source
  readonly site: Site
}

export interface Checked {
  /** How many files were looked at. */
  readonly files: number
  readonly sites: readonly CheckedSite[]
  readonly problems: readonly Problem[]
  /** Files whose tags nobody knows, and why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/**
 * What deche makes of the files at these paths, but for what was built from them in `output`, a directory. Throws for a
 * path that does not exist.
 */
export function check(paths: readonly string[], output?: string): Checked {
  const found = sourceFiles(paths.length > 0 ? paths : ['.'])
  const files = output === undefined ? found : withoutOutput(found, output)
  const sites = new Map<string, CheckedSite>()
  const problems: Problem[] = []
  const code = new CodeFiles()
  const unreadable: { file: string; reason: string }[] = []
  for (const file of files) {
    const shown = path.relative('', file).split(path.sep).join('/')
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      unreadable.push({ file: shown, reason: error instanceof Error ? error.message : String(error) })
      continue
    }
    if (!text.includes('@deche')) continue
    if (parse(file, text) === undefined) {
      unreadable.push({ file: shown, reason: 'it has syntax errors, which the compiler will explain' })
      continue
    }
    const source = { file: shown, text }
    const { analysis } = withCode(
      { file, text, analysis: analyse(text, { file, module: moduleOf(file).module }) },
      code,
    )
    problems.push(...analysis.diagnostics.map((diagnostic) => ({ source, diagnostic })))
    for (const site of analysis.sites) {
      const other = sites.get(site.id)
      if (other === undefined) sites.set(site.id, { source, site })
      else problems.push({ source, diagnostic: clash(site, other), id: site.id })
    }
  }
  problems.push(...codeChanges([...sites.values()]))
  return { files: files.length, sites: [...sites.values()], problems, unreadable }
}

function clash(site: Site, { source, site: other }: CheckedSite): Diagnostic {
  const place = `${source.file}:${positionOf(source.text, other.nameRange[0]).line}`
  return diagnose('idInOtherFile', site.nameRange, site.id, place)
}
