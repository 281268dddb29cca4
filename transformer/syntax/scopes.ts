import {
  analyze,
  type DefinitionType,
  type Reference,
  type Scope,
  type ScopeManager,
  type Variable,
} from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/types'
import { withFlatChains } from './flat-chains.js'
import type { Node, Program } from './parse.js'
import { type FunctionNode, isFunction, type SyntaxTree, walk } from './tree.js'

export type { Variable } from '@typescript-eslint/scope-manager'

/** What declares a variable: the values of the library's enum. */
export type DefinitionKind = `${DefinitionType}`

/** A place that names a variable; for `freeNames`, one that is declared outside. Types are none. */
export interface FreeName {
  readonly name: string
  readonly node: Node
  /** `undefined` for a global. */
  readonly variable: Variable | undefined
  /** Whether its value counts there: not in `x = 1`, nor in a statement `x++` or `x += 1`. */
  readonly reads: boolean
  readonly writes: boolean
  /** A function of an inner block of sloppy code, named outside of the block: it is there once the block has run. */
  readonly isHoisted: boolean
}

/** `name` is the identifier, `node` what declares it: a declarator, a function, an import specifier. */
export interface Definition {
  readonly name: Node
  readonly node: Node
}

/** Functions that hold variables, and classes. */
export type ScopeNode =
  | FunctionNode
  | Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' | 'TSEnumDeclaration' }>

/** The only place that knows the library that resolves names. */
export class Scopes {
  readonly #manager: ScopeManager
  readonly #tree: SyntaxTree
  readonly #program: Program
  #mentions: readonly FreeName[] | undefined
  #references: ReadonlyMap<Node, Reference> | undefined

  /** Throws RangeError for code that is nested deeper than the library can go. */
  constructor(program: Program, tree: SyntaxTree) {
    giveRanges(program)
    this.#manager = managerOf(program)
    this.#tree = tree
    this.#program = program
  }

