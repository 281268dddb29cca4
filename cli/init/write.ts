import { chmodSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Change } from './edits.js'

/**
 * Writes all changes, each whole: everything goes to temporary files first, so that a directory that cannot be written
 * leaves all as it was. A link's target is written, and keeps its permissions.
 */
export function writeChanges(changes: readonly Change[]): void {
  const staged: { readonly temporary: string; readonly target: string }[] = []
  try {
    for (const { file, after } of changes) {
      const target = existsSync(file) ? realpathSync(file) : file
      const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`)
      staged.push({ temporary, target })
      writeFileSync(temporary, after, { flag: 'wx' })
      const facts = statSync(target, { throwIfNoEntry: false })
      if (facts !== undefined) chmodSync(temporary, facts.mode & 0o7777)
    }
    for (const { temporary, target } of staged) renameSync(temporary, target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the changes cannot be written: ${reason}`, { cause: error })
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true })
  }
}
