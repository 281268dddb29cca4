import type ts from 'typescript'
import type { TypeScript } from '../ts-patch/typescript-tree.js'
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
  const promise = members.find((type) => isRicherPromise(checker, platform, type))
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
function isRicherPromise(checker: ts.TypeChecker, platform: Platform, type: ts.Type): boolean {
  const { symbol } = type
  // What is known without its members comes first: of an array, the checker would make them all.
  if (symbol === undefined || checker.isArrayType(type)) return false
  if (/^Promise(?:Like)?$/.test(symbol.name) && platform.isPlatforms(symbol)) return false
  return type.getProperty('then') !== undefined && type.getProperty('catch') !== undefined
}
