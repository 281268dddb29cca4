import type { Insertion } from './generate.js'

/** The third revision of the format, which is what everybody reads: https://tc39.es/ecma426/ */
export interface SourceMap {
  readonly version: 3
  readonly sources: string[]
  readonly sourcesContent: string[]
  readonly names: string[]
  readonly mappings: string
}

const NEWLINE = 10

/** What a character is part of. */
const NOTHING = 0
const WORD = 1
const SPACE = 2
const SIGN = 3

/**
 * The mappings of a text with insertions, in their order, to the text without: of each word, each sign, and each end of
 * what stands before a space. What was inserted is mapped to what stands before it. Nothing else is ever done to a text,
 * so this gets by without lists of segments, which is what most of the work with maps goes into.
 */
export function mappingsOf(text: string, insertions: readonly Insertion[]): string {
  // Text that grows by `+=` is an object for each part.
  const out = new Mappings()
  let lineStart = 0
  /** How far the text has been pushed to the right in this line. */
  let pushed = 0
  let isFirst = true
  let [lastColumn, lastSourceLine, lastSourceColumn, sourceLine] = [0, 0, 0, 0]
  let from = 0
  for (let index = 0; index <= insertions.length; index++) {
    const insertion = insertions[index]
    const to = insertion?.at ?? text.length
    let before = NOTHING
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code === NEWLINE) {
        out.endLine()
        sourceLine++
        lineStart = at + 1
        isFirst = true
        pushed = lastColumn = 0
        before = NOTHING
        continue
      }
      const kind = kindOf(code)
      if (kind === before && kind !== SIGN) continue
      before = kind
      const sourceColumn = at - lineStart
      const column = sourceColumn + pushed
      out.add(isFirst, column - lastColumn, sourceLine - lastSourceLine, sourceColumn - lastSourceColumn)
      isFirst = false
      lastColumn = column
      lastSourceLine = sourceLine
      lastSourceColumn = sourceColumn
    }
    pushed += insertion?.text.length ?? 0
    from = to
  }
  return out.text
}

let memory = Buffer.allocUnsafeSlow(1 << 12)

/** The text of all mappings, in memory that the next one gets as well. */
class Mappings {
  #bytes = memory
  #length = 0

  get text(): string {
    return this.#bytes.toString('latin1', 0, this.#length)
  }

  endLine(): void {
    this.#reserve()
    this.#bytes[this.#length++] = SEMICOLON
  }

  add(isFirst: boolean, column: number, sourceLine: number, sourceColumn: number): void {
    this.#reserve()
    if (!isFirst) this.#bytes[this.#length++] = COMMA
    this.#number(column)
    // There is one source.
    this.#number(0)
    this.#number(sourceLine)
    this.#number(sourceColumn)
  }

  #number(value: number): void {
    let rest = value < 0 ? (-value << 1) | 1 : value << 1
    while (rest > 31) {
      this.#bytes[this.#length++] = DIGITS[(rest & 31) | 32] as number
      rest >>>= 5
    }
    this.#bytes[this.#length++] = DIGITS[rest] as number
  }

  #reserve(): void {
    if (this.#length + LONGEST <= this.#bytes.length) return
    const bytes = Buffer.allocUnsafeSlow(2 * this.#bytes.length)
    this.#bytes.copy(bytes)
    this.#bytes = memory = bytes
  }
}

const COMMA = 44
const SEMICOLON = 59

/** What a mapping may take: a comma, and four numbers of seven digits. */
const LONGEST = 29

const DIGITS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** Letters of other alphabets count as signs, each for itself, since some are spaces. */
function kindOf(code: number): number {
  if (code === 32 || code === 9 || code === 13) return SPACE
  const isWord =
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36
  return isWord ? WORD : SIGN
}
