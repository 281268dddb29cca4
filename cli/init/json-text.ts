import { readFileSync } from 'node:fs'
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { positionOf } from '../../transformer/diagnostics.js'
import { shownPath } from './paths.js'

/** A JSON file and what its text looks like, so that what is added looks the same. */
export interface JsonText {
  readonly file: string
  /** Without a byte order mark. */
  readonly text: string
  readonly bom: string
  readonly root: Node
  readonly eol: string
  /** One level of indentation. */
  readonly indent: string
}

/** Kinds of tokens of jsonc-parser's scanner, whose enum is not there at run time. */
const COMMA = 5
const COMMENTS = [12, 13]
const LINE_BREAK = 14
const TRIVIA = 15

/** Throws with `file:line:column` for what is no JSON; comments and trailing commas are accepted in `jsonc`. */
export function readJsonText(file: string, kind: 'json' | 'jsonc'): JsonText {
  return parseJsonText(file, textOf(file), kind)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${shownPath(file)} cannot be read: ${reason}; nothing was changed`, { cause: error })
  }
}

export function parseJsonText(file: string, whole: string, kind: 'json' | 'jsonc'): JsonText {
  const bom = whole.startsWith('\uFEFF') ? '\uFEFF' : ''
  const text = whole.slice(bom.length)
  const errors: ParseError[] = []
  const lenient = kind === 'jsonc'
  const root = parseTree(text, errors, { allowTrailingComma: lenient, disallowComments: !lenient })
  const [error] = errors
  if (error !== undefined) throw problemAt({ file, text }, error.offset, words(printParseErrorCode(error.error)))
  if (root?.type !== 'object') throw problemAt({ file, text }, root?.offset ?? 0, 'an object is expected')
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return { file, text, bom, root, eol, indent: /\n([ \t]+)["/]/.exec(text)?.[1] ?? '  ' }
}

/** `CloseBraceExpected` as words. */
function words(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase()
}

export function problemAt({ file, text }: Pick<JsonText, 'file' | 'text'>, offset: number, problem: string): Error {
  const { line, column } = positionOf(text, offset)
  return new Error(`${shownPath(file)}:${line}:${column}: ${problem}; nothing was changed`)
}

/** The last one of that name, as JSON.parse and TypeScript have it. */
export function propertyOf(object: Node | undefined, name: string): Node | undefined {
  const property = object?.children?.findLast(({ children }) => children?.[0]?.value === name)
  return property === undefined ? undefined : property.children?.[1]
}

/** The same file with another text. */
export function withText(json: JsonText, text: string): JsonText {
  return parseJsonText(json.file, json.bom + text, 'jsonc')
}

/** Replaces the value of a string. */
export function replaceString(json: JsonText, node: Node, value: string): JsonText {
  return withText(json, splice(json.text, node.offset, node.offset + node.length, JSON.stringify(value)))
}

/**
 * Adds a property behind the last one, on lines of its own if the others have theirs. Comments and a trailing comma
 * stay where they are.
 */
export function addProperty(json: JsonText, object: Node, name: string, value: (indent: string) => string): JsonText {
  const { text, eol } = json
  const last = object.children?.at(-1)
  const closing = object.offset + object.length - 1
  const outer = indentAt(text, object.offset)
  if (last === undefined) {
    const inner = outer + json.indent
    const rest = text.slice(object.offset + 1, closing)
    const isBlank = rest.trim() === ''
    const end = isBlank || !rest.includes('\n') ? eol + outer : ''
    const added = `${eol}${inner}${JSON.stringify(name)}: ${value(inner)}${end}`
    return withText(json, splice(text, object.offset + 1, isBlank ? closing : object.offset + 1, added))
  }
  const behind = last.offset + last.length
  const ownLine = text.slice(object.offset, last.offset).includes('\n')
  const inner = ownLine ? indentAt(text, last.offset) : outer
  const property = `${ownLine ? eol + inner : ' '}${JSON.stringify(name)}: ${value(inner)}`
  const { comma, end } = restOfLine(text, behind, closing)
  const trailing = comma === undefined ? '' : ','
  const at = comma === undefined ? end : Math.max(end, comma + 1)
  const added = splice(text, at, at, property + trailing)
  return withText(json, comma === undefined ? splice(added, behind, behind, ',') : added)
}

/** Adds an element in front of all others, on a line of its own if the first one has one. */
export function addFirst(json: JsonText, array: Node, value: string): JsonText {
  const { text, eol } = json
  const at = array.offset + 1
  const first = array.children?.[0]
  if (first === undefined) return withText(json, splice(text, at, at, value))
  const rest = text.slice(at, first.offset)
  const gap = /^[ \t]*/.exec(rest)?.[0] ?? ''
  if (/^[ \t]*\r?\n/.test(rest)) {
    return withText(json, splice(text, at, at, `${eol}${indentAt(text, first.offset)}${value},`))
  }
  return withText(json, splice(text, at + gap.length, at + gap.length, `${value}, `))
}

/** What stands behind a value on its line: a comma perhaps, and the end of its comments. */
function restOfLine(
  text: string,
  start: number,
  limit: number,
): { readonly comma: number | undefined; readonly end: number } {
  const scanner = createScanner(text, false)
  scanner.setPosition(start)
  let comma: number | undefined
  let end = start
  let broken = false
  // A comma may stand on a later line; comments on later lines belong to what follows.
  for (;;) {
    const kind: number = scanner.scan()
    const offset = scanner.getTokenOffset()
    if (offset >= limit) return { comma, end }
    if (kind === COMMA) comma = offset
    else if (kind === LINE_BREAK) broken = true
    else if (COMMENTS.includes(kind)) {
      if (!broken) end = offset + scanner.getTokenLength()
    } else if (kind !== TRIVIA) return { comma, end }
  }
}

/** The white space at the start of the line of an offset. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

function splice(text: string, start: number, end: number, added: string): string {
  return text.slice(0, start) + added + text.slice(end)
}
