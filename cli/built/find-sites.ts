import { readFileSync } from 'node:fs'

/** A look-up that compiled code does. */
export interface BuiltSite {
  readonly file: string
  /** The hash of the code that it was compiled from, where that is told. */
  readonly code: string | undefined
}

/**
 * The start of what the transformer writes for a function, `["id",["parameter"],"code"…]`, as bundlers and minifiers leave it:
 * any quotes, any spaces, all of it within a string that is evaluated. The next quote is not consumed, so that
 * the end of one string is not taken for the start of another.
 */
const SITE = /\[\s*\\*(["'`])([\w$.@%~-]+)\\*\1\s*,\s*(?=\[)/g
const CODE = /\]\s*,\s*\\*(["'`])([0-9a-f]{28})\\*\1/

/** Where these ids are looked up in the files. */
export function builtSites(files: readonly string[], ids: ReadonlySet<string>): Map<string, BuiltSite[]> {
  const found = new Map<string, BuiltSite[]>()
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    const matches = [...text.matchAll(SITE)]
    for (const [index, match] of matches.entries()) {
      const id = match[2] ?? ''
      if (!ids.has(id)) continue
      // Its properties end before the next one begins.
      const rest = text.slice(match.index, matches[index + 1]?.index ?? match.index + LONGEST)
      const site = { file, code: CODE.exec(rest)?.[2] }
      found.set(id, [...(found.get(id) ?? []), site])
    }
  }
  return found
}

/** Characters of a site, at most: that of a function with dozens of parameters. */
const LONGEST = 4000
