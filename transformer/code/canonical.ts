import type { Node } from '../syntax/parse.js'
import { isWrapper } from '../syntax/tree.js'
import type { TextBytes } from '../text-bytes.js'
import { isErasedAmbient } from './ambient-code.js'
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
 * Writes a piece of code as text that is the same for all ways to write it: without types, comments, positions, parentheses,
 * modifiers, and whatever quotes and numbers look like. Two pieces with different meanings never get one text: every
 * value is JSON, everything stands between brackets or has a sign of its own in front, and names of fields begin with
 * neither. Nodes in `omitted` are left out.
 *
 * `(a as any)['b']` and `a["b"]` are both `(MemberExpression computed:true property="b" object$a )`.
 */
export function writeCanonical(out: TextBytes, node: Node, omitted: ReadonlySet<Node>): void {
  new CanonicalText(out, omitted).write(node)
}

class CanonicalText {
  readonly #out: TextBytes
  readonly #omitted: ReadonlySet<Node>
  /** Code can be deeper than a walk by recursion can go: what is to be written next, the last one first. Strings are text. */
  readonly #open: (string | object)[] = []
  #top = 0

  constructor(out: TextBytes, omitted: ReadonlySet<Node>) {
    this.#out = out
    this.#omitted = omitted
  }

  write(node: Node): void {
    const out = this.#out
    this.#push(node)
    while (this.#top > 0) {
      const next = this.#open[--this.#top] as string | object
      if (typeof next === 'string') out.add(next)
      else if (Array.isArray(next)) this.#list(next)
      else if (!isNode(next)) {
        out.add('{')
        this.#fields(next, '}')
      } else if (this.#omitted.has(next)) out.add('-')
      else if (isWrapper(next) || next.type === 'TSInstantiationExpression') this.#push(next.expression)
      else if (next.type === 'Identifier' && !next.decorators?.length) {
        out.add('$')
        out.add(next.name)
        out.add(' ')
      } else if (next.type === 'Literal') this.#literal(next)
      else if (next.type === 'JSXText') {
        out.add('(JSXText ')
        out.addQuoted(jsxText(next))
        out.add(')')
      } else {
        out.add('(')
        out.add(next.type)
        out.add(' ')
        this.#fields(next, ')')
      }
    }
  }

  #push(next: string | object): void {
    this.#open[this.#top++] = next
  }

  /** The bracket; what is in the list is put down to be written behind it. */
  #list(items: readonly unknown[]): void {
    this.#out.add('[')
    this.#push(']')
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index]
      if (typeof item !== 'object' || item === null) this.#push(`${JSON.stringify(item) ?? 'undefined'} `)
      else if (!isErased(item)) this.#push(item)
    }
  }

  /**
   * The fields that are single values; the others are put down to be written behind them. Fields that are `null`, `false`
   * or an empty list are the same as none.
   */
  #fields(fields: object, end: string): void {
    const object = fields as Fields
    this.#push(end)
    for (const name in object) {
      const value = object[name]
      if (value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0))
        continue
      if (SILENT.has(name) && !saysSomething(object, name)) continue
      if (name === 'optional' && !isChainLink(object)) continue
      const single = typeof value !== 'object' ? value : isPlainKey(object, name) ? keyText(value) : undefined
      if (single === undefined) {
        this.#push(value as object)
        this.#push(name)
      } else {
        this.#out.add(name)
        this.#out.add(':')
        this.#scalar(single)
        this.#out.add(' ')
      }
    }
  }

  #literal(node: Extract<Node, { type: 'Literal' }>): void {
    const out = this.#out
    out.add('=')
    if ('regex' in node) {
      out.add('/')
      out.add(JSON.stringify([node.regex.pattern, node.regex.flags]))
      return
    }
    // What overflows is no number of JSON, in which the parser answers.
    const raw = node.raw ?? 'null'
    if ('bigint' in node) out.add(`n${node.bigint}`)
    else if (node.value === null && raw !== 'null') out.add(String(Number(raw.replaceAll('_', ''))))
    else this.#scalar(node.value)
    out.add(' ')
  }

  #scalar(value: unknown): void {
    if (typeof value === 'string') this.#out.addQuoted(value)
    else this.#out.add(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined'))
  }
}

/** Those of a node, or of what a node consists of. */
type Fields = Readonly<Record<string, unknown>>

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
