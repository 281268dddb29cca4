import { diagnose } from '../diagnostics.js'
import type { Node } from '../parse.js'
import { bare, isFunction, type SyntaxTree, walk } from '../syntax.js'
import type { Diagnostic } from '../types.js'
import { isDropped, wrapped } from './expressions.js'
import { isInParameters, type Subject, wordsOf } from './subject.js'

/** How fast, how often and how long, not what: a loop until `retries` is no decision about the result. */
const PACE = /retr(?:y|ies)|attempts?$|concurren|parallel|timeout|delay|interval|deadline|batch|chunk|poll/i

/** Warnings about ignored parameters that decide what a function does, one for each, at the first such place. */
export function branchWarnings(subject: Subject): Diagnostic[] {
  const ignored = wordsOf(subject, 'ignore').filter((word) => subject.parameters.includes(word) && !PACE.test(word))
  return ignored.flatMap((word) => {
    const variable = subject.scopes.variableOf(subject.fn, word)
    const uses = variable === undefined ? [] : subject.scopes.usesOf(variable)
    const first = uses.find(
      ({ node, reads }) =>
        reads && !isInParameters(subject, node) && decides(subject.tree, node, askedIn(subject, node, word)),
    )
    if (first === undefined) return []
    return [diagnose('branchesOnIgnored', [first.node.start, first.node.start + word.length], subject.name, word)]
  })
}

/** An ignored parameter at one place: in the tagged function itself, or in one within it, whose `return` is not the result. */
interface Ignored {
  readonly word: string
  readonly isInner: boolean
}

function askedIn({ tree, fn }: Subject, node: Node, word: string): Ignored {
  for (const around of tree.ancestors(node)) {
    if (isFunction(around)) return { word, isInner: around !== fn }
  }
  return { word, isInner: false }
}

/** Whether the result can depend on the value of an expression because something happens or not. */
function decides(tree: SyntaxTree, node: Node, ignored: Ignored): boolean {
  let value = node
  for (let parent = tree.parent(value); parent; value = parent, parent = tree.parent(value)) {
    switch (parent.type) {
      case 'MemberExpression':
        if (parent.object !== value) return false
        break
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'ChainExpression':
      case 'AwaitExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        break
      case 'LogicalExpression':
        if (parent.left === value && isDecision(tree, parent, parent.right, undefined, ignored)) return true
        break
      case 'ConditionalExpression':
        if (parent.test !== value) return false
        return isDecision(tree, parent, parent.consequent, parent.alternate, ignored)
      case 'IfStatement':
        return (
          parent.test === value &&
          !(hasNoValue(parent.consequent, ignored) && (!parent.alternate || hasNoValue(parent.alternate, ignored)))
        )
      case 'SwitchStatement':
        return (
          parent.discriminant === value &&
          !parent.cases.every(({ consequent }) =>
            consequent.every((each) => each.type === 'BreakStatement' || hasNoValue(each, ignored)),
          )
        )
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return parent.test === value && !hasNoValue(parent.body, ignored)
      default:
        return false
    }
  }
  return false
}

type Choice = Extract<Node, { type: 'LogicalExpression' | 'ConditionalExpression' }>

/**
 * Whether a choice between two values is one between two results. Not if the value is dropped, or part of a test, which is
 * looked at next. And not if it only hands the parameter on, as `signal ?? none` and `...(signal && { signal })` do.
 */
function isDecision(
  tree: SyntaxTree,
  choice: Choice,
  then: Node,
  otherwise: Node | undefined,
  ignored: Ignored,
): boolean {
  const { word, isInner } = ignored
  if (isDropped(tree, choice) || (isInner && isCallback(tree, choice) && hasNoValue(then, ignored))) return false
  if (choice.type === 'LogicalExpression' && isTest(tree, choice)) return false
  const isDefault = choice.type === 'LogicalExpression' && choice.operator !== '&&' && isOffered(choice.left, word)
  const mentions = isDefault || [then, otherwise].some((arm) => arm !== undefined && names(arm, word))
  return !(mentions && isHandedOn(tree, choice))
}

