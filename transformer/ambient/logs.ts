import type { Node } from '../parse.js'
import type { Scopes } from '../scopes.js'
import { bare, type SyntaxTree } from '../syntax.js'
import { isDropped, propertyName } from './expressions.js'

/** What calls for a log or for a measurement look like: `console.log()`, `this.logger.info()`, `metrics.record()`. */
const LOG = /^(?:console|log|\w*[lL]ogger\w*|debug|trace|metrics?|telemetry|histogram|span)$/

/** Variables between a reading and the log that are followed: `start`, `elapsed`, `message`. */
const STEPS = 4

interface Place {
  readonly tree: SyntaxTree
  readonly scopes: Scopes
  /** Ignored parameters: what is handed to them is no result. */
  readonly ignored: readonly string[]
}

/**
 * Whether what an expression gives goes to logs, measurements and messages of errors alone: `const start = Date.now()`
 * before `console.log(Date.now() - start)` decides nothing.
 */
export function isForLogs(place: Place, node: Node, steps = STEPS): boolean {
  const { tree, scopes } = place
  let value = node
  for (let parent = tree.parent(value); parent; value = parent, parent = tree.parent(value)) {
    switch (parent.type) {
      case 'ExpressionStatement':
        // A call that is not for logs stops the way before it comes here.
        return true
      case 'ThrowStatement':
        return true
      case 'CallExpression':
        if (isDropped(tree, parent)) return isLog(place, parent)
        break
      case 'NewExpression':
        if (isDropped(tree, parent)) return false
        break
      case 'VariableDeclarator': {
        if (parent.init !== value || parent.id.type !== 'Identifier' || steps === 0) return false
        const [variable] = scopes.declaredBy(parent)
        const uses = variable === undefined ? [] : scopes.usesOf(variable)
        return uses.every((use) => use.reads && isForLogs(place, use.node, steps - 1))
      }
      case 'IfStatement':
        return (
          parent.test === value &&
          onlyLogs(place, parent.consequent) &&
          (!parent.alternate || onlyLogs(place, parent.alternate))
        )
      case 'LogicalExpression':
        if (parent.left === value && isDropped(tree, parent)) return onlyLogs(place, parent.right)
        break
      case 'ConditionalExpression':
        if (parent.test === value && isDropped(tree, parent)) {
          return onlyLogs(place, parent.consequent) && onlyLogs(place, parent.alternate)
        }
        break
      case 'Property':
        if (parent.value !== value) return false
        break
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'UpdateExpression':
      case 'TemplateLiteral':
      case 'MemberExpression':
      case 'ChainExpression':
      case 'ArrayExpression':
      case 'ObjectExpression':
      case 'SpreadElement':
      case 'AwaitExpression':
      case 'SequenceExpression':
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        break
      default:
        return false
    }
  }
  return false
}

/** Whether a branch does nothing but log. */
function onlyLogs(place: Place, node: Node): boolean {
  const inner = bare(node)
  switch (inner.type) {
    case 'BlockStatement':
      return inner.body.every((statement) => onlyLogs(place, statement))
    case 'ExpressionStatement':
      return onlyLogs(place, inner.expression)
    case 'AwaitExpression':
      return onlyLogs(place, inner.argument)
    case 'ChainExpression':
      return onlyLogs(place, inner.expression)
    case 'CallExpression':
      return isLog(place, inner)
    case 'IfStatement':
      return onlyLogs(place, inner.consequent) && (!inner.alternate || onlyLogs(place, inner.alternate))
    // What a block declares is for the block.
    case 'VariableDeclaration':
      return true
    default:
      return false
  }
}

function isLog({ ignored }: Place, call: Extract<Node, { type: 'CallExpression' }>): boolean {
  for (let node: Node | undefined = bare(call.callee); node; ) {
    if (node.type === 'Identifier') return LOG.test(node.name) || ignored.includes(node.name)
    if (node.type === 'CallExpression') {
      node = bare(node.callee)
      continue
    }
    if (node.type !== 'MemberExpression') return false
    const name = propertyName(node.property, node.computed)
    if (name !== undefined && LOG.test(name)) return true
    node = bare(node.object)
  }
  return false
}
