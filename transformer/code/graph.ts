import type { Node } from '../syntax/parse.js'
import { TextBytes } from '../text-bytes.js'
import { type Contents, contentsOf } from './contents.js'
import type { CodeFiles } from './files.js'
import { type Links, linksOf, ownLinksOf, type Place, placeOf } from './links.js'
import type { ModuleCode } from './module-code.js'

/** A piece that somebody may name. While the pieces of a function are counted, `run` is who counts. */
export interface Vertex {
  readonly place: Place
  run: object | undefined
  number: number
}

/** What a piece is, and what it names. */
export interface Edges {
  readonly contents: Contents
  readonly links: Links
  /** The pieces among what it names, in their order. */
  readonly to: readonly Vertex[]
}

/** Those of a piece that others name, and the sha256 of their text as JSON. */
export interface SharedEdges extends Edges {
  readonly sum: string
}

/** The pieces of a build, or of a file alone, and what each of them names: many functions reach the same ones. */
export class Graph {
  readonly revision: number
  readonly #files: CodeFiles | undefined
  readonly #vertices = new Map<Node | string, Vertex>()
  readonly #edges = new Map<Node, SharedEdges>()

  constructor(files: CodeFiles | undefined) {
    this.revision = files?.revision ?? 0
    this.#files = files
  }

  at(named: Place): Vertex {
    const place = placeOf(named)
    const key = place.kind === 'code' ? place.node : place.file
    const known = this.#vertices.get(key)
    if (known) return known
    const vertex: Vertex = { place, run: undefined, number: 0 }
    this.#vertices.set(key, vertex)
    return vertex
  }

  edges(code: ModuleCode, node: Node): SharedEdges {
    const known = this.#edges.get(node)
    if (known) return known
    const edges = this.#edgesOf(code, node, linksOf(this.#files, code, node))
    TEXT.clear()
    writeEdges(TEXT, edges)
    // Many functions are hashed with it.
    const shared = { ...edges, sum: `"${TEXT.sha256()}"` }
    this.#edges.set(node, shared)
    return shared
  }

  /** Those of the piece that all starts from. */
  ownEdges(code: ModuleCode, node: Node): Edges {
    return this.#edgesOf(code, node, ownLinksOf(this.#files, code, node))
  }

  #edgesOf(code: ModuleCode, node: Node, links: Links): Edges {
    const to: Vertex[] = []
    for (const [, target] of links.targets) if (typeof target !== 'string') to.push(this.at(target.place))
    return { contents: contentsOf(code, node), links, to }
  }
}

const TEXT = new TextBytes()

/**
 * JSON of `[sum, edges]`, where an edge is what the piece names: the name, and 0 for a piece, or what a piece of another's
 * code is called (`zod@4.1.0 zod object`). A third element is what it takes of that piece, where it goes by another name
 * there: `a` of `import { a as b }` from a file that exports `{ a, c } = …`, or that is one piece.
 */
export function writeEdges(out: TextBytes, { contents, links }: Edges): void {
  out.add('["')
  out.add(contents.sum)
  out.add('",[')
  let separator = '['
  for (const [name, target] of links.targets) {
    out.add(separator)
    separator = ',['
    out.addQuoted(name)
    if (typeof target === 'string') {
      out.add(',')
      out.addQuoted(target)
    } else {
      out.add(',0')
      if (target.part !== undefined && target.part !== name) {
        out.add(',')
        out.addQuoted(target.part)
      }
    }
    out.add(']')
  }
  out.add(']]')
}

export function graphOf(code: ModuleCode, files: CodeFiles | undefined): Graph {
  const owner = files ?? code
  if (owner.graph?.revision !== (files?.revision ?? 0)) owner.graph = new Graph(files)
  return owner.graph
}
