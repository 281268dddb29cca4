import { withFlatChains } from './flat-chains.js'
import type { Node, Program } from './parse.js'
import { ScopeAnalysis } from './scope-analysis.js'
import { type Reference, resolved, type Scope, type Variable } from './scope-tree.js'
import { type FunctionNode, isFunction, type SyntaxTree } from './tree.js'

export type { DefinitionKind, Variable } from './scope-tree.js'

/** A place that names a variable; for `freeNames`, one that is declared outside. Types are none. */
export type FreeName = Pick<Reference, 'name' | 'node' | 'variable' | 'reads' | 'writes' | 'isHoisted' | 'isOfType'>

/** `name` is the identifier, `node` what declares it: a declarator, a function, an import specifier. */
export interface Definition {
  readonly name: Node
  readonly node: Node
}

/** Functions that hold variables, and classes. */
export type ScopeNode =
  | FunctionNode
  | Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' | 'TSEnumDeclaration' }>

/** What the names of a program mean. */
export class Scopes {
  readonly #analysis: ScopeAnalysis
  readonly #tree: SyntaxTree
  readonly #program: Program
  readonly #freeNames = new Map<ScopeNode, readonly Reference[]>()
  #mentions: readonly Reference[] | undefined
  #byNode: ReadonlyMap<Node, Reference> | undefined
  #types: ReadonlyMap<Node, Scope> | undefined
  #hasHoisted = false

  /** Throws RangeError for code that is nested deeper than it can go. */
  constructor(program: Program, tree: SyntaxTree) {
    this.#analysis = analysisOf(program, tree)
    this.#tree = tree
    this.#program = program
    if (program.sourceType !== 'module' && !isStrict(program)) this.#hoist()
  }

  /** What a function or class names of the world outside of it, in the order of the text. */
  freeNames(node: ScopeNode): readonly FreeName[] {
    const before = this.#freeNames.get(node)
    if (before) return before
    const scope = this.#scopeOf(node)
    const found: Reference[] = []
    for (let index = scope?.first ?? 0; index < (scope?.last ?? 0); index++) {
      const reference = this.#analysis.references[index]
      if (scope === undefined || reference === undefined || reference.resolved?.scope.isIn(scope)) continue
      if (reference.from.isIn(scope) && !reference.isOfType) found.push(reference)
    }
    found.sort(byStart)
    this.#freeNames.set(node, found)
    return found
  }

  /** Where a function, or an arrow in it, reads the `arguments` of a call. */
  argumentsOf(fn: FunctionNode): Node[] {
    const own = this.#scopeOf(fn)?.get('arguments')
    if (own !== undefined && own.defs.length > 0) return []
    const named = own?.references.map(({ node }) => node) ?? []
    // In defaults `arguments` is taken for a name from outside.
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
    return homeOf(other).isIn(homeOf(variable))
  }

  /** Whether something is assigned to a variable besides its initial value. */
  isReassigned(variable: Variable): boolean {
    return variable.references.some((reference) => reference.writes && !reference.init)
  }

  /** Whether a function's code is in sloppy mode, where a function in a block is a variable of the function around it. */
  isSloppy(fn: FunctionNode): boolean {
    if (this.#program.sourceType === 'module') return false
    return [fn, ...this.#tree.ancestors(fn)].every((node) => node.type !== 'ClassBody' && !isStrict(node))
  }

  /** Every place of the file where a value is named, in the order of the text. */
  mentions(): readonly FreeName[] {
    this.#mentions ??= this.#analysis.references.toSorted(byStart)
    return this.#mentions
  }

  /** Those places that name one variable. */
  mentionsOf(variable: Variable): readonly FreeName[] {
    const all = this.#hasHoisted
      ? this.#analysis.references.filter((reference) => reference.variable === variable)
      : variable.references
    return isSorted(all) ? all : all.toSorted(byStart)
  }

  /** A variable of the module itself; types are none. */
  moduleVariable(name: string): Variable | undefined {
    return this.#analysis.module.get(name)
  }

  /** The variable that a function calls so itself: a parameter, or a `var` of its body. */
  variableOf(fn: FunctionNode, name: string): Variable | undefined {
    return this.#scopeOf(fn)?.get(name)
  }

  /** What an identifier names; `undefined` for one that names no variable. */
  namedBy(identifier: Node): FreeName | undefined {
    this.#byNode ??= new Map(this.#analysis.references.map((each) => [each.node, each]))
    const reference = this.#byNode.get(identifier)
    if (reference !== undefined) return reference
    this.#types ??= new Map(this.#analysis.typeNames)
    const from = this.#types.get(identifier)
    if (from === undefined || identifier.type !== 'Identifier') return undefined
    const { name, start } = identifier
    const variable = resolved(name, start, from, 'type')
    return { name, node: identifier, variable, reads: true, writes: false, isHoisted: false, isOfType: false }
  }

  /** The variables that a declarator, a parameter or an import specifier declares. */
  declaredBy(node: Node): readonly Variable[] {
    return this.#analysis.declaredBy(node)
  }

  /** Where a variable is declared; `undefined` for one that is declared twice, or merged with another thing. */
  definitionOf(variable: Variable): Definition | undefined {
    return variable.defs.length === 1 ? variable.defs[0] : undefined
  }

  /** Every place that names a variable, but for the one that declares it, in the order of the text. */
  usesOf(variable: Variable): readonly FreeName[] {
    return variable.references.filter(({ init }) => !init).sort(byStart)
  }

  #scopeOf(node: ScopeNode): Scope | undefined {
    return this.#analysis.scopes.get(node)
  }

  /** In sloppy code a function declared in a block is a variable of the function around it (Annex B.3.3). */
  #hoist(): void {
    for (const reference of this.#analysis.references) {
      const { name, from, resolved } = reference
      if (resolved && !this.isOfModule(resolved)) continue
      for (let scope: Scope | null = from.upper; scope !== null; scope = scope.upper) {
        const found = scope.type === 'function' ? functionInBlock(scope, name) : undefined
        if (found === undefined) continue
        reference.variable = found
        reference.isHoisted = true
        this.#hasHoisted = true
        break
      }
    }
  }
}

function analysisOf(program: Program, tree: SyntaxTree): ScopeAnalysis {
  try {
    return new ScopeAnalysis(program, tree)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return withFlatChains(program, () => new ScopeAnalysis(program, tree))
  }
}

/** Those of one node stay in the order in which they were met. */
function byStart(a: FreeName, b: FreeName): number {
  return a.node.start - b.node.start
}

function isSorted(names: readonly FreeName[]): boolean {
  for (let index = 1; index < names.length; index++)
    if (byStart(names[index - 1] as FreeName, names[index] as FreeName) > 0) return false
  return true
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

function functionInBlock(scope: Scope, name: string): Variable | undefined {
  for (const child of scope.childScopes) {
    if (child.type === 'function' || child.type === 'class') continue
    const own = child.get(name)
    const found = own?.defs.some(({ type }) => type === 'FunctionName') ? own : functionInBlock(child, name)
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
