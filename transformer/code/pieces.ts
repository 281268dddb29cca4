import { readFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf } from '../module-id.js'
import type { Node } from '../syntax/parse.js'
import { TextBytes } from '../text-bytes.js'
import { sha256 } from './contents.js'
import type { CodeFiles } from './files.js'
import { type Edges, type Graph, graphOf, type Vertex, writeEdges } from './graph.js'
import type { Links, Missing, PackageOf } from './links.js'
import type { ModuleCode } from './module-code.js'

/** One declaration, file or statement that a function's answers depend on. */
export interface Piece {
  /** `own`, `src/units.toCelsius`, `src/rates.json`. */
  readonly label: string
  readonly file: string
  /** Where it starts in the file's text. */
  readonly offset: number
  /** sha256 of its canonical text, or of the file's bytes. */
  readonly sum: string
}

export interface Collected {
  /** In the order in which they are first named, the function's own first. */
  readonly pieces: readonly Piece[]
  /** sha256 of all of it, its structure too: a piece's name says nothing about it, which pieces it leads to does. */
  readonly sum: string
  readonly packages: readonly PackageOf[]
  readonly missing: readonly Missing[]
  /** Every file that was looked at, so that a watcher knows when to ask again. */
  readonly reads: readonly string[]
}

/** Part of every hash: another way to write code down, or to follow it, must not find what the old one has left. */
const FORMAT = 'deche code 3'

const TEXT = new TextBytes()

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
  /** For each file, the numbers of the pieces that do something while it loads. */
  readonly #runs = new Map<ModuleCode, number[]>()
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
    // JSON: of each piece what it says and names, then the numbers of the pieces among that.
    TEXT.clear()
    TEXT.add(`["${FORMAT}",[`)
    for (let index = 0; index < this.#found.length; index++) {
      const { place } = this.#found[index] as Vertex
      if (index > 0) TEXT.add(',')
      pieces.push(place.kind === 'code' ? this.#piece(index, place.code, place.node) : this.#asset(place.file))
    }
    TEXT.add(`],${JSON.stringify(this.#order())}]`)
    return {
      pieces,
      sum: TEXT.sha256(),
      packages: [...this.#packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      missing: this.#missing,
      reads: [...this.#reads],
    }
  }

  /**
   * For each file, the numbers of the pieces that do something while it loads, in the order in which they do it. One piece alone
   * is in no order.
   */
  #order(): number[][] {
    const startOf = (number: number) => {
      const { place } = this.#found[number] as Vertex
      return place.kind === 'code' ? place.node.start : 0
    }
    return [...this.#runs.values()]
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
    const { contents, links, to } = index === 0 ? this.#writeOwn(code, node) : this.#writeShared(code, node)
    this.#note(links)
    for (let at = 0; at < to.length; at++) {
      TEXT.add(',')
      TEXT.add(String(this.#number(to[at] as Vertex)))
    }
    if (contents.runsAtLoad) {
      const known = this.#runs.get(code)
      if (known) known.push(index)
      else this.#runs.set(code, [index])
    }
    const label = index === 0 ? 'own' : this.#label(code, contents.name)
    return { label, file: code.file, offset: node.start, sum: contents.sum }
  }

  #writeOwn(code: ModuleCode, node: Node): Edges {
    const edges = this.#graph.ownEdges(code, node)
    writeEdges(TEXT, edges)
    return edges
  }

  #writeShared(code: ModuleCode, node: Node): Edges {
    const edges = this.#graph.edges(code, node)
    TEXT.add(edges.sum)
    return edges
  }

  #note(links: Links): void {
    for (const found of links.packages) this.#packages.set(`${found.name}@${found.version}`, found)
    for (const read of links.reads) this.#reads.add(read)
    for (const found of links.missing) {
      const isKnown = this.#missing.some(({ file, specifier }) => file === found.file && specifier === found.specifier)
      if (!isKnown) this.#missing.push(found)
    }
  }

  /** Data counts byte by byte, and so does a source file that cannot be parsed. */
  #asset(file: string): Piece {
    let sum = 'unreadable'
    try {
      sum = sha256(readFileSync(file))
    } catch {
      this.#missing.push({ file: this.#own.file, specifier: file })
    }
    TEXT.add(`["${sum}"]`)
    return { label: this.#pathLabel(file), file, offset: 0, sum }
  }

  #label(code: ModuleCode, name: string): string {
    // From the text alone there is one file.
    if (this.#files === undefined) return name || 'module'
    const module = this.#pathLabel(code.file).replace(/\.[cm]?[jt]sx?$/, '')
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
