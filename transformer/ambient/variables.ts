import { diagnose } from '../diagnostics.js'
import type { Node } from '../syntax/parse.js'
import type { FreeName, Variable } from '../syntax/scopes.js'
import { bare, isFunction } from '../syntax/tree.js'
import type { Diagnostic } from '../types.js'
import { isDropped } from './expressions.js'
import { isForLogs } from './logs.js'
import { isInParameters, type Subject, withWords, wordsOf } from './subject.js'

/** Variables of the module that a function reads, whether they change or not: what `ignore=` may name. */
export function moduleVariables({ fn, scopes }: Subject): readonly FreeName[] {
  return scopes.freeNames(fn).filter(({ variable, reads }) => {
    if (variable === undefined || !reads) return false
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
 * Whether calls can find different values in a variable. Not if it gets its value while the module is loaded, nor if the first
 * who needs it makes it.
 */
function changes(subject: Subject, variable: Variable): boolean {
  const { scopes, tree } = subject
  if (!scopes.isReassigned(variable)) return false
  const writes = scopes.usesOf(variable).flatMap((use) => (use.writes ? [use.node] : []))
  if (writes.every((node) => fillsGap(subject, node, variable.name))) return false
  const declarator = scopes.definitionOf(variable)?.node
  const hasInitial = declarator?.type === 'VariableDeclarator' && declarator.init !== null
  // One statement after the other, with calls between them perhaps; an `if` or `try` is one choice of a value.
  const inTurn = writes.filter((node) => [...tree.ancestors(node)][2]?.type === 'Program')
  return inTurn.length > (hasInitial ? 0 : 1) || writes.some((node) => [...tree.ancestors(node)].some(isRepeated))
}

/** What may run again after the module was loaded, or more than once. */
function isRepeated(node: Node): boolean {
  return isFunction(node) || /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)
}

/** `x ??= make()`, `x ?? (x = make())`, `if (!x) x = make()`, and `if (x) return x` in front of `x = make()`. */
function fillsGap({ tree }: Subject, name: Node, word: string): boolean {
  const assignment = tree.parent(name)
  if (assignment?.type !== 'AssignmentExpression' || assignment.left !== name) return false
  if (assignment.operator !== '=') return assignment.operator === '??=' || assignment.operator === '||='
  let inner: Node = assignment
  for (const node of tree.ancestors(assignment)) {
    if (node.type === 'LogicalExpression' && node.right === inner && asks(node.left, word))
      return node.operator !== '&&'
    if (node.type === 'IfStatement' && asks(node.test, word)) return true
    if (node.type === 'BlockStatement') {
      const isAnswered = (each: Node) =>
        each.type === 'IfStatement' && each.end <= assignment.start && asks(each.test, word) && leaves(each.consequent)
      if (node.body.some(isAnswered)) return true
    }
    if (isFunction(node)) return false
    inner = node
  }
  return false
}

/** Whether a test is about nothing but whether a variable has its value: `x`, `!x`, `x === undefined`, `x != null`. */
function asks(test: Node, word: string): boolean {
  const node = bare(test)
  if (node.type === 'Identifier') return node.name === word
  if (node.type === 'UnaryExpression') return node.operator === '!' && asks(node.argument, word)
  if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(node.operator) || !asks(node.left, word)) return false
  const { right } = node
  return (
    (right.type === 'Literal' && (right.value === null || typeof right.value === 'boolean')) ||
    (right.type === 'Identifier' && right.name === 'undefined')
  )
}

function leaves(node: Node): boolean {
  const last = node.type === 'BlockStatement' ? node.body.at(-1) : node
  return last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement'
}
