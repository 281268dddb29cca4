import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FORMS, untagged, withNeighbour } from '../bench/forms.mjs'
import { analyse } from '../transformer/analyse.js'
import { rewrite } from '../transformer/rewrite.js'
import { builtRuntime } from './helpers/runtime-programs.js'

it('what compiled modules import takes at most 8 kB, compressed, and imports nothing more', () => {
  const text = readFileSync(join(builtRuntime(), 'runtime.js'), 'utf8')
  expect(gzipSync(text).length).toBeLessThanOrEqual(8000)
  expect(text).not.toMatch(/^import\b|[;}]import[\s{*]|\bfrom *["']|\bimport\(/m)
})

/** These have names, and what a tag says, beyond what any function has. */
const LONGER = [
  'a method with `attrs`',
  'one that reaches two other declarations',
  'async, three parameters, two options',
]

describe('compiling adds as many bytes for each function as docs/performance.md says', () => {
  const { forms } = JSON.parse(readFileSync('bench/results.json', 'utf8')).output as {
    readonly forms: readonly { readonly form: string; readonly plugin: number }[]
  }
  it.each(FORMS)('$form', ({ form, text }) => {
    const added = lengthOf(withNeighbour(text)) - lengthOf(withNeighbour(untagged(text)))
    expect(added).toBe(forms.find((each) => each.form === form)?.plugin)
    if (!LONGER.includes(form)) expect(added).toBeLessThanOrEqual(200)
  })
})

function lengthOf(text: string): number {
  return rewrite(text, analyse(text, { file: 'forecast.ts', module: 'bench.src.forecast' }), 'esm').code.length
}
