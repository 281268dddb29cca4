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

const NONE: readonly Node[] = []
const NO_KEYS: readonly string[] = []

/** What the parser writes about each kind of node, by the one text of its name that all comparisons go by. */
interface Kind {
  readonly type: Node['type']
  readonly keys: readonly string[]
}

const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries(visitorKeys).map(([type, keys]) => [type, { type: type as Node['type'], keys }]),
)

/**
 * Like `putChildren`, for the first look at a node: gives its type the text that the program has of it. The parser answers in
 * JSON, of which each node gets a copy of its type: to compare copies takes ten times as long, and every look at a tree
 * compares types.
 */
export function internAndPutChildren(node: Node, list: Node[], first: number): number {
  const kind = KINDS.get(node.type)
  if (kind === undefined) return first
  ;(node as { type: Node['type'] }).type = kind.type
  return isLeaf(node) ? first : put(node, kind.keys, list, first)
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  if (isLeaf(node)) return NONE
  const children: Node[] = []
  putChildren(node, children, 0)
  return children
}

/**
 * Puts the nodes directly below a node into a list from an index on, in the order of the text, and answers where they end.
 * Lists that get shorter give their memory back, so a stack is a list with an index of its own.
 */
export function putChildren(node: Node, list: Node[], first: number): number {
  return isLeaf(node) ? first : put(node, KINDS.get(node.type)?.keys ?? NO_KEYS, list, first)
}

function put(node: Node, keys: readonly string[], list: Node[], first: number): number {
  let end = first
  for (let index = 0; index < keys.length; index++) {
    const value = (node as unknown as Readonly<Record<string, unknown>>)[keys[index] as string]
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) list[end++] = value as Node
    else for (let item = 0; item < value.length; item++) if (value[item]) list[end++] = value[item]
  }
  sort(list, first, end)
  return end
}

/** Half of all nodes are names and values, with nothing in them. */
function isLeaf(node: Node): boolean {
  const { type } = node
  return type === 'Literal' || (type === 'Identifier' && !node.typeAnnotation && !node.decorators?.length)
}

/** Decorators and types may stand before what the parser lists first; hardly any node has such. */
function sort(list: Node[], first: number, end: number): void {
  for (let index = first + 1; index < end; index++) {
    const node = list[index] as Node
    let at = index
    for (; at > first && (list[at - 1] as Node).start > node.start; at--) list[at] = list[at - 1] as Node
    list[at] = node
  }
}

/** JavaScript files may hold JSX, whatever their extension. */
function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  if (/\.[cm]?js$|\.jsx$/i.test(file)) return 'jsx'
  return /\.tsx$/i.test(file) ? 'tsx' : 'ts'
}
