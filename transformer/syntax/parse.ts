import { type Comment, type Node, type ParserOptions, type Program, parseSync, visitorKeys } from 'oxc-parser'

export type * from 'oxc-parser'

/** A source file as a tree. Offsets are UTF-16 code units of the text as given. */
export interface Parsed {
  readonly program: Program
  readonly comments: readonly Comment[]
}

/** The only place that knows the parser. `undefined`: the file has syntax errors, which are the compiler's to report. */
export function parse(file: string, text: string): Parsed | undefined {
  const lang = languageOf(file)
  // The parser allows a hashbang at offset 0 alone; compilers take the byte order mark off before they look.
  const source = text.startsWith('\uFEFF#!') ? `\uFEFF//${text.slice(3)}` : text
  for (const sourceType of ['unambiguous', 'commonjs'] as const) {
    const { program, comments, errors } = parseSync(file, source, { lang, astType: 'ts', sourceType })
    if (errors.every((error) => error.severity !== 'Error')) return { program, comments }
  }
  return undefined
}

/**
 * Where a node keeps what is directly around it once somebody asked: every look at a tree goes this way, and most of
 * what it costs beside is the memory for lists that are thrown away.
 */
const CHILDREN = Symbol('children')
const PARENT = Symbol('parent')

interface Linked {
  [CHILDREN]?: readonly Node[]
  [PARENT]?: Node
}

const NONE: readonly Node[] = []

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: Node & Linked): readonly Node[] {
  node[CHILDREN] ??= findChildren(node)
  return node[CHILDREN]
}

/** The node directly above one; `undefined` for a node that was not reached by `childrenOf`. */
export function parentOf(node: Node & Linked): Node | undefined {
  return node[PARENT]
}

function findChildren(parent: Node): readonly Node[] {
  const keys = visitorKeys[parent.type]
  if (keys === undefined || keys.length === 0) return NONE
  const children: Node[] = []
  let isSorted = true
  const add = (item: unknown) => {
    if (!isNode(item)) return
    isSorted &&= item.start >= (children.at(-1)?.start ?? 0)
    children.push(item)
    ;(item as Linked)[PARENT] = parent
  }
  for (const key of keys) {
    const value: unknown = Reflect.get(parent, key)
    if (Array.isArray(value)) value.forEach(add)
    else add(value)
  }
  if (children.length === 0) return NONE
  // Decorators and types may stand before what the parser lists first; hardly any node has such.
  return isSorted ? children : children.sort((a, b) => a.start - b.start)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** JavaScript files may hold JSX, whatever their extension. */
function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  if (/\.[cm]?js$|\.jsx$/i.test(file)) return 'jsx'
  return /\.tsx$/i.test(file) ? 'tsx' : 'ts'
}
