import { boundNames, type Param } from '../../runtime/call/site.js'
import { diagnose } from '../diagnostics.js'
import { patternNames } from '../syntax/bindings.js'
import type { Node } from '../syntax/parse.js'
import type { Scopes } from '../syntax/scopes.js'
import { bare, type FunctionNode, isFunction, walk } from '../syntax/tree.js'
import type { Body, Diagnostic, Range } from '../types.js'

/** Where the rewrite goes in. Directives stay in front of it: in the closure they would be late, or another's. */
export function bodyOf(fn: FunctionNode): Body | undefined {
  const { body } = fn
  if (body === null) return undefined
  const range: Range = [body.start, body.end]
  if (body.type !== 'BlockStatement') return { range, block: false, start: body.start, end: body.end }
  const prologue = directivesOf(body).at(-1)
  return { range, block: true, start: prologue?.end ?? body.start + 1, end: body.end - 1 }
}

/** Whether `new` can call a function that tells: by `new.target`, or by what it makes of `this`. */
export function mayConstruct(fn: FunctionNode, isMethod: boolean, text: string): boolean {
  if (fn.type === 'ArrowFunctionExpression' || fn.async || fn.generator || isMethod) return false
  if (!/this|target/.test(text.slice(fn.start, fn.end))) return false
  let found = false
  walk(fn, (node) => {
    found ||= node.type === 'ThisExpression' || (node.type === 'MetaProperty' && node.meta.name === 'new')
    return !found && (node === fn || node.type === 'ArrowFunctionExpression' || !isFunction(node)) && !isTypeOnly(node)
  })
  return found
}

/** Whether a function or a class among the parameters sees them, and what the body assigns to them. */
export function sharesParams(fn: FunctionNode): boolean {
  let found = false
  for (const param of fn.params) {
    walk(param, (node) => {
      found ||= isFunction(node) || node.type === 'ClassBody'
      return !found && !isTypeOnly(node)
    })
  }
  return found
}

/** What in a function would mean something else once its body is a closure, or would not be in its key. */
export function refusals(
  fn: FunctionNode,
  scopes: Scopes,
  name: string,
  params: readonly Param[],
  text: string,
): Diagnostic[] {
  // A walk costs more than a look at the text, in which a name may be written with escapes.
  const mayEvaluate = /eval|\\/.test(text.slice(fn.start, fn.end))
  return [
    ...foreignDirectives(fn),
    ...repeatedParameters(fn, params),
    ...shadowedParameters(fn, new Set(boundNames(params)), scopes.isSloppy(fn), text),
    ...(mayEvaluate ? evals(fn, name) : []),
    ...scopes.argumentsOf(fn).map((node) => diagnose('readsArguments', [node.start, node.end], name)),
    ...(fn.generator ? supers(fn, name) : []),
  ]
}

type Directive = Extract<Node, { type: 'ExpressionStatement' }>

function directivesOf(body: { readonly body: readonly Node[] }): Directive[] {
  const isDirective = (node: Node): node is Directive => node.type === 'ExpressionStatement' && Boolean(node.directive)
  const end = body.body.findIndex((node) => !isDirective(node))
  return body.body.slice(0, end === -1 ? undefined : end).filter(isDirective)
}

/** They are other tools' orders about the body (`use server`, `use step`, `worklet`), which is no longer in its place. */
function foreignDirectives(fn: FunctionNode): Diagnostic[] {
  if (fn.body?.type !== 'BlockStatement') return []
  return directivesOf(fn.body)
    .filter((node) => node.directive !== 'use strict')
    .map((node) => diagnose('directive', [node.expression.start, node.expression.end], node.directive ?? ''))
}

/** Sloppy functions may repeat a parameter: one input would hide the other. */
function repeatedParameters(fn: FunctionNode, params: readonly Param[]): Diagnostic[] {
  const names = boundNames(params)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return [...new Set(twice)].map((name) => {
    const node = fn.params.findLast((param) => patternNames(param).includes(name)) ?? fn
    return diagnose('parameterTwice', [node.start, node.end], name)
  })
}

