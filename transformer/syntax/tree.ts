import {
  type ArrowFunctionExpression,
  childrenOf,
  internType,
  type Node,
  type Function as PlainFunction,
  type Program,
  pushChildren,
} from './parse.js'

/**
 * A program's nodes, with the ways up and down. Nothing is written into the nodes: of a large file they are old to the
 * garbage collector from their first day, and what they lead to it keeps until it next collects everything.
 */
export class SyntaxTree {
  /** Each before what is in it, in the order of the text. */
  readonly #nodes: Node[] = []
  /** For each node the number of the one above it. */
  readonly #parents: number[] = []
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** The number of the node that was asked for last: ways up go step by step. */
  #last = 0

  constructor(program: Program) {
    const open: Node[] = [program]
    const above: number[] = [-1]
    const children: Node[] = []
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      internType(node)
      const number = this.#nodes.push(node) - 1
      this.#parents.push(above.pop() as number)
      pushChildren(node, children)
      for (let child = children.pop(); child !== undefined; child = children.pop()) {
        open.push(child)
        above.push(number)
      }
    }
    const { length } = this.#nodes
    this.#starts = new Int32Array(length)
    this.#ends = new Int32Array(length)
    let before = 0
    for (let number = 0; number < length; number++) {
      const { start, end } = this.#nodes[number] as Node
      // A decorator may stand in front of the `export` in front of its class.
      before = number === 0 ? 0 : Math.max(before, start)
      this.#starts[number] = before
      this.#ends[number] = end
    }
  }

  parent(node: Node): Node | undefined {
    const number = this.#parents[this.#numberOf(node)]
    if (number === undefined || number === -1) return undefined
    this.#last = number
    return this.#nodes[number]
  }

  /** From the node's parent up to the program. */
  *ancestors(node: Node): Generator<Node> {
    for (let up = this.parent(node); up !== undefined; up = this.parent(up)) yield up
  }

  /** The outermost node that starts at an offset. */
  startingAt(offset: number): Node | undefined {
    const node = this.#nodes[Math.max(1, this.#firstFrom(offset, Number.POSITIVE_INFINITY))]
    return node?.start === offset ? node : undefined
  }

  /** The innermost node around an offset at which none starts. */
  around(offset: number): Node | undefined {
    let number = this.#firstFrom(offset, Number.POSITIVE_INFINITY) - 1
    while (number > 0 && (this.#ends[number] as number) <= offset) number = this.#parents[number] as number
    return number > 0 ? this.#nodes[number] : undefined
  }

  #numberOf(node: Node): number {
    if (this.#nodes[this.#last] === node) return this.#last
    for (let number = this.#firstFrom(node.start, node.end); this.#starts[number] === node.start; number++) {
      if (this.#nodes[number] === node) return number
    }
    return this.#nodes.indexOf(node)
  }

  /** The number of the first node that starts at an offset or behind it; of those that start at it, one that ends by `end`. */
  #firstFrom(start: number, end: number): number {
    let [low, high] = [0, this.#nodes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const at = this.#starts[middle] as number
      if (at < start || (at === start && (this.#ends[middle] as number) > end)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * Visits a node and everything below it in the order of the text, unless the visitor answers `false` for a node. A sum
 * of thousands of terms is as deep as that, so this does not call itself.
 */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => boolean | undefined): void {
  const open: Node[] = [node]
  const above: (Node | undefined)[] = [undefined]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (visit(each, above.pop()) === false) continue
    const children = childrenOf(each)
    for (let index = children.length - 1; index >= 0; index--) {
      open.push(children[index] as Node)
      above.push(each)
    }
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
