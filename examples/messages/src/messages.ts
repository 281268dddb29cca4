import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import leven from 'leven'

const compiler = createRequire(import.meta.url).resolve('typescript/package.json')

/** The release whose messages these are: part of every key, so that a new compiler is measured anew. */
export const release: string = JSON.parse(readFileSync(compiler, 'utf8')).version

/**
 * What the TypeScript compiler says in one language, by the message's number.
 *
 * @deche
 */
export function messages(locale: string, version = release): Map<string, string> {
  const file = join(dirname(compiler), 'lib', locale, 'diagnosticMessages.generated.json')
  const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  return new Map(Object.entries(texts).map(([name, text]) => [name.slice(name.lastIndexOf('_') + 1), text]))
}

/**
 * How far apart two languages are: the mean number of letters to change in a message, as a share of its length.
 *
 * @deche ttl=30d
 */
export function distance(one: string, other: string, version = release): number {
  const theirs = messages(other, version)
  let sum = 0
  let count = 0
  for (const [number, text] of messages(one, version)) {
    const translation = theirs.get(number)
    if (translation === undefined) continue
    sum += leven(text, translation) / Math.max(text.length, translation.length)
    count++
  }
  return sum / count
}

/**
 * The words that a language needs most often, with their counts.
 *
 * @deche
 */
export async function vocabulary(locale: string, version = release): Promise<{ word: string; count: number }[]> {
  const counts = new Map<string, number>()
  for (const text of messages(locale, version).values()) {
    for (const [word] of text.matchAll(/\p{L}{4,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const words = [...counts].map(([word, count]) => ({ word, count }))
  return words.sort((a, b) => b.count - a.count || a.word.localeCompare(b.word)).slice(0, 3)
}
