import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { moduleOf } from '../module-id.js'
import { childrenOf, type Node } from '../parse.js'
import { patternNames } from '../scope.js'
import { walk } from '../syntax.js'
import { canonicalText } from './canonical.js'
import type { Exported } from './exports.js'
import type { CodeFiles } from './files.js'
import type { ImportOf, Mention, ModuleCode } from './module-code.js'

/** One declaration, file or statement that a function's answers depend on. */
export interface Piece {
  /** `own`, `src/units.toCelsius`, `src/rates.json`. */
  readonly label: string
  readonly file: string
  /** Where it starts in the file's text. */
  readonly offset: number
  /** sha256 of its canonical text. */
  readonly sum: string
  /** What it names: the name, and the number of a piece, or what a piece of another's code is called (`zod@4.1.0 zod object`). */
  readonly edges: readonly (readonly [name: string, target: number | string])[]
}

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
  readonly packages: readonly PackageOf[]
  readonly missing: readonly Missing[]
  /** Every file that was looked at, so that a watcher knows when to ask again. */
  readonly reads: readonly string[]
}

type Place =
  | { readonly kind: 'code'; readonly code: ModuleCode; readonly node: Node }
  | { readonly kind: 'bytes'; readonly file: string }

/** What an import means: pieces, or something that is known by name alone. */
type Target = Place | string

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
      packages: [...this.#packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      missing: this.#missing,
      reads: [...this.#reads],
    }
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
    const edges: [string, number | string][] = []
    const seen = new Set<string>()
    const add = (name: string, targets: readonly Target[]) => {
      for (const target of targets) {
        const edge: [string, number | string] = [name, typeof target === 'string' ? target : this.#number(target)]
        const text = JSON.stringify(edge)
        if (!seen.has(text)) edges.push(edge)
        seen.add(text)
      }
    }
    if (node.type === 'Program') for (const [name, from] of importsOf(code)) add(name, this.#imported(code, from))
    for (const mention of mentions) {
      const { name, nodes, import: from, member } = { member: undefined, ...mention }
      if (from !== undefined) add(member === undefined ? name : `${name}.${member}`, this.#imported(code, from, member))
      add(
        name,
        nodes.map((each) => ({ kind: 'code', code, node: each })),
      )
    }
    for (const { from } of loads) add('import', this.#imported(code, { from, imported: '*' }))
    const isOwn = this.#places[0]?.kind === 'code' && this.#places[0].node === node
    return { label: isOwn ? 'own' : this.#label(code, node), file: code.file, offset: node.start, sum, edges }
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

  #imported(code: ModuleCode, { from, imported }: ImportOf, member?: string): readonly Target[] {
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
      case 'asset':
        return [{ kind: 'bytes', file: found.file }]
      case 'source': {
        const target = this.#files.code(found.file)
        if (target === undefined) return [{ kind: 'bytes', file: found.file }]
        // A file on the way changes what the name leads to, even if none of its own code counts.
        this.#reads.add(found.file)
        return this.#exported(target, name, new Set()) ?? [whole(target)]
      }
    }
  }

  /** What a module exports under a name; `undefined` if nobody can tell. */
  #exported(code: ModuleCode, name: string, seen: Set<string>): readonly Target[] | undefined {
    const { isModule, named, stars } = code.exports
    if (!isModule || name === '*' || name === 'export=') return [whole(code)]
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
    return target.exports.isModule ? (this.#exported(target, name, seen) ?? []) : [whole(target)]
  }

  #follow(code: ModuleCode, exported: Exported, seen: Set<string>): readonly Target[] | undefined {
    if (exported.kind === 'node') return [{ kind: 'code', code, node: exported.node }]
    if (exported.kind === 'import') return this.#reexported(code, exported.import, seen)
    const declared = code.declarationsOf(exported.name)
    if (declared === undefined) return undefined
    const nodes: readonly Target[] = declared.nodes.map((node) => ({ kind: 'code', code, node }))
    return declared.import === undefined ? nodes : [...(this.#reexported(code, declared.import, seen) ?? []), ...nodes]
  }

  #reexported(code: ModuleCode, { from, imported }: ImportOf, seen: Set<string>): readonly Target[] | undefined {
    const found = this.#files?.resolver.resolve(code.file, from)
    const target = found?.kind === 'source' ? this.#files?.code(found.file) : undefined
    if (target === undefined) return this.#imported(code, { from, imported })
    this.#reads.add(target.file)
    return this.#exported(target, imported, seen) ?? [whole(target)]
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

/** `using` is no `const`. */
function keywordOf(code: ModuleCode, node: Node): string {
  const parent = code.tree.parent(node)
  return node.type === 'VariableDeclarator' && parent?.type === 'VariableDeclaration' ? `${parent.kind} ` : ''
}

/** The imports of a module that counts as a whole; those of types are none. */
function importsOf(code: ModuleCode): (readonly [name: string, from: ImportOf])[] {
  return code.parsed.program.body.flatMap((statement): (readonly [string, ImportOf])[] => {
    if (statement.type === 'ImportDeclaration' && statement.importKind !== 'type' && statement.specifiers.length === 0)
      return [['import', { from: statement.source.value, imported: '*' }]]
    if (statement.type === 'ExportAllDeclaration' && statement.exportKind !== 'type')
      return [['export', { from: statement.source.value, imported: '*' }]]
    if (statement.type !== 'ExportNamedDeclaration' || statement.exportKind === 'type') return []
    const from = statement.source?.value
    return from === undefined
      ? []
      : statement.specifiers.map(({ local }) => {
          const imported = local.type === 'Literal' ? local.value : local.name
          return [`export ${imported}`, { from, imported }]
        })
  })
}

/** What is known of a piece, whoever reaches it. */
interface Contents {
  readonly sum: string
  readonly mentions: readonly Mention[]
  /** `import('./x')` and `require('./x')`: the whole module. */
  readonly loads: readonly { readonly from: string; readonly source: Node }[]
}

/** Most pieces are reached by several functions. */
const known = new WeakMap<Node, Contents>()

function contentsOf(code: ModuleCode, piece: Node): Contents {
  const before = known.get(piece)
  if (before) return before
  const loads: { from: string; source: Node }[] = []
  let jsx = false
  // Most pieces have none of it, and a walk costs more than a look at their text.
  const hasAny = /\b(?:require|import)\b|<\/|\/>/.test(code.text.slice(piece.start, piece.end))
  const visit = (node: Node) => {
    jsx ||= node.type === 'JSXElement' || node.type === 'JSXFragment'
    const source = loadedBy(node)
    if (source?.type === 'Literal' && typeof source.value === 'string') loads.push({ from: source.value, source })
    return true
  }
  if (hasAny) walk(piece, visit)
  const factories = jsx ? JSX_FACTORIES.flatMap((name) => code.declarationsOf(name) ?? []) : []
  const text = `${keywordOf(code, piece)}${canonicalText(piece, new Set(loads.map(({ source }) => source)))}`
  const contents = { sum: sha256(text), mentions: [...code.mentionsOf(piece), ...factories], loads }
  known.set(piece, contents)
  return contents
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function loadedBy(node: Node): Node | undefined {
  if (node.type === 'ImportExpression') return node.source
  const isRequire =
    node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require'
  return isRequire ? node.arguments[0] : undefined
}

/** What JSX may be compiled to calls of, without naming it. */
const JSX_FACTORIES = ['React', 'h', 'Fragment']

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
