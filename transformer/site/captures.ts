import { accessesOf, wrapped } from '../ambient/expressions.js'
import { type Member, selfOf } from '../ambient/members.js'
import { diagnose } from '../diagnostics.js'
import type { Node } from '../syntax/parse.js'
import { type DefinitionKind, isArguments, type ScopeNode, type Scopes, type Variable } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree, walk } from '../syntax/tree.js'
import type { Diagnostic, Range } from '../types.js'
import { codeOf, type Hidden, hiddenIn, hiddenProperty, isNewTarget, valueDefinitions } from './fixed-code.js'
import { keyName } from './params.js'
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
  const hoisted = new Map<string, Node>()
  for (const { name, node, variable, isHoisted } of read) {
    if (
      variable === undefined ||
      scopes.isOfModule(variable) ||
      isArguments({ name, variable }) ||
      variable === own?.variable
    )
      continue
    if (isHoisted) {
      if (!hoisted.has(name)) hoisted.set(name, node)
      continue
    }
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
  for (const [word, node] of hoisted) {
    diagnostics.push(diagnose('capturesHoisted', [node.start, node.start + word.length], word, name))
  }
  for (const [variable, { node, code }] of fixed) {
    const hidden = hiddenProperty(scopes, tree, variable) ?? hiddenIn(scopes, tree, code, variable, known)
    refuse(node, variable.name, hidden)
  }
  if (own?.variable) {
    const { node, variable } = own
    const other = [...values].find(([value]) => !scopes.isAround(value, variable))
    const property = scopes.isOfModule(variable) ? undefined : hiddenProperty(scopes, tree, variable)
    refuse(node, variable.name, property ?? (other && { name: other[1], isAnother: true }))
  }
  for (const { fn: method, at } of ownMethods(tree, scopes, fn)) {
    refuse(at.node, at.word, hiddenIn(scopes, tree, method, undefined, known))
  }
  diagnostics.push(...capturedContext(scopes, tree, fn, name))
  return { names: [...values.values()], diagnostics }
}

/** `new.target` of the function around an arrow, and what a method has of the class that its own extends. */
function capturedContext(scopes: Scopes, tree: SyntaxTree, fn: FunctionNode, name: string): Diagnostic[] {
  const found: Diagnostic[] = []
  if (fn.type === 'ArrowFunctionExpression') {
    walk(fn, (node) => {
      if (isNewTarget(node)) found.push(diagnose('capturesNewTarget', [node.start, node.end], name))
      return node === fn || !hasOwnThis(node)
    })
  }
  if (![...tree.ancestors(fn)].some(isFunction)) return found
  const base = capturedBase(scopes, tree, fn)
  if (base === undefined) return found
  const { members } = selfOf(tree, scopes, fn)
  for (const code of [{ fn, at: undefined }, ...ownMethods(tree, scopes, fn)]) {
    walk(code.fn, (node) => {
      for (const { node: use, word } of inheritedUses(tree, members, node)) {
        const range: Range = code.at
          ? [code.at.node.start, code.at.node.start + code.at.word.length]
          : [use.start, use.end]
        found.push(diagnose('inheritsCaptured', range, word, name, base))
      }
      return node === code.fn || !hasOwnThis(node)
    })
  }
  return found
}

/** `super`, and `this.x()` where the file does not show which class has `x`. */
function inheritedUses(
  tree: SyntaxTree,
  members: ReadonlyMap<string, Member>,
  node: Node,
): { readonly node: Node; readonly word: string }[] {
  if (node.type === 'Super') return [{ node, word: 'super' }]
  if (node.type !== 'ThisExpression') return []
  return (accessesOf(tree, node) ?? []).flatMap(({ name, node: access, isExpression }) => {
    if (name === undefined || members.has(name) || !isExpression) return []
    const callee = wrapped(tree, access)
    const call = tree.parent(callee)
    return call?.type === 'CallExpression' && call.callee === callee ? [{ node: access, word: `this.${name}` }] : []
  })
}

/** The variable that decides what the class around a function extends, or what an object literal says it inherits from. */
function capturedBase(scopes: Scopes, tree: SyntaxTree, fn: FunctionNode): string | undefined {
  const around = [...tree.ancestors(fn)].find(({ type }) => HOLDERS.has(type))
  const base = around && extendedBy(around)
  if (!base) return undefined
  const hidden = scopes.mentions().find(({ node, variable }) => {
    if (!isWithin(node, base) || variable === undefined || scopes.isOfModule(variable)) return false
    if (variable.defs.some(({ name }) => isWithin(name, base))) return false
    const code = codeOf(scopes, tree, variable)
    return code === undefined || hiddenIn(scopes, tree, code, variable, new Set()) !== undefined
  })
  return hidden?.name
}

const HOLDERS = new Set<Node['type']>(['ClassDeclaration', 'ClassExpression', 'ObjectExpression'])

function extendedBy(node: Node): Node | null | undefined {
  if ('superClass' in node) return node.superClass
  if (node.type !== 'ObjectExpression') return undefined
  for (const each of node.properties) {
    if (each.type !== 'Property' || each.computed || each.shorthand || each.method) continue
    if (keyName(each.key) === '__proto__') return each.value
  }
  return undefined
}

/** Whether `this` and `super` in a node are others than around it. */
function hasOwnThis(node: Node): boolean {
  return node.type === 'ClassBody' || (isFunction(node) && node.type !== 'ArrowFunctionExpression')
}

interface OwnMethod {
  readonly fn: FunctionNode
  /** Where the tagged function uses it, or what leads to it. */
  readonly at: { readonly node: Node; readonly word: string }
}

/** Methods of a local class that a function calls on `this`; through other methods too. */
function ownMethods(tree: SyntaxTree, scopes: Scopes, fn: FunctionNode): readonly OwnMethod[] {
  const { members } = selfOf(tree, scopes, fn)
  const found = new Map<FunctionNode, OwnMethod>()
  const follow = (from: FunctionNode, at: OwnMethod['at'] | undefined) => {
    walk(from, (node) => {
      for (const { name, node: access } of node.type === 'ThisExpression' ? (accessesOf(tree, node) ?? []) : []) {
        const member = name === undefined ? undefined : members.get(name)
        if (member === undefined || member.kind === 'attribute' || !member.fn) continue
        if (member.fn === fn || found.has(member.fn)) continue
        const place = at ?? { node: access, word: access.type === 'MemberExpression' ? `this.${name}` : `${name}` }
        found.set(member.fn, { fn: member.fn, at: place })
        follow(member.fn, place)
      }
      return node === from || !hasOwnThis(node)
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
  const isName = kind === 'FunctionName' && definition.node === fn
  if (isName) return !variable.references.some((reference) => reference.writes)
  const written = variable.references.filter((reference) => reference.writes)
  return written.length > 0 && written.every(({ writeExpr }) => writeExpr && bare(writeExpr) === fn)
}

function isWithin(node: Node, body: Node | null): boolean {
  return body !== null && body.start <= node.start && node.end <= body.end
}
