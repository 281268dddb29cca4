import type { Node } from './parse.js'
import type { SyntaxTree } from './tree.js'

export type ScopeType =
  | 'block'
  | 'catch'
  | 'class'
  | 'classFieldInitializer'
  | 'classStaticBlock'
  | 'conditionalType'
  | 'for'
  | 'function'
  | 'function-expression-name'
  | 'functionType'
  | 'global'
  | 'mappedType'
  | 'module'
  | 'switch'
  | 'tsEnum'
  | 'tsModule'
  | 'type'
  | 'with'

/** What declares a variable. */
export type DefinitionKind =
  | 'CatchClause'
  | 'ClassName'
  | 'FunctionName'
  | 'ImportBinding'
  | 'Parameter'
  | 'TSEnumMemberName'
  | 'TSEnumName'
  | 'TSModuleName'
  | 'Type'
  | 'Variable'

/** `name` is the identifier, `node` what declares it (a declarator, a function, an import specifier), `parent` its statement. */
export interface Declaration {
  readonly variable: Variable
  readonly type: DefinitionKind
  readonly name: Node
  readonly node: Node
  readonly parent: Node | undefined
}

/** Where `var` goes. */
const HOLDS_VARIABLES: ReadonlySet<ScopeType> = new Set([
  'classFieldInitializer',
  'classStaticBlock',
  'function',
  'global',
  'module',
  'tsModule',
])

/** One scope, with what it declares. */
export class Scope {
  readonly type: ScopeType
  readonly block: Node
  readonly upper: Scope | null
  /** What it declares, by name; most blocks declare nothing. */
  #variables: Map<string, Variable> | undefined
  #childScopes: Scope[] | undefined
  /** Where a `var` that stands here is declared. */
  readonly variableScope: Scope
  /** The places that name values between its start and its end: `references.slice(first, last)` of the analysis. */
  readonly first: number
  last = 0
  /** For a function, where its body starts: what stands before cannot name what is declared in the body. */
  readonly bodyStart: number
  /** Whether it has `arguments` without declaring them. */
  readonly #hasArguments: boolean

  constructor(type: ScopeType, block: Node, upper: Scope | null, first: number, bodyStart = -1) {
    this.type = type
    this.block = block
    this.upper = upper
    this.first = first
    this.bodyStart = bodyStart
    this.#hasArguments = type === 'function' && block.type !== 'ArrowFunctionExpression'
    this.variableScope = upper === null || HOLDS_VARIABLES.has(type) ? this : upper.variableScope
    if (upper !== null) {
      // Most hold none.
      if (upper.#childScopes === undefined) upper.#childScopes = [this]
      else upper.#childScopes.push(this)
    }
  }

  get childScopes(): readonly Scope[] {
    return this.#childScopes ?? []
  }

  get(name: string): Variable | undefined {
    const variable = this.#variables?.get(name)
    // Hardly any function names its own.
    return variable === undefined && this.#hasArguments && name === 'arguments' ? this.add(name) : variable
  }

  add(name: string): Variable {
    const variable = new Variable(name, this)
    this.#variables ??= new Map()
    this.#variables.set(name, variable)
    return variable
  }

  /** Whether it is a scope, or lies in it. */
  isIn(outer: Scope): boolean {
    for (let scope: Scope | null = this; scope !== null; scope = scope.upper) if (scope === outer) return true
    return false
  }
}

/** A variable, or a type, of a scope. */
export class Variable {
  readonly name: string
  readonly scope: Scope
  #defs: Declaration[] | undefined
  #references: Reference[] | undefined

  constructor(name: string, scope: Scope) {
    this.name = name
    this.scope = scope
  }

  get defs(): readonly Declaration[] {
    return this.#defs ?? NO_DECLARATIONS
  }

  /** The places that name it as a value, in the order in which they were met. */
  get references(): readonly Reference[] {
    return this.#references ?? NO_REFERENCES
  }

  // A list that begins with one element has room for one; one that begins empty has room for seventeen.

  declare(declaration: Declaration): void {
    if (this.#defs === undefined) this.#defs = [declaration]
    else this.#defs.push(declaration)
  }

  refer(reference: Reference): void {
    if (this.#references === undefined) this.#references = [reference]
    else this.#references.push(reference)
  }

  /** `arguments`, which nothing declares, is what it is. */
  get isValue(): boolean {
    const { defs } = this
    for (let index = 0; index < defs.length; index++) if ((defs[index] as Declaration).type !== 'Type') return true
    return defs.length === 0
  }

  get isType(): boolean {
    return this.defs.length === 0 || this.defs.some(({ type }) => TYPES.has(type))
  }
}

const NO_DECLARATIONS: readonly Declaration[] = []
const NO_REFERENCES: readonly Reference[] = []

const TYPES: ReadonlySet<DefinitionKind> = new Set([
  'ClassName',
  'ImportBinding',
  'TSEnumMemberName',
  'TSEnumName',
  'TSModuleName',
  'Type',
])

/** A place that names a value. */
export class Reference {
  readonly name: string
  readonly node: Node
  readonly from: Scope
  /** Whether its value counts there: not in `x = 1`, nor in a statement `x++` or `x += 1`. */
  readonly reads: boolean
  readonly writes: boolean
  /** Whether it is written as its variable is declared: an initial value, a default. */
  readonly init: boolean
  readonly writeExpr: Node | undefined
  /** What the scopes around it say. */
  resolved: Variable | undefined = undefined
  /** `undefined` for a global. */
  variable: Variable | undefined = undefined
  /** A function of an inner block of sloppy code, named outside of the block: it is there once the block has run. */
  isHoisted = false
  /** `x` of `typeof x` as a type, and of `typeof x.y`. */
  isOfType = false

  constructor(node: Node, from: Scope, reads: boolean, writes: boolean, init: boolean, writeExpr: Node | undefined) {
    this.name = (node as { readonly name?: string }).name ?? ''
    this.node = node
    this.from = from
    this.reads = reads
    this.writes = writes
    this.init = init
    this.writeExpr = writeExpr
  }
}

/** The variable that a name stands for in a scope. `isDual`: `export { x }` names a value or a type. */
export function resolved(name: string, at: number, from: Scope, kind: 'value' | 'type' | 'dual'): Variable | undefined {
  for (let scope: Scope | null = from; scope !== null; scope = scope.upper) {
    const variable = scope.get(name)
    if (variable === undefined || isOutOfReach(variable, at, scope)) continue
    if ((kind !== 'type' && variable.isValue) || (kind !== 'value' && variable.isType)) return variable
  }
  return undefined
}

/**
 *     const x = 1
 *     function f(a = x) { const x = 2 } // the `x` outside
 */
function isOutOfReach({ defs }: Variable, at: number, { type, bodyStart }: Scope): boolean {
  if (type !== 'function' || at >= bodyStart) return false
  for (let index = 0; index < defs.length; index++)
    if ((defs[index] as Declaration).name.start < bodyStart) return false
  return true
}

/** Whether the value of the `x++` or `x += 1` around a name is dropped. */
export function isStatement(tree: SyntaxTree, name: Node): boolean {
  const change = tree.parent(name)
  return change !== undefined && tree.parent(change)?.type === 'ExpressionStatement'
}
