import { formatDiagnostic, positionOf } from '../transformer/diagnostics.js'
import type { Range } from '../transformer/types.js'
import type { Checked, Problem, Source } from './check.js'
import type { Palette } from './colours.js'

/** What `deche check` prints for people: each problem with the line it is in, then a summary. */
export function asText({ files, sites, problems, unreadable }: Checked, colours: Palette): string {
  const blocks = [
    ...problems.map((problem) => `${headline(problem, colours)}\n${frame(problem, colours)}`),
    ...unreadable.map(({ file, reason }) => `${colours.bold(file)} ${colours.red('error')}: ${reason}\n`),
  ]
  const warnings = problems.filter(({ diagnostic }) => diagnostic.severity === 'warning').length
  const errors = problems.length - warnings + unreadable.length
  const summary = [
    `${counted(sites.length, 'function')} in ${counted(files, 'file')}`,
    errors === 0 ? colours.green('no errors') : colours.red(counted(errors, 'error')),
    ...(warnings === 0 ? [] : [colours.yellow(counted(warnings, 'warning'))]),
  ]
  return `${[...blocks, summary.join(', ')].join('\n')}\n`
}

function headline({ source, diagnostic }: Problem, colours: Palette): string {
  const { severity, code } = diagnostic
  const text = formatDiagnostic(diagnostic, source.text, source.file)
  const mark = ` ${severity} ${code}: `
  const at = text.indexOf(mark)
  const name = severity === 'error' ? colours.red(severity) : colours.yellow(severity)
  return `${colours.bold(text.slice(0, at))} ${name} ${colours.dim(code)}: ${text.slice(at + mark.length)}`
}

/** Characters of a line that are shown before and behind what is wrong with it. */
const AROUND = 80

/** The line that a problem is in, and marks below what is wrong with it. */
function frame({ source, diagnostic }: Problem, colours: Palette): string {
  const [start, end] = diagnostic.range
  const { line, column } = positionOf(source.text, start)
  const from = start - (column - 1)
  const rest = source.text.slice(from).search(/[\n\r\u2028\u2029]/)
  const to = rest === -1 ? source.text.length : from + rest
  const left = Math.max(from, start - AROUND)
  const right = Math.min(to, Math.max(end, start) + AROUND)
  const shown = printable(source.text.slice(left, right))
  const indent = printable(source.text.slice(left, start)).replace(/[^\t]/g, ' ')
  const marks = '^'.repeat(Math.max(1, Math.min(end, right) - start))
  const colour = diagnostic.severity === 'error' ? colours.red : colours.yellow
  const gutter = String(line)
  const bar = colours.dim('|')
  return `  ${colours.dim(gutter)} ${bar} ${shown}\n  ${' '.repeat(gutter.length)} ${bar} ${indent}${colour(marks)}\n`
}

/** A source file must not be able to steer the terminal. */
function printable(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, '\uFFFD')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** What `deche check --json` prints. Lines and columns count from 1, offsets from 0 in UTF-16 code units. */
export function asJson({ files, sites, problems, unreadable }: Checked): string {
  const report = {
    files,
    diagnostics: problems.map(({ source, diagnostic: { code, severity, message, fix, range }, id }) => ({
      file: source.file,
      code,
      severity,
      message,
      fix,
      range: positions(source, range),
      id,
    })),
    sites: sites.map(({ source, site }) => ({
      file: source.file,
      id: site.id,
      name: site.name,
      range: positions(source, site.nameRange),
    })),
    unreadable,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function positions({ text }: Source, [start, end]: Range): { readonly start: object; readonly end: object } {
  const at = (offset: number) => ({ ...positionOf(text, offset), offset })
  return { start: at(start), end: at(end) }
}
