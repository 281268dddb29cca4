import {
  type ArrowFunctionExpression,
  internAndPutChildren,
  type Node,
  type Function as PlainFunction,
  type Program,
  putChildren,
} from './parse.js'

/** Of each node three numbers: of the one above it, and where it starts and ends. */
const NUMBERS = 3

/** Where the numbers are put down while their number is not known. */
let scratch = new Int32Array(NUMBERS << 10)

/**
 * A program's nodes, with the ways up and down. Nothing is written into the nodes: of a large file they are old to the
 * garbage collector from their first day, and what they lead to it keeps until it next collects everything.
 */
export class SyntaxTree {
  /** Each before what is in it, in the order of the text. */
  readonly #nodes: Node[] = []
  readonly #numbers: Int32Array
  /** The number of the node that was asked for last: ways up go step by step. */
  #last = 0

  constructor(program: Program) {
    const open: Node[] = [program]
    const above: number[] = [-1]
    let count = 0
    let start = 0
    for (let top = 1; top > 0; ) {
      const node = open[--top] as Node
      this.#nodes.push(node)
      // A decorator may stand in front of the `export` in front of its class.
      start = count === 0 ? 0 : Math.max(start, node.start)
      if (scratch.length < NUMBERS * (count + 1)) scratch = twice(scratch)
      scratch[NUMBERS * count] = above[top] as number
      scratch[NUMBERS * count + 1] = start
      scratch[NUMBERS * count + 2] = node.end
      const end = internAndPutChildren(node, open, top)
      reverse(open, top, end)
      for (; top < end; top++) above[top] = count
      count++
    }
    this.#numbers = scratch.slice(0, NUMBERS * count)
  }

  parent(node: Node): Node | undefined {
    const number = this.#parentOf(this.#numberOf(node))
    if (number < 0) return undefined
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
    while (number > 0 && this.#endOf(number) <= offset) number = this.#parentOf(number)
    return number > 0 ? this.#nodes[number] : undefined
  }

  /** -1 for the program, and for what is not in it. */
  #parentOf(number: number): number {
    return this.#numbers[NUMBERS * number] ?? -1
  }

  #startOf(number: number): number | undefined {
    return this.#numbers[NUMBERS * number + 1]
  }

  #endOf(number: number): number {
    return this.#numbers[NUMBERS * number + 2] as number
  }

  #numberOf(node: Node): number {
    if (this.#nodes[this.#last] === node) return this.#last
    for (let number = this.#firstFrom(node.start, node.end); this.#startOf(number) === node.start; number++) {
      if (this.#nodes[number] === node) return number
    }
    return this.#nodes.indexOf(node)
  }

  /** The number of the first node that starts at an offset or behind it; of those that start at it, one that ends by `end`. */
  #firstFrom(start: number, end: number): number {
    let [low, high] = [0, this.#nodes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const at = this.#startOf(middle) as number
      if (at < start || (at === start && this.#endOf(middle) > end)) low = middle + 1
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
  for (let top = 1; top > 0; ) {
    const each = open[--top] as Node
    if (visit(each, above[top]) === false) continue
    const end = putChildren(each, open, top)
    reverse(open, top, end)
    for (; top < end; top++) above[top] = each
  }
}

function reverse(list: Node[], first: number, end: number): void {
  for (let low = first, high = end - 1; low < high; low++, high--) {
    const node = list[low] as Node
    list[low] = list[high] as Node
    list[high] = node
  }
}

function twice(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length)
  larger.set(numbers)
  return larger
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
