import type { Node } from '../parse.js'
import type { Scopes } from '../scopes.js'
import type { FunctionNode, SyntaxTree } from '../syntax.js'
import type { Tag, Token } from '../tag.js'

/** A tagged function, and what is known of the file around it. */
export interface Subject {
  readonly text: string
  readonly tree: SyntaxTree
  readonly scopes: Scopes
  readonly fn: FunctionNode
  /** For messages. */
  readonly name: string
  /** The bound names of its parameters. */
  readonly parameters: readonly string[]
  /** Variables around a nested function that join its key. */
  readonly captures: readonly string[]
  /** Whether it has a `this`: its own, or that of what is around an arrow. */
  readonly hasThis: boolean
  readonly tag: Tag
}

/** The words of a list in the tag. */
export function itemsOf({ tag }: Subject, option: 'ignore' | 'redact' | 'attrs'): readonly Token[] {
  return tag.words.find((word) => word.name.text === option)?.items ?? []
}

export function wordsOf(subject: Subject, option: 'ignore' | 'redact' | 'attrs'): readonly string[] {
  return itemsOf(subject, option).map((item) => item.text)
}

/** The whole option to paste, with what the tag has of it now: `ignore=signal,process.env.HOME`. */
export function withWords(subject: Subject, option: 'ignore' | 'redact' | 'attrs', more: readonly string[]): string {
  return `${option}=${[...new Set([...wordsOf(subject, option), ...more])].join(',')}`
}

/** What a parameter's default gives is in the key; what reads it there is no surprise. */
export function isInParameters({ fn }: Subject, node: Node): boolean {
  return fn.params.some((param) => param.start <= node.start && node.end <= param.end)
}
