import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const JAVASCRIPT = /\.[cm]?jsx?$/i

/**
 * The JavaScript of a build, sorted: all files below a directory but in `node_modules` and `.git`, or the one file.
 * Throws for a path that does not exist, and where there is no JavaScript.
 */
export function outputFiles(given: string): string[] {
  const facts = statSync(given, { throwIfNoEntry: false })
  if (facts === undefined) throw new Error(`there is no directory '${given}': has the project been built?`)
  const start = path.resolve(given)
  const files = facts.isDirectory() ? below(start) : [start].filter((file) => JAVASCRIPT.test(file))
  if (files.length === 0) throw new Error(`there is no JavaScript in '${given}'`)
  return files.sort()
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === '.git' ? [] : below(full)
    if (!JAVASCRIPT.test(entry.name)) return []
    return entry.isFile() || statSync(full, { throwIfNoEntry: false })?.isFile() ? [full] : []
  })
}
