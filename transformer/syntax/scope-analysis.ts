import { childrenOf, type Node, type Program, putChildren } from './parse.js'
import {
  type Declaration,
  type DefinitionKind,
  isStatement,
  Reference,
  resolved,
  Scope,
  type Variable,
} from './scope-tree.js'
import type { FunctionNode, SyntaxTree } from './tree.js'
import { visitType } from './type-names.js'

/** Places that name types, resolved when somebody asks: hardly anybody does. */
type TypeName = readonly [node: Node, from: Scope]

/** Nodes as the parser hands them out, where their type says nothing yet. */
// biome-ignore lint/suspicious/noExplicitAny: each case of the visitor knows the fields of its node.
export type AnyNode = any

/**
 * Which names a program declares, and what each place that names something means. The rules are those of
 * `@typescript-eslint/scope-manager`, to which a test compares it.
 */
export class ScopeAnalysis {
  readonly references: Reference[] = []
  readonly typeNames: TypeName[] = []
  readonly global: Scope
  readonly module: Scope
  /** The innermost scope of each function, class and enum. */
  readonly scopes = new Map<Node, Scope>()
  readonly #tree: SyntaxTree
  readonly #duals = new Set<Reference>()
  readonly #declarations: Declaration[] = []
  #declared: Map<Node, Variable[]> | undefined
  #scope: Scope
  /** Children of the nodes that are being visited: each visit uses what lies behind those around it. */
  readonly #open: Node[] = []
  #top = 0
  #hasNamedReact = false

  /** Throws RangeError for code that is nested deeper than it can go. */
  constructor(program: Program, tree: SyntaxTree) {
    this.#tree = tree
    this.global = new Scope('global', program, null, 0)
    this.module = new Scope('module', program, this.global, 0)
    this.#scope = this.module
    this.#children(program)
    this.module.last = this.references.length
    this.global.last = this.references.length
    for (let index = 0; index < this.references.length; index++) {
      const reference = this.references[index] as Reference
      const kind = this.#duals.has(reference) ? 'dual' : 'value'
      const variable = resolved(reference.name, reference.node.start, reference.from, kind)
      reference.resolved = variable
      reference.variable = variable
      variable?.refer(reference)
    }
  }

  /** The variables that a node declares, or the statement that it is. */
  declaredBy(node: Node): readonly Variable[] {
    if (this.#declared === undefined) {
      const found = new Map<Node, Variable[]>()
      const add = (at: Node | undefined, variable: Variable) => {
        if (at === undefined) return
        const known = found.get(at)
        if (known === undefined) found.set(at, [variable])
        else if (!known.includes(variable)) known.push(variable)
      }
      for (const { variable, node, parent } of this.#declarations) {
        add(node, variable)
        add(parent, variable)
      }
      this.#declared = found
    }
    return this.#declared.get(node) ?? []
  }

  get scope(): Scope {
    return this.#scope
  }

  open(type: Scope['type'], block: Node, bodyStart?: number): void {
    this.#scope = new Scope(type, block, this.#scope, this.references.length, bodyStart)
  }

  close(): void {
    this.#scope.last = this.references.length
    this.#scope = this.#scope.upper as Scope
  }

  declare(type: DefinitionKind, id: AnyNode, node: Node, parent?: Node, scope = this.#scope): void {
    const name: string = id.type === 'Literal' ? id.value : id.name
    const variable = scope.get(name) ?? scope.add(name)
    const declaration = { variable, type, name: id, node, parent }
    variable.declare(declaration)
    this.#declarations.push(declaration)
  }

  read(node: Node, from = this.#scope): Reference {
    const reference = new Reference(node, from, true, false, false, undefined)
    this.references.push(reference)
    return reference
  }

