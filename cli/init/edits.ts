import type { JsonText } from './json-text.js'
import { readJsonText } from './json-text.js'
import { Tsconfig } from './tsconfig.js'

/** The JSON files as they will be: read once, changed in memory, written when all is known to be well. */
export class Edits {
  readonly #before = new Map<string, JsonText>()
  readonly #after = new Map<string, JsonText>()

  /** Throws with `file:line:column` for a file that is no JSON. */
  read = (file: string, kind: 'json' | 'jsonc' = 'jsonc'): JsonText => {
    const known = this.#after.get(file)
    if (known !== undefined) return known
    const json = readJsonText(file, kind)
    this.#before.set(file, json)
    this.#after.set(file, json)
    return json
  }

  tsconfig(file: string): Tsconfig {
    return new Tsconfig(file, this.read)
  }

  set(json: JsonText): void {
    this.#after.set(json.file, json)
  }

  /** Files whose text is another than before, whole. */
  changes(): Change[] {
    return [...this.#before.values()].flatMap(({ file, bom, text }) => {
      const after = this.#after.get(file)?.text
      return after === undefined || after === text ? [] : [{ file, before: bom + text, after: bom + after }]
    })
  }
}

/** A file, and what becomes of it. */
export interface Change {
  readonly file: string
  /** `undefined` for a new one. */
  readonly before: string | undefined
  readonly after: string
}
