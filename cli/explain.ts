import { readFileSync } from 'node:fs'
import path from 'node:path'
import { closestMatch } from 'leven'
import { analyse } from '../transformer/analyse.js'
import { CodeFiles, moduleCode, type Piece, pieceHash, piecesOf, withCode } from '../transformer/code/index.js'
import { positionOf } from '../transformer/diagnostics.js'
import { moduleOf, realPath } from '../transformer/module-id.js'
import { mentionsTag } from '../transformer/tag/tag.js'
import type { CheckedSite, Source } from './checked.js'
import type { Palette } from './colours.js'
import { sourceFiles } from './source-files.js'
import { type StoredCode, storedCode } from './stored-code.js'

/** One part of a function's hash. */
export interface ExplainedPiece {
  readonly label: string
  /** Its own short hash, which changes with its text alone; of a package, the version. */
  readonly mark: string
  /** Relative to the working directory, with slashes. Absent for packages. */
  readonly file?: string
  readonly line?: number
}

/** What became of the pieces since other code made entries. */
export interface Differences {
  readonly changed: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export interface ExplainedStored {
  /** Absent: the entries do not say. */
  readonly code?: string
  readonly entries: number
  readonly latest: string
  /** Whether it is the code of now. */
  readonly current: boolean
  /** Absent for the code of now, and where nobody kept what was in the hash. */
  readonly since?: Differences
}

export interface Explained {
  readonly id: string
  readonly name: string
  readonly file: string
  readonly line: number
  readonly version?: string
  readonly code: string
  readonly pieces: readonly ExplainedPiece[]
  readonly packages: readonly ExplainedPiece[]
  readonly stored: readonly ExplainedStored[]
}

/**
 * What is in the hash of a function's code, and what has changed since its entries were made. `what` is an id, the end
 * of one, or `file:line`. Throws for a function that nobody finds, naming the nearest id.
 */
export function explain(what: string): Explained {
  const files = new CodeFiles()
  const checked = find(what, taggedFunctions(files))
  const { source, site } = checked
  const code = moduleCode(source.file, source.text)
  const collected = code && piecesOf(code, site, files)
  if (collected === undefined) throw new Error(`${source.file} cannot be read any more`)
  const { pieces, packages } = collected
  const { version } = site.options
  return {
    id: site.id,
    name: site.name,
    file: source.file,
    line: lineOfName(checked),
    ...(typeof version === 'string' && { version }),
    code: site.code.hash,
    pieces: pieces.map((piece) => ({
      label: piece.label,
      mark: pieceHash(piece),
      file: shown(piece.file),
      line: lineOf(piece, source),
    })),
    packages: packages.map((each) => ({ label: each.name, mark: each.version })),
    stored: storedCode(checked).map((stored) => compared(stored, site.code)),
  }
}

/** Every tagged function below the working directory. */
function taggedFunctions(code: CodeFiles): CheckedSite[] {
  return sourceFiles(['.']).flatMap((file) => {
    const text = readText(file)
    if (text === undefined || !mentionsTag(text)) return []
    const { analysis } = withCode(
      { file, text, analysis: analyse(text, { file, module: moduleOf(file).module }) },
      code,
    )
    return analysis.sites.map((site) => ({ source: { file: shown(file), text }, site }))
  })
}

/** `undefined` for a file that cannot be read: it is hardly the one that somebody asks about, and `check` names it. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function find(what: string, sites: readonly CheckedSite[]): CheckedSite {
  const exact = sites.find(({ site }) => site.id === what)
  if (exact) return exact
  const [, file, line] = /^(.+):(\d+)$/.exec(what) ?? []
  const matching = sites.filter(({ source, site }) =>
    file === undefined
      ? `.${site.id}`.endsWith(`.${what}`) || site.name === what
      : source.file === shown(file) && lineOfName({ source, site }) === Number(line),
  )
  const [found, other] = matching
  if (found && !other) return found
  const ids = (found ? matching : sites).map(({ site }) => site.id)
  if (found) throw new Error(`'${what}' may be ${ids.join(' or ')}`)
  if (ids.length === 0) throw new Error(`there is no tagged function below ${process.cwd()}`)
  const lines = sites.filter(({ source }) => file !== undefined && source.file === shown(file)).map(lineOfName)
  if (lines.length > 0)
    throw new Error(`no tagged function begins at '${what}'; ${file} has some at ${lines.join(', ')}`)
  const names = sites.map(({ site }) => site.name)
  const nearest = closestMatch(what, [...ids, ...names], { maxDistance: Math.max(2, Math.floor(what.length / 3)) })
  throw new Error(
    `no tagged function here is called '${what}'; ${nearest ? `did you mean '${nearest}'?` : "'deche check --json' lists all"}`,
  )
}

function lineOfName({ source, site }: CheckedSite): number {
  return positionOf(source.text, site.nameRange[0]).line
}

function compared(stored: StoredCode, now: CheckedSite['site']['code']): ExplainedStored {
  const current = stored.hash === now.hash
  const { entries, latest, pieces } = stored
  return {
    ...(stored.hash !== undefined && { code: stored.hash }),
    entries,
    latest: new Date(latest).toISOString(),
    current,
    ...(!current && pieces && { since: differences(marks(pieces), marks(now.pieces.split('\n'))) }),
  }
}

/** By label: a mark for each piece that has it. */
function marks(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of lines) {
    const space = line.indexOf(' ')
    const label = line.slice(space + 1)
    found.set(label, [found.get(label), line.slice(0, space)].filter(Boolean).join(', '))
  }
  return found
}