/** Whether an expression is all or part of what an `if`, a loop or another choice asks. */
function isTest(tree: SyntaxTree, node: Node): boolean {
  const value = wrapped(tree, node)
  const parent = tree.parent(value)
  switch (parent?.type) {
    case 'LogicalExpression':
    case 'UnaryExpression':
      return isTest(tree, parent) || (parent.type === 'LogicalExpression' && parent.left === value)
    case 'IfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ConditionalExpression':
      return parent.test === value
    default:
      return false
  }
}

/** Whether a value goes to another function, or into a variable, as an option of how to work. */
function isHandedOn(tree: SyntaxTree, node: Node): boolean {
  let value = wrapped(tree, node)
  for (let parent = tree.parent(value); parent; value = parent, parent = tree.parent(value)) {
    switch (parent.type) {
      case 'CallExpression':
      case 'NewExpression':
        return true
      case 'VariableDeclarator':
        return parent.init === value
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        return parent.right === value
      case 'ConditionalExpression':
        if (parent.test === value) return false
        break
      case 'LogicalExpression':
      case 'MemberExpression':
      case 'ChainExpression':
      case 'ParenthesizedExpression':
      case 'Property':
      case 'ObjectExpression':
      case 'SpreadElement':
      case 'ArrayExpression':
        break
      default:
        return false
    }
  }
  return false
}

/** One of the values of `a ?? options.signal ?? none`. */
function isOffered(node: Node, word: string): boolean {
  const inner = bare(node)
  if (inner.type !== 'LogicalExpression' || inner.operator === '&&') return isPart(inner, word)
  return isOffered(inner.left, word) || isOffered(inner.right, word)
}

/** `signal`, `options.signal`: nothing else in it. */
function isPart(node: Node, word: string): boolean {
  const inner = bare(node)
  if (inner.type === 'MemberExpression') return isPart(inner.object, word)
  if (inner.type === 'ChainExpression') return isPart(inner.expression, word)
  return inner.type === 'Identifier' && inner.name === word
}

/** Whether the parameter itself is in what it decides about. */
function names(node: Node, word: string): boolean {
  let found = false
  walk(node, (inner) => {
    found ||= inner.type === 'Identifier' && inner.name === word
    return !found
  })
  return found
}

/** Whether a value is what `(row) => log && log(row)` gives to the function that it is handed to. */
function isCallback(tree: SyntaxTree, node: Node): boolean {
  const arrow = tree.parent(wrapped(tree, node))
  return arrow?.type === 'ArrowFunctionExpression' && tree.parent(arrow)?.type === 'CallExpression'
}

/** Whether a branch gives no value to anybody: it calls things, or throws, which is how work is cancelled. */
function hasNoValue(node: Node, ignored: Ignored): boolean {
  const inner = bare(node)
  switch (inner.type) {
    case 'BlockStatement':
      return inner.body.every((statement) => hasNoValue(statement, ignored))
    case 'ExpressionStatement':
    case 'ChainExpression':
      return hasNoValue(inner.expression, ignored)
    case 'AwaitExpression':
    case 'UnaryExpression':
      return hasNoValue(inner.argument, ignored)
    case 'IfStatement':
      return hasNoValue(inner.consequent, ignored) && (!inner.alternate || hasNoValue(inner.alternate, ignored))
    case 'ForOfStatement':
    case 'ForStatement':
      return hasNoValue(inner.body, ignored)
    case 'LogicalExpression':
      return hasNoValue(inner.right, ignored)
    case 'ConditionalExpression':
      return hasNoValue(inner.consequent, ignored) && hasNoValue(inner.alternate, ignored)
    case 'AssignmentExpression':
      // `if (!log) log = console.log` is a default.
      return isPart(inner.left, ignored.word)
    case 'ReturnStatement':
      // `return reject(signal.reason)` in a callback
      return ignored.isInner && (!inner.argument || isSettling(inner.argument))
    case 'CallExpression':
    case 'NewExpression':
    case 'ThrowStatement':
    case 'EmptyStatement':
    // What a block declares is for the block, which gives nothing away.
    case 'VariableDeclaration':
      return true
    default:
      return false
  }
}

function isSettling(node: Node): boolean {
  const call = bare(node)
  const callee = call.type === 'CallExpression' ? bare(call.callee) : undefined
  return callee?.type === 'Identifier' && /^(?:resolve|reject|done|next|cb|callback)$/.test(callee.name)
}
