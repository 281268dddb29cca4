import { positionOf } from '../diagnostics.js'
import { firstName, patternNames } from '../syntax/bindings.js'
import { childrenOf, type Node, type Parsed } from '../syntax/parse.js'
import { type FreeName, Scopes, type Variable } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, SyntaxTree, walk } from '../syntax/tree.js'
import { isErasedAmbient } from './ambient-code.js'
import { type Change, Changes, unwrapped } from './changes.js'
import type { Contents } from './contents.js'
import { type Exports, exportsOf } from './exports.js'
import type { Graph } from './graph.js'
import { type ImportOf, importOf, importsOf, type Loaders, loadersOf } from './imports.js'

/** One thing that a piece of code names, which is declared outside of it. */
export interface Mention {
  readonly name: string
  /** What is declared in the same file: declarations, and top-level statements that change them. */
  readonly nodes: readonly Node[]
  readonly import?: ImportOf
  /** The property that is read from it, if it is fixed: of a namespace import, only that export counts. */
  readonly member?: string | undefined
}

/** What a variable stands for, whoever names it, and what changes it. */
interface Facts {
  readonly declared: Omit<Mention, 'member'>
  readonly changes: readonly Change[]
}

/** One source file as the hash of code sees it: which declaration needs which others. */
export class ModuleCode {
  readonly file: string
  readonly text: string
  readonly parsed: Parsed
  readonly tree: SyntaxTree
  /** `undefined` for code that is deeper than names can be resolved in: then the whole file is one piece. */
  readonly scopes: Scopes | undefined
  /**
   * What is known of its pieces, and the pieces of this file alone. They belong here: what leads to a node in a `WeakMap`
   * outlives the file's tree, until the next collection of all memory.
   */
  readonly contents = new Map<Node, Contents>()
  graph: Graph | undefined
  readonly #known = new Map<Variable, Facts>()
  #changes: Changes | undefined
  #exports: Exports | undefined
  #loaders: Loaders | undefined
  #loads: readonly number[] | undefined
  #namespaces: ReadonlyMap<string, readonly Node[]> | undefined

  /** `tree` and `scopes` are those of the file, where somebody has made them already. */
  constructor(file: string, text: string, parsed: Parsed, tree = new SyntaxTree(parsed.program), scopes?: Scopes) {
    this.file = file
    this.text = text
    this.parsed = parsed
    this.tree = tree
    this.scopes = scopes ?? scopesOf(parsed, tree)
  }

  /** The function whose body starts at an offset. */
  functionAt(start: number): FunctionNode | undefined {
    const body = this.tree.startingAt(start)
    const fn = body && this.tree.parent(body)
    return fn && isFunction(fn) ? fn : undefined
  }

  /**
   * The code that a function stands for: its declaration, so that recursion leads back to it. A method that looks at its
   * object stands for the whole class or object literal.
   */
  ownPiece(fn: FunctionNode): Node {
    if (this.scopes === undefined) return this.parsed.program
    const mayLook = /\b(?:this|super)\b|#/.test(this.text.slice(fn.start, fn.end))
    if (mayLook && looksAtThis(fn)) return this.#holder(fn)
    const declared = this.tree.parent(unwrapped(this.tree, fn))
    return declared?.type === 'VariableDeclarator' ? declared : fn
  }

