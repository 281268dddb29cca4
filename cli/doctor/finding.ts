/** One line of what `deche doctor` says. */
export interface Finding {
  /** `wrong` lets the command end with 1; `note` is what people may want to know. */
  readonly state: 'right' | 'wrong' | 'note'
  /** What it is about: `Node`, `typescript`, `tsconfig.json`. */
  readonly subject: string
  /** The fact. */
  readonly message: string
  /** What to do, a whole sentence. */
  readonly fix?: string
}

export function right(subject: string, message: string): Finding {
  return { state: 'right', subject, message }
}

export function wrong(subject: string, message: string, fix: string): Finding {
  return { state: 'wrong', subject, message, fix }
}

export function note(subject: string, message: string, fix?: string): Finding {
  return { state: 'note', subject, message, ...(fix !== undefined && { fix }) }
}
