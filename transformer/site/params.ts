import { nameIn, type Param } from '../../runtime/call/site.js'
import { patternNames } from '../syntax/bindings.js'
import type { Node, ParamPattern } from '../syntax/parse.js'

/** The declared parameters as the runtime needs them. TypeScript's `this` parameter is none. */
export function paramsOf(params: readonly ParamPattern[], text: string): Param[] {
  return params.filter((param) => !isThis(param)).map((param) => paramOf(param, text))
}

function isThis(param: ParamPattern): boolean {
  return patternNames(param)[0] === 'this'
}

function paramOf(node: Node, text: string): Param {
  switch (node.type) {
    case 'Identifier':
      return mayBeLeftOut(node) ? `${node.name}?` : node.name
    case 'AssignmentPattern':
      return optional(paramOf(node.left, text))
    case 'RestElement':
      return { rest: paramOf(node.argument, text) }
    case 'TSParameterProperty':
      return paramOf(node.parameter, text)
    case 'ObjectPattern':
      return objectOf(node, text)
    case 'ArrayPattern':
      return arrayOf(node, text)
    default:
      throw new TypeError(`${node.type} is no parameter`)
  }
}

/** `x?`, which the parser's types know of signatures alone. */
function mayBeLeftOut(node: { readonly optional?: boolean }): boolean {
  return node.optional === true
}

function optional(param: Param): Param {
  if (typeof param === 'string') return `${nameIn(param)}?`
  return 'object' in param || 'array' in param ? { ...param, optional: true } : param
}

function objectOf(node: Extract<Node, { type: 'ObjectPattern' }>, text: string): Extract<Param, { object: unknown }> {
  const object: (readonly [string, Param])[] = []
  let rest: string | undefined
  for (const property of node.properties) {
    if (property.type === 'RestElement') rest = text.slice(property.argument.start, property.argument.end)
    else object.push([propertyName(property, text), paramOf(property.value, text)])
  }
  return { object, ...(rest !== undefined && { rest }) }
}

function arrayOf(node: Extract<Node, { type: 'ArrayPattern' }>, text: string): Extract<Param, { array: unknown }> {
  const array: (Param | null)[] = []
  let rest: Param | undefined
  for (const element of node.elements) {
    if (element?.type === 'RestElement') rest = paramOf(element.argument, text)
    else array.push(element && paramOf(element, text))
  }
  return { array, ...(rest !== undefined && { rest }) }
}

/** A computed key has no name before the call; its source text stands for it. */
function propertyName(property: { readonly computed: boolean; readonly key: Node }, text: string): string {
  return (
    (property.computed ? undefined : keyName(property.key)) ?? `[${text.slice(property.key.start, property.key.end)}]`
  )
}

/** The property that a key which is not computed names: `a`, `'a'`, `1`, `#a`. */
export function keyName(key: Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.type === 'Literal' ? String(key.value) : undefined
}
