import { readFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf } from '../module-id.js'
import { patternNames } from '../syntax/bindings.js'
import { childrenOf, type Node } from '../syntax/parse.js'
import { contentsOf, sha256 } from './contents.js'
import type { Exported } from './exports.js'
import type { CodeFiles } from './files.js'
import { type ImportOf, importFrom, nameOf } from './imports.js'
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

/** A package that a piece names. */
export interface PackageOf {
  readonly name: string
  readonly version: string
}

/** An import that leads nowhere, by what it says. */
export interface Missing {
  readonly file: string
  readonly specifier: string
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

type Place =
  | { readonly kind: 'code'; readonly code: ModuleCode; readonly node: Node }
  | { readonly kind: 'bytes'; readonly file: string }

/** What an import means: pieces and what is taken of them, or something that is known by name alone. */
type Target = { readonly place: Place; readonly part?: string } | string

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
    const isOnePiece = named.kind === 'code' && named.code.scopes === undefined
    const place = isOnePiece ? whole(named.code) : named
    const key = place.kind === 'code' ? place.node : place.file
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#places.length)
    this.#reads.add(place.kind === 'code' ? place.code.file : place.file)
    return this.#places.push(place) - 1
  }

  #piece(code: ModuleCode, node: Node): Piece {
    const { sum, mentions, loads } = contentsOf(code, node)
    const edges = new Map<string, Edge>()
    const add = (name: string, targets: readonly Target[]) => {
      for (const target of targets) {
        const edge = this.#edge(name, target)
        edges.set(JSON.stringify(edge), edge)
      }
    }
    if (node.type === 'Program') for (const [name, from] of importsOf(code)) add(name, this.#imported(code, from))
    const isOwn = this.#places[0]?.kind === 'code' && this.#places[0].node === node
    for (const mention of isOwn ? [...mentions, ...code.belongingTo(node)] : mentions) {
      const { name, nodes, import: from, member } = { member: undefined, ...mention }
      if (from !== undefined) add(member === undefined ? name : `${name}.${member}`, this.#imported(code, from, member))
      add(
        name,
        nodes.map((each) => ({ place: { kind: 'code', code, node: each } })),
      )
    }
    // Numbered: which of them loads what is said nowhere else.
    for (const [index, from] of loads.entries()) add(`import ${index}`, this.#imported(code, { from, imported: '*' }))
    return {
      label: isOwn ? 'own' : this.#label(code, node),
      file: code.file,
      offset: node.start,
      sum,
      edges: [...edges.values()],
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

  #imported(code: ModuleCode, { from, imported, how }: ImportOf, member?: string): readonly Target[] {
    const name = imported === '*' && member !== undefined ? member : imported
    if (this.#files === undefined) return [`${from} ${name}`]
    const found = this.#files.resolver.resolve(code.file, from)
    switch (found.kind) {
      case 'builtin':
        return [`${found.name} ${name}`]
      case 'package':
        this.#packages.set(`${found.name}@${found.version}`, found)
        this.#reads.add(found.manifest)
        return [`${found.name}@${found.version} ${from} ${name}`]
      case 'missing':
        if (!this.#missing.some((other) => other.file === code.file && other.specifier === from))
          this.#missing.push({ file: code.file, specifier: from })
        return [`? ${from} ${name}`]
      case 'asset': {
        const part = [name, found.order, how].filter((each) => each !== undefined).join(' ')
        return [{ place: { kind: 'bytes', file: found.file }, part }]
      }
      case 'source': {
        const target = this.#files.code(found.file)
        if (target === undefined) return [{ place: { kind: 'bytes', file: found.file }, part: name }]
        // A file on the way changes what the name leads to, even if none of its own code counts.
        this.#reads.add(found.file)
        return this.#exported(target, name, new Set()) ?? [part(target, name)]
      }
    }
  }

  /** What a module exports under a name; `undefined` if nobody can tell. */
  #exported(code: ModuleCode, name: string, seen: Set<string>): readonly Target[] | undefined {
    const { isModule, named, stars } = code.exports
    if (!isModule || name === '*' || name === 'export=') return [part(code, name)]
    const key = `${code.file} ${name}`
    if (seen.has(key)) return undefined
    seen.add(key)
    const exported = named.get(name)
    if (exported !== undefined) return this.#follow(code, exported, seen)
    if (name === 'default') return undefined
    const found = stars.flatMap((from) => this.#throughStar(code, from, name, seen))
    return found.length > 0 ? found : undefined
  }

  /** A star of a package may bring any name. */
  #throughStar(code: ModuleCode, from: string, name: string, seen: Set<string>): readonly Target[] {
    const found = this.#files?.resolver.resolve(code.file, from)
    const target = found?.kind === 'source' ? this.#files?.code(found.file) : undefined
    if (target === undefined) return this.#imported(code, { from, imported: name })
    this.#reads.add(target.file)
    return target.exports.isModule ? (this.#exported(target, name, seen) ?? []) : [part(target, name)]
  }

  #follow(code: ModuleCode, exported: Exported, seen: Set<string>): readonly Target[] | undefined {
    if (exported.kind === 'node') {
      const merged = code.belongingTo(exported.node).flatMap(({ nodes }) => nodes)
      return [exported.node, ...merged].map((node) => ({ place: { kind: 'code', code, node } }))
    }
    if (exported.kind === 'import') return this.#reexported(code, exported.import, seen)
    const declared = code.declarationsOf(exported.name)
    if (declared === undefined) return undefined
    const nodes: readonly Target[] = declared.nodes.map((node) => ({
      place: { kind: 'code', code, node },
      part: exported.name,
    }))
    return declared.import === undefined ? nodes : [...(this.#reexported(code, declared.import, seen) ?? []), ...nodes]
  }

  #reexported(code: ModuleCode, from: ImportOf, seen: Set<string>): readonly Target[] | undefined {
    const found = this.#files?.resolver.resolve(code.file, from.from)
    const target = found?.kind === 'source' ? this.#files?.code(found.file) : undefined
    if (target === undefined) return this.#imported(code, from)
    this.#reads.add(target.file)
    return this.#exported(target, from.imported, seen) ?? [part(target, from.imported)]
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
    const own = moduleOf(this.#own.file)
    const { root, packageName } = moduleOf(file)
    const below = path.relative(root, file).split(path.sep).join('/')
    return root === own.root || packageName === undefined ? below : `${packageName}/${below}`
  }
}

function whole(code: ModuleCode): Place {
  return { kind: 'code', code, node: code.parsed.program }
}

/** What is taken of a module that is one piece. */
function part(code: ModuleCode, name: string): Target {
  return { place: whole(code), part: name }
}

/** The imports of a module that counts as a whole; those of types are none. */
function importsOf(code: ModuleCode): (readonly [name: string, from: ImportOf])[] {
  return code.parsed.program.body.flatMap((statement): (readonly [string, ImportOf])[] => {
    if (statement.type === 'ImportDeclaration' && statement.importKind !== 'type' && statement.specifiers.length === 0)
      return [['import', importFrom(statement, '*')]]
    if (statement.type === 'ExportAllDeclaration' && statement.exportKind !== 'type')
      return [['export', importFrom(statement, '*')]]
    if (statement.type !== 'ExportNamedDeclaration' || statement.exportKind === 'type' || !statement.source) return []
    return statement.specifiers.map(({ local }) => {
      const imported = nameOf(local)
      return [`export ${imported}`, importFrom(statement, imported)]
    })
  })
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
