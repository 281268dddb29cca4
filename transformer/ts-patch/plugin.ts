import { relative } from 'node:path'
import type ts from 'typescript'
import { analyse, NOTHING } from '../analyse.js'
import { compilerCode, diagnose, positionOf } from '../diagnostics.js'
import type { Format } from '../generate.js'
import { moduleOf } from '../module-id.js'
import { mentionsTag } from '../tag/tag.js'
import { typeWarnings } from '../type-aware/type-warnings.js'
import type { Analysis, Diagnostic, Site } from '../types.js'
import { emitOutdated, noteEmitted, withProjectCode } from './outdated.js'
import { withEmittedSpecifiers } from './specifiers.js'
import { rewriteTree, type TypeScript } from './typescript-tree.js'

/** What ts-patch hands to a plugin: among it the compiler that runs, which is the only one to use. */
export interface Extras {
  readonly ts: TypeScript
  readonly diagnostics: readonly ts.Diagnostic[]
  addDiagnostic(diagnostic: ts.Diagnostic): number
  removeDiagnostic(index: number): void
}

/** The text of a source file never changes, and `--watch` hands unchanged files from one program to the next. */
const analyses = new WeakMap<ts.SourceFile, Analysis>()

/** Files that came out without a clash of ids, and may stay as they are in the later programs of `--watch`. */
const settled = new WeakMap<ts.SourceFile, WeakRef<ts.Program>>()

/**
 * The plugin behind `"plugins": [{ "transform": "deche/transformer" }]` in tsconfig.json, for `tspc`. ts-patch calls it
 * for every emission: of a whole program, or of one file under `--watch`, `--build` and `--incremental`.
 */
export function tsPatchPlugin(
  program: ts.Program,
  _config: object,
  extras: Extras,
): ts.TransformerFactory<ts.SourceFile> {
  const { ts } = extras
  forgetEarlier(extras)

  return (context) => (sourceFile) => {
    const original = ts.getOriginalNode(sourceFile, ts.isSourceFile)
    if (emitOutdated(ts, program, analysisOf)) forgetEarlier(extras)
    const analysis = withProjectCode(program, original, analysisOf(original))
    const report = (diagnostic: Diagnostic) => extras.addDiagnostic(asCompilers(ts, original, diagnostic))
    const isError = ({ severity }: Diagnostic) => severity === 'error'
    analysis.diagnostics.filter(isError).forEach(report)
    const warnings = analysis.diagnostics.filter((diagnostic) => !isError(diagnostic))
    printWarnings(ts, program, original, [...warnings, ...typeWarnings(ts, program, original, analysis)])
    if (analysis.sites.length === 0) return sourceFile

    const format = formatOf(ts, program, original)
    if (typeof format === 'object') {
      for (const site of analysis.sites) report(diagnose('moduleFormat', site.nameRange, format.unsupported))
      return sourceFile
    }
    const clashes = clashesOf(program, original, analysis)
    clashes.forEach(report)
    if (clashes.size === 0) settled.set(original, new WeakRef(program))
    const sites = analysis.sites
      .filter((site) => !clashes.has(site))
      .map((site) => withEmittedSpecifiers(ts, sourceFile, program.getCompilerOptions(), site))
    if (sites.length === 0) return sourceFile

    const { sourceFile: result, unplaced } = rewriteTree(ts, context, sourceFile, { ...analysis, sites }, format)
    noteEmitted(original, analysis)
    for (const site of unplaced) report(diagnose('bodyReplaced', site.nameRange, site.name))
    return result
  }
}

/**
 * ts-patch adds all diagnostics of a program to the outcome of each of its emissions, and under `--watch` the compiler
 * keeps them with the file that was emitted: a file would be blamed for what was wrong with an earlier one.
 */
function forgetEarlier({ diagnostics, removeDiagnostic }: Extras): void {
  for (let index = diagnostics.length - 1; index >= 0; index--) {
    if (diagnostics[index]?.source === 'deche') removeDiagnostic(index)
  }
}

function analysisOf(sourceFile: ts.SourceFile): Analysis {
  const known = analyses.get(sourceFile)
  if (known) return known
  const { fileName: file, text } = sourceFile
  const tagged = mentionsTag(text) && /\.[cm]?[jt]sx?$/.test(file)
  const analysis = tagged ? analyse(text, { file, module: moduleOf(file).module }) : NOTHING
  analyses.set(sourceFile, analysis)
  return analysis
}

/** For which program the warnings about a file were printed last: it may be emitted twice. */
const printed = new WeakMap<ts.SourceFile, WeakRef<ts.Program>>()

/**
 * In the compiler's own words, but past it: whatever a plugin adds to its diagnostics, a warning too, makes ts-patch end
 * as if there were an error.
 */
function printWarnings(ts: TypeScript, program: ts.Program, file: ts.SourceFile, found: readonly Diagnostic[]): void {
  if (found.length === 0 || printed.get(file)?.deref() === program) return
  printed.set(file, new WeakRef(program))
  const warnings = found
    .toSorted((a, b) => a.range[0] - b.range[0])
    .map((diagnostic) => asCompilers(ts, file, diagnostic))
  const host: ts.FormatDiagnosticsHost = {
    getCurrentDirectory: () => program.getCurrentDirectory(),
    getCanonicalFileName: (name) => (ts.sys.useCaseSensitiveFileNames ? name : name.toLowerCase()),
    getNewLine: () => ts.sys.newLine,
  }
  const pretty = program.getCompilerOptions().pretty ?? isPrettyByDefault(ts)
  const text = pretty ? ts.formatDiagnosticsWithColorAndContext(warnings, host) : ts.formatDiagnostics(warnings, host)
  ts.sys.write(pretty ? `${text}${ts.sys.newLine}` : text)
}

