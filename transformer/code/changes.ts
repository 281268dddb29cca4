import type { Node } from '../syntax/parse.js'
import type { Scopes, Variable } from '../syntax/scopes.js'
import { bare, isFunction, isWrapper, type SyntaxTree } from '../syntax/tree.js'

/** The top-level statements that assign to a variable or to what it holds: `x = 1`, `x.y = 1`, `x.push(1)`, `Object.assign(x, y)`. */
export function changesIn(scopes: Scopes, tree: SyntaxTree): ReadonlyMap<Variable, readonly Node[]> {
  const changes = new Map<Variable, Node[]>()
  for (const { node, variable, writes } of scopes.mentions()) {
    if (variable === undefined || !(writes || isChanged(tree, node))) continue
    const statement = runAtOnce(tree, node)
    if (statement === undefined) continue
    const known = changes.get(variable) ?? []
    if (!known.includes(statement)) changes.set(variable, [...known, statement])
  }
  return changes
}

/** The statement of the module (or a namespace) that a node is in, if it runs with the module and declares nothing. */
function runAtOnce(tree: SyntaxTree, node: Node): Node | undefined {
  let below = node
  for (const up of tree.ancestors(node)) {
    if (up.type === 'Program' || up.type === 'TSModuleBlock') return STATEMENTS.has(below.type) ? below : undefined
    if (isFunction(up)) {
      const caller = tree.parent(unwrapped(tree, up))
      if (caller?.type !== 'CallExpression' || bare(caller.callee) !== up) return undefined
    }
    below = up
  }
  return undefined
}

/** The node with its parentheses and types. */
export function unwrapped(tree: SyntaxTree, node: Node): Node {
  let outer = node
  for (const up of tree.ancestors(node)) {
    if (!isWrapper(up)) break
    outer = up
  }
  return outer
}

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

/** Whether what a name holds is changed where it stands. */
function isChanged(tree: SyntaxTree, name: Node): boolean {
  let node = name
  let parent = tree.parent(node)
  while (parent && (isWrapper(parent) || (parent.type === 'MemberExpression' && parent.object === node))) {
    node = parent
    parent = tree.parent(node)
  }
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.left === node && node !== name
    case 'UpdateExpression':
      return node !== name
    case 'UnaryExpression':
      return parent.operator === 'delete'
    case 'CallExpression':
      return (parent.callee === node && bare(node).type === 'MemberExpression') || changesArgument(parent, node)
    default:
      return false
  }
}

/** `Object.assign(x, …)`, `Object.defineProperty(x, …)`, `Reflect.set(x, …)`. */
function changesArgument(call: Extract<Node, { type: 'CallExpression' }>, argument: Node): boolean {
  const callee = bare(call.callee)
  if (call.arguments[0] !== argument || callee.type !== 'MemberExpression') return false
  return callee.object.type === 'Identifier' && (callee.object.name === 'Object' || callee.object.name === 'Reflect')
}
