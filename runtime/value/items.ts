import type { ClassCodecs } from './codec.js'
import { decodeGraph, encodeValue } from './value.js'

/**
 * What a generator gave: one line of JSON for each item, `{"item":…}`, then `{"return":…}`. A value that is not plain
 * JSON is in the format of devalue, and its line says so: `{"item":…,"codec":"devalue6"}`.
 */
export class Items {
  readonly #classes: ClassCodecs
  readonly #lines: string[] = []
  #length = 0

  constructor(classes: ClassCodecs) {
    this.#classes = classes
  }

  /** The number of items; what was returned is none. */
  get length(): number {
    return this.#length
  }

  /** Writes down the next item as it is now. Throws UnstorableError, and what the codec of a class throws. */
  add(value: unknown): void {
    this.#lines.push(this.#line('item', value, `result.items[${this.#length}]`))
    this.#length++
  }

  /** Writes down what was returned. Throws as `add` does. */
  end(value: unknown): void {
    this.#lines.push(this.#line('return', value, 'result.return'))
  }

  /** A fresh copy of the item at this position; behind the last one, of what was returned. */
  turn(at: number): IteratorResult<unknown, unknown> {
    return decodeTurn(this.#lines[at], this.#classes)
  }

  body(): string {
    return this.#lines.join('\n')
  }

  #line(name: 'item' | 'return', value: unknown, path: string): string {
    const { codec, text } = encodeValue(value, this.#classes, path)
    return codec === 'json' ? `{"${name}":${text}}` : `{"${name}":${text},"codec":"${codec}"}`
  }
}

/** The lines of a stored body. Throws when they do not end with what was returned. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  if (!lines.at(-1)?.startsWith('{"return":')) throw new TypeError('malformed items')
  return lines
}

/** Throws whatever is wrong with the line, and what the `decode` of a class throws. */
export function decodeTurn(line: string | undefined, classes: ClassCodecs): IteratorResult<unknown, unknown> {
  const parsed: unknown = JSON.parse(line ?? '')
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('malformed item')
  const { item, return: returned, codec } = parsed as Readonly<Record<string, unknown>>
  const done = 'return' in parsed
  const value = done ? returned : item
  return { done, value: codec === undefined ? value : decodeGraph(value, classes) }
}

/** A generator of turns. */
export function* play(turnAt: (at: number) => IteratorResult<unknown, unknown>): Generator<unknown, unknown, unknown> {
  for (let at = 0; ; at++) {
    const { done, value } = turnAt(at)
    if (done) return value
    yield value
  }
}

export async function* playAsync(
  turnAt: (at: number) => IteratorResult<unknown, unknown>,
): AsyncGenerator<unknown, unknown, unknown> {
  return yield* play(turnAt)
}
