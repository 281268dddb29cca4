import { diagnose } from '../diagnostics.js'
import { keyName } from '../site/params.js'
import type { Comment, MethodDefinition, Node, Function as PlainFunction } from '../syntax/parse.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree } from '../syntax/tree.js'
import type { Diagnostic, Range } from '../types.js'

/** The function that a tag is about, or why there is none. */
export type Target =
  | { readonly ok: true; readonly fn: FunctionNode }
  | { readonly ok: false; readonly diagnostic: Diagnostic }

/** Finds the function whose declaration starts at the first token behind a comment. */
export function targetOf(
  tree: SyntaxTree,
  text: string,
  comments: readonly Comment[],
  comment: Comment,
  tag: Range,
): Target {
  const offset = nextToken(text, comments, comment.end)
  const node = tree.startingAt(offset)
  const reason = isAmbient(tree, node) ? NO_BODY : undefined
  const found = reason ?? (node ? functionOf(tree, node) : gap(tree, offset))
  return isReason(found)
    ? { ok: false, diagnostic: diagnose('annotatesNothing', tag, found.what, found.fix) }
    : found.type === 'refused'
      ? { ok: false, diagnostic: found.diagnostic }
      : { ok: true, fn: found.fn }
}

interface Reason {
  readonly what: string
  readonly fix: string
}

type Found =
  | Reason
  | { readonly type: 'fn'; readonly fn: FunctionNode }
  | { readonly type: 'refused'; readonly diagnostic: Diagnostic }

function isReason(found: Found): found is Reason {
  return 'what' in found
}

const AT_DECLARATION = 'Put it in front of the declaration of a function or method.'
const AT_FUNCTION = 'Put it where the function is declared.'

const NO_BODY: Reason = { what: 'what follows has no body', fix: 'Put it in front of the implementation.' }
const NOT_A_FUNCTION: Reason = { what: 'what follows is no function', fix: AT_DECLARATION }
const A_CALL: Reason = {
  what: 'what follows is the result of a call',
  fix: 'Put it where the function that goes into the call is declared, under a name of its own.',
}
const SEVERAL: Reason = {
  what: 'what follows declares several variables',
  fix: 'Put it in front of the name of one of them, or declare them one by one.',
}

