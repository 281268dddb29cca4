import type { Node } from '../syntax/parse.js'
import type { FreeName, Variable } from '../syntax/scopes.js'
import { bare, isWrapper, type SyntaxTree } from '../syntax/tree.js'

/** What a place that names a variable may do to what the variable holds. */
export interface Effect {
  /** `x = 1`, `x.y = 1`, `x.push(1)`, `fill(x)`. */
  readonly changes: boolean
  /** What holds it from there on: `const y = x`, `y = x.get(1)`, `return x`. What is done to that is done to `x`. */
  readonly holder?: Node
}

const NONE: Effect = { changes: false }

/**
 * What may be done at a place to what a name holds. Rather too much than too little: what is handed to a function may be
 * changed by it, and be in what it answers. Functions, classes and imports are handed around all the time and seldom
 * changed, so they count where the call's outcome is dropped: it is called for what it does. `isAlias` is for a name
 * that stands for another, whatever declares it: a function that answers `x`, a class that keeps it.
 */
export function effectOn(tree: SyntaxTree, { node, variable, writes }: FreeName, isAlias: boolean): Effect {
  if (variable === undefined || isPrimitive(variable)) return NONE
  if (writes) return { changes: !isInitialized(tree, node) }
  const isWhole = isAlias || isData(variable)
  const isFollowed = isWhole || isClass(variable)
  let changes = false
  let part = node
  let below = topOfMembers(tree, part)
  // Whether it is the variable itself that goes around, and no property of it.
  let isSelf = bare(below) === part
  for (let up = tree.parent(below); up !== undefined; up = tree.parent(below)) {
    if (bare(below) !== part && isAssigned(tree, below, up)) return { changes: true }
    const role = roleOf(tree, below, up)
    if (role === 'called' || role === 'handed') {
      const isOwnCall = role === 'called' && bare(below) === node
      if (isOwnCall && !isAlias) return NONE
      changes ||= !isOwnCall && (isWhole || isDropped(tree, up))
      const isAnswered = role === 'handed' ? isSelf : isFollowed && isDirect(below, part)
      if (!isAnswered || !isFollowed) return { changes }
    } else if (role === 'looped') return { changes: changes || isWhole }
    else if (role === 'named' || (role === 'returned' && isSelf))
      return isFollowed ? { changes, holder: up } : { changes }
    else if (role !== 'held') return { changes }
    part = up
    below = topOfMembers(tree, part)
    isSelf &&= bare(below) === part
  }
  return { changes }
}

/** `x.get` and `x`, but not `x.y.get`. */
function isDirect(callee: Node, name: Node): boolean {
  const member = bare(callee)
  return member === name || (member.type === 'MemberExpression' && bare(member.object) === name)
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

type Role = 'called' | 'handed' | 'looped' | 'named' | 'returned' | 'held' | 'none'

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
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return parent.right === node ? 'named' : 'none'
    case 'PropertyDefinition':
      return parent.value === node ? 'named' : 'none'
    case 'ArrowFunctionExpression':
      return parent.body === node ? 'returned' : 'none'
    case 'ReturnStatement':
    case 'YieldExpression':
      return 'returned'
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
    case 'SequenceExpression':
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
  for (let up = tree.parent(name); up !== undefined; up = tree.parent(up)) {
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

/** Whether nobody takes what a call answers, or what a call of that answers: `x.y().z()`. */
function isDropped(tree: SyntaxTree, call: Node): boolean {
  let below = call
  for (let up = tree.parent(call); up !== undefined; up = tree.parent(up)) {
    if (up.type === 'ExpressionStatement') return true
    const isChained =
      (up.type === 'MemberExpression' && up.object === below) || (up.type === 'CallExpression' && up.callee === below)
    if (!isChained && !isWrapper(up) && !DROPS.has(up.type)) return false
    below = up
  }
  return false
}

const DROPS = new Set<Node['type']>(['AwaitExpression', 'UnaryExpression', 'ChainExpression', 'LogicalExpression'])

function isData({ defs }: Variable): boolean {
  return defs.some(({ type, node }) => type === 'Variable' && !isNamedCode(node))
}

function isClass({ defs }: Variable): boolean {
  return defs.some(({ type }) => `${type}` === 'ClassName')
}

/** A variable that is another way to declare a function or a class, or to import. */
function isNamedCode(declarator: Node): boolean {
  if (declarator.type !== 'VariableDeclarator' || !declarator.init) return false
  let value = bare(declarator.init)
  if (value.type === 'AwaitExpression') value = bare(value.argument)
  if (/^(?:Arrow)?FunctionExpression$|^ClassExpression$|^ImportExpression$/.test(value.type)) return true
  if (value.type === 'MemberExpression') value = bare(value.object)
  return value.type === 'CallExpression' && value.callee.type === 'Identifier' && value.callee.name === 'require'
}

/** A constant that nothing can change. */
function isPrimitive({ defs }: Variable): boolean {
  const [def] = defs
  if (def === undefined || defs.length > 1) return false
  const { node, parent } = def
  if (node.type !== 'VariableDeclarator' || parent?.type !== 'VariableDeclaration' || parent.kind !== 'const')
    return false
  if (node.id.type !== 'Identifier' || !node.init) return false
  const value = bare(node.init)
  if (value.type === 'Literal') return !('regex' in value)
  return value.type === 'TemplateLiteral' || value.type === 'UnaryExpression' || value.type === 'BinaryExpression'
}
