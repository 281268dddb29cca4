import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Change } from './edits.js'

/** Lines with which git passes by `.deche/` here and below, or with which somebody decided about it. */
const COVERS = /^(?:!?(?:\*\*\/)?\.deche\/?|(?:\*\*\/)?(?:\.\*|\*)\/?)$/
/** Lines that do so for the folder that they are in. */
const COVERS_HERE = /^!?\/?\.deche(?:\/(?:\*\*?)?)?$/

/** What is to be added so that git passes by the entries: nothing if a file here or above does that. */
export function ignoreEntries(directory: string): Change | undefined {
  const covered = [...above(directory)].some((folder) =>
    linesOf(folder).some((line) => COVERS.test(line) || (folder === directory && COVERS_HERE.test(line))),
  )
  if (covered) return undefined
  const file = path.join(directory, '.gitignore')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const eol = before?.includes('\r\n') ? '\r\n' : '\n'
  const gap = before === undefined || before === '' || before.endsWith('\n') ? '' : eol
  return { file, before, after: `${before ?? ''}${gap}.deche/${eol}` }
}

/** The folder and those above it in its repository. */
function above(directory: string): readonly string[] {
  const folders: string[] = []
  for (let at = directory; ; at = path.dirname(at)) {
    folders.push(at)
    if (existsSync(path.join(at, '.git'))) return folders
    if (path.dirname(at) === at) return [directory]
  }
}

function linesOf(folder: string): string[] {
  const file = path.join(folder, '.gitignore')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
}
