import type { Node } from '../syntax/parse.js'
import type { FreeName, Scopes, Variable } from '../syntax/scopes.js'
import { bare, isFunction, isWrapper, type SyntaxTree, walk } from '../syntax/tree.js'
import { effectOn, mayRun } from './effects.js'

/** A statement or declaration that runs with its module and may change what a variable holds. */
export interface Change {
  readonly node: Node
  /** What does it: the same place, or one in a function that the statement may run. */
  readonly at: Node
}

/**
 * What a module does to its variables while it loads: `x = 1`, `x.push(1)`, `fill(x)`, a loop, `init()` where `init` does
 * any of it. What other modules do to them nobody can tell by reading one.
 */
export class Changes {
  readonly #scopes: Scopes
  readonly #tree: SyntaxTree
  readonly #found = new Map<Variable, readonly Change[]>()
  readonly #runs = new Map<Node, readonly Node[]>()

  constructor(scopes: Scopes, tree: SyntaxTree) {
    this.#scopes = scopes
    this.#tree = tree
  }

  /** In the order of the places that name the variable; a place that reads and writes may stand there twice. */
  of(variable: Variable): readonly Change[] {
    const before = this.#found.get(variable)
    if (before) return before
    const found: Change[] = []
    const names = new Set([variable])
    for (const name of names) {
      for (const mention of this.#scopes.mentionsOf(name)) {
        const { changes, holder } = effectOn(this.#tree, mention, name !== variable)
        if (!changes && holder === undefined && !mention.writes) continue
        const place = this.#placeOf(mention.node)
        if (place === undefined) continue
        if (holder) for (const other of this.#held(holder, place.node)) names.add(other)
        if (!changes && !isBranched(mention, place)) continue
        const nodes = place.isDeferred ? this.#runsOf(place.node) : [place.node]
        for (const node of nodes) found.push({ node, at: mention.node })
      }
    }
    this.#found.set(variable, found)
    return found
  }

  /** The variables through which one gets at what `holder` holds. `piece` is the declaration or statement around it. */
  #held(holder: Node, piece: Node): readonly Variable[] {
    if (holder.type === 'VariableDeclarator') return this.#scopes.declaredBy(holder)
    if (holder.type !== 'AssignmentExpression' && holder.type !== 'AssignmentPattern')
      return this.#scopes.declaredBy(piece)
    const { left } = holder
    const named: Variable[] = []
    walk(left, (node) => {
      const variable = node.type === 'Identifier' && this.#scopes.namedBy(node)?.variable
      if (variable) named.push(variable)
      return true
    })
    // `this.x = …`: the class, whose objects can be had by its name.
    return named.length > 0 ? named : this.#scopes.declaredBy(piece)
  }

  /** What may run, while the module loads, a function that a declaration makes: its own, its members. */
  #runsOf(declaration: Node): readonly Node[] {
    const before = this.#runs.get(declaration)
    if (before) return before
    const runs = new Set<Node>()
    const makers = new Set([declaration])
    for (const maker of makers) {
      for (const variable of this.#scopes.declaredBy(maker)) {
        for (const { node, writes } of this.#scopes.mentionsOf(variable)) {
          const place = this.#placeOf(node)
          if (place === undefined || place.node === maker || writes) continue
          if (!place.isDeferred && mayRun(this.#tree, node)) runs.add(place.node)
          if (!STATEMENTS.has(place.node.type)) makers.add(place.node)
        }
      }
    }
    const found = [...runs]
    this.#runs.set(declaration, found)
    return found
  }

  /** The piece of the module (or a namespace) that a node is in, and whether it takes a call to get to the node. */
  #placeOf(node: Node): Place | undefined {
    let piece: Node = node
    let isDeferred = false
    for (let up = this.#tree.parent(node); up !== undefined; up = this.#tree.parent(up)) {
      if (up.type === 'Program' || up.type === 'TSModuleBlock') {
        // A function in a statement is run by somebody: a callback, a handler.
        return { node: piece, isDeferred: isDeferred && !STATEMENTS.has(piece.type) }
      }
      if (isFunction(up)) isDeferred ||= !isRunOrHanded(this.#tree, up)
      // Of a declaration of several variables, the one that it is in.
      const isPart = piece.type === 'VariableDeclarator' && up.type === 'VariableDeclaration'
      if (!EXPORTS.has(up.type) && !(isPart && isOfModule(this.#tree, up))) piece = up
    }
    return undefined
  }
}

interface Place {
  readonly node: Node
  readonly isDeferred: boolean
}

/** `if (debug) var x = 1`: what decides is outside of the declaration. */
function isBranched({ writes }: FreeName, { node }: Place): boolean {
  return writes && STATEMENTS.has(node.type)
}

/** A function that is called where it stands, `(() => {})()`, or is an argument of a call. */
function isRunOrHanded(tree: SyntaxTree, fn: Node): boolean {
  const outer = unwrapped(tree, fn)
  const parent = tree.parent(outer)
  if (parent?.type === 'MemberExpression' && parent.object === outer) return true
  if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return false
  return bare(parent.callee) === fn || parent.arguments.some((each) => each === outer)
}

function isOfModule(tree: SyntaxTree, declaration: Node): boolean {
  const parent = tree.parent(declaration)
  const up = parent && EXPORTS.has(parent.type) ? tree.parent(parent) : parent
  return up?.type === 'Program' || up?.type === 'TSModuleBlock'
}

/** The node with its parentheses and types. */
export function unwrapped(tree: SyntaxTree, node: Node): Node {
  let outer = node
  for (let up = tree.parent(node); up !== undefined && isWrapper(up); up = tree.parent(up)) outer = up
  return outer
}

const EXPORTS = new Set<Node['type']>(['ExportNamedDeclaration', 'ExportDefaultDeclaration'])

/** What declares nothing. */
const STATEMENTS = new Set<Node['type']>([
  'ExpressionStatement',
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
  'BlockStatement',
  'LabeledStatement',
])
