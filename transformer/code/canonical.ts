import type { Node } from '../syntax/parse.js'
import { isWrapper } from '../syntax/tree.js'
import { isErasedAmbient } from './ambient-code.js'
import { quoted } from './json.js'
import { jsxText } from './jsx.js'

/** What says nothing about what a program does. `optional` does for calls and members, where it is `?.`. */
const SILENT = new Set([
  'type',
  'start',
  'end',
  'range',
  'raw',
  'hashbang',
  'sourceType',
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'superTypeArguments',
  'returnType',
  'implements',
  'accessibility',
  'override',
  'readonly',
  'abstract',
  'declare',
  'definite',
  'shorthand',
])

/** Statements and members that a compiler erases, and empty statements. */
const ERASED = new Set<Node['type']>([
  'TSTypeAliasDeclaration',
  'TSInterfaceDeclaration',
  'TSDeclareFunction',
  'TSAbstractMethodDefinition',
  'TSAbstractPropertyDefinition',
  'TSAbstractAccessorProperty',
  'TSIndexSignature',
  'TSNamespaceExportDeclaration',
  'TSEmptyBodyFunctionExpression',
  'EmptyStatement',
])

/**
 * A piece of code as text that is the same for all ways to write it: without types, comments, positions, parentheses,
 * modifiers, and whatever quotes and numbers look like. Two pieces with different meanings never get one text: every
 * value is JSON, everything stands between brackets or has a sign of its own in front, and names of fields begin with
 * neither. Nodes in `omitted` are left out.
 *
 * ```ts
 * canonicalText(`(a as any)['b']`) === canonicalText(`a["b"]`)
 * ```
 */
export function canonicalText(node: Node, omitted: ReadonlySet<Node> = NONE): string {
  let text = ''
  // Code can be deeper than a walk by recursion can go: what is to be printed next, the last one first. Strings are text.
  const open: (string | object)[] = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') text += next
    else if (Array.isArray(next)) text += openList(next, open)
    else if (!isNode(next)) text += openFields('{', next, '}', open)
    else if (omitted.has(next)) text += '-'
    else if (isWrapper(next) || next.type === 'TSInstantiationExpression') open.push(next.expression)
    else if (next.type === 'Identifier' && !next.decorators?.length) text += `$${next.name} `
    else if (next.type === 'Literal') text += `=${literal(next)}`
    else if (next.type === 'JSXText') text += `(JSXText ${JSON.stringify(jsxText(next))})`
    else text += openFields(`(${next.type} `, next, ')', open)
  }
  return text
}

const NONE: ReadonlySet<Node> = new Set()

/** Those of a node, or of what a node consists of. */
type Fields = Readonly<Record<string, unknown>>

/** Text of the bracket; what is in the list is put down to be printed behind it. */
function openList(items: readonly unknown[], open: (string | object)[]): string {
  open.push(']')
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index]
    if (typeof item !== 'object' || item === null) open.push(`${scalar(item)} `)
    else if (!isErased(item)) open.push(item)
  }
  return '['
}

/**
 * Text of the bracket and of the fields that are single values; the others are put down to be printed behind it. Fields
 * that are `null`, `false` or an empty list are the same as none.
 */
function openFields(bracket: string, fields: object, end: string, open: (string | object)[]): string {
  const object = fields as Fields
  let text = bracket
  open.push(end)
  for (const name in object) {
    const value = object[name]
    if (value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0))
      continue
    if (SILENT.has(name) && !saysSomething(object, name)) continue
    if (name === 'optional' && !isChainLink(object)) continue
    if (typeof value !== 'object') text += `${name}:${scalar(value)} `
    else if (isPlainKey(object, name)) text += `${name}:${scalar(keyText(value))} `
    else open.push(value, name)
  }
  return text
}

/** `raw` is the text of a template; `{ __proto__ }` is a property and `{ __proto__: __proto__ }` is none. */
function saysSomething(object: Fields, name: string): boolean {
  if (name === 'raw') return 'cooked' in object
  return name === 'shorthand' && keyText(object.key) === '__proto__'
}

function isChainLink({ type }: Fields): boolean {
  return type === 'CallExpression' || type === 'MemberExpression'
}

/** `x` and `'x'` are the same name of a property or a method. */
function isPlainKey({ computed, key }: Fields, name: string): boolean {
  return name === 'key' && computed === false && keyText(key) !== undefined
}

function keyText(key: unknown): string | undefined {
  if (!isNode(key)) return undefined
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined
}

function literal(node: Extract<Node, { type: 'Literal' }>): string {
  if ('regex' in node) return `/${JSON.stringify([node.regex.pattern, node.regex.flags])}`
  if ('bigint' in node) return `n${node.bigint} `
  // What overflows is no number of JSON, in which the parser answers.
  const raw = node.raw ?? 'null'
  if (node.value === null && raw !== 'null') return `${Number(raw.replaceAll('_', ''))} `
  return `${scalar(node.value)} `
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined')
}

function isErased(item: unknown): boolean {
  if (!isNode(item)) return false
  if (ERASED.has(item.type) || isErasedAmbient(item)) return true
  switch (item.type) {
    // They are edges to other pieces.
    case 'ImportDeclaration':
      return true
    case 'Identifier':
      return item.name === 'this'
    case 'JSXText':
      return jsxText(item) === ''
    case 'MethodDefinition':
      return ERASED.has(item.value.type)
    case 'ExportSpecifier':
    case 'ExportAllDeclaration':
      return item.exportKind === 'type'
    case 'ExportNamedDeclaration':
      if (item.declaration) return isErased(item.declaration)
      return item.exportKind === 'type' || (item.specifiers.length === 0 && item.source === null)
    case 'ExportDefaultDeclaration':
      return isErased(item.declaration)
    default:
      return false
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
