import { createHash } from 'node:crypto'
import type { Node } from '../syntax/parse.js'
import { walk } from '../syntax/tree.js'
import { canonicalText } from './canonical.js'
import type { Mention, ModuleCode } from './module-code.js'

/** What is known of a piece, whoever reaches it. */
export interface Contents {
  readonly sum: string
  readonly mentions: readonly Mention[]
  /** `import('./x')` and `require('./x')`: the whole module. */
  readonly loads: readonly { readonly from: string; readonly source: Node }[]
}

/** Most pieces are reached by several functions. */
const known = new WeakMap<Node, Contents>()

export function contentsOf(code: ModuleCode, piece: Node): Contents {
  const before = known.get(piece)
  if (before) return before
  const loads: { from: string; source: Node }[] = []
  let jsx = false
  // Most pieces have none of it, and a walk costs more than a look at their text.
  const hasAny = /\b(?:require|import)\b|<\/|\/>/.test(code.text.slice(piece.start, piece.end))
  const visit = (node: Node) => {
    jsx ||= node.type === 'JSXElement' || node.type === 'JSXFragment'
    const source = loadedBy(node)
    if (source?.type === 'Literal' && typeof source.value === 'string') loads.push({ from: source.value, source })
    return true
  }
  if (hasAny) walk(piece, visit)
  const factories = jsx ? JSX_FACTORIES.flatMap((name) => code.declarationsOf(name) ?? []) : []
  const text = `${keywordOf(code, piece)}${canonicalText(piece, new Set(loads.map(({ source }) => source)))}`
  const contents = { sum: sha256(text), mentions: [...code.mentionsOf(piece), ...factories], loads }
  known.set(piece, contents)
  return contents
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function loadedBy(node: Node): Node | undefined {
  if (node.type === 'ImportExpression') return node.source
  const isRequire =
    node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require'
  return isRequire ? node.arguments[0] : undefined
}

/** What JSX may be compiled to calls of, without naming it. */
const JSX_FACTORIES = ['React', 'h', 'Fragment']

/** `using` is no `const`. */
function keywordOf(code: ModuleCode, node: Node): string {
  const parent = code.tree.parent(node)
  return node.type === 'VariableDeclarator' && parent?.type === 'VariableDeclaration' ? `${parent.kind} ` : ''
}
