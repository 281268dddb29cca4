/** What a value is needed for: to be part of a key, or to be stored and come back. */
export type Purpose = 'key' | 'result'

/** A part of a type whose values the runtime refuses. */
export interface Fault {
  /** From the value to the part: `.rows[].socket`, or nothing for the value itself. */
  readonly path: string
  /** With its article: `a function`, `an AbortSignal`. */
  readonly what: string
  /** Whether every value of the type has it: no optional property and no union on the way. */
  readonly certain: boolean
  /** An instance of a class that the program could register. */
  readonly registrable?: true
}

/** `options.signal is an AbortSignal`, `body may be a ReadableStream` */
export function factOf(root: string, { path, what, certain }: Fault): string {
  return `${root}${path} ${certain ? 'is' : 'may be'} ${what}`
}

export function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`
}

/** The path of a property, as people write it. */
export function propertyStep(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}