/** As the compiler decides it for its own diagnostics. */
function isPrettyByDefault({ sys }: TypeScript): boolean {
  if (process.env.NO_COLOR) return false
  return Boolean(process.env.FORCE_COLOR) || (sys.writeOutputIsTTY?.() ?? false)
}

function asCompilers(ts: TypeScript, file: ts.SourceFile, diagnostic: Diagnostic): ts.Diagnostic {
  const { code, severity, message, fix, range } = diagnostic
  return {
    file,
    start: range[0],
    length: range[1] - range[0],
    category: severity === 'error' ? ts.DiagnosticCategory.Error : ts.DiagnosticCategory.Warning,
    code: compilerCode(diagnostic),
    source: 'deche',
    messageText: `${code}: ${message}. ${fix}`,
  }
}

/** A cached function of a program, and the place of its file in it. */
interface Holder {
  readonly file: ts.SourceFile
  readonly index: number
  readonly site: Site
}

/** The cached functions of a program by their ids, in the order of its files. Asked only when there is one. */
const holders = new WeakMap<ts.Program, ReadonlyMap<string, readonly Holder[]>>()

function holdersOf(program: ts.Program): ReadonlyMap<string, readonly Holder[]> {
  const known = holders.get(program)
  if (known) return known
  const found = new Map<string, Holder[]>()
  for (const [index, file] of program.getSourceFiles().entries()) {
    if (file.isDeclarationFile) continue
    for (const site of analysisOf(file).sites) {
      const others = found.get(site.id)
      if (others) others.push({ file, index, site })
      else found.set(site.id, [{ file, index, site }])
    }
  }
  holders.set(program, found)
  return found
}

/**
 * Sites of a file whose id belongs to a function of another one: one that stands earlier in the program, or that may
 * have been emitted before and will not be again.
 */
function clashesOf(program: ts.Program, file: ts.SourceFile, { sites }: Analysis): ReadonlyMap<Site, Diagnostic> {
  const clashes = new Map<Site, Diagnostic>()
  const byId = holdersOf(program)
  for (const site of sites) {
    const same = byId.get(site.id) ?? []
    const own = same.find((each) => each.file === file)?.index ?? -1
    const other = same.find((each) => each.file !== file && (each.index < own || mayStay(each.file, program)))
    if (other === undefined) continue
    const { line } = positionOf(other.file.text, other.site.nameRange[0])
    const place = `${relative(program.getCurrentDirectory(), other.file.fileName)}:${line}`
    clashes.set(site, diagnose('idInOtherFile', site.nameRange, site.id, place))
  }
  return clashes
}

/** Whether a file may not be emitted now, and so cannot report a clash itself. */
function mayStay(file: ts.SourceFile, program: ts.Program): boolean {
  const { incremental, composite } = program.getCompilerOptions()
  if (incremental || composite) return true
  const emittedIn = settled.get(file)
  return emittedIn !== undefined && emittedIn.deref() !== program
}

/** Not in the compiler's types, but what its own module transformers go by. */
interface EmitFormats {
  getEmitModuleFormatOfFile(file: ts.SourceFile): ts.ModuleKind
}

function formatOf(ts: TypeScript, program: ts.Program, file: ts.SourceFile): Format | { readonly unsupported: string } {
  const kind = (program as ts.Program & EmitFormats).getEmitModuleFormatOfFile(file)
  if (kind === ts.ModuleKind.Preserve && isCommonJs(ts, file)) return 'cjs'
  switch (kind) {
    case ts.ModuleKind.CommonJS:
      return 'cjs'
    case ts.ModuleKind.None:
    case ts.ModuleKind.AMD:
    case ts.ModuleKind.UMD:
    case ts.ModuleKind.System:
      return { unsupported: ts.ModuleKind[kind] }
    default:
      return ts.isExternalModule(file) ? 'esm' : formatOfScript(ts, file)
  }
}

/** `export =` is emitted as `module.exports =`, and `import x = require()` does not make an ES module of a file either. */
function isCommonJs(ts: TypeScript, { statements }: ts.SourceFile): boolean {
  if (statements.some((node) => ts.isExportAssignment(node) && node.isExportEquals)) return true
  const isImportEquals = (node: ts.Statement) =>
    ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)
  return statements.some(isImportEquals) && !statements.some((node) => isEsSyntax(ts, node))
}

function isEsSyntax(ts: TypeScript, node: ts.Statement): boolean {
  if (ts.isImportDeclaration(node)) return !node.importClause?.isTypeOnly
  if (ts.isExportDeclaration(node)) return !node.isTypeOnly
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return false
  return ts.isExportAssignment(node) || (ts.canHaveModifiers(node) && hasExport(ts, node))
}

function hasExport(ts: TypeScript, node: ts.HasModifiers): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
}

/** A file without import and export is emitted as it stands, and is what Node takes it for. */
function formatOfScript(ts: TypeScript, { fileName }: ts.SourceFile): Format {
  if (/\.m[jt]s$/.test(fileName)) return 'esm'
  if (/\.c[jt]s$/.test(fileName)) return 'cjs'
  const manifest = ts.findConfigFile(fileName, ts.sys.fileExists, 'package.json')
  return manifest && ts.readConfigFile(manifest, ts.sys.readFile).config?.type === 'module' ? 'esm' : 'cjs'
}
