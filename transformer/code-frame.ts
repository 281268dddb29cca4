import { positionOf } from './diagnostics.js'
import type { Diagnostic } from './types.js'

/** What writes text in a colour, or leaves it as it is. */
export type Colours = Readonly<Record<'red' | 'yellow' | 'dim', (text: string) => string>>

const same = (text: string) => text
const NO_COLOURS: Colours = { red: same, yellow: same, dim: same }

/** Characters of a line that are shown before and behind what is wrong with it. */
const AROUND = 80

/** The line that a diagnostic is about, and marks below what is wrong with it. Two lines, indented, without a last newline. */
export function codeFrame(
  { range: [start, end], severity }: Diagnostic,
  text: string,
  colours: Colours = NO_COLOURS,
): string {
  const { line, column } = positionOf(text, start)
  const from = start - (column - 1)
  const rest = text.slice(from).search(/[\n\r\u2028\u2029]/)
  const to = rest === -1 ? text.length : from + rest
  const left = Math.max(from, start - AROUND)
  const right = Math.min(to, Math.max(end, start) + AROUND)
  const shown = printable(text.slice(left, right))
  const indent = printable(text.slice(left, start)).replace(/[^\t]/g, ' ')
  const marks = '^'.repeat(Math.max(1, Math.min(end, right) - start))
  const mark = severity === 'error' ? colours.red : colours.yellow
  const gutter = String(line)
  const bar = colours.dim('|')
  return `  ${colours.dim(gutter)} ${bar} ${shown}\n  ${' '.repeat(gutter.length)} ${bar} ${indent}${mark(marks)}`
}

/** A source file must not be able to steer the terminal. */
function printable(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, '\uFFFD')
}
