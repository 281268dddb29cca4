import type { Node } from '../syntax/parse.js'
import type { CodeFiles } from './files.js'
import { type Links, linksOf, ownLinksOf, type Place, placeOf } from './links.js'
import type { ModuleCode } from './module-code.js'

/** A piece that somebody may name. While the pieces of a function are counted, `run` is who counts. */
export interface Vertex {
  readonly place: Place
  run: object | undefined
  number: number
}

/** An edge as JSON, but for the number of the piece that it leads to: `["name",` and `]`. Without one it is `before`. */
export interface EdgeText {
  readonly before: string
  readonly to?: Vertex
  readonly after: string
}

export interface Edges {
  readonly edges: readonly EdgeText[]
  readonly links: Links
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
    const edges = this.#edgesOf(linksOf(this.#files, code, node))
    this.#edges.set(node, edges)
    return edges
  }

  /** Those of the piece that all starts from. */
  ownEdges(code: ModuleCode, node: Node): Edges {
    return this.#edgesOf(ownLinksOf(this.#files, code, node))
  }

  #edgesOf(links: Links): Edges {
    const edges = links.targets.map(([name, target], index): EdgeText => {
      const start = `${index === 0 ? '' : ','}[${quoted(name)},`
      if (typeof target === 'string') return { before: `${start}${quoted(target)}]`, after: '' }
      const { place, part } = target
      const after = part === undefined || part === name ? ']' : `,${quoted(part)}]`
      return { before: start, to: this.at(place), after }
    })
    return { edges, links }
  }
}

const graphs = new WeakMap<CodeFiles | ModuleCode, Graph>()

export function graphOf(code: ModuleCode, files: CodeFiles | undefined): Graph {
  const known = graphs.get(files ?? code)
  if (known?.revision === (files?.revision ?? 0)) return known
  const graph = new Graph(files)
  graphs.set(files ?? code, graph)
  return graph
}

/** What JSON writes between quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}
