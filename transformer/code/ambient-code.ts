import { childrenOf, type Node } from '../syntax/parse.js'

/**
 * Whether a `declare` leaves no trace in what is compiled. The values of a constant enum are written wherever it is
 * named, `declare` or not; so a namespace counts in which one may be.
 */
export function isErasedAmbient(node: Node): boolean {
  return 'declare' in node && node.declare === true && !hasConstEnum(node)
}

function hasConstEnum(node: Node): boolean {
  switch (node.type) {
    case 'TSEnumDeclaration':
      return node.const
    case 'TSModuleDeclaration':
    case 'TSModuleBlock':
    case 'ExportNamedDeclaration':
      return childrenOf(node).some(hasConstEnum)
    default:
      return false
  }
}
