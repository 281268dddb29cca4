import type { Node } from '../syntax/parse.js'
import { type Contents, contentsOf, sha256 } from './contents.js'
import type { CodeFiles } from './files.js'
import { quoted } from './json.js'
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
  /**
   * JSON of `[sum, edges]`, where an edge is what the piece names: the name, and 0 for a piece, or what a piece of another's
   * code is called (`zod@4.1.0 zod object`). A third element is what it takes of that piece, where it goes by another name
   * there: `a` of `import { a as b }` from a file that exports `{ a, c } = …`, or that is one piece.
   * Of a piece that others name, the sha256 of that.
   */
  readonly text: string
  /** The pieces, in the order of the zeros. */
  readonly to: readonly Vertex[]
}

/** The pieces of a build, or of a file alone, and what each of them names: many functions reach the same ones. */
export class Graph {
  readonly revision: number
  readonly #files: CodeFiles | undefined
  readonly #vertices = new Map<Node | string, Vertex>()
  readonly #edges = new Map<Node, Edges>()

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

  edges(code: ModuleCode, node: Node): Edges {
    const known = this.#edges.get(node)
    if (known) return known
    const { text, ...rest } = this.#edgesOf(code, node, linksOf(this.#files, code, node))
    // Many functions are hashed with it.
    const edges = { text: `"${sha256(text)}"`, ...rest }
    this.#edges.set(node, edges)
    return edges
  }

  /** Those of the piece that all starts from. */
  ownEdges(code: ModuleCode, node: Node): Edges {
    return this.#edgesOf(code, node, ownLinksOf(this.#files, code, node))
  }

  #edgesOf(code: ModuleCode, node: Node, links: Links): Edges {
    const contents = contentsOf(code, node)
    const to: Vertex[] = []
    let text = `["${contents.sum}",[`
    for (const [index, [name, target]] of links.targets.entries()) {
      text += `${index === 0 ? '' : ','}[${quoted(name)},`
      if (typeof target === 'string') text += `${quoted(target)}]`
      else {
        const { place, part } = target
        to.push(this.at(place))
        text += part === undefined || part === name ? '0]' : `0,${quoted(part)}]`
      }
    }
    return { contents, links, text: `${text}]]`, to }
  }
}

export function graphOf(code: ModuleCode, files: CodeFiles | undefined): Graph {
  const owner = files ?? code
  if (owner.graph?.revision !== (files?.revision ?? 0)) owner.graph = new Graph(files)
  return owner.graph
}