  #write(node: Node, init: boolean, value: Node): void {
    this.references.push(new Reference(node, this.#scope, false, true, init, value))
  }

  #change(node: Node, value: Node | undefined): void {
    this.references.push(new Reference(node, this.#scope, !isStatement(this.#tree, node), true, false, value))
  }

  visit(node: AnyNode): void {
    switch (node?.type) {
      case undefined:
      case null:
      case 'Literal':
      case 'ThisExpression':
      case 'Super':
      case 'TemplateElement':
      case 'PrivateIdentifier':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ExportAllDeclaration':
      case 'ImportAttribute':
      case 'MetaProperty':
        return
      case 'Identifier':
        this.read(node)
        this.visitType(node.typeAnnotation)
        return
      case 'MemberExpression':
        this.visit(node.object)
        if (node.computed) this.visit(node.property)
        return
      case 'CallExpression':
      case 'NewExpression':
        this.visit(node.callee)
        this.#all(node.arguments)
        this.visitType(node.typeArguments)
        return
      case 'Property':
        if (node.computed) this.visit(node.key)
        this.visit(node.value)
        return
      case 'VariableDeclaration':
        this.#variables(node)
        return
      case 'AssignmentExpression':
        this.#assignment(node)
        return
      case 'BlockStatement':
        this.open('block', node)
        this.#all(node.body)
        this.close()
        return
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'TSDeclareFunction':
      case 'TSEmptyBodyFunctionExpression':
        this.#function(node)
        return
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node)
        return
      case 'MethodDefinition':
        if (node.computed) this.visit(node.key)
        if (node.value.type === 'FunctionExpression') this.#method(node.value)
        else this.visit(node.value)
        this.#all(node.decorators)
        return
      case 'PropertyDefinition':
      case 'AccessorProperty':
        if (node.computed) this.visit(node.key)
        if (node.value) {
          this.open('classFieldInitializer', node.value)
          this.visit(node.value)
          this.close()
        }
        this.#all(node.decorators)
        this.visitType(node.typeAnnotation)
        return
      case 'TSAbstractMethodDefinition':
      case 'TSAbstractPropertyDefinition':
      case 'TSAbstractAccessorProperty':
        if (node.computed) this.visit(node.key)
        this.visit(node.value)
        this.#all(node.decorators)
        if (node.type !== 'TSAbstractMethodDefinition') this.visitType(node.typeAnnotation)
        return
      case 'StaticBlock':
        this.open('classStaticBlock', node)
        this.#all(node.body)
        this.close()
        return
      case 'UpdateExpression':
        this.#update(node)
        return
      case 'CatchClause':
        this.#catch(node)
        return
      case 'ForStatement': {
        const hasOwn = node.init?.type === 'VariableDeclaration' && node.init.kind !== 'var'
        if (hasOwn) this.open('for', node)
        this.#children(node)
        if (hasOwn) this.close()
        return
      }
      case 'ForInStatement':
      case 'ForOfStatement':
        this.#forIn(node)
        return
      case 'SwitchStatement':
        this.visit(node.discriminant)
        this.open('switch', node)
        this.#all(node.cases)
        this.close()
        return
      case 'WithStatement':
        this.visit(node.object)
        this.open('with', node)
        this.visit(node.body)
        this.close()
        return
      case 'LabeledStatement':
        this.visit(node.body)
        return
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) this.declare('ImportBinding', specifier.local, specifier, node)
        return
      case 'ExportDefaultDeclaration':
        if (node.declaration.type === 'Identifier') this.#dual(node.declaration)
        else this.visit(node.declaration)
        return
      case 'ExportNamedDeclaration':
        this.#exports(node)
        return
      case 'TSExportAssignment':
        if (node.expression.type === 'Identifier') this.#dual(node.expression)
        else this.visit(node.expression)
        return
      case 'TSImportEqualsDeclaration': {
        this.declare('ImportBinding', node.id, node, node)
        let named = node.moduleReference
        while (named.type === 'TSQualifiedName') named = named.left
        this.visit(named)
        return
      }
      case 'TSEnumDeclaration':
        this.#enum(node)
        return
      case 'TSModuleDeclaration':
        if (node.id.type === 'Identifier' && node.kind !== 'global') this.declare('TSModuleName', node.id, node)
        this.open('tsModule', node)
        this.visit(node.body)
        this.close()
        return
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
        this.visit(node.expression)
        this.visitType(node.typeAnnotation)
        return
      case 'TSInstantiationExpression':
        this.visit(node.expression)
        this.visitType(node.typeArguments)
        return
      case 'TaggedTemplateExpression':
        this.visit(node.tag)
        this.visit(node.quasi)
        this.visitType(node.typeArguments)
        return
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSIndexSignature':
        this.visitType(node)
        return
      case 'JSXAttribute':
        this.visit(node.value)
        return
      case 'JSXOpeningElement':
        this.#nameReact()
        this.#element(node.name)
        this.visitType(node.typeArguments)
        this.#all(node.attributes)
        return
      case 'JSXClosingElement':
        this.#element(node.name)
        return
      case 'JSXFragment':
        this.#nameReact()
        this.#children(node)
        return
      case 'JSXIdentifier':
        this.read(node)
        return
      case 'JSXMemberExpression':
        if (node.object.type !== 'JSXIdentifier' || node.object.name !== 'this') this.visit(node.object)
        return
      default:
        this.#children(node)
    }
  }

  visitType(node: AnyNode): void {
    if (node) visitType(this, node)
  }

