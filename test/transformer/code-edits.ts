import { expect, test } from 'vitest'
import { type Files, hashOf } from './code-projects.js'

export type { Files }

export const AUTO = '/** @deche version=auto */'

/** Files of a project, or the text of the tagged function's own. */
type Project = Files | string

const filesOf = (project: Project, file = 'src/a.ts'): Files =>
  typeof project === 'string' ? { [file]: project } : project

/** Tests that an edit gives the tagged function another hash. */
export function changed(name: string, one: Project, other: Project, file?: string): void {
  test(`changed: ${name}`, () => {
    expect(hashOf(filesOf(one, file))).not.toBe(hashOf(filesOf(other, file)))
  })
}

/** Tests that an edit keeps the tagged function's hash. */
export function unchanged(name: string, one: Project, other: Project, file?: string): void {
  test(`unchanged: ${name}`, () => {
    expect(hashOf(filesOf(one, file))).toBe(hashOf(filesOf(other, file)))
  })
}
