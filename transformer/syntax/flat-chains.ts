import { childrenOf, type Node, type Program } from './parse.js'

/** Steps from a node to the next of its chain, from which on the chain is looked at as a list. */
const LONG = 200

/**
 * Runs something over a program in which sums, call chains and `else if` of hundreds of members are lists of what is in
 * them, for libraries that call themselves for each level. Afterwards the program is as before.
 */
export function withFlatChains<T>(program: Program, run: () => T): T {
  const restore: (() => void)[] = []
  const open: Node[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const members = membersOf(node)
    if (members === undefined) {
      open.push(...childrenOf(node))
    } else {
      open.push(...members)
      restore.push(replaced(node, members))
    }
  }
  try {
    return run()
  } finally {
    for (const undo of restore) undo()
  }
}

/** What hangs on a long chain, in the order of the text; `undefined` for any other node. */
function membersOf(node: Node): Node[] | undefined {
  const members: Node[] = []
  let length = 0
  let at: Node = node
  for (let next = nextOf(at); next !== undefined; next = nextOf(at)) {
    const inner = next
    members.push(...childrenOf(at).filter((child) => child !== inner && isLookedAt(at, child)))
    at = next
    length++
  }
  return length > LONG ? [...members, at].sort((a, b) => a.start - b.start) : undefined
}

function nextOf(node: Node): Node | undefined {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return node.left
    case 'MemberExpression':
      return node.object
    case 'CallExpression':
      return node.callee
    case 'ConditionalExpression':
      return node.alternate
    case 'IfStatement':
      return node.alternate ?? undefined
    default:
      return undefined
  }
}

/** The name behind a dot names no variable. */
function isLookedAt(node: Node, child: Node): boolean {
  return node.type !== 'MemberExpression' || node.computed || child !== node.property
}

function replaced(node: Node, members: readonly Node[]): () => void {
  const isStatement = node.type === 'IfStatement'
  const before = { type: node.type }
  const list = isStatement
    ? { type: 'BlockStatement', body: members }
    : { type: 'SequenceExpression', expressions: members }
  Object.assign(node, list)
  return () => {
    Reflect.deleteProperty(node, isStatement ? 'body' : 'expressions')
    Object.assign(node, before)
  }
}