  #all(nodes: readonly AnyNode[]): void {
    for (let index = 0; index < nodes.length; index++) this.visit(nodes[index])
  }

  #children(node: Node): void {
    this.eachChild(node, visitValue)
  }

  /** Visits what is directly below a node. */
  eachChild(node: Node, visit: (analysis: ScopeAnalysis, child: Node) => void): void {
    const first = this.#top
    const end = putChildren(node, this.#open, first)
    this.#top = end
    for (let index = first; index < end; index++) visit(this, this.#open[index] as Node)
    this.#top = first
  }

  // A function within `visit` would cost each visit an object.

  #update({ argument }: AnyNode): void {
    const target = this.#target(argument)
    if (isPattern(target)) this.#pattern(target, (each) => this.#change(each, undefined), false)
    else this.visit(argument)
  }

  #catch(node: AnyNode): void {
    this.open('catch', node)
    if (node.param) {
      this.#pattern(node.param, (id, defaults) => {
        this.declare('CatchClause', id, node)
        this.#defaults(id, defaults, true)
      })
    }
    this.visit(node.body)
    this.close()
  }

  #function(node: AnyNode): void {
    if (node.type === 'FunctionExpression') {
      if (node.id) {
        this.open('function-expression-name', node)
        this.declare('FunctionName', node.id, node)
      }
    } else if (node.id) {
      // The name of a declaration belongs to what is around it.
      this.declare('FunctionName', node.id, node)
    }
    this.#openFunction(node)
    for (const param of node.params) {
      this.#parameter(node, param)
      this.#all(param.decorators ?? [])
    }
    this.visitType(node.returnType)
    this.visitType(node.typeParameters)
    if (node.body?.type === 'BlockStatement') this.#all(node.body.body)
    else this.visit(node.body)
    this.close()
    if (node.type === 'FunctionExpression' && node.id) this.close()
  }

  #openFunction(node: AnyNode): void {
    this.open('function', node, node.body?.start)
    this.scopes.set(node, this.#scope)
  }

  /** Decorators of a method's parameters are outside of it. */
  #method(node: AnyNode): void {
    if (node.id) {
      this.open('function-expression-name', node)
      this.declare('FunctionName', node.id, node)
    }
    for (const param of node.params) this.#all(param.decorators ?? [])
    this.#openFunction(node)
    for (const param of node.params) this.#parameter(node, param)
    this.visitType(node.returnType)
    this.visitType(node.typeParameters)
    this.#all(node.body.body)
    this.close()
    if (node.id) this.close()
  }

  #parameter(fn: FunctionNode, param: AnyNode): void {
    this.#pattern(param, (id, defaults) => {
      this.declare('Parameter', id, fn)
      this.#defaults(id, defaults, true)
    })
    let typed = param
    while (typed.type === 'TSParameterProperty') typed = typed.parameter
    this.visitType(typed.type === 'AssignmentPattern' ? typed.left.typeAnnotation : typed.typeAnnotation)
  }

  #class(node: AnyNode): void {
    if (node.type === 'ClassDeclaration' && node.id) this.declare('ClassName', node.id, node)
    this.#all(node.decorators)
    this.open('class', node)
    this.scopes.set(node, this.#scope)
    // Within a class its name is another variable.
    if (node.id) this.declare('ClassName', node.id, node)
    this.visit(node.superClass)
    this.visitType(node.typeParameters)
    this.visitType(node.superTypeArguments)
    for (const each of node.implements ?? []) this.visitType(each)
    this.#all(node.body.body)
    this.close()
  }

  #enum(node: AnyNode): void {
    this.declare('TSEnumName', node.id, node)
    this.open('tsEnum', node)
    this.scopes.set(node, this.#scope)
    for (const member of node.body.members) {
      const { id } = member
      if (id.type === 'Identifier' || (id.type === 'Literal' && typeof id.value === 'string'))
        this.declare('TSEnumMemberName', id, member)
      this.visit(member.initializer)
    }
    this.close()
  }

  #variables(node: AnyNode): void {
    const scope = node.kind === 'var' ? this.#scope.variableScope : this.#scope
    for (const declarator of node.declarations) {
      const { id, init } = declarator
      this.#pattern(id, (name, defaults) => {
        this.declare('Variable', name, declarator, node, scope)
        this.#defaults(name, defaults, true)
        if (init) this.#write(name, true, init)
      })
      this.visit(init)
      this.visitType(id.typeAnnotation)
    }
  }

  #forIn(node: AnyNode): void {
    const { left, right } = node
    const hasOwn = left.type === 'VariableDeclaration' && left.kind !== 'var'
    if (hasOwn) this.open('for', node)
    if (left.type === 'VariableDeclaration') {
      this.visit(left)
      this.#pattern(left.declarations[0].id, (name) => this.#write(name, true, right), false)
    } else {
      this.#pattern(left, (name, defaults) => {
        this.#defaults(name, defaults, false)
        this.#write(name, false, right)
      })
    }
    this.visit(right)
    this.visit(node.body)
    if (hasOwn) this.close()
  }

  #assignment(node: AnyNode): void {
    const left = this.#target(node.left)
    if (!isPattern(left)) this.visit(left)
    else if (node.operator === '=') {
      this.#pattern(left, (name, defaults) => {
        this.#defaults(name, defaults, false)
        this.#write(name, false, node.right)
      })
    } else if (left.type === 'Identifier') this.#change(left, node.right)
    this.visit(node.right)
  }

  #target(node: AnyNode): AnyNode {
    if (node.type === 'TSAsExpression' || node.type === 'TSTypeAssertion') this.visitType(node.typeAnnotation)
    else if (node.type !== 'TSNonNullExpression') return node
    return node.expression
  }

  #defaults(name: Node, defaults: readonly AnyNode[], init: boolean): void {
    for (let index = 0; index < defaults.length; index++) this.#write(name, init, defaults[index].right)
  }

  /** Tells of each name in a pattern, with the defaults around it; then visits what is to be evaluated in there. */
  #pattern(node: AnyNode, tell: (name: Node, defaults: readonly AnyNode[]) => void, isVisited = true): void {
    if (node.type === 'Identifier') {
      tell(node, NONE)
      return
    }
    const values: AnyNode[] = []
    eachName(node, [], tell, values)
    if (isVisited) this.#all(values)
  }

  #exports(node: AnyNode): void {
    if (node.declaration) this.visit(node.declaration)
    else if (!node.source) {
      for (const { local, exportKind } of node.specifiers) {
        if (local.type !== 'Identifier') continue
        if (exportKind === 'type' || node.exportKind === 'type') this.typeNames.push([local, this.#scope])
        else this.#dual(local)
      }
    }
  }

  #dual(node: Node): void {
    this.#duals.add(this.read(node))
  }

  #element(name: AnyNode): void {
    if (name.type !== 'JSXIdentifier') this.visit(name)
    // Others are text.
    else if (name.name[0].toUpperCase() === name.name[0] || name.name === 'this') this.read(name)
  }

  /** JSX may be calls of `React`. */
  #nameReact(): void {
    if (this.#hasNamedReact) return
    for (let scope: Scope | null = this.#scope; scope !== null; scope = scope.upper) {
      const [declaration] = scope.get('React')?.defs ?? []
      if (declaration === undefined) continue
      this.read(declaration.name, scope)
      this.#hasNamedReact = true
      return
    }
  }
}

