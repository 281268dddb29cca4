// Writes the figures of results.json into docs/reliability.md, between its two marks: no figure there is typed.
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../docs/reliability.md', import.meta.url)
const BEGIN = '<!-- figures: written by reliability/table.mjs -->'
const END = '<!-- end of figures -->'

export function table(results) {
  const text = readFileSync(page, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const [, after = ''] = rest.split(END)
  const rows = Object.entries(results).flatMap(([name, { date, node, seconds, figures }]) => [
    ...figures.map(({ what, promised, value }) => `| ${name} | ${what} | ${promised} | ${value} |`),
    `| ${name} | run on ${date}, Node ${node} | | ${seconds} s |`,
  ])
  const head = '| experiment | what | promised | measured |\n| --- | --- | --- | --- |'
  writeFileSync(page, `${before}${BEGIN}\n\n${head}\n${rows.join('\n')}\n\n${END}${after}`)
}
