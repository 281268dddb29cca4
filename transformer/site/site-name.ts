import { encodeIdPart } from '../../runtime/names.js'
import { diagnose } from '../diagnostics.js'
import type { AccessorProperty, MethodDefinition, Node, PropertyDefinition } from '../syntax/parse.js'
import { bare, type FunctionNode, isFunction, isWrapper, type SyntaxTree } from '../syntax/tree.js'
import type { Binding, Diagnostic, Range, SelfStep } from '../types.js'
import { keyName } from './params.js'

/** What a function is called within its file. */
export interface SiteName {
  /** For ids: encoded parts joined by dots, behind a `~` if there are several. */
  readonly id: string
  /** For people: `Client.get`, `Client.#secret`. */
  readonly text: string
  readonly range: Range
  readonly self?: { readonly binding: Binding; readonly path: readonly SelfStep[] }
}

/** One step of the way from the module to the function. */
interface Step {
  readonly name: string
  readonly range: Range
  /** The id's part, if it is not the encoded name alone. */
  readonly part?: string
  /** How to get there from the step before; absent if the module cannot. */
  readonly path?: readonly SelfStep[]
}

type Found = { readonly ok: true; readonly name: SiteName } | { readonly ok: false; readonly diagnostic: Diagnostic }

/**
 * The qualified name of a function, from the declarations around it: of functions too, but not of those without a name.
 * Refused: functions without a fixed name, and those in a `with` statement.
 */
export function nameOf(tree: SyntaxTree, fn: FunctionNode, scope: ReadonlyMap<string, Binding>): Found {
  const steps: Step[] = []
  const range: Range = ownRange(tree, fn) ?? [fn.start, Math.min(fn.start + 'function'.length, fn.end)]
  const refuse = (diagnostic: Diagnostic): Found => ({ ok: false, diagnostic })

  let reachable = true
  let nested = false
  for (let node: Node = fn, parent = tree.parent(node); parent && parent.type !== 'Program'; ) {
    if (parent.type === 'WithStatement') return refuse(diagnose('insideWith', range, ownName(tree, fn)))
    const step = steps.length === 0 && isReturned(node, parent) ? resultStep(node) : stepOf(tree, node, parent)
    if (!nested && step === 'computed') return refuse(diagnose('computedName', keyRange(parent) ?? range))
    if (!nested && step === 'unnamed') return refuse(diagnose('noName', range))
    // What has no name around a nested function adds nothing to its own.
    if (typeof step !== 'string') steps.unshift(...step)
    nested ||= isFunction(parent)
    if (nested || BLOCKS.has(parent.type)) reachable = false
    if (parent.type === 'TSModuleBlock' && node.type !== 'ExportNamedDeclaration') reachable = false
    node = parent
    parent = tree.parent(node)
  }
  if (fn.type === 'FunctionDeclaration' && fn.id) {
    steps.push({ name: fn.id.name, range: [fn.id.start, fn.id.end], path: [{ property: fn.id.name }] })
  }
  const last = steps.at(-1)
  if (last === undefined) return refuse(diagnose('noName', range))
  const self = reachable ? selfOf(steps, scope) : undefined
  return {
    ok: true,
    name: {
      id: idOf(steps.map((step) => step.part ?? encodeIdPart(step.name))),
      text: steps.map((step) => step.name).join('.'),
      range: last.range,
      ...(self && { self }),
    },
  }
}

/** A `~` shows where a name of several parts begins: `get` of class `b` in `a.ts` is not `get` in `a/b.ts`. */
function idOf(parts: readonly string[]): string {
  return parts.length > 1 ? `~${parts.join('.')}` : parts.join('.')
}

/** The name nearest to a function, for messages. */
export function ownName(tree: SyntaxTree, fn: FunctionNode): string {
  const named = ownNameNode(tree, fn)
  return (
    (named && (keyName(named) ?? (named.type === 'MemberExpression' ? keyName(named.property) : undefined))) ??
    'this function'
  )
}

