import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { behaviours, defects } from './rows.js'

const text = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n')

/** The rows that have a test which runs: not skipped, not commented out. */
function tested(table: string): number[] {
  const rows = [...text.matchAll(new RegExp(`^ *it\\(['"]${table}\\.(\\d+) `, 'gm'))].map(([, row]) => Number(row))
  return [...new Set(rows)].sort((a, b) => a - b)
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

it('all 34 behaviours of the table are tested', () => {
  expect(Object.keys(behaviours).map(Number)).toEqual(upTo(34))
  expect(tested('3a')).toEqual(upTo(34))
})

it('all 29 defects of the table are tested', () => {
  expect(Object.keys(defects).map(Number)).toEqual(upTo(29))
  expect(tested('3b')).toEqual(upTo(29))
})
