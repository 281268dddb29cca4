import type { Diagnostic } from '../types.js'
import { branchWarnings } from './branches.js'
import { secretWarnings } from './secrets.js'
import type { Subject } from './subject.js'
import { thisWarnings } from './this-reads.js'
import { moduleVariables, variableWarnings } from './variables.js'
import { worldReads, worldWarnings } from './world.js'

export type { Subject } from './subject.js'

/**
 * What a tagged function depends on, or shows, that its tag does not say: by the text of its file alone, so that every front
 * end tells the same. Functions that it calls are not followed, but for the methods of its own object.
 */
export function ambientWarnings(subject: Subject): Diagnostic[] {
  return [
    ...variableWarnings(subject, moduleVariables(subject)),
    ...worldWarnings(subject, worldReads(subject)),
    ...thisWarnings(subject),
    ...secretWarnings(subject),
    ...branchWarnings(subject),
  ]
}

/** What `ignore=` may name that is no input: whatever a warning could name, whether there is one or not. */
export function ambientWords(subject: Subject): string[] {
  const words = [
    ...moduleVariables(subject).map(({ name }) => name),
    ...worldReads(subject).flatMap((read) => read.words),
  ]
  return [...new Set(words), ...(subject.hasThis ? ['this'] : [])]
}
