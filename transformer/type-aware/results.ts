import type ts from 'typescript'
import type { TypeScript } from '../typescript-tree.js'
import { withArticle } from './fault.js'
import type { Platform } from './platform.js'

/** What a call of a tagged function has to store. */
export type Result =
  | { readonly kind: 'nothing' }
  /** A promise that is more than one: its caller gets it as it is, and nothing is stored. */
  | { readonly kind: 'promise'; readonly what: string }
  | { readonly kind: 'values'; readonly values: readonly { readonly root: string; readonly type: ts.Type }[] }

/** What comes out of a function once its promise is awaited, or its generator has run. */
export function resultOf(
  ts: TypeScript,
  checker: ts.TypeChecker,
  platform: Platform,
  fn: ts.SignatureDeclaration,
  site: { readonly async: boolean; readonly generator: boolean },
): Result {
  const returned = checker.getSignatureFromDeclaration(fn)?.getReturnType()
  if (returned === undefined) return { kind: 'values', values: [] }
  if (site.generator) return { kind: 'values', values: generated(checker, returned) }
  const members = returned.isUnion() ? returned.types : [returned]
  const promise = members.find((type) => isRicherPromise(platform, type))
  if (promise && !site.async) return { kind: 'promise', what: withArticle(promise.symbol.name) }
  const type = checker.getAwaitedType(returned) ?? returned
  if (type.flags & ts.TypeFlags.Void) return { kind: 'nothing' }
  return { kind: 'values', values: [{ root: 'result', type }] }
}

/** `Generator<Item, Result>`, `AsyncIterable<Item>` … by their type arguments. */
function generated(checker: ts.TypeChecker, type: ts.Type): readonly { root: string; type: ts.Type }[] {
  const [item, result] = checker.getTypeArguments(type as ts.TypeReference)
  return [...(item ? [{ root: 'item', type: item }] : []), ...(result ? [{ root: 'result', type: result }] : [])]
}

/** A promise with methods of its own, such as `cancel()`. */
function isRicherPromise(platform: Platform, type: ts.Type): boolean {
  if (type.symbol === undefined || type.getProperty('then') === undefined) return false
  const isPlain = /^Promise(?:Like)?$/.test(type.symbol.name) && platform.isPlatforms(type.symbol)
  return !isPlain && type.getProperty('catch') !== undefined
}
