import { readdirSync } from 'node:fs'
import path from 'node:path'
import { diagnose } from '../transformer/diagnostics.js'
import { compilerWithoutPlugins } from './build/typescript.js'
import type { CheckedSite, Problem } from './checked.js'
import { shownPath } from './init/paths.js'
import { Tsconfig, tsconfigAbove } from './init/tsconfig.js'

/**
 * A warning for each entry of deche among the `plugins` of a configuration around these functions whose compiler knows no
 * plugins. A configuration that cannot be read has nothing to say here: the compiler tells why.
 */
export function ignoredPlugins(sites: readonly CheckedSite[]): Problem[] {
  const directories = new Set(sites.map(({ source }) => path.dirname(path.resolve(source.file))))
  const found = new Map<string, Problem>()
  for (const folder of new Set([...directories].flatMap((each) => tsconfigAbove(each) ?? []).map(path.dirname))) {
    const version = compilerWithoutPlugins(folder)
    if (version === undefined) continue
    for (const name of readdirSync(folder).filter((each) => /^tsconfig(?:\..+)?\.json$/.test(each))) {
      const entry = entryIn(path.join(folder, name))
      if (entry === undefined) continue
      const { json, node } = entry
      const source = { file: shownPath(json.file), text: json.bom + json.text }
      const start = json.bom.length + node.offset
      found.set(json.file, { source, diagnostic: diagnose('pluginIgnored', [start, start + node.length], version) })
    }
  }
  return [...found.values()]
}

function entryIn(file: string): Tsconfig['decheEntry'] {
  try {
    return new Tsconfig(file).decheEntry
  } catch {
    return undefined
  }
}
