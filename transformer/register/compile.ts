import { readFileSync } from 'node:fs'
import path from 'node:path'
import { analyse } from '../analyse.js'
import { CodeFiles } from '../code/index.js'
import { codeFrame } from '../code-frame.js'
import { formatDiagnostic, positionOf } from '../diagnostics.js'
import type { Format } from '../generate.js'
import { moduleOf, realPath } from '../module-id.js'
import { parse } from '../syntax/parse.js'
import { packageFormat } from '../text/module-format.js'
import { TextTransformer } from '../text/transform.js'
import type { Diagnostic } from '../types.js'

const transformer = new TextTransformer()

/** The rewritten text, with its source map inside. `undefined`: nothing to cache. Throws if a tag has an error. */
export function compile(file: string, text: string, format: Format | undefined): string | undefined {
  const result = transformer.transform(file, text, { runsAs: format ?? packageFormat(file) })
  if (result === undefined) return undefined
  const name = shown(file)
  for (const diagnostic of result.diagnostics) if (diagnostic.severity === 'warning') warn(diagnostic, text, name)
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new TagError(errors, text, name)
  if (result.sites.length === 0) return undefined
  const map = Buffer.from(JSON.stringify(result.map())).toString('base64')
  return `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}`
}

/** Whether a text has tags that mean something. */
export function hasTags(file: string, text: string): boolean {
  const { sites, diagnostics } = analyse(text, { file, module: moduleOf(file).module })
  return sites.length > 0 || diagnostics.length > 0
}

/** Those of the loaded files that have tags, and of the modules that `entry` imports before it runs, itself among them. */
export function taggedAmong(loaded: readonly string[], entry: string | undefined): string[] {
  const files = new Set(loaded)
  if (entry !== undefined) addImports(realPath(entry), new CodeFiles(), files)
  return [...files]
    .filter((file) => {
      const text = textOf(file)
      return hasTags(file, text)
    })
    .map(shown)
}

function addImports(file: string, code: CodeFiles, files: Set<string>): void {
  if (files.has(file)) return
  files.add(file)
  for (const node of parse(file, textOf(file))?.program.body ?? []) {
    if (!('source' in node) || !node.source) continue
    const found = code.resolver.resolve(file, node.source.value)
    if (found.kind === 'source') addImports(found.file, code, files)
  }
}

/** Empty if it cannot be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What was said: a module may be asked for by `import` and by `require`. */
const said = new Set<string>()

/** As Node's own warnings: `--disable-warning=DECHE1061` turns one kind off, `--no-warnings` all. */
function warn({ code, message, fix, range }: Diagnostic, text: string, file: string): void {
  const { line, column } = positionOf(text, range[0])
  const warning = `${file}:${line}:${column} ${message}. ${fix}`
  if (said.has(warning)) return
  said.add(warning)
  process.emitWarning(warning, { type: 'DecheWarning', code })
}

/** Ends the loading of a file. */
class TagError extends Error {
  override readonly name = 'TagError'
  /** Of the first error. */
  readonly code: string | undefined

  constructor(errors: readonly Diagnostic[], text: string, file: string) {
    super(errors.map((error) => `${formatDiagnostic(error, text, file)}\n${codeFrame(error, text)}`).join('\n'))
    this.code = errors[0]?.code
    // Where deche threw it is of no use to anybody.
    this.stack = `${this.name}: ${this.message}`
  }
}

/** As a terminal can find it: from the working directory, if it is in there. */
function shown(file: string): string {
  const relative = path.relative('', file)
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative
}
