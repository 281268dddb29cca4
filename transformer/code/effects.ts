import type { Node } from '../syntax/parse.js'
import type { FreeName, Variable } from '../syntax/scopes.js'
import { bare, isWrapper, type SyntaxTree } from '../syntax/tree.js'

/** What a place that names a variable may do to what the variable holds. */
export type Effect =
  /** `x = 1`, `x.y = 1`, `x.push(1)`, `fill(x)`. */
  | 'changes'
  /** `const y = x`: what is done to `y` is done to `x`. */
  | 'is-aliased'
  | 'none'

/**
 * What may be done at a place to what a name holds. Rather too much than too little: what is handed to a function may be
 * changed by it. Functions, classes and imports are handed around all the time and seldom changed, so they count where
 * the call's outcome is dropped: it is called for what it does.
 */
export function effectOn(tree: SyntaxTree, { node, variable, writes }: FreeName): Effect {
  if (variable === undefined || isPrimitive(variable)) return 'none'
  if (writes) return isInitialized(tree, node) ? 'none' : 'changes'
  let below = topOfMembers(tree, node)
  const isMember = bare(below) !== node
  const first = tree.parent(below)
  if (first === undefined) return 'none'
  if (isMember && isAssigned(tree, below, first)) return 'changes'
  for (let up: Node | undefined = first; up !== undefined; up = tree.parent(below)) {
    const role = roleOf(tree, below, up)
    if (role === 'called') {
      const isOwn = bare(below) === node
      return !isOwn && (isData(variable) || isDropped(tree, up)) ? 'changes' : 'none'
    }
    if (role === 'handed') return isData(variable) || isDropped(tree, up) ? 'changes' : 'none'
    if (role === 'looped') return isData(variable) ? 'changes' : 'none'
    if (role === 'named') return isData(variable) ? 'is-aliased' : 'none'
    if (role === 'none') return 'none'
    below = topOfMembers(tree, up)
  }
  return 'none'
}

/** Whether what a name holds is used so that its code may run: called, constructed, or handed to somebody who may. */
export function mayRun(tree: SyntaxTree, name: Node): boolean {
  let below = topOfMembers(tree, name)
  for (let up = tree.parent(below); up !== undefined; up = tree.parent(below)) {
    const role = roleOf(tree, below, up)
    if (role === 'called' || role === 'handed') return true
    if (role !== 'held') return up.type === 'Decorator' || ('superClass' in up && up.superClass === below)
    below = topOfMembers(tree, up)
  }
  return false
}

type Role = 'called' | 'handed' | 'looped' | 'named' | 'held' | 'none'

function roleOf(tree: SyntaxTree, node: Node, parent: Node): Role {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      if (parent.callee === node) return 'called'
      return isHarmless(bare(parent.callee)) ? 'none' : 'handed'
    case 'TaggedTemplateExpression':
      return 'called'
    case 'TemplateLiteral':
      return tree.parent(parent)?.type === 'TaggedTemplateExpression' ? 'handed' : 'none'
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.right === node ? 'looped' : 'none'
    case 'VariableDeclarator':
      return parent.init === node ? 'named' : 'none'
    case 'Property':
      return parent.value === node ? 'held' : 'none'
    case 'ConditionalExpression':
      return parent.test === node ? 'none' : 'held'
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'SpreadElement':
    case 'LogicalExpression':
    case 'AwaitExpression':
    case 'ChainExpression':
      return 'held'
    default:
      return 'none'
  }
}

/** Calls that only look: they stand at the top of many files. */
function isHarmless(callee: Node): boolean {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false
  const { name } = callee.object
  if (name === 'Object') return callee.property.type === 'Identifier' && callee.property.name === 'keys'
  return name === 'console' || name === 'JSON' || name === 'Math'
}

/** `x.y` and `x.y.z` around `x`, parentheses and types with them. */
function topOfMembers(tree: SyntaxTree, name: Node): Node {
  let node = name
  for (let up = tree.parent(node); up !== undefined; up = tree.parent(node)) {
    if (!isWrapper(up) && up.type !== 'ChainExpression' && !(up.type === 'MemberExpression' && up.object === node))
      break
    node = up
  }
  return node
}

/** Also within a pattern: `[x.y] = …`, `for (x.y of …)`. */
function isAssigned(tree: SyntaxTree, member: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.left === member
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
      return true
    case 'UnaryExpression':
      return parent.operator === 'delete'
    case 'Property':
      return parent.value === member && tree.parent(parent)?.type === 'ObjectPattern'
    default:
      return false
  }
}

/** The name in `const x = 1`, which makes the variable and changes none. */
function isInitialized(tree: SyntaxTree, name: Node): boolean {
  let below = name
  for (const up of tree.ancestors(name)) {
    if (up.type === 'VariableDeclarator') return up.id === below
    if (!PATTERNS.has(up.type)) return false
    below = up
  }
  return false
}

const PATTERNS = new Set<Node['type']>([
  'ArrayPattern',
  'ObjectPattern',
  'Property',
  'AssignmentPattern',
  'RestElement',
])

/** Whether nobody takes what a call answers. */
function isDropped(tree: SyntaxTree, call: Node): boolean {
  for (const up of tree.ancestors(call)) {
    if (up.type === 'ExpressionStatement') return true
    if (!isWrapper(up) && !DROPS.has(up.type)) return false
  }
  return false
}

const DROPS = new Set<Node['type']>(['AwaitExpression', 'UnaryExpression', 'ChainExpression', 'LogicalExpression'])

function isData({ defs }: Variable): boolean {
  return defs.some(({ type, node }) => `${type}` === 'Variable' && !isFunctionValue(node as unknown as Node))
}

function isFunctionValue(declarator: Node): boolean {
  if (declarator.type !== 'VariableDeclarator' || !declarator.init) return false
  return /^(?:Arrow)?FunctionExpression$|^ClassExpression$/.test(bare(declarator.init).type)
}

/** A constant that nothing can change. */
function isPrimitive({ defs }: Variable): boolean {
  const [def, ...others] = defs
  if (def === undefined || others.length > 0) return false
  const [node, parent] = [def.node as unknown as Node, def.parent as unknown as Node | null]
  if (node.type !== 'VariableDeclarator' || parent?.type !== 'VariableDeclaration' || parent.kind !== 'const')
    return false
  if (node.id.type !== 'Identifier' || !node.init) return false
  const value = bare(node.init)
  if (value.type === 'Literal') return !('regex' in value)
  return value.type === 'TemplateLiteral' || value.type === 'UnaryExpression' || value.type === 'BinaryExpression'
}
