import { readFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf } from '../module-id.js'
import { patternNames } from '../syntax/bindings.js'
import { childrenOf, type Node } from '../syntax/parse.js'
import { contentsOf, sha256 } from './contents.js'
import type { CodeFiles } from './files.js'
import { linksOf, type Missing, ownLinksOf, type PackageOf, type Place, placeOf, type Target } from './links.js'
import type { ModuleCode } from './module-code.js'

/** One declaration, file or statement that a function's answers depend on. */
export interface Piece {
  /** `own`, `src/units.toCelsius`, `src/rates.json`. */
  readonly label: string
  readonly file: string
  /** Where it starts in the file's text. */
  readonly offset: number
  /** sha256 of its canonical text. */
  readonly sum: string
  readonly edges: readonly Edge[]
}

/**
 * What a piece names: the name, and the number of a piece, or what a piece of another's code is called
 * (`zod@4.1.0 zod object`). `part` is what it takes of that piece, where it goes by another name there: `a` of
 * `import { a as b }` from a file that exports `{ a, c } = …`, or that is one piece.
 */
export type Edge = readonly [name: string, target: number | string, part?: string]

export interface Collected {
  /** In the order in which they are first named, the function's own first. */
  readonly pieces: readonly Piece[]
  /** For each file, the numbers of the pieces that do something while it loads, in the order in which they do it. */
  readonly order: readonly (readonly number[])[]
  readonly packages: readonly PackageOf[]
  readonly missing: readonly Missing[]
  /** Every file that was looked at, so that a watcher knows when to ask again. */
  readonly reads: readonly string[]
}

/**
 * A function's own piece and, transitively, every piece that it names. Without `files` imports are not followed: they
 * count by what they say.
 */
export function collectPieces(own: ModuleCode, node: Node, files: CodeFiles | undefined): Collected {
  return new Collector(own, files).run(node)
}

class Collector {
  readonly #own: ModuleCode
  readonly #files: CodeFiles | undefined
  readonly #places: Place[] = []
  readonly #numbers = new Map<Node | string, number>()
  readonly #packages = new Map<string, PackageOf>()
  readonly #missing: Missing[] = []
  readonly #reads = new Set<string>()
  readonly #pathLabels = new Map<string, string>()

  constructor(own: ModuleCode, files: CodeFiles | undefined) {
    this.#own = own
    this.#files = files
  }

  run(node: Node): Collected {
    this.#number({ kind: 'code', code: this.#own, node })
    const pieces: Piece[] = []
    for (let index = 0; index < this.#places.length; index++) {
      const place = this.#places[index]
      if (place) pieces.push(place.kind === 'code' ? this.#piece(place.code, place.node) : this.#asset(place.file))
    }
    return {
      pieces,
      order: this.#order(),
      packages: [...this.#packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      missing: this.#missing,
      reads: [...this.#reads],
    }
  }

  /** One piece alone is in no order. */
  #order(): number[][] {
    const found = new Map<ModuleCode, number[]>()
    for (const [number, place] of this.#places.entries()) {
      if (place.kind !== 'code' || !contentsOf(place.code, place.node).runsAtLoad) continue
      found.set(place.code, [...(found.get(place.code) ?? []), number])
    }
    const startOf = (number: number) => {
      const place = this.#places[number]
      return place?.kind === 'code' ? place.node.start : 0
    }
    return [...found.values()]
      .filter(({ length }) => length > 1)
      .map((numbers) => numbers.sort((a, b) => startOf(a) - startOf(b)))
  }

  #number(named: Place): number {
    const place = placeOf(named)
    const key = place.kind === 'code' ? place.node : place.file
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#places.length)
    this.#reads.add(place.kind === 'code' ? place.code.file : place.file)
    return this.#places.push(place) - 1
  }

  #piece(code: ModuleCode, node: Node): Piece {
    const isOwn = this.#places[0]?.kind === 'code' && this.#places[0].node === node
    const { targets, packages, missing, reads } = isOwn
      ? ownLinksOf(this.#files, code, node)
      : linksOf(this.#files, code, node)
    for (const found of packages) this.#packages.set(`${found.name}@${found.version}`, found)
    for (const read of reads) this.#reads.add(read)
    for (const found of missing) {
      const isKnown = this.#missing.some(({ file, specifier }) => file === found.file && specifier === found.specifier)
      if (!isKnown) this.#missing.push(found)
    }
    return {
      label: isOwn ? 'own' : this.#label(code, node),
      file: code.file,
      offset: node.start,
      sum: contentsOf(code, node).sum,
      edges: targets.map(([name, target]) => this.#edge(name, target)),
    }
  }

  #edge(name: string, target: Target): Edge {
    if (typeof target === 'string') return [name, target]
    const number = this.#number(target.place)
    return target.part === undefined || target.part === name ? [name, number] : [name, number, target.part]
  }

  /** Data counts byte by byte, and so does a source file that cannot be parsed. */
  #asset(file: string): Piece {
    let sum = 'unreadable'
    try {
      sum = sha256(readFileSync(file))
    } catch {
      this.#missing.push({ file: this.#own.file, specifier: file })
    }
    return { label: this.#pathLabel(file), file, offset: 0, sum, edges: [] }
  }

  #label(code: ModuleCode, node: Node): string {
    // From the text alone there is one file.
    if (this.#files === undefined) return labelOf(code, node) || 'module'
    const module = this.#pathLabel(code.file).replace(/\.[cm]?[jt]sx?$/, '')
    const name = labelOf(code, node)
    return name === '' ? module : `${module}.${name}`
  }

  /** From the root of the function's package; files of another package begin with its name. */
  #pathLabel(file: string): string {
    const before = this.#pathLabels.get(file)
    if (before !== undefined) return before
    const module = (each: string) => this.#files?.moduleOf(each) ?? moduleOf(each)
    const own = module(this.#own.file)
    const { root, packageName } = module(file)
    const below = path.relative(root, file).split(path.sep).join('/')
    const label = root === own.root || packageName === undefined ? below : `${packageName}/${below}`
    this.#pathLabels.set(file, label)
    return label
  }
}

/** What people call a piece within its file. */
function labelOf(code: ModuleCode, node: Node): string {
  if (node.type === 'Program') return ''
  if (node.type === 'VariableDeclarator') return patternNames(node.id).join(',')
  const id = 'id' in node ? (node.id as Node | null) : null
  if (id?.type === 'Identifier') return id.name
  const exported = code.tree.parent(node)?.type === 'ExportDefaultDeclaration'
  if (exported) return 'default'
  const name = childrenOf(node)
    .map((child) => ('name' in child && typeof child.name === 'string' ? child.name : ''))
    .find(Boolean)
  const { line } = code.position(node.start)
  return name ?? `line${line}`
}
