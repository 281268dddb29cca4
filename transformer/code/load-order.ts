import type { Node } from '../syntax/parse.js'
import { isFunction, isWrapper } from '../syntax/tree.js'

/**
 * Whether a declaration or statement does or reads something while its module loads, so that it matters what was done
 * before it: `a = b`, `const n = next()`. Functions and fixed values may stand anywhere.
 */
export function runsAtLoad(piece: Node): boolean {
  // Code can be deeper than a walk by recursion can go.
  const open: Node[] = [piece]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const parts = partsOf(node)
    if (parts === undefined) return true
    for (const part of parts) if (part) open.push(part)
  }
  return false
}

/** What runs of something that does nothing by itself; `undefined` for all that does or reads something. */
function partsOf(node: Node): readonly (Node | null)[] | undefined {
  if (isFunction(node)) return []
  if (isWrapper(node)) return [node.expression]
  switch (node.type) {
    case 'Literal':
      return []
    case 'VariableDeclarator':
      return node.id.type === 'Identifier' ? [node.init] : undefined
    case 'TemplateLiteral':
      return node.expressions
    case 'UnaryExpression':
      return [node.argument]
    case 'BinaryExpression':
      return [node.left, node.right]
    case 'ArrayExpression':
      return node.elements
    case 'ObjectExpression':
      return node.properties
    case 'Property':
      return node.computed ? [node.key, node.value] : [node.value]
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.decorators.length > 0 ? undefined : [node.superClass, ...node.body.body]
    case 'MethodDefinition':
      return node.decorators.length > 0 ? undefined : [node.computed ? node.key : null]
    case 'PropertyDefinition':
    case 'AccessorProperty':
      if (node.decorators.length > 0) return undefined
      return [node.computed ? node.key : null, node.static ? node.value : null]
    case 'TSEnumDeclaration':
      return node.body.members.map(({ initializer }) => initializer)
    case 'TSIndexSignature':
    case 'TSAbstractMethodDefinition':
    case 'TSAbstractPropertyDefinition':
    case 'TSAbstractAccessorProperty':
      return []
    default:
      return undefined
  }
}
