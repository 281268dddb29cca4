/**
 * Why a value has no key, and where in an argument it lies. Paths are JavaScript expressions, so that people can paste
 * them: `options.client.socket`, `rows[3].when`, `m.get("k")`, `[...s][0]`.
 */

/** One step from a value to what it contains: a property, an array index, or what to write around the path so far. */
export type Step = string | symbol | number | ((path: string) => string)

/** Thrown while the text of a value is written; whoever knows function and parameter turns it into an error for people. */
export class Refusal {
  readonly what: string
  readonly cause: unknown

  constructor(what: string, cause?: unknown) {
    this.what = what
    this.cause = cause
  }
}

/** Steps shown at either end of a path; what lies between is `…`. A path into a linked list would fill the screen. */
const SHOWN = 16

export function pathOf(root: string, steps: readonly Step[]): string {
  if (steps.length <= 2 * SHOWN) return steps.reduce<string>(append, root)
  const start = steps.slice(0, SHOWN).reduce<string>(append, root)
  return steps.slice(-SHOWN).reduce<string>(append, `${start}…`)
}

function append(path: string, step: Step): string {
  if (typeof step === 'function') return step(path)
  if (typeof step === 'number') return `${path}[${step}]`
  if (typeof step === 'symbol') return `${path}[${symbolText(step)}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step)}]`
}

function symbolText(symbol: symbol): string {
  const name = Symbol.keyFor(symbol)
  return name === undefined ? String(symbol) : `Symbol.for(${JSON.stringify(name)})`
}

/** For messages; what was thrown may itself be a trap. */
export function thrownText(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
