import { hash } from './key/sha256.js'

/**
 * Ids and directories. An id is safe as a file name on every system: `[A-Za-z0-9_$.@~-]` and percent escapes. Dots
 * join its parts, so a dot within a part is escaped; `~` marks what the encoder itself adds. Different parts therefore
 * never give the same id.
 */

/**
 * One part of an id (a folder, a module, a function): everything but letters, digits, `_`, `$` and `-` is
 * percent-encoded as UTF-8. An empty part is `~`, since systems drop a dot at the end of a name.
 */
export function encodeIdPart(part: string): string {
  if (part === '') return '~'
  return part.replace(/[^A-Za-z0-9_$-]/gu, (character) =>
    Array.from(utf8(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** TextEncoder makes the same bytes of all lone surrogates; here each keeps its own, as in WTF-8. */
function utf8(character: string): Iterable<number> {
  const code = character.charCodeAt(0)
  if (character.length > 1 || code < 0xd800 || code > 0xdfff) return new TextEncoder().encode(character)
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
}

/** What `name=` and `wrap(fn, { name })` accept: it is the id as it stands. */
export const NAME_PATTERN = /^[A-Za-z0-9_$@-](?:[A-Za-z0-9_$.@-]*[A-Za-z0-9_$@-])?$/

/** Any id: made of module and function by the transformer, or a name. */
export const ID_PATTERN = /^[A-Za-z0-9_$@%~-][A-Za-z0-9_$.@%~-]*$/

/** Longest directory name, in bytes; file systems allow 255, and temporary names and tools want some of that. */
const LONGEST = 200

/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?=\.|$)/i

/** The directory of an id. The id itself, but for device names of Windows and names over 200 bytes, which end in a hash. */
export function directoryName(id: string): string {
  const name = RESERVED.test(id) ? `~${id}` : id
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 17)}~${hash(id).slice(0, 16)}`
}
