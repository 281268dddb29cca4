import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { pages } from '../bench/report.mjs'

it('docs/performance.md and its chart are made from bench/results.json: node bench/report.mjs makes them', () => {
  const made: Readonly<Record<string, string>> = pages(JSON.parse(readFileSync('bench/results.json', 'utf8')))
  for (const [path, text] of Object.entries(made)) expect(readFileSync(path, 'utf8'), path).toBe(text)
})
