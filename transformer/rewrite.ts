import MagicString from 'magic-string'
import { type Format, generateBody, generateHead, generateImports } from './generate.js'
import type { Analysis } from './types.js'

/**
 * The source with every site wrapped. Text is only ever inserted, and never a newline: each line of the source is the
 * same line of the result. Without a site nothing is inserted.
 *
 * ```ts
 * export async function forecast(city: string, days = 3) { BODY }
 * // becomes
 * export async function forecast(city: string, days = 3) { return $deche0.hit?.(city, days) ?? $deche.runAsync($deche0(), [city, days], ((city, days) => async () => { BODY })(city, days));}
 * ```
 */
export function rewrite(text: string, analysis: Analysis, format: Format): MagicString {
  const output = new MagicString(text)
  if (analysis.sites.length === 0) return output
  const { insertAt } = analysis
  const head = generateHead(analysis, format)
  output.appendLeft(insertAt, `${separator(text, insertAt)}${head}${insertAt < text.length ? ' ' : ''}`)
  for (const { at, text: statement } of generateImports(analysis, format)) {
    output.appendLeft(at, `${separator(text, at)}${statement}`)
  }
  for (const [index, { body }] of analysis.sites.entries()) {
    const { open, close } = generateBody(analysis, index)
    output.appendLeft(body.start, body.block ? `${terminator(text, body.start)}${open}` : open)
    // A body may end where the next insertion starts; its own closing text must come first.
    output.prependRight(body.end, close)
  }
  return output
}

/** What must stand between the statement that ends at `offset`, if one does, and a new one. */
function separator(text: string, offset: number): string {
  const end = terminator(text, offset)
  return end || (offset > 0 && !/\s|\uFEFF/.test(text.charAt(offset - 1)) ? ' ' : '')
}

/** Directives and imports may rely on a newline to end them. */
function terminator(text: string, offset: number): string {
  return /["')}\w$]/.test(text.charAt(offset - 1)) ? ';' : ''
}
