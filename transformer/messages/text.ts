import type { Severity } from '../types.js'

/** Fact, then what to do. */
export interface Text {
  readonly message: string
  readonly fix: string
}

/** A part of the table of diagnostics: stable code, severity, and the words for the facts of one case. */
export type Messages = Readonly<
  Record<string, readonly [code: string, severity: Severity, write: (...facts: never[]) => Text]>
>

export function text(message: string, fix: string): Text {
  return { message, fix }
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
