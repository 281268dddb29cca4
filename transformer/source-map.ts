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
  let bytes = memory
  let length = 0
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
      const kind = kindOf(code)
      if (kind === before && kind !== SIGN) continue
      if (length + LONGEST > bytes.length) bytes = memory = twice(bytes)
      if (code === NEWLINE) {
        bytes[length++] = SEMICOLON
        sourceLine++
        lineStart = at + 1
        isFirst = true
        pushed = lastColumn = 0
        before = NOTHING
        continue
      }
      before = kind
      const sourceColumn = at - lineStart
      const column = sourceColumn + pushed
      if (!isFirst) bytes[length++] = COMMA
      length = putNumber(bytes, length, column - lastColumn)
      // There is one source.
      bytes[length++] = ZERO
      length = putNumber(bytes, length, sourceLine - lastSourceLine)
      length = putNumber(bytes, length, sourceColumn - lastSourceColumn)
      isFirst = false
      lastColumn = column
      lastSourceLine = sourceLine
      lastSourceColumn = sourceColumn
    }
    pushed += insertion?.text.length ?? 0
    from = to
  }
  return bytes.toString('latin1', 0, length)
}

/** Where mappings are put together: text that grows by `+=` is an object for each part. */
let memory = Buffer.allocUnsafeSlow(1 << 12)

function twice(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(2 * bytes.length)
  bytes.copy(larger)
  return larger
}

const COMMA = 44
const SEMICOLON = 59

/** What a mapping may take: a comma, and four numbers of seven digits. */
const LONGEST = 29

/** Letters of other alphabets count as signs, each for itself, since some are spaces. */
function kindOf(code: number): number {
  return code < 128 ? (KINDS[code] as number) : SIGN
}

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (/[ \t\r]/.test(character)) return SPACE
  return /[\w$]/.test(character) ? WORD : SIGN
})

const DIGITS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const ZERO = 65

/** In the base64 of source maps; answers where it ends. */
function putNumber(bytes: Buffer, at: number, value: number): number {
  let end = at
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  while (rest > 31) {
    bytes[end++] = DIGITS[(rest & 31) | 32] as number
    rest >>>= 5
  }
  bytes[end++] = DIGITS[rest] as number
  return end
}
