import { Refusal } from './refusal.js'

/** Longest text of a key, in UTF-16 code units. Two of them still fit V8's longest string. */
export const LONGEST = 2 ** 27

/** The text, if it is not too long. */
export function limited(text: string): string {
  if (text.length > LONGEST) throw tooLong()
  return text
}

/** The texts with commas between. */
export function joined(texts: readonly string[]): string {
  limitSum(texts)
  return texts.join(',')
}

/** The same in order of code units, which makes what has no order of its own canonical. */
export function joinedInOrder(texts: string[]): string {
  limitSum(texts)
  return texts.sort().join(',')
}

/** Before they are compared or joined: V8 has no string longer than half a gigabyte. */
function limitSum(texts: readonly string[]): void {
  const length = texts.reduce((sum, text) => sum + text.length + 1, 0)
  if (length > LONGEST) throw tooLong()
}

function tooLong(): Refusal {
  return new Refusal(`too large, its text would be longer than ${LONGEST} characters`)
}

/** JSON.stringify of a string; for short ones without the call, which costs five times as much. */
export function quote(text: string): string {
  if (text.length > 40) return JSON.stringify(limited(text))
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit >= 0xd800) return JSON.stringify(text)
  }
  return `"${text}"`
}

/** By code unit, in place. Most objects' names are in order already; asking first is ten times cheaper than `sort`. */
export function sorted(names: string[]): string[] {
  for (let index = 1; index < names.length; index++) {
    if ((names[index - 1] as string) > (names[index] as string)) return names.sort()
  }
  return names
}