function visitValue(analysis: ScopeAnalysis, node: Node): void {
  analysis.visit(node)
}

const NONE: readonly AnyNode[] = []

function isPattern({ type }: Node): boolean {
  return (
    type === 'Identifier' ||
    type === 'ObjectPattern' ||
    type === 'ArrayPattern' ||
    type === 'SpreadElement' ||
    type === 'RestElement' ||
    type === 'AssignmentPattern'
  )
}

/** `values` gets what stands in a pattern and is evaluated: defaults, computed keys, the objects of `a.b`. */
export function eachName(
  node: AnyNode,
  defaults: AnyNode[],
  tell: (name: AnyNode, defaults: readonly AnyNode[]) => void,
  values: AnyNode[],
): void {
  switch (node?.type) {
    case undefined:
    case 'Decorator':
    case 'TSTypeAnnotation':
      return
    case 'Identifier':
      tell(node, defaults)
      return
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      defaults.push(node)
      eachName(node.left, defaults, tell, values)
      values.push(node.right)
      defaults.pop()
      return
    case 'CallExpression':
      values.push(...node.arguments)
      eachName(node.callee, defaults, tell, values)
      return
    case 'MemberExpression':
      if (node.computed) values.push(node.property)
      values.push(node.object)
      return
    case 'Property':
      if (node.computed) values.push(node.key)
      eachName(node.value, defaults, tell, values)
      return
    case 'RestElement':
    case 'SpreadElement':
      eachName(node.argument, defaults, tell, values)
      return
    case 'ArrayExpression':
    case 'ArrayPattern':
      for (const element of node.elements) eachName(element, defaults, tell, values)
      return
    default:
      for (const child of childrenOf(node)) eachName(child, defaults, tell, values)
  }
}
