import { keyName } from '../params.js'
import type { Node } from '../parse.js'
import { isWrapper, type SyntaxTree } from '../syntax.js'

/** An expression with the parentheses, types and optional chain around it, which hand its value on as it is. */
export function wrapped(tree: SyntaxTree, node: Node): Node {
  let outer = node
  for (let up = tree.parent(outer); up && (isWrapper(up) || up.type === 'ChainExpression'); up = tree.parent(up)) {
    outer = up
  }
  return outer
}

/** `x` of `a.x`, `a['x']`, `` a[`x`] ``; `#x` of `a.#x`. */
export function propertyName(key: Node, computed: boolean): string | undefined {
  if (!computed) return keyName(key)
  if (key.type === 'TemplateLiteral' && key.expressions.length === 0) return key.quasis[0]?.value.cooked ?? undefined
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined
}

/** One property that is taken of an object: by `.x`, or by a pattern. `undefined`: which one is known at run time alone. */
export interface Access {
  readonly name: string | undefined
  readonly node: Node
  /** Whether `node` is an expression, and not a pattern's property. */
  readonly isExpression: boolean
}

/** What is taken of the value of an expression; `undefined` if it is used as a whole. */
export function accessesOf(tree: SyntaxTree, node: Node): readonly Access[] | undefined {
  const object = wrapped(tree, node)
  const parent = tree.parent(object)
  if (parent?.type === 'MemberExpression' && parent.object === object) {
    return [{ name: propertyName(parent.property, parent.computed), node: parent, isExpression: true }]
  }
  const pattern = patternFor(parent, object)
  if (pattern?.type !== 'ObjectPattern') return undefined
  return pattern.properties.map((property) => {
    if (property.type === 'RestElement') return { name: undefined, node: property, isExpression: false }
    return { name: propertyName(property.key, property.computed), node: property.key, isExpression: false }
  })
}

/** What a value is assigned to. */
function patternFor(parent: Node | undefined, value: Node): Node | undefined {
  if (parent?.type === 'VariableDeclarator' && parent.init === value) return parent.id
  if (parent?.type === 'AssignmentExpression' && parent.right === value) return parent.left
  return undefined
}

/** Whether an expression is written to or deleted, and its value counts for nothing. */
export function isOnlyWritten(tree: SyntaxTree, node: Node): boolean {
  const target = wrapped(tree, node)
  const parent = tree.parent(target)
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.left === target && (parent.operator === '=' || isDropped(tree, parent))
    case 'UpdateExpression':
      return isDropped(tree, parent)
    case 'UnaryExpression':
      return parent.operator === 'delete'
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === target
    case 'Property':
      return parent.value === target && tree.parent(parent)?.type === 'ObjectPattern'
    case 'AssignmentPattern':
      return parent.left === target
    case 'ArrayPattern':
    case 'RestElement':
      return true
    default:
      return false
  }
}

/** Whether nothing becomes of the value of an expression. */
export function isDropped(tree: SyntaxTree, node: Node): boolean {
  const value = wrapped(tree, node)
  const parent = tree.parent(value)
  switch (parent?.type) {
    case 'ExpressionStatement':
      return true
    case 'UnaryExpression':
      return parent.operator === 'void'
    case 'AwaitExpression':
      return isDropped(tree, parent)
    case 'SequenceExpression':
      return parent.expressions.at(-1) !== value || isDropped(tree, parent)
    case 'LogicalExpression':
      return parent.right === value && isDropped(tree, parent)
    case 'ConditionalExpression':
      return parent.test !== value && isDropped(tree, parent)
    case 'ForStatement':
      return parent.update === value || parent.init === value
    default:
      return false
  }
}
