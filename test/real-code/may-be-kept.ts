import { patternNames } from '../../transformer/syntax/bindings.js'
import { childrenOf, type Node } from '../../transformer/syntax/parse.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree, walk } from '../../transformer/syntax/tree.js'
import type { RealPackage } from './packages.js'

/**
 * Which cache a function's tag names. `bare`, which never answers, is for what no person would tag: functions that use
 * `this`, that write to what is not their own, or that have no result, and those that the package lists as `notKept`.
 */
export function cacheFor({ notKept }: RealPackage): (fn: FunctionNode, tree: SyntaxTree) => 'kept' | 'bare' {
  const listed = new Set(Object.keys(notKept))
  return (fn, tree) => {
    const names = [fn, ...tree.ancestors(fn)].flatMap((node) => declaredName(node, tree) ?? [])
    const isListed = names.some((name) => listed.has(name))
    return isListed || !hasResult(fn) || usesThis(fn) || writesElsewhere(fn) ? 'bare' : 'kept'
  }
}

function hasResult(fn: FunctionNode): boolean {
  if (fn.body === null || fn.body.type !== 'BlockStatement') return true
  let found = false
  walk(fn.body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument !== null) found = true
    return !isFunction(node)
  })
  return found
}

function usesThis(fn: FunctionNode): boolean {
  let found = false
  for (const part of childrenOf(fn)) {
    walk(part, (node) => {
      found ||= node.type === 'ThisExpression' || node.type === 'Super' || node.type === 'MetaProperty'
      return !isFunction(node) || node.type === 'ArrowFunctionExpression'
    })
  }
  return found
}

function writesElsewhere(fn: FunctionNode): boolean {
  const own = new Set<string>()
  const targets: Node[] = []
  walk(fn, (node) => {
    if (node.type === 'VariableDeclarator') for (const name of patternNames(node.id)) own.add(name)
    if (node.type === 'AssignmentExpression') targets.push(node.left)
    if (node.type === 'UpdateExpression') targets.push(node.argument)
    if (node.type === 'UnaryExpression' && node.operator === 'delete') targets.push(node.argument)
    return undefined
  })
  const parameters = new Set(fn.params.flatMap(patternNames))
  return targets.some((target) => {
    const { name, isMember } = rootOf(target)
    return name === undefined || !(own.has(name) || (!isMember && parameters.has(name)))
  })
}

/** The variable that a target of an assignment begins with. */
function rootOf(target: Node): { readonly name: string | undefined; readonly isMember: boolean } {
  let node = bare(target)
  const isMember = node.type === 'MemberExpression'
  while (node.type === 'MemberExpression') node = bare(node.object)
  return { name: node.type === 'Identifier' ? node.name : undefined, isMember }
}

/** Of a function, by itself or by what it is assigned to; of a class. */
function declaredName(node: Node, tree: SyntaxTree): string | undefined {
  if (node.type === 'ClassDeclaration') return node.id?.name
  if (!isFunction(node)) return undefined
  if (node.id) return node.id.name
  const parent = tree.parent(node)
  const named =
    parent?.type === 'VariableDeclarator'
      ? parent.id
      : parent && 'key' in parent && 'value' in parent && parent.value === node
        ? parent.key
        : undefined
  return named?.type === 'Identifier' ? named.name : undefined
}
