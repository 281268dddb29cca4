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
  const known = node[CHILDREN]
  if (known !== undefined) return known
  const children = findChildren(node)
  // Half of all nodes are names and values, and have none: what is not written down costs no memory.
  if (children !== NONE) node[CHILDREN] = children
  return children
}

/** The node directly above one; `undefined` for a node that was not reached by `childrenOf`. */
export function parentOf(node: Node & Linked): Node | undefined {
  return node[PARENT]
}

function findChildren(parent: Node): readonly Node[] {
  const { type } = parent
  if (type === 'Literal' || (type === 'Identifier' && !parent.typeAnnotation && !parent.decorators?.length)) return NONE
  const keys = visitorKeys[type]
  if (keys === undefined || keys.length === 0) return NONE
  const children: Node[] = []
  for (let index = 0; index < keys.length; index++) {
    const value = (parent as unknown as Readonly<Record<string, unknown>>)[keys[index] as string]
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) children.push(value as Node)
    else for (let item = 0; item < value.length; item++) if (value[item]) children.push(value[item])
  }
  if (children.length === 0) return NONE
  let isSorted = true
  let before = 0
  for (let index = 0; index < children.length; index++) {
    const child = children[index] as Node & Linked
    child[PARENT] = parent
    isSorted &&= child.start >= before
    before = child.start
  }
  // Decorators and types may stand before what the parser lists first; hardly any node has such.
  return isSorted ? children : children.sort((a, b) => a.start - b.start)
}

/** JavaScript files may hold JSX, whatever their extension. */
function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  if (/\.[cm]?js$|\.jsx$/i.test(file)) return 'jsx'
  return /\.tsx$/i.test(file) ? 'tsx' : 'ts'
}
