import { AMBIENT_MESSAGES } from './messages/ambient.js'
import { BUILD_MESSAGES } from './messages/build.js'
import { BUILT_MESSAGES } from './messages/built.js'
import { CODE_MESSAGES } from './messages/code.js'
import { FUNCTION_MESSAGES } from './messages/functions.js'
import { TAG_MESSAGES } from './messages/tags.js'
import type { Text } from './messages/text.js'
import { TYPE_MESSAGES } from './messages/types.js'
import type { Diagnostic, Range, Severity } from './types.js'

/** Every diagnostic of the build: its stable code, how bad it is, and its words. */
const TABLE = {
  ...TAG_MESSAGES,
  ...FUNCTION_MESSAGES,
  ...BUILD_MESSAGES,
  ...AMBIENT_MESSAGES,
  ...CODE_MESSAGES,
  ...BUILT_MESSAGES,
  ...TYPE_MESSAGES,
} as const

type Table = typeof TABLE
export type DiagnosticName = keyof Table
type FactsOf<N extends DiagnosticName> = Parameters<Table[N][2]>

/** All codes, for the guide and its tests. */
export const DIAGNOSTIC_CODES: Readonly<Record<DiagnosticName, string>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, [code]]) => [name, code]),
) as Record<DiagnosticName, string>

/** How bad each code is. */
export const DIAGNOSTIC_SEVERITIES: Readonly<Record<string, Severity>> = Object.fromEntries(
  Object.values(TABLE).map(([code, severity]) => [code, severity]),
)

/** One diagnostic of the table, at a range. */
export function diagnose<N extends DiagnosticName>(name: N, range: Range, ...facts: FactsOf<N>): Diagnostic {
  const [code, severity, write] = TABLE[name] as readonly [string, Severity, (...facts: FactsOf<N>) => Text]
  return { code, severity, ...write(...facts), range }
}

/** What compilers print as `TS` and a number: `DECHE1003` is `TS991003`, far from their own. */
export function compilerCode({ code }: Diagnostic): number {
  return 990_000 + Number(code.replace('DECHE', ''))
}

/** `src/a.ts:2:18 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?` Lines and columns count from 1. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string, file: string): string {
  const { line, column } = positionOf(source, diagnostic.range[0])
  const { severity, code, message, fix } = diagnostic
  return `${file}:${line}:${column} ${severity} ${code}: ${message}. ${fix}`
}

/** The lines of offsets that mostly grow, for who asks for many. */
export function linesOf(source: string): (offset: number) => number {
  let [line, from] = [1, 0]
  return (offset) => {
    // Within a line break there is no start to count from.
    if (offset < from || source.charCodeAt(from - 1) === 13) [line, from] = [1, 0]
    line += positionOf(source.slice(from, offset), offset - from).line - 1
    from = offset
    return line
  }
}

/** Line and column, from 1, as editors count them. */
export function positionOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let start = source.charCodeAt(0) === 0xfeff && offset > 0 ? 1 : 0
  const end = Math.min(offset, source.length)
  for (let at = 0; at < end; at++) {
    const char = source.charCodeAt(at)
    if (char !== 10 && char !== 13 && char !== 0x2028 && char !== 0x2029) continue
    if (char === 13 && at + 1 < end && source.charCodeAt(at + 1) === 10) at++
    line++
    start = at + 1
  }
  return { line, column: end - start + 1 }
}
