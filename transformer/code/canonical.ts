import type { Node } from '../parse.js'
import { isWrapper } from '../syntax.js'

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

/** Text that is done, among nodes and values that are not. */
class Printed {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * A piece of code as text that is the same for all ways to write it: without types, comments, positions, parentheses,
 * modifiers, and whatever quotes and numbers look like. Two pieces with different meanings never get one text: every
 * name and value is JSON, and everything stands between brackets. Nodes in `omitted` are left out.
 *
 * ```ts
 * canonicalText(`(a as any)['b']`) === canonicalText(`a["b"]`)
 * ```
 */
export function canonicalText(node: Node, omitted: ReadonlySet<Node> = new Set()): string {
  const out: string[] = []
  // Code can be deeper than a walk by recursion can go.
  const open: unknown[] = [node]
  const push = (...items: readonly unknown[]) => {
    for (let index = items.length - 1; index >= 0; index--) open.push(items[index])
  }
  while (open.length > 0) {
    const next = open.pop()
    if (next instanceof Printed) out.push(next.text)
    else if (Array.isArray(next)) push(print('['), ...next.filter((item) => !isErased(item)), print(']'))
    else if (isNode(next)) push(...(omitted.has(next) ? [print('-')] : partsOf(next)))
    else if (typeof next === 'object' && next !== null) push(print('{'), ...fieldsOf(next), print('}'))
    else out.push(scalar(next), ' ')
  }
  return out.join('')
}

function partsOf(node: Node): readonly unknown[] {
  if (isWrapper(node) || node.type === 'TSInstantiationExpression') return [node.expression]
  if (node.type === 'Literal') return [print(literal(node))]
  return [print(`(${node.type} `), ...fieldsOf(node), print(')')]
}

/** The fields that say something; one that is `null`, `false` or an empty list is the same as none. */
function fieldsOf(object: object): readonly unknown[] {
  const parts: unknown[] = []
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0))
      continue
    if (SILENT.has(name) && !saysSomething(object, name)) continue
    if (name === 'optional' && !isChainLink(object)) continue
    parts.push(print(`${name}:`), isPlainKey(object, name) ? print(JSON.stringify(keyText(value))) : value)
  }
  return parts
}

/** `raw` is the text of a template; `{ __proto__ }` is a property and `{ __proto__: __proto__ }` is none. */
function saysSomething(object: object, name: string): boolean {
  if (name === 'raw') return 'cooked' in object
  return name === 'shorthand' && keyText(Reflect.get(object, 'key')) === '__proto__'
}

function isChainLink(object: object): boolean {
  const type: unknown = Reflect.get(object, 'type')
  return type === 'CallExpression' || type === 'MemberExpression'
}

/** `x` and `'x'` are the same name of a property or a method. */
function isPlainKey(object: object, name: string): boolean {
  return (
    name === 'key' && Reflect.get(object, 'computed') === false && keyText(Reflect.get(object, 'key')) !== undefined
  )
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
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined')
}

function isErased(item: unknown): boolean {
  if (!isNode(item)) return false
  if (ERASED.has(item.type) || ('declare' in item && item.declare)) return true
  switch (item.type) {
    // They are edges to other pieces.
    case 'ImportDeclaration':
      return true
    case 'Identifier':
      return item.name === 'this'
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

function print(text: string): Printed {
  return new Printed(text)
}
