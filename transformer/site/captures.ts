import { diagnose } from '../diagnostics.js'
import type { Node } from '../syntax/parse.js'
import { type DefinitionKind, isArguments, type ScopeNode, type Scopes, type Variable } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, type SyntaxTree } from '../syntax/tree.js'
import type { Diagnostic, Range } from '../types.js'

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
  const isRecursive = free.some(({ variable }) => variable !== undefined && holdsOnly(variable, fn))
  const read = free.filter(({ node, reads }) => reads && (isRecursive || isWithin(node, fn.body)))
  const values = new Map<Variable, string>()
  const fixed = new Map<Variable, { readonly node: Node; readonly code: ScopeNode }>()
  for (const { name, node, variable } of read) {
    if (
      variable === undefined ||
      scopes.isOfModule(variable) ||
      isArguments({ name, variable }) ||
      holdsOnly(variable, fn)
    )
      continue
    const code = codeOf(scopes, variable)
    if (code === undefined) values.set(variable, name)
    else if (!fixed.has(variable)) fixed.set(variable, { node, code })
  }
  const diagnostics: Diagnostic[] = []
  for (const [variable, { node, code }] of fixed) {
    const hidden = hiddenValue(scopes, code, new Set([variable, ...values.keys()]))
    if (hidden === undefined) continue
    const range: Range = [node.start, node.start + variable.name.length]
    diagnostics.push(diagnose('capturesInTurn', range, variable.name, hidden, nameOf(tree, fn)))
  }
  return { names: [...values.values()], diagnostics }
}

/** A variable that some code reads and the key does not hold; through other functions too. */
function hiddenValue(scopes: Scopes, code: ScopeNode, known: Set<Variable>): string | undefined {
  for (const { name, variable } of scopes.freeNames(code)) {
    if (variable === undefined || known.has(variable) || scopes.isOfModule(variable)) continue
    known.add(variable)
    const inner = codeOf(scopes, variable)
    const hidden = inner === undefined ? name : hiddenValue(scopes, inner, known)
    if (hidden !== undefined) return hidden
  }
  return undefined
}

/** The function, class or enum that a variable stands for all its life. */
function codeOf(scopes: Scopes, variable: Variable): ScopeNode | undefined {
  const [definition, ...others] = valueDefinitions(variable)
  if (definition === undefined || others.length > 0 || scopes.isReassigned(variable)) return undefined
  const node = definition.node as unknown as Node
  const kind: DefinitionKind = definition.type
  switch (kind) {
    case 'FunctionName':
    case 'ClassName':
    case 'TSEnumName':
      return node as ScopeNode
    case 'Variable': {
      const isPlain = node.type === 'VariableDeclarator' && node.id.type === 'Identifier'
      const value = isPlain && node.init ? bare(node.init) : undefined
      return value && (isFunction(value) || value.type === 'ClassExpression') ? value : undefined
    }
    default:
      return undefined
  }
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

/** Without overload signatures, and interfaces that are merged with a class. */
function valueDefinitions(variable: Variable): Variable['defs'] {
  return variable.defs.filter(({ node }) => node.type !== 'TSDeclareFunction' && node.type !== 'TSInterfaceDeclaration')
}

function isWithin(node: Node, body: Node | null): boolean {
  return body !== null && body.start <= node.start && node.end <= body.end
}

function nameOf(tree: SyntaxTree, fn: FunctionNode): string {
  const parent = tree.parent(fn)
  if (fn.id) return fn.id.name
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : 'the function'
}