function ownRange(tree: SyntaxTree, fn: FunctionNode): Range | undefined {
  const named = ownNameNode(tree, fn)
  return named && [named.start, named.type === 'Identifier' ? named.start + named.name.length : named.end]
}

function ownNameNode(tree: SyntaxTree, fn: FunctionNode): Node | undefined {
  if (fn.id) return fn.id
  let parent = tree.parent(fn)
  while (parent && isWrapper(parent)) parent = tree.parent(parent)
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.id
    case 'AssignmentExpression':
      return parent.left
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return parent.key
    default:
      return undefined
  }
}

/** Statements around a function that add nothing to its name. */
const BLOCKS = new Set<Node['type']>([
  'BlockStatement',
  'StaticBlock',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'SwitchCase',
  'IfStatement',
  'LabeledStatement',
  'TryStatement',
  'CatchClause',
  'ReturnStatement',
])

/** Whether a function is what the function around it answers: `return () => …`, `(a) => (b) => …`. */
function isReturned(node: Node, parent: Node): boolean {
  if (parent.type === 'ReturnStatement') return true
  return parent.type === 'ArrowFunctionExpression' && parent.body === node && node.type !== 'BlockStatement'
}

function resultStep(node: Node): readonly Step[] {
  if (node.type === 'FunctionExpression' && node.id)
    return [{ name: node.id.name, range: [node.id.start, node.id.end] }]
  return [{ name: 'result', part: '~result', range: [node.start, node.start + 1] }]
}