  /** What a function or class names of the world outside of it, in the order of the text. */
  freeNames(node: ScopeNode): FreeName[] {
    const scope = this.#scopeOf(node)
    if (scope === null) return []
    return scope.through
      .filter((reference) => reference.isValueReference && !this.#isInType(nodeOf(reference.identifier)))
      .map((reference) => this.#freeName(reference))
      .sort((a, b) => a.node.start - b.node.start)
  }

  /** Where a function, or an arrow in it, reads the `arguments` of a call. */
  argumentsOf(fn: FunctionNode): Node[] {
    const own = this.#scopeOf(fn)?.set.get('arguments')
    if (own !== undefined && own.defs.length > 0) return []
    const named = own?.references.map((reference) => nodeOf(reference.identifier)) ?? []
    // In defaults the library takes `arguments` for a name from outside.
    const free = this.freeNames(fn)
      .filter(isArguments)
      .map(({ node }) => node)
    return [...free, ...named].filter((node) => {
      const owner = [...this.#tree.ancestors(node)].find(
        (up) => isFunction(up) && up.type !== 'ArrowFunctionExpression',
      )
      return owner === fn || !owner || owner.start < fn.start || owner.end > fn.end
    })
  }

  /** Whether a variable belongs to the module (or a namespace), which exists once, and not to a call or a block. */
  isOfModule(variable: Variable): boolean {
    return isOnce(homeOf(variable))
  }

  /** Whether a variable is as long-lived as another one: for each instance of that one there is one of it. */
  isAround(variable: Variable, other: Variable): boolean {
    const home = homeOf(variable)
    for (let scope: Scope | null = homeOf(other); scope !== null; scope = scope.upper) if (scope === home) return true
    return false
  }

  /** Whether something is assigned to a variable besides its initial value. */
  isReassigned(variable: Variable): boolean {
    return variable.references.some((reference) => reference.isWrite() && !reference.init)
  }

  /** Whether a function's code is in sloppy mode, where a function in a block is a variable of the function around it. */
  isSloppy(fn: FunctionNode): boolean {
    if (this.#program.sourceType === 'module') return false
    return [fn, ...this.#tree.ancestors(fn)].every((node) => node.type !== 'ClassBody' && !isStrict(node))
  }

  /** Every place of the file where a value is named, in the order of the text. */
  mentions(): readonly FreeName[] {
    this.#mentions ??= this.#manager.scopes
      .flatMap((scope) => scope.references)
      .filter((reference) => reference.isValueReference)
      .map((reference) => this.#freeName(reference))
      .sort((a, b) => a.node.start - b.node.start)
    return this.#mentions
  }

  /** A variable of the module itself; types are none. */
  moduleVariable(name: string): Variable | undefined {
    const module = this.#manager.scopes.find((scope) => scope.type === 'module')
    return (module ?? this.#manager.globalScope)?.set.get(name)
  }

  /** The variable that a function calls so itself: a parameter, or a `var` of its body. */
  variableOf(fn: FunctionNode, name: string): Variable | undefined {
    return this.#scopeOf(fn)?.set.get(name)
  }

  /** What an identifier names; `undefined` for one that names no variable. */
  namedBy(identifier: Node): FreeName | undefined {
    this.#references ??= new Map(
      this.#manager.scopes.flatMap((scope) => scope.references.map((each) => [nodeOf(each.identifier), each] as const)),
    )
    const reference = this.#references.get(identifier)
    return reference && this.#freeName(reference)
  }

  /** The variables that a declarator, a parameter or an import specifier declares. */
  declaredBy(node: Node): readonly Variable[] {
    return this.#manager.getDeclaredVariables(node as unknown as TSESTree.Node)
  }

  /** Where a variable is declared; `undefined` for one that is declared twice, or merged with another thing. */
  definitionOf(variable: Variable): Definition | undefined {
    const [definition, ...others] = variable.defs
    if (definition === undefined || others.length > 0) return undefined
    return { name: nodeOf(definition.name), node: nodeOf(definition.node) }
  }

  /** Every place that names a variable, but for the one that declares it, in the order of the text. */
  usesOf(variable: Variable): FreeName[] {
    return variable.references
      .filter((reference) => reference.isValueReference && !reference.init)
      .map((reference) => this.#freeName(reference))
      .sort((a, b) => a.node.start - b.node.start)
  }

  #scopeOf(node: ScopeNode): Scope | null {
    return this.#manager.acquire(node as unknown as TSESTree.Node, true)
  }

  #freeName(reference: Reference): FreeName {
    const node = nodeOf(reference.identifier)
    const name = reference.identifier.name as string
    const hoisted = this.#hoisted(name, reference)
    return {
      name,
      node,
      variable: hoisted ?? reference.resolved ?? undefined,
      isHoisted: hoisted !== undefined,
      reads: reference.isRead() && !(reference.isWrite() && this.#isStatement(node)),
      writes: reference.isWrite(),
    }
  }

  /** In sloppy code a function declared in a block is a variable of the function around it (Annex B.3.3), which the library does not know. */
  #hoisted(name: string, { from, resolved }: Reference): Variable | undefined {
    if (this.#program.sourceType === 'module' || isStrict(this.#program) || (resolved && !this.isOfModule(resolved)))
      return undefined
    for (let scope: Scope | null = from.upper; scope !== null; scope = scope.upper) {
      const found = scope.type === 'function' ? functionInBlock(scope, name) : undefined
      if (found) return found
    }
    return undefined
  }

  /** `x` of `typeof x` and `typeof x.y` where a type stands. */
  #isInType(name: Node): boolean {
    const type = this.#tree.parent(name)?.type
    return type === 'TSTypeQuery' || type === 'TSQualifiedName'
  }

  /** Whether the value of the `x++` or `x += 1` around a name is dropped. */
  #isStatement(name: Node): boolean {
    const change = this.#tree.parent(name)
    return change !== undefined && this.#tree.parent(change)?.type === 'ExpressionStatement'
  }
}

/**
 * The library asks for the range of names and of functions' bodies, and of nothing else. Asking the parser to write them
 * down at every node would make it a third slower.
 */
function giveRanges(program: Program): void {
  walk(program, (node) => {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') node.range = [node.start, node.end]
    else if (isFunction(node) && node.body) node.body.range = [node.body.start, node.body.end]
    return true
  })
}

function managerOf(program: Program): ScopeManager {
  // The trees are the same but for what the types call them.
  const run = () => analyze(program as unknown as TSESTree.Program, { sourceType: 'module', lib: [] })
  try {
    return run()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return withFlatChains(program, run)
  }
}

/** `use strict` at the head of a function or a script. */
function isStrict(node: Node): boolean {
  const block = isFunction(node) ? node.body : node
  if (block?.type !== 'BlockStatement' && block?.type !== 'Program') return false
  return block.body.some((each) => each.type === 'ExpressionStatement' && each.directive === 'use strict')
}

/** The `arguments` of a call, which a function has without declaring them. */
export function isArguments({ name, variable }: Pick<FreeName, 'name' | 'variable'>): boolean {
  return name === 'arguments' && (variable === undefined || variable.defs.length === 0)
}

function nodeOf(node: TSESTree.Node): Node {
  return node as unknown as Node
}

function functionInBlock(scope: Scope, name: string): Variable | undefined {
  for (const child of scope.childScopes) {
    if (child.type === 'function' || child.type === 'class') continue
    const own = child.set.get(name)
    const found = own?.defs.some(({ type }) => `${type}` === 'FunctionName') ? own : functionInBlock(child, name)
    if (found) return found
  }
  return undefined
}

/** The scope that a variable is declared in. A class and a named function expression know their own name in one of their own. */
function homeOf({ scope }: Variable): Scope {
  const isOwnName = scope.type === 'class' || scope.type === 'function-expression-name'
  return isOwnName && scope.upper !== null ? scope.upper : scope
}

function isOnce(scope: Scope): boolean {
  return scope.type === 'module' || scope.type === 'global' || scope.type === 'tsModule'
}
