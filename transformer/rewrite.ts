import path from 'node:path'
import { type Format, generateBody, generateHead, generateImports, type Insertion } from './generate.js'
import { mappingsOf, type SourceMap } from './source-map.js'
import type { Analysis } from './types.js'

export interface Rewritten {
  readonly code: string
  /** From `code` to the source, which `file` names; precise to the token. */
  readonly map: (file: string) => SourceMap
}

/**
 * The source with every site wrapped. Text is only ever inserted, and never a newline: each line of the source is the
 * same line of the result. Without a site nothing is inserted.
 *
 * ```ts
 * export async function forecast(city: string, days = 3) { BODY }
 * // becomes
 * export async function forecast(city: string, days = 3) { return $d0.hit?.(city,days)??$deche.runAsync($d0,[city,days],async(city,days)=>{ BODY });}
 * ```
 */
export function rewrite(text: string, analysis: Analysis, format: Format): Rewritten {
  const insertions = insertionsOf(text, analysis, format)
  const parts: string[] = []
  let from = 0
  for (const { at, text: inserted } of insertions) {
    parts.push(text.slice(from, at), inserted)
    from = at
  }
  parts.push(text.slice(from))
  return {
    code: parts.join(''),
    map: (file) => ({
      version: 3,
      sources: [file.split(path.sep).join('/')],
      sourcesContent: [text],
      names: [],
      mappings: mappingsOf(text, insertions),
    }),
  }
}

/** In the order in which they go in. */
function insertionsOf(text: string, analysis: Analysis, format: Format): readonly Insertion[] {
  if (analysis.sites.length === 0) return []
  const { insertAt } = analysis
  const head = generateHead(analysis, format)
  const opening = [
    { at: insertAt, text: `${separator(text, insertAt)}${head}${insertAt < text.length ? ' ' : ''}` },
    ...generateImports(analysis, format).map((each) => ({ ...each, text: `${separator(text, each.at)}${each.text}` })),
  ]
  const closing: Insertion[] = []
  for (const [index, { body }] of analysis.sites.entries()) {
    const { open, close } = generateBody(analysis, index)
    opening.push({ at: body.start, text: body.block ? `${terminator(text, body.start)}${open}` : open })
    closing.push({ at: body.end, text: close })
  }
  // An empty body ends where it starts. Of two bodies that end at one place, the inner one, which starts later, ends first.
  return [...opening, ...closing.reverse()].sort((a, b) => a.at - b.at)
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
