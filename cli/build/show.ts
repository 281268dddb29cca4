import { compilerCode, positionOf } from '../../transformer/diagnostics.js'
import type { Diagnostic } from '../../transformer/types.js'
import { shownPath } from '../init/paths.js'

/** A diagnostic and the text that it is about. */
export interface FileDiagnostic {
  readonly file: string
  readonly text: string
  readonly diagnostic: Diagnostic
}

/** As compilers print theirs: `src/a.ts(2,12): error TS991003: DECHE1003: …`, or with colours and the line. */
export function asCompilers({ file, text, diagnostic }: FileDiagnostic, pretty: boolean): string {
  const { severity, code, message, fix, range } = diagnostic
  const { line, column } = positionOf(text, range[0])
  const shown = shownPath(file)
  const number = `TS${compilerCode(diagnostic)}`
  const words = `${code}: ${message}. ${fix}`
  if (!pretty) return `${shown}(${line},${column}): ${severity} ${number}: ${words}\n`
  const start = range[0] - (column - 1)
  const rest = text.slice(start).search(/[\n\r\u2028\u2029]/)
  const source = text.slice(start, rest === -1 ? undefined : start + rest)
  const marks = '~'.repeat(Math.max(1, Math.min(range[1] - range[0], source.length - column + 1)))
  const colour = severity === 'error' ? RED : YELLOW
  const place = `${CYAN}${shown}${RESET}:${YELLOW}${line}${RESET}:${YELLOW}${column}${RESET}`
  return [
    `${place} - ${colour}${severity}${RESET}${GREY} ${number}: ${RESET}${words}`,
    '',
    `${INVERSE}${line}${RESET} ${printable(source)}`,
    `${INVERSE}${' '.repeat(String(line).length)}${RESET} ${' '.repeat(column - 1)}${colour}${marks}${RESET}`,
    '',
    '',
  ].join('\n')
}

/** As the compiler decides it for its own diagnostics. */
export function isPretty(said: boolean | undefined): boolean {
  if (said !== undefined) return said
  if (process.env.NO_COLOR) return false
  return Boolean(process.env.FORCE_COLOR) || process.stdout.isTTY === true
}

const RESET = '\u001b[0m'
const RED = '\u001b[91m'
const YELLOW = '\u001b[93m'
const CYAN = '\u001b[96m'
const GREY = '\u001b[90m'
const INVERSE = '\u001b[7m'

/** A source file must not be able to steer the terminal. Tabs are one column wide, as the compiler shows them. */
function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '\uFFFD')
}
