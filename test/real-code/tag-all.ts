import { childrenOf, type Node, parse } from '../../transformer/syntax/parse.js'
import { type FunctionNode, isFunction, isWrapper, SyntaxTree } from '../../transformer/syntax/tree.js'

export interface Tagged {
  readonly text: string
  /** Where each tag's `@` stands in the text. */
  readonly tags: readonly number[]
}

/**
 * A source with a tag in front of every function it holds: declarations, methods, accessors, constructors, functions in
 * variables, properties and assignments, callbacks, and all of them inside one another. `cacheOf` says which cache the
 * tag names. Tags stand on the lines that are there.
 */
export function tagAll(file: string, text: string, cacheOf: (fn: FunctionNode, tree: SyntaxTree) => string): Tagged {
  const parsed = parse(file, text)
  if (parsed === undefined) throw new Error(`${file} does not parse`)
  const tree = new SyntaxTree(parsed.program)
  const places = new Map<number, string>()
  for (const fn of functionsIn(parsed.program)) places.set(placeOf(tree, fn), cacheOf(fn, tree))
  const tags: number[] = []
  let output = ''
  let done = 0
  for (const [at, cache] of [...places].sort(([one], [other]) => one - other)) {
    output += `${text.slice(done, at)}/** `
    tags.push(output.length)
    output += `@deche cache=${cache} */ `
    done = at
  }
  return { text: output + text.slice(done), tags }
}

/** In the order of the text. */
function functionsIn(program: Node): FunctionNode[] {
  const found: FunctionNode[] = []
  const open: Node[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isFunction(node)) found.push(node)
    open.push(...childrenOf(node).toReversed())
  }
  return found
}

/** Where people would write the tag: in front of the whole declaration. */
function placeOf(tree: SyntaxTree, fn: FunctionNode): number {
  let node: Node = fn
  for (let parent = tree.parent(node); parent !== undefined; parent = tree.parent(node)) {
    if (!isPartOf(node, parent)) break
    node = parent
  }
  return node.start
}

function isPartOf(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
    case 'Property':
      return parent.value === node
    case 'VariableDeclarator':
      return parent.init === node
    case 'VariableDeclaration':
      return parent.declarations.length === 1
    case 'AssignmentExpression':
      return parent.right === node
    case 'ExpressionStatement':
      return node.type === 'AssignmentExpression'
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'TSExportAssignment':
      return true
    default:
      return isWrapper(parent)
  }
}
