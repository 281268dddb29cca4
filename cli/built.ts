import path from 'node:path'
import { diagnose } from '../transformer/diagnostics.js'
import { adviceFor } from './built/advice.js'
import { type BuiltSite, builtSites } from './built/find-sites.js'
import { outputFiles } from './built/output-files.js'
import type { Checked, CheckedSite, Problem } from './checked.js'

/**
 * Adds to what `check` found each function that is missing in the JavaScript of a directory (or a single file), or was
 * built from other code. Throws if there is no JavaScript.
 */
export function checkBuilt(checked: Checked, given: string): Checked {
  const { sites } = checked
  const sources = new Set(sites.map(({ source }) => path.resolve(source.file)))
  const output = outputFiles(given).filter((file) => !sources.has(file))
  if (output.length === 0) throw new Error(`there is no compiled JavaScript in '${given}'`)

  const built = builtSites(output, new Set(sites.map(({ site }) => site.id)))
  const problems = sites.flatMap((each): Problem[] => {
    const { source, site } = each
    const found = built.get(site.id)
    if (found === undefined) {
      const fix = adviceFor(source.file, given, built.size > 0)
      return [
        { source, diagnostic: diagnose('notCompiled', site.nameRange, site.name, site.id, given, fix), id: site.id },
      ]
    }
    const stale = staleOf(each, found)
    if (stale === undefined) return []
    const place = path.relative('', stale.file).split(path.sep).join('/')
    return [{ source, diagnostic: diagnose('builtFromOtherCode', site.nameRange, site.name, place), id: site.id }]
  })
  return { ...checked, problems: [...checked.problems, ...problems] }
}

/** The hash of the code must be the same in all places: a stale copy may be the one that runs. */
function staleOf({ site }: CheckedSite, found: readonly BuiltSite[]): BuiltSite | undefined {
  return found.find(({ code }) => code !== undefined && code !== site.code.hash)
}
