import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { JsonText } from '../init/json-text.js'
import { missingDeche } from '../init/packages.js'
import { shownPath } from '../init/paths.js'
import { type Finding, note, right, wrong } from './finding.js'

/** Node, as `engines` of deche says. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (isSupported) return right('Node', version)
  return wrong('Node', `${version} is not supported`, 'Use Node 20.19 or later, or 22.12 or later.')
}

/** The copies of deche that programs of this project may load. Two of them do not know of each other's functions. */
export function decheFindings(manifest: JsonText): Finding[] {
  const directory = path.dirname(manifest.file)
  const copies = copiesBelow(directory)
  const [first] = copies
  const left = missingDeche(manifest).map((fix) =>
    first === undefined
      ? wrong('deche', 'it is not installed', fix)
      : note('deche', 'it is a development dependency', fix),
  )
  if (first === undefined)
    return left.length > 0
      ? left
      : [wrong('deche', 'package.json names it, and it is not installed', 'Run npm install.')]
  const versions = copies.map(({ version, folder }) => `${version} in ${shownPath(folder)}`)
  const found =
    copies.length === 1
      ? right('deche', first.version)
      : wrong(
          'deche',
          `there are ${copies.length} copies: ${versions.join(', ')}`,
          'Let all packages ask for the same version, so that one is installed: each copy has its own settings and statistics.',
        )
  return [found, ...left]
}

interface Copy {
  readonly folder: string
  readonly version: string
}

/** Where Node looks from here, and one level down: the dependencies of dependencies. Links to one folder are one copy. */
function copiesBelow(directory: string): Copy[] {
  const found = new Map<string, Copy>()
  for (const folder of createRequire(path.join(directory, 'x.js')).resolve.paths('deche') ?? []) {
    const packages = namesIn(folder).flatMap((name) =>
      name.startsWith('@') ? namesIn(path.join(folder, name)).map((each) => `${name}/${each}`) : [name],
    )
    const nested = packages.map((name) => path.join(folder, name, 'node_modules', 'deche'))
    for (const copy of [path.join(folder, 'deche'), ...nested]) {
      const version = versionIn(copy)
      if (version !== undefined && !found.has(realpathSync(copy)))
        found.set(realpathSync(copy), { folder: copy, version })
    }
  }
  return [...found.values()]
}

function versionIn(folder: string): string | undefined {
  const file = path.join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown }
    return String(version)
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name !== '.bin')
  } catch {
    return []
  }
}
