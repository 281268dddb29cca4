import { accessesOf } from '../ambient/expressions.js'
import { selfOf } from '../ambient/members.js'
import { diagnose } from '../diagnostics.js'
import type { Node } from '../syntax/parse.js'
import { type DefinitionKind, isArguments, type ScopeNode, type Scopes, type Variable } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree, walk } from '../syntax/tree.js'
import type { Diagnostic, Range } from '../types.js'
import { codeOf, type Hidden, hiddenIn, hiddenProperty, isNewTarget, valueDefinitions } from './fixed-code.js'
import { ownName } from './site-name.js'

/** What a nested function reads of the functions and blocks around it. */
export interface Captures {
  /** Variables that join its key, in the order in which its body first reads them. */
  readonly names: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * A captured function, class or enum is as fixed as the code itself and no part of the key, if it depends on nothing
 * that the key does not hold. One that reads variables in turn is refused.
 */
export function capturesOf(scopes: Scopes, tree: SyntaxTree, fn: FunctionNode): Captures {
  const free = scopes.freeNames(fn)
  // Defaults and patterns are settled before a call is looked up, and what they made is in its key; but not in the key of
  // a call that the body makes of the function itself.
  const own = free.find(({ variable }) => variable !== undefined && holdsOnly(variable, fn))
  const read = free.filter(({ node, reads }) => reads && (own !== undefined || isWithin(node, fn.body)))
  const values = new Map<Variable, string>()
  const fixed = new Map<Variable, { readonly node: Node; readonly code: ScopeNode }>()
  for (const { name, node, variable } of read) {
    if (
      variable === undefined ||
      scopes.isOfModule(variable) ||
      isArguments({ name, variable }) ||
      variable === own?.variable
    )
      continue
    const code = codeOf(scopes, tree, variable)
    if (code === undefined) values.set(variable, name)
    else if (!fixed.has(variable)) fixed.set(variable, { node, code })
  }
  const name = ownName(tree, fn)
  const known = new Set(values.keys())
  const diagnostics: Diagnostic[] = []
  const refuse = (node: Node, word: string, hidden: Hidden | undefined) => {
    if (hidden === undefined) return
    const range: Range = [node.start, node.start + word.length]
    diagnostics.push(diagnose(hidden.isAnother ? 'capturesAnother' : 'capturesInTurn', range, word, hidden.name, name))
  }
  for (const [variable, { node, code }] of fixed) {
    const hidden = hiddenProperty(scopes, tree, variable) ?? hiddenIn(scopes, tree, code, variable, known)
    refuse(node, variable.name, hidden)
  }
  if (own?.variable) {
    const { node, variable } = own
    const other = [...values].find(([value]) => !scopes.isAround(value, variable))
    refuse(node, variable.name, other && { name: other[1], isAnother: true })
  }
  for (const { node, word, code } of ownMethods(tree, fn)) {
    refuse(node, word, hiddenIn(scopes, tree, code, undefined, known))
  }
  diagnostics.push(...capturedContext(scopes, tree, fn, name))
  return { names: [...values.values()], diagnostics }
}

/** `new.target` of the function around an arrow, and the class that `super` leads to, if that is a local one. */
function capturedContext(scopes: Scopes, tree: SyntaxTree, fn: FunctionNode, name: string): Diagnostic[] {
  const found: Diagnostic[] = []
  walk(fn, (node) => {
    if (isNewTarget(node) && fn.type === 'ArrowFunctionExpression')
      found.push(diagnose('capturesNewTarget', [node.start, node.end], name))
    if (node.type === 'Super') {
      const base = capturedBase(scopes, tree, node)
      if (base !== undefined) found.push(diagnose('superOfCaptured', [node.start, node.end], name, base))
    }
    const hasOwn = node.type === 'ClassBody' || (isFunction(node) && node.type !== 'ArrowFunctionExpression')
    return node === fn || !hasOwn
  })
  return found
}

/** The variable that decides what the class around a `super` extends. */
function capturedBase(scopes: Scopes, tree: SyntaxTree, node: Node): string | undefined {
  const around = [...tree.ancestors(node)].find(({ type }) => type === 'ClassDeclaration' || type === 'ClassExpression')
  if (around === undefined || !('superClass' in around) || !around.superClass) return undefined
  const { superClass } = around
  const hidden = scopes.freeNames(around).find(({ node, variable }) => {
    if (!isWithin(node, superClass) || variable === undefined || scopes.isOfModule(variable)) return false
    const code = codeOf(scopes, tree, variable)
    return code === undefined || hiddenIn(scopes, tree, code, variable, new Set()) !== undefined
  })
  return hidden?.name
}

/** Methods of a local class that a function calls on `this`; through other methods too. */
function ownMethods(
  tree: SyntaxTree,
  fn: FunctionNode,
): readonly { readonly node: Node; readonly word: string; readonly code: FunctionNode }[] {
  const { members } = selfOf(tree, fn)
  const found = new Map<FunctionNode, { readonly node: Node; readonly word: string; readonly code: FunctionNode }>()
  const follow = (from: FunctionNode, at: { readonly node: Node; readonly word: string } | undefined) => {
    walk(from, (node) => {
      for (const { name, node: access } of node.type === 'ThisExpression' ? (accessesOf(tree, node) ?? []) : []) {
        const member = name === undefined ? undefined : members.get(name)
        if (member === undefined || member.kind === 'attribute' || !member.fn) continue
        if (member.fn === fn || found.has(member.fn)) continue
        const place = at ?? { node: access, word: access.type === 'MemberExpression' ? `this.${name}` : `${name}` }
        found.set(member.fn, { ...place, code: member.fn })
        follow(member.fn, place)
      }
      const hasOwn = node.type === 'ClassBody' || (isFunction(node) && node.type !== 'ArrowFunctionExpression')
      return node === from || !hasOwn
    })
  }
  if (members.size > 0 && [...tree.ancestors(fn)].some(isFunction)) follow(fn, undefined)
  return [...found.values()]
}

/** Whether a variable is the tagged function's own name: what it captures is in its key. */
function holdsOnly(variable: Variable, fn: FunctionNode): boolean {
  const [definition, ...others] = valueDefinitions(variable)
  if (definition === undefined || others.length > 0) return false
  const kind: DefinitionKind = definition.type
  const isName = kind === 'FunctionName' && (definition.node as unknown as Node) === fn
  if (isName) return !variable.references.some((reference) => reference.isWrite())
  const written = variable.references.filter((reference) => reference.isWrite())
  return written.length > 0 && written.every(({ writeExpr }) => writeExpr && bare(writeExpr as unknown as Node) === fn)
}

function isWithin(node: Node, body: Node | null): boolean {
  return body !== null && body.start <= node.start && node.end <= body.end
}
