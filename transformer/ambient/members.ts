import { codeOf } from '../site/fixed-code.js'
import { keyName } from '../site/params.js'
import type { Node } from '../syntax/parse.js'
import type { Scopes } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree } from '../syntax/tree.js'
import { propertyName } from './expressions.js'

/** What a class or an object literal says of one of its members. `inherited`: a class that it extends says it. */
export type Member = { readonly inherited?: true } & MemberKind

type MemberKind =
  /** A method, or a field that holds a function; without `fn`, its body is elsewhere. */
  | { readonly kind: 'method'; readonly fn?: FunctionNode }
  | { readonly kind: 'getter'; readonly fn?: FunctionNode }
  /** `type`: its annotation, `initial`: the value that it starts with; where there is one. */
  | { readonly kind: 'attribute'; readonly isConstant: boolean; readonly type?: Node; readonly initial?: Node }

/** The object that `this` is in a function, as far as the file shows it. */
export interface Self {
  readonly isStatic: boolean
  readonly members: ReadonlyMap<string, Member>
}

const UNKNOWN: Self = { isStatic: false, members: new Map() }

/**
 * What `this` is in a function: an object of the class around it, the class itself, or an object literal. Classes of the
 * file that the class extends by their names are part of it.
 */
export function selfOf(tree: SyntaxTree, scopes: Scopes, fn: FunctionNode): Self {
  let node: Node = fn
  for (const parent of tree.ancestors(fn)) {
    if ((parent.type === 'PropertyDefinition' || parent.type === 'AccessorProperty') && parent.value === node) {
      return ofClasses(tree, scopes, tree.parent(parent), parent.static)
    }
    if (isFunction(node) && node.type !== 'ArrowFunctionExpression') {
      if (parent.type === 'MethodDefinition') return ofClasses(tree, scopes, tree.parent(parent), parent.static)
      if (parent.type === 'Property') return ofObject(tree.parent(parent))
      return UNKNOWN
    }
    node = parent
  }
  return UNKNOWN
}

function ofClasses(tree: SyntaxTree, scopes: Scopes, body: Node | undefined, isStatic: boolean): Self {
  const { members } = ofClass(body, isStatic)
  const seen = new Set([body])
  for (let base = baseOf(tree, scopes, body); base !== undefined; base = baseOf(tree, scopes, base)) {
    if (seen.has(base)) break
    seen.add(base)
    for (const [name, member] of ofClass(base, isStatic).members) {
      if (!members.has(name)) members.set(name, { ...member, inherited: true })
    }
  }
  return { isStatic, members }
}

/** The body of the class of the file that a class extends by its name. */
function baseOf(tree: SyntaxTree, scopes: Scopes, body: Node | undefined): Node | undefined {
  const extending = body && tree.parent(body)
  const extended =
    extending && 'superClass' in extending && extending.superClass ? bare(extending.superClass) : undefined
  const variable = extended?.type === 'Identifier' ? scopes.namedBy(extended)?.variable : undefined
  const code = variable && codeOf(scopes, tree, variable)
  return code && (code.type === 'ClassDeclaration' || code.type === 'ClassExpression') ? code.body : undefined
}

function ofClass(
  body: Node | undefined,
  isStatic: boolean,
): { readonly isStatic: boolean; readonly members: Map<string, Member> } {
  const members = new Map<string, Member>()
  if (body?.type !== 'ClassBody') return { isStatic, members }
  for (const node of body.body) {
    if (!('key' in node) || !('static' in node) || node.static !== isStatic) continue
    const name = propertyName(node.key, node.computed)
    if (name === undefined) continue
    if (node.type === 'MethodDefinition' || node.type === 'TSAbstractMethodDefinition') {
      const fn = isFunction(node.value) ? { fn: node.value } : {}
      if (node.kind === 'method') members.set(name, { kind: 'method', ...fn })
      else if (node.kind === 'get') members.set(name, { kind: 'getter', ...fn })
    } else if ('value' in node) {
      members.set(name, fieldOf(node))
    }
  }
  const made = body.body.find((node) => node.type === 'MethodDefinition' && node.kind === 'constructor')
  if (!isStatic && made?.type === 'MethodDefinition') addParameterProperties(members, made.value.params)
  return { isStatic, members }
}

type Field = Extract<Node, { readonly key: Node; readonly value: unknown }> & {
  readonly readonly?: boolean
  readonly typeAnnotation?: Node | null
  readonly value: Node | null
}

function fieldOf(node: Node): Member {
  const { value, typeAnnotation, readonly } = node as Field
  const initial = value ? bare(value) : undefined
  if (initial && isFunction(initial)) return { kind: 'method', fn: initial }
  // Without an annotation its type is that one value: no subclass and no constructor can have another.
  const isConstant = readonly === true && !typeAnnotation && initial !== undefined && isLiteral(initial)
  return { kind: 'attribute', isConstant, ...(typeAnnotation && { type: typeAnnotation }), ...(initial && { initial }) }
}

function isLiteral(node: Node): boolean {
  if (node.type === 'UnaryExpression') return node.argument.type === 'Literal'
  return node.type === 'Literal' || (node.type === 'TemplateLiteral' && node.expressions.length === 0)
}

/** `constructor(private readonly city: string)` */
function addParameterProperties(members: Map<string, Member>, params: readonly Node[]): void {
  for (const param of params) {
    if (param.type !== 'TSParameterProperty') continue
    const { parameter } = param
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
    if (target.type !== 'Identifier') continue
    const { name, typeAnnotation } = target
    members.set(name, { kind: 'attribute', isConstant: false, ...(typeAnnotation && { type: typeAnnotation }) })
  }
}

function ofObject(object: Node | undefined): Self {
  const members = new Map<string, Member>()
  if (object?.type !== 'ObjectExpression') return UNKNOWN
  for (const property of object.properties) {
    const name = property.type === 'Property' && !property.computed ? keyName(property.key) : undefined
    if (property.type !== 'Property' || name === undefined || property.kind === 'set') continue
    const value = bare(property.value)
    // An arrow in an object literal has another `this`.
    const fn = isFunction(value) && value.type !== 'ArrowFunctionExpression' ? { fn: value } : {}
    if (property.kind === 'get') members.set(name, { kind: 'getter', ...fn })
    else if (isFunction(value)) members.set(name, { kind: 'method', ...fn })
    else members.set(name, { kind: 'attribute', isConstant: false, initial: value })
  }
  return { isStatic: false, members }
}
