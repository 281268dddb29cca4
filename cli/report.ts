import { codeFrame } from '../transformer/code-frame.js'
import { formatDiagnostic, positionOf } from '../transformer/diagnostics.js'
import type { Range } from '../transformer/types.js'
import type { Checked, Problem, Source } from './checked.js'
import type { Palette } from './colours.js'

/** What `deche check` prints for people: each problem with the line it is in, then a summary. */
export function asText({ files, sites, problems, unreadable }: Checked, colours: Palette): string {
  const blocks = [
    ...problems.map(
      (problem) => `${headline(problem, colours)}\n${codeFrame(problem.diagnostic, problem.source.text, colours)}\n`,
    ),
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
