import path from 'node:path'
import { diagnose } from '../diagnostics.js'
import { realPath } from '../module-id.js'
import { parse } from '../syntax/parse.js'
import type { FunctionNode, SyntaxTree } from '../syntax/tree.js'
import type { Analysis, Diagnostic, Site } from '../types.js'
import { CodeFiles } from './files.js'
import { ModuleCode } from './module-code.js'
import { type Collected, collectPieces, type Piece } from './pieces.js'

export { CodeFiles } from './files.js'
export { ModuleCode } from './module-code.js'
export type { Collected, Piece } from './pieces.js'

/** What the hash of a function's code says, and what it is made of. */
export interface Code {
  /** 28 hexadecimal digits; the last 8 are those of the function's own piece. */
  readonly hash: string
  /** A line for each piece: the first 8 digits of its own hash, or a package's version; then its label. */
  readonly pieces: string
}

/**
 * Hexadecimal digits of what is hashed of all pieces, the shortest that no two versions of a function share by chance: 80 bits
 * give ten thousand versions a common hash once in 10^16 functions. Compiled code says it for each function.
 */
const DIGITS = 20

/** The code of a function and of what it names in its own file. From the text alone: imports count by what they say. */
export function ownCode(code: ModuleCode, fn: FunctionNode): Code {
  return codeOf(collectPieces(code, code.ownPiece(fn), undefined))
}

export function codeOf({ pieces, sum, packages }: Collected): Code {
  const hashes = pieces.map(pieceHash)
  const lines = [
    ...pieces.map(({ label }, index) => `${hashes[index]} ${label}`),
    ...packages.map(({ name, version }) => `${version} ${name}`),
  ]
  const [own = ''] = hashes
  return {
    hash: sum.slice(0, DIGITS) + own,
    pieces: lines.join('\n'),
  }
}

/** Of a piece alone, for people: a change of what it leads to does not show here. */
export function pieceHash({ sum }: Piece): string {
  return sum.slice(0, 8)
}

/** A file as it was analysed. */
export interface AnalysedFile {
  readonly file: string
  readonly text: string
  readonly analysis: Analysis
}

export interface WithCode {
  readonly analysis: Analysis
  /** The files that the hashes were made of, besides the file itself; a change of one may change a hash. */
  readonly reads: readonly string[]
}

/** Whether a function's hash follows imports. */
export function isAuto({ options }: Site): boolean {
  return options.version === 'auto'
}

/**
 * The analysis with the hashes of functions that say `version=auto` made of all the project code they reach. Every
 * front end calls it before it generates code. Reads files; a file without such a function costs nothing.
 */
export function withCode({ file, text, analysis }: AnalysedFile, files = new CodeFiles()): WithCode {
  if (!analysis.sites.some(isAuto)) return { analysis, reads: [] }
  const code = files.withText(realPath(file), text) ?? moduleCode(file, text)
  if (code === undefined) return { analysis, reads: [] }
  files.add(code)
  const reads = new Set<string>()
  const diagnostics: Diagnostic[] = []
  const sites = analysis.sites.map((site): Site => {
    const collected = isAuto(site) ? piecesOf(code, site, files) : undefined
    if (collected === undefined) return site
    for (const read of collected.reads) if (read !== code.file) reads.add(read)
    for (const { specifier, file: from } of collected.missing)
      diagnostics.push(diagnose('codeNotFound', site.nameRange, site.name, specifier, between(code.file, from)))
    return { ...site, code: codeOf(collected) }
  })
  const all = [...analysis.diagnostics, ...diagnostics].sort((a, b) => a.range[0] - b.range[0])
  return { analysis: { ...analysis, sites, diagnostics: all }, reads: [...reads] }
}

/** How one file would name another; nothing for itself. */
function between(file: string, other: string): string {
  return file === other ? '' : path.relative(path.dirname(file), other).split(path.sep).join('/')
}

/** The pieces of a site's code, imports followed if it says `version=auto`. `undefined` if the text is not what was analysed. */
export function piecesOf(code: ModuleCode, site: Site, files: CodeFiles): Collected | undefined {
  const fn = code.functionAt(site.body.range[0])
  return fn && collectPieces(code, code.ownPiece(fn), isAuto(site) ? files : undefined)
}

/** A text of a file, parsed. `undefined` for a text with syntax errors. */
export function moduleCode(file: string, text: string, tree?: SyntaxTree): ModuleCode | undefined {
  const parsed = parse(file, text)
  return parsed && new ModuleCode(realPath(file), text, parsed, tree)
}
