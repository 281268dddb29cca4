import { codeName, ownMark } from '../value/entry.js'
import { warnOnce } from '../warn.js'
import type { Face } from './look-up.js'
import type { Memo } from './memo.js'
import { type Steps, take } from './steps.js'
import { storeFailed } from './store-failed.js'

/** Said once for each function: its code is not what it was when an entry that answered was made. */
export function warnOfChange(id: string, at: number): void {
  warnOnce(
    'DECHE3008',
    id,
    `The code of ${id} has changed since its entry of ${new Date(at).toISOString()} was made, and the old answer is used. ` +
      'Write version=auto in its tag to recompute on each change, version=2 to decide yourself, or remove the entries: ' +
      'cached(fn).removeAll().',
  )
}

/** Code whose pieces are stored. Bounded by the number of functions and of their versions. */
const kept = new WeakMap<Memo, string>()

/** The next entry stores it again. */
export function forgetCode(memo: Memo): void {
  kept.delete(memo)
}

/**
 * Stores once what is in the code's hash, beside the first entry that it made: the only way to tell later which piece
 * has changed since. No entry depends on it.
 */
export function* keepCode(memo: Memo, face: Face): Steps<void> {
  const { id, code, pieces, directory } = memo
  if (code === undefined || kept.get(memo) === code) return
  kept.set(memo, code)
  const lines = [`${ownMark(code)} own`, ...(pieces === undefined ? [] : chosen(...pieces))]
  const text = JSON.stringify({ deche: 1, id, code, pieces: lines })
  try {
    yield* take(face.write(`${directory}/${codeName(code)}`, new TextEncoder().encode(text), { ifAbsent: true }))
  } catch (error) {
    storeFailed(memo, 'written', error)
  }
}

/** Of the lines of all functions of a module, those of one: see `SiteSpec.pieces`. */
export function chosen(all: () => string, numbers: string): string[] {
  const lines = all().split('\n')
  return numbers.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return lines.slice(first, last + 1)
  })
}