/** What a node's place in its parent adds to the name. */
function stepOf(tree: SyntaxTree, node: Node, parent: Node): readonly Step[] | 'computed' | 'unnamed' {
  switch (parent.type) {
    case 'VariableDeclarator': {
      const { id } = parent
      if (id.type !== 'Identifier') return 'unnamed'
      return [{ name: id.name, range: [id.start, id.start + id.name.length], path: [{ property: id.name }] }]
    }
    case 'Property':
      return parent.value === node ? propertyStep(parent) : 'unnamed'
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return parent.value === node ? memberStep(parent) : 'unnamed'
    case 'AssignmentExpression':
      return parent.operator === '=' && parent.right === node && tree.parent(parent)?.type === 'ExpressionStatement'
        ? assignmentSteps(parent.left)
        : 'unnamed'
    case 'ExportDefaultDeclaration':
      return (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id
        ? []
        : [{ name: 'default', range: [parent.start, parent.start + 'export'.length] }]
    case 'TSExportAssignment':
      return [{ name: 'default', range: [parent.start, parent.start + 'export'.length], path: MODULE_EXPORTS }]
    case 'ClassDeclaration':
      return node === parent.body
        ? parent.id
          ? [{ name: parent.id.name, range: [parent.id.start, parent.id.end], path: [{ property: parent.id.name }] }]
          : []
        : 'unnamed'
    case 'ClassExpression':
      return node === parent.body ? [] : 'unnamed'
    case 'TSModuleDeclaration':
      return moduleSteps(parent.id)
    case 'FunctionDeclaration':
      return parent.id ? [{ name: parent.id.name, range: [parent.id.start, parent.id.end] }] : []
    case 'AssignmentPattern': {
      const owner = tree.parent(parent)
      if (parent.left.type !== 'Identifier' || owner === undefined || !isFunction(owner)) return 'unnamed'
      return [{ name: parent.left.name, range: [parent.left.start, parent.left.start + parent.left.name.length] }]
    }
    case 'ClassBody':
    case 'ObjectExpression':
    case 'VariableDeclaration':
    case 'ExpressionStatement':
    case 'ExportNamedDeclaration':
    case 'TSModuleBlock':
      return []
    default:
      return isWrapper(parent) || isFunction(parent) || BLOCKS.has(parent.type) ? [] : 'unnamed'
  }
}

const MODULE_EXPORTS: readonly SelfStep[] = [{ property: 'module' }, { property: 'exports' }]

function propertyStep(node: Extract<Node, { type: 'Property' }>): readonly Step[] | 'computed' {
  const name = node.computed ? undefined : keyName(node.key)
  if (name === undefined) return 'computed'
  return [
    { name, range: [node.key.start, node.key.end], path: [{ property: name, ...(node.kind === 'get' && GETTER) }] },
  ]
}

const GETTER = { getter: true } as const

type Member = MethodDefinition | PropertyDefinition | AccessorProperty

/** A static and an instance member may share a name, so static ones are marked. An instance field is no part of the class. */
function memberStep(node: Member): readonly Step[] | 'computed' {
  const name = node.computed ? undefined : keyName(node.key)
  if (name === undefined) return 'computed'
  const step = { property: name, ...(node.type === 'MethodDefinition' && node.kind === 'get' && GETTER) }
  const isPrivate = node.key.type === 'PrivateIdentifier'
  const isInstanceField = !node.static && node.type !== 'MethodDefinition'
  // A private name keeps its '#', which a quoted one ('#m') shows as well: the mark tells them apart.
  const encoded = `${node.static ? 'static~' : ''}${isPrivate ? '' : node.key.type === 'Literal' && name.startsWith('#') ? '~' : ''}${encodeIdPart(name)}`
  return [
    {
      name,
      range: [node.key.start, node.key.end],
      part: encoded,
      ...(!isPrivate && !isInstanceField && { path: node.static ? [step] : [{ property: 'prototype' }, step] }),
    },
  ]
}

/** `exports.f =` and `module.exports.f =` are `f`; `module.exports =` is the default; `this.f =` is `f` of the function around it. */
function assignmentSteps(target: Node): readonly Step[] | 'computed' | 'unnamed' {
  const chain = memberChain(target)
  if (chain === 'computed' || chain === undefined) return chain ?? 'unnamed'
  const range: Range = [target.start, target.end]
  const last = bare(target)
  const lastRange: Range = last.type === 'MemberExpression' ? [last.property.start, last.property.end] : range
  if (chain[0] === 'this') return chain.slice(1).map((name) => ({ name, range: lastRange }))
  const prefix = chain[0] === 'exports' ? 1 : chain[0] === 'module' && chain[1] === 'exports' ? 2 : 0
  if (prefix === chain.length) return [{ name: 'default', range, path: chain.map((property) => ({ property })) }]
  return chain.slice(prefix).map((name, index) => ({
    name,
    range: lastRange,
    path: (index === 0 ? chain.slice(0, prefix + 1) : [name]).map((property) => ({ property })),
  }))
}

function memberChain(target: Node): string[] | 'computed' | undefined {
  const node = bare(target)
  if (node.type === 'Identifier') return [node.name]
  if (node.type === 'ThisExpression') return ['this']
  if (node.type !== 'MemberExpression') return undefined
  if (node.computed) return 'computed'
  const before = memberChain(node.object)
  const name = keyName(node.property)
  return Array.isArray(before) && name !== undefined ? [...before, name] : before
}

function moduleSteps(id: Node): readonly Step[] | 'unnamed' {
  if (id.type === 'TSQualifiedName') {
    const before = moduleSteps(id.left)
    const after = moduleSteps(id.right)
    return typeof before === 'string' || typeof after === 'string' ? 'unnamed' : [...before, ...after]
  }
  if (id.type !== 'Identifier') return 'unnamed'
  return [{ name: id.name, range: [id.start, id.end], path: [{ property: id.name }] }]
}

function keyRange(node: Node): Range | undefined {
  if (node.type === 'AssignmentExpression') return [node.left.start, node.left.end]
  return 'key' in node ? [node.key.start, node.key.end] : undefined
}

function selfOf(steps: readonly Step[], scope: ReadonlyMap<string, Binding>): SiteName['self'] {
  const path: SelfStep[] = []
  for (const step of steps) {
    if (step.path === undefined) return undefined
    path.push(...step.path)
  }
  const [first, ...rest] = path
  if (first === undefined) return undefined
  return { binding: scope.get(first.property) ?? { kind: 'local', name: first.property }, path: rest }
}