/**
 * `var x` over a parameter `x` starts with the argument; in the closure it would start undefined. A function in an inner
 * block of sloppy code becomes such a `var` as well. A function at the top of the body replaces the parameter in both
 * places, and `let` would be a syntax error that the closure hides.
 */
function shadowedParameters(fn: FunctionNode, names: ReadonlySet<string>, sloppy: boolean, text: string): Diagnostic[] {
  const { body } = fn
  if (body?.type !== 'BlockStatement' || names.size === 0) return []
  // What else counts stands directly in the body.
  const isDeep = sloppy || /\bvar\b/.test(text.slice(body.start, body.end))
  const found: Diagnostic[] = []
  const check = (pattern: Node) => {
    for (const node of identifiersOf(pattern)) {
      if (names.has(node.name))
        found.push(diagnose('shadowedParameter', [node.start, node.start + node.name.length], node.name))
    }
  }
  walk(body, (node, parent) => {
    if (node.type === 'VariableDeclaration' && (node.kind === 'var' || parent === body)) {
      for (const declarator of node.declarations) check(declarator.id)
    }
    if (sloppy && node.type === 'FunctionDeclaration' && parent !== body && node.id) check(node.id)
    if ((node.type === 'ClassDeclaration' || node.type === 'TSEnumDeclaration') && parent === body && node.id)
      check(node.id)
    return node === body || (isDeep && !isFunction(node) && node.type !== 'StaticBlock')
  })
  return found
}

function identifiersOf(pattern: Node): Extract<Node, { type: 'Identifier' }>[] {
  const found: Extract<Node, { type: 'Identifier' }>[] = []
  const names = new Set(patternNames(pattern))
  walk(pattern, (node, parent) => {
    const isKey = parent?.type === 'Property' && parent.key === node && !parent.shorthand
    const isDefault = parent?.type === 'AssignmentPattern' && parent.right === node
    const isType = node.type === 'TSTypeAnnotation'
    if (
      node.type === 'Identifier' &&
      !isKey &&
      names.has(node.name) &&
      !found.some((other) => other.start === node.start)
    ) {
      found.push(node)
    }
    return !isKey && !isDefault && !isType
  })
  return found
}

/** `eval` sees all variables, also from a function inside. */
function evals(fn: FunctionNode, name: string): Diagnostic[] {
  const found: Diagnostic[] = []
  walk(fn, (node) => {
    if (isEval(node)) found.push(diagnose('evaluates', [node.callee.start, node.callee.end], name))
    return !isTypeOnly(node)
  })
  return found
}

/** An arrow in a generator has its `super`; a method of an object or a class in there has its own. */
function supers(fn: FunctionNode, name: string): Diagnostic[] {
  const found: Diagnostic[] = []
  walk(fn, (node) => {
    if (node.type === 'Super') found.push(diagnose('superInGenerator', [node.start, node.end], name))
    const hasOwn = node.type === 'ClassBody' || (isFunction(node) && node.type !== 'ArrowFunctionExpression')
    return node === fn || !hasOwn
  })
  return found
}

/** Parentheses and types around `eval` are gone when it runs. */
function isEval(node: Node): node is Extract<Node, { type: 'CallExpression' }> {
  if (node.type !== 'CallExpression') return false
  const callee = bare(node.callee)
  return callee.type === 'Identifier' && callee.name === 'eval'
}

function isTypeOnly(node: Node): boolean {
  return (
    node.type === 'TSTypeAnnotation' ||
    node.type === 'TSTypeParameterInstantiation' ||
    node.type === 'TSTypeParameterDeclaration' ||
    node.type === 'TSTypeAliasDeclaration' ||
    node.type === 'TSInterfaceDeclaration'
  )
}
