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
  let mappings = ''
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
        mappings += ';'
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
      const step = column - lastColumn
      if (isFirst || step !== sourceColumn - lastSourceColumn)
        mappings += `${isFirst ? '' : ','}${vlq(step)}A${vlq(sourceLine - lastSourceLine)}${vlq(sourceColumn - lastSourceColumn)}`
      else mappings += STEPS[step] ?? stepOf(step)
      isFirst = false
      lastColumn = column
      lastSourceLine = sourceLine
      lastSourceColumn = sourceColumn
    }
    pushed += insertion?.text.length ?? 0
    from = to
  }
  return mappings
}

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

/** As far on in the text as in its source, within a line. */
function stepOf(step: number): string {
  return `,${vlq(step)}AA${vlq(step)}`
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  while (rest > 31) {
    text += DIGITS.charAt((rest & 31) | 32)
    rest >>>= 5
  }
  return text + DIGITS.charAt(rest)
}

/** Nearly all steps. */
const STEPS = Array.from({ length: 64 }, (_, step) => stepOf(step))
