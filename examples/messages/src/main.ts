/** Which languages does the TypeScript compiler sound alike in? `node main.js de fr …` */
import { cached } from 'deche'
import { distance, messages, release, vocabulary } from './messages.js'

const locales = process.argv.slice(2)
const started = performance.now()
const known: string[] = []

for (const locale of locales) {
  try {
    messages(locale)
    known.push(locale)
  } catch (error) {
    console.log(`  ${locale}: ${(error as NodeJS.ErrnoException).code}, there is no such language`)
  }
}

const pairs = known.flatMap((one, position) => known.slice(position + 1).map((other) => [one, other] as const))
const apart = pairs
  .map(([one, other]) => ({ one, other, share: distance(one, other) }))
  .sort((a, b) => a.share - b.share)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

console.log(`  TypeScript ${release}, ${known.length} languages, ${pairs.length} pairs`)
for (const { one, other, share } of apart.slice(0, 3))
  console.log(`  ${one} and ${other} differ in ${percent(share)} of their letters`)
for (const { word, count } of await vocabulary('de')) console.log(`  ${word}: ${count} times in German`)

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
console.log()
for (const fn of [messages, distance, vocabulary]) {
  const { hits, misses, timeSaved } = cached(fn).stats
  console.log(
    `  ${fn.name.padEnd(10)} computed ${String(misses).padStart(3)}, from the cache ${String(hits).padStart(3)}, saved ${seconds(timeSaved)}`,
  )
}
console.log(`  took ${seconds(performance.now() - started)}`)
