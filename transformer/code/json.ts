/** What JSON writes between quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/

/** JSON of a text. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}