  /** The class around a method, or all of the declaration or statement that makes the object. */
  #holder(fn: FunctionNode): Node {
    let top: Node = fn
    let isTop = false
    for (const node of this.tree.ancestors(fn)) {
      if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return this.#declarator(node)
      isTop ||= HOLDS.has(node.type) || isFunction(node)
      if (!isTop) top = node
    }
    return top
  }

  /** A class expression that a variable holds is named by the variable. */
  #declarator(node: Node): Node {
    const parent = this.tree.parent(unwrapped(this.tree, node))
    return parent?.type === 'VariableDeclarator' ? parent : node
  }

  /** What the file exports. */
  get exports(): Exports {
    this.#exports ??= exportsOf(this.parsed.program)
    return this.#exports
  }

  /** What calls in the file load modules. */
  get loaders(): Loaders {
    this.#loaders ??= loadersOf({ program: this.parsed.program, text: this.text })
    return this.#loaders
  }

  /** Whether there may be a call in a piece that loads a module, or JSX. */
  mayLoadIn({ start, end }: Node): boolean {
    const { pattern } = this.loaders
    if (pattern === undefined) return true
    this.#loads ??= Array.from(this.text.matchAll(pattern), ({ index }) => index)
    return this.#loads.some((at) => start <= at && at < end)
  }

  /** Line and column of an offset. */
  position(offset: number): { readonly line: number; readonly column: number } {
    return positionOf(this.text, offset)
  }

  /** What a name of the module's own scope stands for; `undefined` if it has none. */
  declarationsOf(name: string): Omit<Mention, 'member'> | undefined {
    const variable = this.scopes?.moduleVariable(name)
    if (variable === undefined || variable.defs.length === 0) {
      const nodes = this.#namespacesByName().get(name)
      return nodes && { name, nodes }
    }
    return { ...this.#knownOf(name, variable).declared, nodes: this.#nodesOf(name, variable) }
  }

  /** What a piece of this file's code names, in the order of the text. */
  mentionsOf(piece: Node): Mention[] {
    if (this.scopes === undefined) return importsOf(this.parsed.program)
    const all = this.scopes.mentions()
    const found: Mention[] = []
    const seen = new Set<Variable | string>()
    const imports = new Map<Variable | string, { readonly first: Mention; readonly members: Set<string | undefined> }>()
    for (let index = firstFrom(all, startOf(piece)); index < all.length; index++) {
      const mention = all[index]
      if (mention === undefined || mention.node.start >= piece.end) break
      // What is named again is no news, but for what is taken of an import.
      const key = mention.variable ?? mention.name
      if (mention.isOfType || seen.has(key)) continue
      const before = imports.get(key)
      if (before !== undefined) {
        const member = memberRead(this.tree, mention.node)
        if (before.members.has(member)) continue
        before.members.add(member)
        found.push({ ...before.first, nodes: NONE, member })
        continue
      }
      const own = this.#mentionOf(mention, piece)
      if (own !== undefined) found.push(own)
      if (own?.import === undefined) seen.add(key)
      else imports.set(key, { first: own, members: new Set([own.member]) })
    }
    return found
  }

  /**
   * What is merged with a declaration, or changes it. Who names `A` meets `A.prototype.x = …` by the name; this is for
   * a piece that was reached without one.
   */
  belongingTo(piece: Node): Mention[] {
    return (this.scopes?.declaredBy(piece) ?? []).flatMap((variable) => {
      const nodes = this.#nodesOf(variable.name, variable, piece)
      return nodes.length > 0 ? [{ name: variable.name, nodes }] : []
    })
  }

  #mentionOf({ name, node, variable }: FreeName, piece: Node): Mention | undefined {
    if (variable === undefined || variable.defs.length === 0) return this.#globalMention(name, piece)
    const isOwn = variable.defs.every((def) => isWithin(def.node, piece))
    if (isOwn && importOf(variable) === undefined) return undefined
    const { declared } = this.#knownOf(name, variable)
    const nodes = this.#nodesOf(name, variable, piece)
    if (declared.import !== undefined) return { ...declared, nodes, member: memberRead(this.tree, node) }
    return nodes.length === 0 ? undefined : { name, nodes }
  }

  #knownOf(name: string, variable: Variable): Facts {
    const before = this.#known.get(variable)
    if (before) return before
    const found = this.#factsOf(name, variable)
    this.#known.set(variable, found)
    return found
  }

  /** What declares a variable or changes it, outside of a piece. What a piece changes itself, whoever calls it, is no news to it. */
  #nodesOf(name: string, variable: Variable, piece?: Node): readonly Node[] {
    const { declared, changes } = this.#knownOf(name, variable)
    const isOutside = (node: Node) => piece === undefined || !isWithin(node, piece)
    if (changes.length === 0 && declared.nodes.every(isOutside)) return declared.nodes
    const nodes = new Set<Node>()
    for (const node of declared.nodes) if (isOutside(node)) nodes.add(node)
    for (const { node, at } of changes) if (isOutside(node) && isOutside(at)) nodes.add(node)
    return [...nodes]
  }

  #factsOf(name: string, variable: Variable): Facts {
    const changes = this.#changesOf(variable)
    const binding = importOf(variable)
    if (binding !== undefined) return { declared: { name, nodes: [], import: binding }, changes }
    const nodes = variable.defs.flatMap((def) => this.#declarationOf(def.type, def.node))
    return { declared: { name, nodes: [...new Set(nodes)] }, changes }
  }

  /** `namespace A.B {}` is a variable that the scopes do not know; `exports` stands for the whole module. */
  #globalMention(name: string, piece: Node): Mention | undefined {
    if (name === 'exports' || name === 'module') return { name, nodes: [this.parsed.program] }
    if (this.#namespacesByName().size === 0) return undefined
    const around = [...this.tree.ancestors(piece)].filter((node) => node.type === 'TSModuleDeclaration')
    const nodes = [
      ...(this.#namespacesByName().get(name) ?? []),
      ...around
        .flatMap(({ id }) => this.#namespacesByName().get(firstName(id)) ?? [])
        .filter((node) => exportsName(node, name)),
    ].filter((node) => !isWithin(piece, node) || node !== piece)
    return nodes.length === 0 ? undefined : { name, nodes }
  }

  #namespacesByName(): ReadonlyMap<string, readonly Node[]> {
    if (this.#namespaces === undefined) {
      const found = new Map<string, Node[]>()
      for (const statement of this.parsed.program.body) {
        const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
        if (node?.type !== 'TSModuleDeclaration' || node.global || isErasedAmbient(node)) continue
        const name = firstName(node.id)
        found.set(name, [...(found.get(name) ?? []), node])
      }
      this.#namespaces = found
    }
    return this.#namespaces
  }

  /** The node that stands for a definition; none for parameters and values of a function, which are no code. */
  #declarationOf(type: string, node: Node): Node[] {
    const isCode = CODE.has(type) && !isErasedAmbient(node) && node.type !== 'TSDeclareFunction'
    if (!isCode) return []
    if (type !== 'Variable') return [node]
    const parent = this.tree.parent(node)
    const statement = parent && this.tree.parent(parent)
    if (this.#isInFunction(node)) return 'init' in node && node.init && isCodeValue(node.init) ? [node] : []
    return statement?.type === 'ForOfStatement' || statement?.type === 'ForInStatement' ? [statement] : [node]
  }

  #isInFunction(node: Node): boolean {
    for (let up = this.tree.parent(node); up !== undefined; up = this.tree.parent(up)) if (isFunction(up)) return true
    return false
  }

  #changesOf(variable: Variable): readonly Change[] {
    // What a function declares is made anew by each call of it.
    if (!this.scopes?.isOfModule(variable)) return []
    this.#changes ??= new Changes(this.scopes, this.tree)
    const [def] = variable.defs
    if (def === undefined || def.type !== 'ClassName') return this.#changes.of(variable)
    // A class knows itself by another variable than others know it by.
    const known = this.scopes.declaredBy(def.node)
    return known.flatMap((each) => this.#changes?.of(each) ?? [])
  }
}

