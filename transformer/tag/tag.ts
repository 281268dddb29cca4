import { diagnose } from '../diagnostics.js'
import type { Comment } from '../syntax/parse.js'
import type { Diagnostic, Range } from '../types.js'

/** A piece of a tag and where it stands. */
export interface Token {
  readonly text: string
  readonly range: Range
}

/** `ttl=7d`, or the bare word `share`. */
export interface TagWord {
  readonly name: Token
  /** The value as a whole, without quotes; a list over several lines is joined. */
  readonly value?: Token
  /** The value split at commas. */
  readonly items: readonly Token[]
}

/** One `@deche` in a doc comment. */
export interface Tag {
  /** Of `@deche`. */
  readonly range: Range
  readonly words: readonly TagWord[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A line of a doc comment without the asterisks in front. */
interface Line {
  readonly text: string
  readonly start: number
}

const QUOTES = new Set(['"', "'"])

/** The line before and behind code in a comment. */
export const FENCE = /^(?:```|~~~)/

/** Whether a text may hold a tag, or what looks like one; the quick question that most files answer with no. */
export function mentionsTag(text: string): boolean {
  return text.includes('eche') && /@deche/i.test(text)
}

/** The tags of a comment: one stands at the start of a line of a JSDoc comment, outside of code fences. */
export function readTags(comment: Comment): Tag[] {
  if (comment.type !== 'Block' || !comment.value.startsWith('*') || !comment.value.includes('@deche')) return []
  const tags: Tag[] = []
  let fenced = false
  let open: { range: Range; lines: Line[] } | undefined
  const close = () => {
    if (open) tags.push({ range: open.range, ...readWords(open.lines) })
    open = undefined
  }
  for (const line of linesOf(comment)) {
    if (FENCE.test(line.text)) {
      fenced = !fenced
      close()
    } else if (!fenced) {
      const name = /^@([\p{ID_Start}$_][\p{ID_Continue}$-]*)?/u.exec(line.text)
      if (name) close()
      if (name?.[1] === 'deche') {
        const end = '@deche'.length
        open = {
          range: [line.start, line.start + end],
          lines: [{ text: line.text.slice(end), start: line.start + end }],
        }
      } else if (!name) {
        open?.lines.push(line)
      }
    }
  }
  close()
  return tags
}

/** Without margins: `start` is where each line's text begins in the file. */
export function linesOf(comment: Comment): Line[] {
  const lines: Line[] = []
  let start = comment.start + '/*'.length
  // A comment may end in several asterisks: `**/`.
  for (const part of comment.value.replace(/\*+$/, '').split(/(\r\n|[\n\r\u2028\u2029])/)) {
    const margin = /^\s*\**[^\S\r\n]*/.exec(part)?.[0].length ?? 0
    if (!/^[\n\r\u2028\u2029]/.test(part)) lines.push({ text: part.slice(margin), start: start + margin })
    start += part.length
  }
  return lines
}

/** Reads `option=value` words. A list that ends in a comma, or goes on with one, continues with the next word. */
function readWords(lines: readonly Line[]): { words: TagWord[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const words: TagWord[] = []
  let unfinished = false
  for (const raw of lines.flatMap((line) => chunksOf(line, diagnostics))) {
    const last = words.at(-1)
    const continues = (unfinished || raw.text.startsWith(',')) && !raw.bare.includes('=')
    if (last?.value && continues) {
      const items = joinItems(last.items, itemsOf(raw, 0), unfinished, raw.text.startsWith(','))
      const value = {
        text: items.map((item) => item.text).join(','),
        range: [last.value.range[0], raw.range[1]] as const,
      }
      words[words.length - 1] = { name: last.name, value, items }
    } else {
      const word = wordOf(raw)
      if (word.name.text) words.push(word)
      else diagnostics.push(diagnose('malformed', raw.range, `'${raw.text}' belongs to no option`))
    }
    unfinished = words.at(-1)?.value !== undefined && raw.text.endsWith(',')
  }
  return { words, diagnostics }
}

/** `a,` + `b` and `a` + `,b` both read as `a,b`: the empty piece at the seam goes. */
function joinItems(before: readonly Token[], after: readonly Token[], open: boolean, comma: boolean): Token[] {
  const head = open ? before.slice(0, -1) : before
  return [...head, ...(comma && !open ? after.slice(1) : after)]
}

/** A run of characters without spaces outside of quotes; `bare` is the same length with quoted characters masked. */
interface Chunk extends Token {
  readonly bare: string
}

function chunksOf(line: Line, diagnostics: Diagnostic[]): Chunk[] {
  const chunks: Chunk[] = []
  let at = 0
  while (at < line.text.length) {
    if (/\s/.test(line.text.charAt(at))) {
      at++
      continue
    }
    const from = at
    let bare = ''
    while (at < line.text.length && !/\s/.test(line.text.charAt(at))) {
      const character = line.text.charAt(at)
      const opens = QUOTES.has(character) && /[=,]/.test(line.text.charAt(at - 1))
      const end = opens ? line.text.indexOf(character, at + 1) : -1
      if (opens && end === -1) {
        const range: Range = [line.start + at, line.start + line.text.length]
        diagnostics.push(diagnose('malformed', range, `the quote ${character} is never closed on its line`))
        return chunks
      }
      const length = opens ? end + 1 - at : 1
      bare += opens ? `"${'_'.repeat(length - 2)}"` : character
      at += length
      if (opens && !/^(?:[\s,]|$)/.test(line.text.slice(at))) {
        const range: Range = [line.start + at, line.start + at + 1]
        diagnostics.push(diagnose('malformed', range, `'${line.text.charAt(at)}' follows a closing quote`))
        return chunks
      }
    }
    chunks.push({ text: line.text.slice(from, at), range: [line.start + from, line.start + at], bare })
  }
  return chunks
}

function wordOf(chunk: Chunk): TagWord {
  const equals = chunk.text.indexOf('=')
  const start = chunk.range[0]
  if (equals === -1) return { name: chunk, items: [] }
  const name: Token = { text: chunk.text.slice(0, equals), range: [start, start + equals] }
  const whole = /^"_*"$/.test(chunk.bare.slice(equals + 1))
  const items = itemsOf(chunk, equals + 1)
  const text = whole ? chunk.text.slice(equals + 2, -1) : items.map((item) => item.text).join(',')
  return { name, value: { text, range: [start + equals + 1, chunk.range[1]] }, items }
}

function itemsOf(chunk: Chunk, from: number): Token[] {
  const items: Token[] = []
  let at = from
  for (const part of chunk.bare.slice(from).split(',')) {
    const quoted = part.length >= 2 && part.startsWith('"') && part.endsWith('"')
    const inset = quoted ? 1 : 0
    const [start, end] = [at + inset, at + part.length - inset]
    const inner = { text: chunk.text.slice(start, end), start }
    for (const piece of quoted ? splitQuoted(inner) : [inner]) {
      const begin = chunk.range[0] + piece.start
      items.push({ text: piece.text, range: [begin, begin + piece.text.length] })
    }
    at += part.length + 1
  }
  return items
}

/** `ignore="a, b"` is a list as well; its spaces around commas mean nothing. */
function splitQuoted({ text, start }: { text: string; start: number }): { text: string; start: number }[] {
  if (!text.includes(',')) return [{ text, start }]
  const pieces: { text: string; start: number }[] = []
  let at = start
  for (const part of text.split(',')) {
    pieces.push({ text: part.trim(), start: at + part.length - part.trimStart().length })
    at += part.length + 1
  }
  return pieces
}