function differences(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Differences {
  const labels = (of: ReadonlyMap<string, string>, without: ReadonlyMap<string, string>) =>
    [...of.keys()].filter((label) => !without.has(label)).map((label) => named(label, of))
  const changed = [...now.keys()].filter((label) => before.has(label) && before.get(label) !== now.get(label))
  return {
    changed: changed.map((label) => {
      const [was, is] = [before.get(label) ?? '', now.get(label) ?? '']
      return isHash(was) || isHash(is) ? label : `${label} ${was} → ${is}`
    }),
    added: labels(now, before),
    removed: labels(before, now),
  }
}

function named(label: string, of: ReadonlyMap<string, string>): string {
  const mark = of.get(label) ?? ''
  return isHash(mark) ? label : `${label} ${mark}`
}

/** Else it is the version of a package. */
function isHash(mark: string): boolean {
  return /^[0-9a-f]{8}(?:, |$)/.test(mark)
}

/** What `deche explain` prints for people. */
export function asText(explained: Explained, { bold, dim, yellow, green }: Palette): string {
  const { id, file, line, version, code, pieces, packages, stored } = explained
  const scope = version === 'auto' ? 'version=auto: its key' : 'imports are not followed without version=auto'
  const lines = [
    `${bold(id)}  ${file}:${line}`,
    `code ${code}  ${dim(`(${scope})`)}`,
    '',
    ...pieces.map((piece) => `  ${dim(piece.mark)}  ${piece.label}  ${dim(`${piece.file}:${piece.line}`)}`),
    ...packages.map(({ label, mark }) => `  ${label} ${mark}`),
    '',
  ]
  if (stored.length === 0) lines.push('No stored entries.')
  for (const each of stored) {
    const made = `${each.entries} ${each.entries === 1 ? 'entry' : 'entries'}, the latest of ${each.latest}`
    if (each.current) lines.push(`${green('this code')}: ${made}`)
    else
      lines.push(`${yellow(each.code === undefined ? 'code unknown' : `other code ${each.code.slice(0, 8)}`)}: ${made}`)
    lines.push(...told(each.since))
  }
  return `${lines.join('\n')}\n`
}

function told(since: Differences | undefined): string[] {
  if (since === undefined) return []
  const { changed, added, removed } = since
  const lines = [
    ...changed.map((label) => `  changed since: ${label}`),
    ...added.map((label) => `  new since: ${label}`),
    ...removed.map((label) => `  gone since: ${label}`),
  ]
  return lines.length > 0 ? lines : ['  changed since: which piece leads to which']
}

/** What `deche explain --json` prints. */
export function asJson(explained: Explained): string {
  return `${JSON.stringify(explained, null, 2)}\n`
}

function shown(file: string): string {
  return path.relative(realPath('.'), realPath(file)).split(path.sep).join('/')
}

/** Data has no lines to speak of. */
function lineOf({ file, offset }: Piece, source: Source): number {
  if (offset === 0) return 1
  const text = shown(file) === source.file ? source.text : readFileSync(file, 'utf8')
  return positionOf(text, offset).line
}