const NONE: readonly Node[] = []

const CODE = new Set(['FunctionName', 'ClassName', 'Variable', 'TSEnumName', 'TSModuleName', 'ImportBinding'])

/** What is around a declaration or statement, and no part of it. */
const HOLDS = new Set<Node['type']>([
  'Program',
  'TSModuleBlock',
  'BlockStatement',
  'StaticBlock',
  'VariableDeclaration',
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
  'TSExportAssignment',
])

function scopesOf({ program }: Parsed, tree: SyntaxTree): Scopes | undefined {
  try {
    return new Scopes(program, tree)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A decorator may stand in front of the `export` in front of its class. */
function startOf(node: Node): number {
  const [first] = 'decorators' in node ? node.decorators : []
  return Math.min(node.start, first?.start ?? node.start)
}

function isWithin(inner: Node, outer: Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

function isCodeValue(node: Node): boolean {
  const value = bare(node)
  return isFunction(value) || value.type === 'ClassExpression'
}

/** Whether a function's `this` counts, or a private member of an object. Functions in it that are no arrows have their own. */
function looksAtThis(fn: FunctionNode): boolean {
  let looks = false
  walk(fn, (node) => {
    looks ||= node.type === 'PrivateIdentifier'
    return !looks
  })
  walk(fn, (node) => {
    looks ||= node.type === 'ThisExpression' || node.type === 'Super'
    return !looks && (node === fn || node.type === 'ArrowFunctionExpression' || !isFunction(node))
  })
  return looks
}

function firstFrom(mentions: readonly FreeName[], offset: number): number {
  let [low, high] = [0, mentions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((mentions[middle]?.node.start ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** `b` where a name stands in `name.b`, `name?.b`, `name['b']`, `<name.b>`. */
function memberRead(tree: SyntaxTree, name: Node): string | undefined {
  const parent = tree.parent(name)
  if (parent?.type === 'JSXMemberExpression') return parent.object === name ? parent.property.name : undefined
  if (parent?.type !== 'MemberExpression' || parent.object !== name) return undefined
  if (!parent.computed) return parent.property.type === 'Identifier' ? parent.property.name : undefined
  const { property } = parent
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** Whether a namespace exports a name, which its other blocks can use without naming it. */
function exportsName(namespace: Node, name: string): boolean {
  return childrenOf(namespace).some((node) => {
    if (node.type === 'TSModuleBlock' || node.type === 'TSModuleDeclaration') return exportsName(node, name)
    if (node.type !== 'ExportNamedDeclaration' || !node.declaration) return false
    const { declaration } = node
    if (declaration.type === 'VariableDeclaration')
      return declaration.declarations.some(({ id }) => patternNames(id).includes(name))
    return 'id' in declaration && declaration.id?.type === 'Identifier' && declaration.id.name === name
  })
}
