import { isStackOverflow, UnkeyableArgumentError } from '../errors.js'
import type { ClassCodecs } from '../value/codec.js'
import { pathOf, Refusal, thrownText } from './refusal.js'
import { hash } from './sha256.js'
import { limited, quote, sorted } from './text.js'
import { KeyWriter } from './writer.js'

/**
 * The canonical text of named inputs: equal inputs have one text, different inputs have different texts, on every
 * machine. Plain JSON values give stable JSON (fast-json-stable-stringify's); docs/keys.md has the grammar of the rest.
 * An input that is `undefined` is left out.
 *
 * @throws {UnkeyableArgumentError} with the path to a value that no text can stand for.
 */
export function inputsText(
  inputs: Readonly<Record<string, unknown>>,
  context: { id: string; classes: ClassCodecs },
): string {
  const writer = new KeyWriter(context.classes)
  let text = ''
  for (const name of sorted(Object.keys(inputs))) {
    const value = inputs[name]
    if (value === undefined) continue
    try {
      text = limited(`${text}${text === '' ? '' : ','}${quote(name)}:${writer.text(value)}`)
    } catch (error) {
      if (isStackOverflow(error)) throw error
      const path = pathOf(name, writer.steps)
      if (error instanceof Refusal) throw new UnkeyableArgumentError(context.id, name, path, error.what)
      throw new UnkeyableArgumentError(context.id, name, path, `not readable: ${thrownText(error)}`, { cause: error })
    }
  }
  return `{${text}}`
}

/** The key of a canonical text: its sha256, as 64 lower-case hex digits. */
export function keyOf(text: string): string {
  return hash(text)
}
