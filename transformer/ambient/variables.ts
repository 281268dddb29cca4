import { diagnose } from '../diagnostics.js'
import type { Node } from '../parse.js'
import type { FreeName, Variable } from '../scopes.js'
import { bare, isFunction } from '../syntax.js'
import type { Diagnostic } from '../types.js'
import { isDropped } from './expressions.js'
import { isForLogs } from './logs.js'
import { isInParameters, type Subject, withWords, wordsOf } from './subject.js'

/** Variables of the module that a function reads, whether they change or not: what `ignore=` may name. */
export function moduleVariables({ fn, scopes, tree }: Subject): readonly FreeName[] {
  return scopes.freeNames(fn).filter(({ variable, reads, node }) => {
    if (variable === undefined || !reads || tree.parent(node)?.type === 'TSTypeQuery') return false
    return scopes.isOfModule(variable) && scopes.definitionOf(variable)?.node.type === 'VariableDeclarator'
  })
}

/** Warnings about variables of the module that change, one for each. */
export function variableWarnings(subject: Subject, reads: readonly FreeName[]): Diagnostic[] {
  const ignored = wordsOf(subject, 'ignore')
  const told = new Set<Variable>()
  return reads.flatMap(({ name, node, variable }) => {
    if (variable === undefined || told.has(variable) || ignored.includes(name) || !changes(subject, variable)) return []
    const isNoInput =
      isDropped(subject.tree, node) ||
      isDroppedChange(subject, node) ||
      isInParameters(subject, node) ||
      isForLogs({ ...subject, ignored }, node)
    if (isNoInput) return []
    told.add(variable)
    const range = [node.start, node.start + name.length] as const
    return [diagnose('readsVariable', range, subject.name, name, withWords(subject, 'ignore', [name]))]
  })
}

/** `(runs++, result)`: not a statement, but nobody looks at the number either. */
function isDroppedChange({ tree }: Subject, node: Node): boolean {
  const change = tree.parent(node)
  const isChange =
    change?.type === 'UpdateExpression' || (change?.type === 'AssignmentExpression' && change.left === node)
  return isChange && isDropped(tree, change)
}

/**
 * Whether calls can find different values in a variable. Not if it gets its only value late: when it is first needed, or,
 * without an initial one, while the module is loaded.
 */
function changes(subject: Subject, variable: Variable): boolean {
  const { scopes, tree } = subject
  if (!scopes.isReassigned(variable)) return false
  const writes = scopes.usesOf(variable).flatMap((use) => (use.writes ? [use.node] : []))
  if (writes.every((node) => fillsGap(subject, node, variable.name))) return false
  const declarator = scopes.definitionOf(variable)?.node
  if (declarator?.type === 'VariableDeclarator' && declarator.init !== null) return true
  const inTurn = writes.filter((node) => [...tree.ancestors(node)].slice(1, 3).at(-1)?.type === 'Program')
  return inTurn.length > 1 || writes.some((node) => [...tree.ancestors(node)].some(isRepeated))
}

/** `x ??= make()`, or `if (!x) x = make()`. */
function fillsGap({ tree }: Subject, name: Node, word: string): boolean {
  const assignment = tree.parent(name)
  if (assignment?.type !== 'AssignmentExpression' || assignment.left !== name) return false
  if (assignment.operator !== '=') return assignment.operator === '??=' || assignment.operator === '||='
  for (const node of tree.ancestors(assignment)) {
    if (isFunction(node)) return false
    if (node.type === 'IfStatement' && asksForGap(node.test, word)) return true
  }
  return false
}

/** `!x`, `x === undefined`, `x == null` */
function asksForGap(test: Node, word: string): boolean {
  const node = bare(test)
  const isIt = (side: Node) => side.type === 'Identifier' && side.name === word
  if (node.type === 'UnaryExpression') return node.operator === '!' && isIt(bare(node.argument))
  if (node.type !== 'BinaryExpression' || !/^===?$/.test(node.operator) || !isIt(bare(node.left))) return false
  const { right } = node
  return (
    (right.type === 'Literal' && right.value === null) || (right.type === 'Identifier' && right.name === 'undefined')
  )
}

/** What may run again after the module was loaded, or more than once. */
function isRepeated(node: Node): boolean {
  return isFunction(node) || /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)
}
