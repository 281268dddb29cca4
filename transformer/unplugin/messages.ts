import path from 'node:path'
import { codeFrame } from '../code-frame.js'
import { formatDiagnostic, positionOf } from '../diagnostics.js'
import type { Diagnostic } from '../types.js'

/** Some at once, each with its place and its line: not every front end shows where a message is about. */
export function messageOf(file: string, text: string, diagnostics: readonly Diagnostic[]) {
  const shown = path.relative('', file).split(path.sep).join('/')
  const message = diagnostics
    .map((diagnostic) => `${formatDiagnostic(diagnostic, text, shown)}\n${codeFrame(diagnostic, text)}`)
    .join('\n\n')
  const { line, column } = positionOf(text, diagnostics[0]?.range[0] ?? 0)
  return { message, id: file, loc: { file, line, column: column - 1 } }
}

export function warningsIn(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'warning')
}

export function errorsIn(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'error')
}
