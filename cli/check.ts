import { readFileSync } from 'node:fs'
import path from 'node:path'
import { analyse } from '../transformer/analyse.js'
import { CodeFiles, withCode } from '../transformer/code/index.js'
import { diagnose, positionOf } from '../transformer/diagnostics.js'
import { moduleOf } from '../transformer/module-id.js'
import { parse } from '../transformer/syntax/parse.js'
import { mentionsTag } from '../transformer/tag/tag.js'
import { mayRegister } from '../transformer/type-aware/registered.js'
import { typeWarnings } from '../transformer/type-aware/type-warnings.js'
import type { Analysis, Diagnostic, Site } from '../transformer/types.js'
import type { Checked, CheckedSite, Problem, Source } from './checked.js'
import { ignoredPlugins } from './ignored-plugins.js'
import { typedFiles } from './programs.js'
import { sourceFiles, withoutOutput } from './source-files.js'
import { codeChanges } from './stored-code.js'

export interface CheckOptions {
  /** Whether to look at types as well, which takes a compiler. */
  readonly types: boolean
  /** Codes of warnings that are accepted. */
  readonly allow: ReadonlySet<string>
  /** A directory of what was built from the sources, which is no source. */
  readonly output?: string | undefined
}

/** What the tags of the files that were read say. */
interface Texts {
  readonly files: number
  /** Files with tags, by their absolute paths. */
  readonly tagged: ReadonlyMap<string, { readonly source: Source; readonly analysis: Analysis }>
  /** Absolute paths of files that may register classes. */
  readonly registering: readonly string[]
  readonly unreadable: Checked['unreadable']
}

/**
 * What deche makes of the files at these paths.
 *
 * @throws an Error for a path that does not exist, and where types are wanted and there is no compiler.
 */
export async function check(paths: readonly string[], { types, allow, output }: CheckOptions): Promise<Checked> {
  const given = sourceFiles(paths.length > 0 ? paths : ['.'])
  const { files, tagged, registering, unreadable } = readTexts(
    output === undefined ? given : withoutOutput(given, output),
  )
  const warnings = types ? await fromTypes(tagged, registering) : new Map<string, readonly Diagnostic[]>()
  const sites = new Map<string, CheckedSite>()
  const problems: Problem[] = []
  for (const [file, { source, analysis }] of tagged) {
    const found: Problem[] = [...analysis.diagnostics, ...(warnings.get(file) ?? [])].map((diagnostic) => ({
      source,
      diagnostic,
    }))
    for (const site of analysis.sites) {
      const other = sites.get(site.id)
      if (other === undefined) sites.set(site.id, { source, site })
      else found.push({ source, diagnostic: clash(site, other), id: site.id })
    }
    problems.push(...found.sort((a, b) => a.diagnostic.range[0] - b.diagnostic.range[0]))
  }
  problems.push(...ignoredPlugins([...sites.values()]), ...codeChanges([...sites.values()]))
  const counted = problems.filter(({ diagnostic }) => !allow.has(diagnostic.code))
  return { files, sites: [...sites.values()], problems: counted, unreadable }
}

function readTexts(files: readonly string[]): Texts {
  const tagged = new Map<string, { readonly source: Source; readonly analysis: Analysis }>()
  const registering: string[] = []
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
    if (mayRegister(text)) registering.push(path.resolve(file))
    if (!mentionsTag(text)) continue
    if (parse(file, text) === undefined) {
      unreadable.push({ file: shown, reason: 'it has syntax errors, which the compiler will explain' })
      continue
    }
    const { module } = moduleOf(file)
    const { analysis } = withCode({ file, text, analysis: analyse(text, { file, module }) }, code)
    tagged.set(path.resolve(file), { source: { file: shown, text }, analysis })
  }
  return { files: files.length, tagged, registering, unreadable }
}

/** Only files with cached functions need a compiler. */
async function fromTypes(
  tagged: Texts['tagged'],
  registering: readonly string[],
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const files = [...tagged].filter(([, { analysis }]) => analysis.sites.length > 0).map(([file]) => file)
  const found = new Map<string, readonly Diagnostic[]>()
  for await (const { file, ts, program, sourceFile } of typedFiles(files, registering)) {
    const analysis = tagged.get(file)?.analysis
    if (analysis) found.set(file, typeWarnings(ts, program, sourceFile, analysis))
  }
  return found
}

function clash(site: Site, { source, site: other }: CheckedSite): Diagnostic {
  const place = `${source.file}:${positionOf(source.text, other.nameRange[0]).line}`
  return diagnose('idInOtherFile', site.nameRange, site.id, place)
}
