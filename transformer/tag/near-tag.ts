import { isOptionName } from '../../runtime/config/options.js'
import type { Comment } from '../syntax/parse.js'
import type { Range } from '../types.js'
import { FENCE, linesOf } from './tag.js'

/** Where a comment says `@deche` as a tag would, and why it is none. */
export interface NearTag {
  readonly range: Range
  readonly reason: string
  readonly fix: string
}

const NO_DOC_COMMENT = { reason: 'this comment is no doc comment', fix: 'Begin it with /** instead.' }
const INSIDE_LINE = { reason: 'it stands inside a line', fix: 'Put it at the start of a line of its own.' }
const OTHER_LETTERS = { reason: 'its letters are not all small', fix: 'Write @deche.' }

/** What was probably meant as a tag and is read as prose. To be asked of comments without a tag. */
export function nearTagOf(comment: Comment): NearTag | undefined {
  if (!/@deche/i.test(comment.value)) return undefined
  const isDoc = comment.type === 'Block' && comment.value.startsWith('*')
  let fenced = false
  for (const { text, start } of linesOf(comment)) {
    if (FENCE.test(text)) fenced = !fenced
    const found = fenced ? null : /@deche(?![\p{ID_Continue}$-])/iu.exec(withoutCode(text))
    if (found === null) continue
    const [word] = found
    const before = text.slice(0, found.index)
    const leads = /^\/?\s*$/.test(before)
    if (!(leads || /[\s.,:;]$/.test(before)) || !isFollowedByOption(text.slice(found.index + word.length))) continue
    const why = isDoc ? (leads ? OTHER_LETTERS : INSIDE_LINE) : NO_DOC_COMMENT
    return { range: [start + found.index, start + found.index + word.length], ...why }
  }
  return undefined
}

/** Prose goes on with other words: `unlike @deche functions`. */
function isFollowedByOption(text: string): boolean {
  const word = /[^\s=]+/.exec(text)?.[0]
  return word === undefined || isOptionName(word)
}

/** The same length, with spaces where code was. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length))
}
