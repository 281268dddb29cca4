import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { formatDiagnostic } from '../../transformer/diagnostics.js'
import type { Format } from '../../transformer/generate.js'
import { rewrite } from '../../transformer/rewrite.js'
import { parse } from '../../transformer/syntax/parse.js'
import { load, memoizing, observe, transparent } from './harness.js'
import { mappedIdentifiers } from './source-maps.js'

const root = path.resolve(import.meta.dirname, '../../fixtures')
const groups = ['forms', 'nested', 'generators', 'parameters', 'bodies', 'files', 'tags', 'refused']

describe.each(groups)('%s', (group) => {
  const names = readdirSync(path.join(root, group)).filter((name) => !/\.(?:expected\.\w+|txt)$/.test(name))

  test.each(names)('%s', async (name) => {
    const file = path.join(root, group, name)
    const text = readFileSync(file, 'utf8')
    const format: Format = /\.c[jt]s$/.test(name) ? 'cjs' : 'esm'
    const module = `fixtures.${group}.${name.replace(/\.\w+$/, '')}`
    const analysis = analyse(text, { file: name, module })
    const rewritten = rewrite(text, analysis, format)
    const output = rewritten.code

    const expected = path.join(root, group, name.replace(/(\.\w+)$/, '.expected$1'))
    await expect(withoutCode(output)).toMatchFileSnapshot(expected)
    const diagnostics = analysis.diagnostics.map((diagnostic) => {
      const found = text.slice(...diagnostic.range).split('\n', 1)[0]
      return `${formatDiagnostic(diagnostic, text, name)}\n    ${found}\n`
    })
    if (diagnostics.length > 0) {
      await expect(diagnostics.join('')).toMatchFileSnapshot(path.join(root, group, `${name}.txt`))
    }
    expect(parse(name, output), 'the output parses').toBeDefined()
    expect(output.split('\n').length, 'lines stay').toBe(text.split('\n').length)
    expect(withoutInsertions(text, output), 'nothing is moved or lost').toBe(true)
    const map = JSON.stringify(rewritten.map(name))
    for (const [at, words] of mappedIdentifiers(text, output, map)) {
      expect(words, `what stands at ${at} in the source is mapped to itself`).toContain(wordAt(text, at))
    }

    if (group === 'refused') {
      expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).not.toEqual([])
      return
    }
    if (group !== 'tags') expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    const original = await observe(await load(text, file))
    for (const runtime of [transparent(), memoizing()]) {
      expect(await observe(await load(output, file, runtime))).toEqual(original)
    }
  })
})

/** Hashes of code have tests of their own; here they would change with every edit of a fixture. */
function withoutCode(output: string): string {
  return output
    .replace(/,"[0-9a-f]{28}"/g, ',"…"')
    .replace(/function \$d_*p\(\)\{return"(?:[^"\\]|\\.)*"\} /g, '')
    .replace(/,*\{pieces:\[\$d_*p,"[\d,-]*"\]\}|,pieces:\[\$d_*p,"[\d,-]*"\]/g, '')
}

/** Whether the original's characters all occur in the output, in order. */
function withoutInsertions(original: string, output: string): boolean {
  let at = 0
  for (const character of output) if (original.startsWith(character, at)) at += character.length
  return at === original.length
}

/** `at`: line from 1, column from 0. */
function wordAt(text: string, at: string): string {
  const [line = 0, column = 0] = at.split(':').map(Number)
  return /^[\w$#\u0080-\uffff]*/.exec((text.split('\n')[line - 1] ?? '').slice(column))?.[0] ?? ''
}
