import { hash } from 'node:crypto'
import { patternNames } from '../syntax/bindings.js'
import { childrenOf, type Node } from '../syntax/parse.js'
import { bare, walk } from '../syntax/tree.js'
import { TextBytes } from '../text-bytes.js'
import { writeCanonical } from './canonical.js'
import { isCreateRequire } from './imports.js'
import { type JsxPragmas, jsxPragmas } from './jsx.js'
import { runsAtLoad } from './load-order.js'
import type { Mention, ModuleCode } from './module-code.js'

/** What is known of a piece, whoever reaches it. */
export interface Contents {
  /** sha256 of its canonical text. */
  readonly sum: string
  /** What people call it within its file; nothing for the file itself. */
  readonly name: string
  readonly mentions: readonly Mention[]
  /** What `import('./x')` and `require('./x')` load: the whole module. */
  readonly loads: readonly string[]
  /** Whether its place among the others of its file counts. */
  readonly runsAtLoad: boolean
}

/** Most pieces are reached by several functions. */
export function contentsOf(code: ModuleCode, piece: Node): Contents {
  const before = code.contents.get(piece)
  if (before) return before
  const loads: string[] = []
  const sources = new Set<Node>()
  let jsx = false
  // Most pieces have none of it, and a walk costs more than a look at their text.
  const hasAny = code.mayLoadIn(piece)
  const visit = (node: Node) => {
    jsx ||= node.type === 'JSXElement' || node.type === 'JSXFragment'
    const source = loadedBy(node, code.loaders.names)
    const from = source && fixedText(source)
    if (from !== undefined) loads.push(from)
    if (from !== undefined) sources.add(source as Node)
    return true
  }
  if (hasAny) walk(piece, visit)
  const pragmas = jsx ? jsxPragmas(code.text) : NO_PRAGMAS
  const factories = jsx ? [...JSX_FACTORIES, ...pragmas.names].flatMap((name) => code.declarationsOf(name) ?? []) : []
  TEXT.clear()
  TEXT.add(keywordOf(code, piece))
  writeCanonical(TEXT, piece, sources)
  TEXT.add(pragmas.text)
  const contents = {
    sum: TEXT.sha256(),
    name: nameOf(code, piece),
    mentions: [...code.mentionsOf(piece), ...factories],
    loads: [...loads, ...pragmas.sources],
    runsAtLoad: runsAtLoad(piece),
  }
  code.contents.set(piece, contents)
  return contents
}

const TEXT = new TextBytes()

const NO_PRAGMAS: JsxPragmas = { text: '', names: [], sources: [] }

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data)
}

/** What `import(x)`, `require(x)`, `module.require(x)` and `createRequire(…)(x)` load. */
function loadedBy(node: Node, loaders: ReadonlySet<string>): Node | undefined {
  if (node.type === 'ImportExpression') return bare(node.source)
  if (node.type !== 'CallExpression') return undefined
  const callee = bare(node.callee)
  const isLoader =
    isCreateRequire(callee) ||
    (callee.type === 'Identifier' && loaders.has(callee.name)) ||
    (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'require')
  const [source] = node.arguments
  return isLoader && source ? bare(source) : undefined
}

function fixedText(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  const [quasi] = node.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis : []
  return quasi?.value.cooked ?? undefined
}

/** What JSX may be compiled to calls of, without naming it. */
const JSX_FACTORIES = ['React', 'h', 'Fragment']

/** `using` is no `const`. */
function keywordOf(code: ModuleCode, node: Node): string {
  const parent = code.tree.parent(node)
  return node.type === 'VariableDeclarator' && parent?.type === 'VariableDeclaration' ? `${parent.kind} ` : ''
}

function nameOf(code: ModuleCode, node: Node): string {
  if (node.type === 'Program') return ''
  if (node.type === 'VariableDeclarator') return patternNames(node.id).join(',')
  const id = 'id' in node ? (node.id as Node | null) : null
  if (id?.type === 'Identifier') return id.name
  const exported = code.tree.parent(node)?.type === 'ExportDefaultDeclaration'
  if (exported) return 'default'
  const name = childrenOf(node)
    .map((child) => ('name' in child && typeof child.name === 'string' ? child.name : ''))
    .find(Boolean)
  return name ?? `line${code.position(node.start).line}`
}
