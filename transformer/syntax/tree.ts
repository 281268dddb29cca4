import {
  type ArrowFunctionExpression,
  childrenOf,
  type Node,
  type Function as PlainFunction,
  type Program,
  parentOf,
} from './parse.js'

/** A program's nodes, with the ways up and down. */
export class SyntaxTree {
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
    const open: Node[] = [program]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const children = childrenOf(node)
      for (let index = 0; index < children.length; index++) open.push(children[index] as Node)
    }
  }

  parent(node: Node): Node | undefined {
    return parentOf(node)
  }

  /** From the node's parent up to the program. */
  *ancestors(node: Node): Generator<Node> {
    for (let up = this.parent(node); up !== undefined; up = this.parent(up)) yield up
  }

  /** The outermost node that starts at an offset. */
  startingAt(offset: number): Node | undefined {
    return this.#towards(offset).find((node) => node.start === offset)
  }

  /** The innermost node around an offset at which none starts. */
  around(offset: number): Node | undefined {
    return this.#towards(offset).findLast((node) => node.start < offset && offset < node.end)
  }

  /** The nodes around an offset, and what lies directly in them; outer ones first. */
  #towards(offset: number): Node[] {
    const found: Node[] = []
    let level: readonly Node[] = [this.#program]
    while (level.length > 0) {
      const below: Node[] = []
      for (const node of level) {
        if (node.type !== 'Program' && !(node.start < offset && offset < node.end)) continue
        for (const child of childrenOf(node)) if (child.start <= offset && offset <= child.end) below.push(child)
      }
      level = below
      found.push(...level)
    }
    return found
  }
}

/**
 * Visits a node and everything below it in the order of the text, unless the visitor answers `false` for a node. A sum
 * of thousands of terms is as deep as that, so this does not call itself.
 */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => boolean | undefined): void {
  const open: Node[] = [node]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (visit(each, parentOf(each)) === false) continue
    const children = childrenOf(each)
    for (let index = children.length - 1; index >= 0; index--) open.push(children[index] as Node)
  }
}

/** A function of any form, with a body. */
export type FunctionNode = PlainFunction | ArrowFunctionExpression

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  )
}

/** Parentheses and type annotations around an expression, which do not change what it is. */
type Wrapper = Extract<
  Node,
  {
    type:
      | 'ParenthesizedExpression'
      | 'TSAsExpression'
      | 'TSSatisfiesExpression'
      | 'TSNonNullExpression'
      | 'TSTypeAssertion'
  }
>

export function isWrapper(node: Node): node is Wrapper {
  return (
    node.type === 'ParenthesizedExpression' ||
    node.type === 'TSAsExpression' ||
    node.type === 'TSSatisfiesExpression' ||
    node.type === 'TSNonNullExpression' ||
    node.type === 'TSTypeAssertion'
  )
}

/** The expression without wrappers. */
export function bare(node: Node): Node {
  return isWrapper(node) ? bare(node.expression) : node
}
