import { StoreError } from '../errors.js'
import { codeOf } from '../store/file-system.js'
import { reason, warnOnce } from '../warn.js'
import type { Memo } from './memo.js'

/** A store that fails costs a recomputation, and a warning: one for each cause, whether reading or writing met it first. */
export function storeFailed(memo: Memo, what: 'read' | 'written', error: unknown): void {
  memo.stats.errors++
  if (error instanceof StoreError && error.announced) return
  const { location } = memo.store
  warnOnce(
    'DECHE3001',
    `${location} ${causeOf(error) ?? what}`,
    `The cache in ${location} could not be ${what}; functions run without it: ${reason(error)}`,
  )
}

/** The code of the system, or of deche. What was thrown may itself be a trap. */
function causeOf(error: unknown): string | undefined {
  try {
    const code = codeOf(error)
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}