/** What stands behind whitespace and further comments. */
function nextToken(text: string, comments: readonly Comment[], from: number): number {
  const offset = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0)
  // Only the text of a comment can start like one; looking among all comments for each tag would take long.
  const comment = /^\/[/*]/.test(text.slice(offset, offset + 2)) && comments.find(({ start }) => start === offset)
  return comment ? nextToken(text, comments, comment.end) : offset
}

function functionOf(tree: SyntaxTree, node: Node): Found {
  const inner = bare(node)
  if (inner !== node) return functionOf(tree, inner)
  if (node.type === 'FunctionDeclaration' || node.type === 'ArrowFunctionExpression') return { type: 'fn', fn: node }
  switch (node.type) {
    case 'FunctionExpression':
      return { type: 'fn', fn: node }
    case 'TSDeclareFunction':
      return implementationOf(tree, node)
    case 'ExportNamedDeclaration':
      return node.declaration
        ? functionOf(tree, node.declaration)
        : { what: 'what follows is a list of exports', fix: AT_FUNCTION }
    case 'ExportDefaultDeclaration':
      return functionOf(tree, node.declaration)
    case 'TSExportAssignment':
    case 'ExpressionStatement':
      return functionOf(tree, node.expression)
    case 'AssignmentExpression':
      return functionOf(tree, node.right)
    case 'VariableDeclaration':
      return node.declarations.length === 1 && node.declarations[0] ? functionOf(tree, node.declarations[0]) : SEVERAL
    case 'ReturnStatement':
      return node.argument ? functionOf(tree, node.argument) : NOT_A_FUNCTION
    case 'VariableDeclarator':
      return node.init ? functionOf(tree, node.init) : NOT_A_FUNCTION
    case 'Property':
      return node.kind === 'set' ? refused('setter', node.key) : functionOf(tree, node.value)
    case 'MethodDefinition':
      return methodOf(tree, node)
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return node.value ? functionOf(tree, node.value) : NOT_A_FUNCTION
    case 'TSAbstractMethodDefinition':
    case 'TSAbstractPropertyDefinition':
    case 'TSAbstractAccessorProperty':
    case 'TSMethodSignature':
      return NO_BODY
    default:
      return reasonAgainst(tree, node)
  }
}

function reasonAgainst(tree: SyntaxTree, node: Node): Reason {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return { what: 'what follows is a class', fix: 'Put it in front of each method that is to be cached.' }
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
    case 'TSPropertySignature':
      return { what: 'what follows is a type', fix: AT_DECLARATION }
    case 'CallExpression':
    case 'NewExpression':
    case 'AwaitExpression':
    case 'TaggedTemplateExpression':
      return A_CALL
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return { what: 'what follows is an import', fix: AT_FUNCTION }
    case 'TSModuleDeclaration':
      return { what: 'what follows is a namespace', fix: 'Put it in front of each function that is to be cached.' }
    default: {
      const parent = tree.parent(node)
      if (parent && 'params' in parent && (parent.params as readonly Node[]).includes(node)) {
        return { what: 'what follows is a parameter', fix: 'Put it in front of the function.' }
      }
      return parent && isDeclarationOf(parent, node) ? BETWEEN : NOT_A_FUNCTION
    }
  }
}

const BETWEEN: Reason = {
  what: 'it stands between the parts of a declaration',
  fix: 'Put it in front of the declaration, its decorators and modifiers.',
}

function isDeclarationOf(parent: Node, node: Node): boolean {
  if ('key' in parent && parent.key === node) return true
  return (isFunction(parent) || parent.type === 'ClassDeclaration') && parent.id === node
}

/** No node starts where the tag points: it stands before a modifier, a bracket, or the end. */
function gap(tree: SyntaxTree, offset: number): Reason {
  switch (tree.around(offset)?.type) {
    case undefined:
    case 'ClassBody':
    case 'BlockStatement':
    case 'TSModuleBlock':
    case 'ObjectExpression':
      return { what: 'nothing follows it', fix: AT_DECLARATION }
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
    case 'Property':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ClassDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return BETWEEN
    default:
      return NOT_A_FUNCTION
  }
}

/** Overloads: the tag counts wherever it stands, the body is the implementation's. */
function implementationOf(tree: SyntaxTree, signature: PlainFunction): Found {
  const parent = tree.parent(signature)
  const statement = parent && isExport(parent) ? parent : signature
  const owner = tree.parent(statement)
  if (owner?.type !== 'Program' && owner?.type !== 'TSModuleBlock' && owner?.type !== 'BlockStatement') return NO_BODY
  const siblings: readonly Node[] = owner.body
  for (const sibling of siblings.slice(siblings.indexOf(statement) + 1)) {
    const declaration = isExport(sibling) ? sibling.declaration : sibling
    const isOverload = declaration?.type === 'TSDeclareFunction' || declaration?.type === 'FunctionDeclaration'
    if (!isOverload || declaration.id?.name !== signature.id?.name) return NO_BODY
    if (declaration.type === 'FunctionDeclaration') return { type: 'fn', fn: declaration }
  }
  return NO_BODY
}

function isExport(node: Node): node is Extract<Node, { type: 'ExportNamedDeclaration' | 'ExportDefaultDeclaration' }> {
  return node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration'
}

function methodOf(tree: SyntaxTree, method: MethodDefinition): Found {
  if (method.kind === 'set') return refused('setter', method.key)
  if (method.kind === 'constructor') {
    return { type: 'refused', diagnostic: diagnose('constructor_', [method.key.start, method.key.end]) }
  }
  if (method.value.type === 'FunctionExpression') return { type: 'fn', fn: method.value }
  const owner = tree.parent(method)
  const members: readonly Node[] = owner?.type === 'ClassBody' ? owner.body : []
  for (const member of members.slice(members.indexOf(method) + 1)) {
    if (member.type !== 'MethodDefinition' || !sameName(member, method)) return NO_BODY
    if (member.value.type === 'FunctionExpression') return { type: 'fn', fn: member.value }
  }
  return NO_BODY
}

function sameName(one: MethodDefinition, other: MethodDefinition): boolean {
  return one.static === other.static && one.key.type === other.key.type && keyName(one.key) === keyName(other.key)
}

function refused(name: 'setter', key: Node): Found {
  return { type: 'refused', diagnostic: diagnose(name, [key.start, key.end], keyName(key) ?? 'this') }
}

/** `declare` anything: it exists in types alone, or elsewhere. */
function isAmbient(tree: SyntaxTree, node: Node | undefined): boolean {
  if (node === undefined) return false
  return [node, ...tree.ancestors(node)].some((above) => 'declare' in above && above.declare === true)
}
