import type ts from 'typescript'
import { CodeFiles, isAuto, withCode } from './code/index.js'
import type { Analysis } from './types.js'
import type { TypeScript } from './typescript-tree.js'

/** What is known of one program: `--watch` makes a new one for each round, and files may have changed in between. */
interface Build {
  readonly files: CodeFiles
  readonly analyses: Map<ts.SourceFile, Analysis>
  /** Whether files with outdated hashes were looked for. */
  searched: boolean
}

const builds = new WeakMap<ts.Program, Build>()

/** The hashes that this process has last emitted, by file. */
const emitted = new Map<string, string>()

/** An emission of ours is going on, within one of the compiler's. */
let emitting = false

/** The analysis of a file with the hashes that `version=auto` asks for. */
export function withProjectCode(program: ts.Program, file: ts.SourceFile, analysis: Analysis): Analysis {
  if (!analysis.sites.some(isAuto)) return analysis
  const { files, analyses } = buildOf(program)
  const known = analyses.get(file)
  if (known) return known
  const found = withCode({ file: file.fileName, text: file.text, analysis }, files).analysis
  analyses.set(file, found)
  return found
}

/** To be called when a file is emitted. */
export function noteEmitted({ fileName }: ts.SourceFile, analysis: Analysis): void {
  if (analysis.sites.some(isAuto)) emitted.set(fileName, hashesOf(analysis))
}

/**
 * Emits the files whose functions say `version=auto` and reach code that has changed. Under `--watch` and
 * `--incremental` the compiler emits what was edited and what depends on its types; a body that changed changes no type.
 * Answers whether anything was emitted.
 */
export function emitOutdated(
  ts: TypeScript,
  program: ts.Program,
  analysisOf: (file: ts.SourceFile) => Analysis,
): boolean {
  const build = buildOf(program)
  if (emitting || build.searched) return false
  build.searched = true
  const { incremental, composite } = program.getCompilerOptions()
  const outdated = program.getSourceFiles().filter((file) => {
    if (file.isDeclarationFile || program.isSourceFileFromExternalLibrary(file)) return false
    const before = emitted.get(file.fileName)
    // In a build of its own each file's turn comes; only a build that goes on where another ended passes files by.
    if (before === undefined && !incremental && !composite) return false
    const analysis = analysisOf(file)
    return analysis.sites.some(isAuto) && hashesOf(withProjectCode(program, file, analysis)) !== before
  })
  emitting = true
  try {
    for (const file of outdated) program.emit(file, replaceChanged(ts))
  } finally {
    emitting = false
  }
  return outdated.length > 0
}

/** Declarations have no hashes, and a file that was never emitted will be. */
function replaceChanged(ts: TypeScript): ts.WriteFileCallback {
  return (file, text, byteOrderMark) => {
    if (/\.d\.[cm]?ts(?:\.map)?$|\.tsbuildinfo$/.test(file)) return
    const before = ts.sys.readFile(file)
    if (before !== undefined && before !== text) ts.sys.writeFile(file, text, byteOrderMark)
  }
}

function hashesOf({ sites }: Analysis): string {
  return sites
    .filter(isAuto)
    .map(({ id, code }) => `${id} ${code.hash}`)
    .join('\n')
}

function buildOf(program: ts.Program): Build {
  const known = builds.get(program)
  if (known) return known
  const build: Build = { files: new CodeFiles(), analyses: new Map(), searched: false }
  builds.set(program, build)
  return build
}
