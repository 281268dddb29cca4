import { readFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf } from '../module-id.js'
import { patternNames } from '../syntax/bindings.js'
import { childrenOf, type Node } from '../syntax/parse.js'
import { contentsOf, sha256 } from './contents.js'
import type { CodeFiles } from './files.js'
import { type EdgeText, type Graph, graphOf, type Vertex } from './graph.js'
import type { Missing, PackageOf } from './links.js'
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
  /**
   * JSON of `[sum, edges]`. An edge is what the piece names: the name, and the number of a piece, or what a piece of
   * another's code is called (`zod@4.1.0 zod object`). A third element is what it takes of that piece, where it goes by
   * another name there: `a` of `import { a as b }` from a file that exports `{ a, c } = …`, or that is one piece.
   */
  readonly json: string
}

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
  readonly #graph: Graph
  readonly #found: Vertex[] = []
  readonly #run = {}
  readonly #packages = new Map<string, PackageOf>()
  readonly #missing: Missing[] = []
  readonly #reads = new Set<string>()
  readonly #pathLabels = new Map<string, string>()

  constructor(own: ModuleCode, files: CodeFiles | undefined) {
    this.#own = own
    this.#files = files
    this.#graph = graphOf(own, files)
  }

  run(node: Node): Collected {
    this.#number(this.#graph.at({ kind: 'code', code: this.#own, node }))
    const pieces: Piece[] = []
    for (const [index, { place }] of this.#found.entries())
      pieces.push(place.kind === 'code' ? this.#piece(index, place.code, place.node) : this.#asset(place.file))
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
    for (const [number, { place }] of this.#found.entries()) {
      if (place.kind !== 'code' || !contentsOf(place.code, place.node).runsAtLoad) continue
      const known = found.get(place.code)
      if (known) known.push(number)
      else found.set(place.code, [number])
    }
    const startOf = (number: number) => {
      const { place } = this.#found[number] ?? {}
      return place?.kind === 'code' ? place.node.start : 0
    }
    return [...found.values()]
      .filter(({ length }) => length > 1)
      .map((numbers) => numbers.sort((a, b) => startOf(a) - startOf(b)))
  }

  #number(vertex: Vertex): number {
    if (vertex.run === this.#run) return vertex.number
    vertex.run = this.#run
    vertex.number = this.#found.length
    this.#found.push(vertex)
    this.#reads.add(vertex.place.kind === 'code' ? vertex.place.code.file : vertex.place.file)
    return vertex.number
  }

  #piece(index: number, code: ModuleCode, node: Node): Piece {
    const { edges, links } = index === 0 ? this.#graph.ownEdges(code, node) : this.#graph.edges(code, node)
    for (const found of links.packages) this.#packages.set(`${found.name}@${found.version}`, found)
    for (const read of links.reads) this.#reads.add(read)
    for (const found of links.missing) {
      const isKnown = this.#missing.some(({ file, specifier }) => file === found.file && specifier === found.specifier)
      if (!isKnown) this.#missing.push(found)
    }
    const { sum } = contentsOf(code, node)
    let json = `["${sum}",[`
    for (let at = 0; at < edges.length; at++) {
      const { before, to, after } = edges[at] as EdgeText
      json += to === undefined ? before : before + this.#number(to) + after
    }
    const label = index === 0 ? 'own' : this.#label(code, node)
    return { label, file: code.file, offset: node.start, sum, json: `${json}]]` }
  }

  /** Data counts byte by byte, and so does a source file that cannot be parsed. */
  #asset(file: string): Piece {
    let sum = 'unreadable'
    try {
      sum = sha256(readFileSync(file))
    } catch {
      this.#missing.push({ file: this.#own.file, specifier: file })
    }
    return { label: this.#pathLabel(file), file, offset: 0, sum, json: `["${sum}",[]]` }
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
  return name ?? `line${code.position(node.start).line}`
}
