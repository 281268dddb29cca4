import type { Node } from '../syntax/parse.js'
import { contentsOf } from './contents.js'
import type { Exported } from './exports.js'
import type { CodeFiles } from './files.js'
import { type ImportOf, importFrom, nameOf } from './imports.js'
import type { ModuleCode } from './module-code.js'

export type Place =
  | { readonly kind: 'code'; readonly code: ModuleCode; readonly node: Node }
  | { readonly kind: 'bytes'; readonly file: string }

/** What an import means: pieces and what is taken of them, or something that is known by name alone. */
export type Target = { readonly place: Place; readonly part?: string } | string

/** What a piece names, and what was met on the way there. */
export interface Links {
  readonly targets: readonly (readonly [name: string, target: Target])[]
  readonly packages: readonly PackageOf[]
  /** Specifiers in the piece's file, or in one on the way, that lead nowhere. */
  readonly missing: readonly Missing[]
  readonly reads: readonly string[]
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

/** A file that is one piece leads to it from wherever it is named. */
export function placeOf(named: Place): Place {
  return named.kind === 'code' && named.code.scopes === undefined ? whole(named.code) : named
}

export function linksOf(files: CodeFiles | undefined, code: ModuleCode, node: Node): Links {
  return new Linker(files).run(code, node, false)
}

/** Those of the piece that all starts from: nobody has named it, so what is merged with it or changes it joins here. */
export function ownLinksOf(files: CodeFiles | undefined, code: ModuleCode, node: Node): Links {
  return new Linker(files).run(code, node, true)
}

class Linker {
  readonly #files: CodeFiles | undefined
  readonly #packages = new Map<string, PackageOf>()
  readonly #missing: Missing[] = []
  readonly #reads = new Set<string>()

  constructor(files: CodeFiles | undefined) {
    this.#files = files
  }

  run(code: ModuleCode, node: Node, isOwn: boolean): Links {
    const { mentions, loads } = contentsOf(code, node)
    const found = new Targets()
    if (node.type === 'Program') for (const [name, from] of importsOf(code)) found.add(name, this.#imported(code, from))
    for (const mention of isOwn ? [...mentions, ...code.belongingTo(node)] : mentions) {
      const { name, nodes, import: from, member } = mention
      if (from !== undefined)
        found.add(member === undefined ? name : `${name}.${member}`, this.#imported(code, from, member))
      found.addNodes(name, code, nodes)
    }
    // Numbered: which of them loads what is said nowhere else.
    for (const [index, from] of loads.entries())
      found.add(`import ${index}`, this.#imported(code, { from, imported: '*' }))
    return {
      targets: found.all,
      packages: [...this.#packages.values()],
      missing: this.#missing,
      reads: [...this.#reads],
    }
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
}

/** Without those that say what another has said. */
class Targets {
  readonly all: (readonly [name: string, target: Target])[] = []
  /** By what they lead to, a node, a file or a text: each name, followed by the part that it takes. */
  readonly #said = new Map<Node | string, string[]>()

  add(name: string, targets: readonly Target[]): void {
    for (const target of targets) {
      const isText = typeof target === 'string'
      const key = isText ? `=${target}` : keyOf(target.place)
      if (this.#isNews(key, name, isText ? name : (target.part ?? name))) this.all.push([name, target])
    }
  }

  addNodes(name: string, code: ModuleCode, nodes: readonly Node[]): void {
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] as Node
      const key = code.scopes === undefined ? code.parsed.program : node
      if (this.#isNews(key, name, name)) this.all.push([name, { place: { kind: 'code', code, node } }])
    }
  }

  #isNews(key: Node | string, name: string, part: string): boolean {
    const said = this.#said.get(key)
    if (said === undefined) {
      this.#said.set(key, [name, part])
      return true
    }
    for (let index = 0; index < said.length; index += 2)
      if (said[index] === name && said[index + 1] === part) return false
    said.push(name, part)
    return true
  }
}

/** No file is named like a text. */
function keyOf(named: Place): Node | string {
  const place = placeOf(named)
  return place.kind === 'code' ? place.node : `:${place.file}`
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
