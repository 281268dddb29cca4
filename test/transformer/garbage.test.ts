import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { rewrite } from '../../transformer/rewrite.js'
import { parse } from '../../transformer/syntax/parse.js'
import { tagAll } from '../real-code/tag-all.js'

const fixtures = path.resolve(import.meta.dirname, '../../fixtures')
const modules = path.resolve(import.meta.dirname, '../../node_modules')

const sources = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/\.expected\.\w+$/.test(file))
  .sort()
  .map((file) => ({ file: path.basename(file), text: readFileSync(path.join(fixtures, file), 'utf8') }))

const realSources = ['immer/src/core/immerClass.ts', 'rxjs/src/internal/Subscriber.ts', '@scure/base/index.ts'].map(
  (file) => {
    const text = readFileSync(path.join(modules, file), 'utf8')
    return { file: path.basename(file), text: tagAll(file, text, () => 'kept').text }
  },
)

/** What people and tools leave in files: half of a syntax, brackets of all kinds, ends of lines, halves of characters. */
const PIECES = [
  '/** @deche */',
  '/** @deche ttl=7d ignore=a,b */',
  '/**\n * @deche\n * attrs="a, b',
  '@deche',
  ...['{', '}', '(', ')', '[', ']', '<', '>', '=>', ';', ',', ':', '=', '?', '!', '.', '...', '#', '@', '`', '"', '${'],
  ...['\r\n', '\u2028', '\uFEFF', '\0', '\uD83C', '🎉', '//', '/*', '*/', '\\', '#!'],
  ...['function', 'function*', 'async', 'await', 'yield', 'class', 'static', 'get', 'set', 'return', 'this', 'super'],
  ...['export default', 'import', 'namespace N', 'declare', 'enum E', 'const', 'var x', 'new', 'eval(x)', 'arguments'],
  ...['abstract', 'accessor x', 'using y =', 'extends', 'satisfies T', 'as any', 'label:', 'with (x)', '"use strict"'],
]

type Edit = (text: string) => string

/** A piece in place of some characters, anywhere. */
const splice: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(40)),
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', maxLength: 6 })),
  )
  .map(([at, removed, piece]) => (text) => {
    const start = Math.floor(at * text.length)
    return text.slice(0, start) + piece + text.slice(start + removed)
  })

/** Whole lines gone, twice, elsewhere: what often still parses, and means something else. */
const lines: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat(200), fc.nat(200), fc.constantFrom('remove', 'double', 'move', 'tag', 'wrap'))
  .map(([from, to, change]) => (text) => {
    const all = text.split('\n')
    const [source, target] = [from % all.length, to % all.length]
    const line = all[source] ?? ''
    if (change === 'remove' || change === 'move') all.splice(source, 1)
    if (change === 'double' || change === 'move') all.splice(target, 0, line)
    if (change === 'tag') all.splice(source, 0, '/** @deche version=auto */')
    if (change === 'wrap') return `function outer(kept: unknown) {\n${text}\n}`
    return all.join('\n')
  })

const edit = fc.oneof(splice, { weight: 2, arbitrary: lines })

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, change) => change(before), text)
}

/** Whether the text holds a cached function. Whatever it is, nothing throws, diagnostics lie within it, and what parsed still does. */
function survives(file: string, text: string): boolean {
  const analysis = analyse(text, { file, module: 'garbage' })
  for (const { range } of analysis.diagnostics) {
    expect(range[0]).toBeGreaterThanOrEqual(0)
    expect(range[1]).toBeGreaterThanOrEqual(range[0])
    expect(range[1]).toBeLessThanOrEqual(text.length)
  }
  // A `return` of the file itself, say, makes a script of it.
  const { insertAt } = analysis
  const mayBeModule = parse(file, `${text.slice(0, insertAt)};export {};${text.slice(insertAt)}`) !== undefined
  for (const format of mayBeModule ? (['esm', 'cjs'] as const) : (['cjs'] as const)) {
    const output = rewrite(text, analysis, format).code
    if (analysis.sites.length > 0) expect(parse(file, output), output).toBeDefined()
    else expect(output).toBe(text)
  }
  return analysis.sites.length > 0
}

describe('whatever the transformer is given, it does not throw, and what it wrote parses', () => {
  const settings = { seed: 20_260, endOnFailure: true }

  test('fixtures with a few edits', { timeout: 120_000 }, () => {
    let cached = 0
    const run = fc.property(
      fc.constantFrom(...sources),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (source, edits) => {
        if (survives(source.file, edited(source.text, edits))) cached++
      },
    )
    fc.assert(run, { ...settings, numRuns: 4000 })
    expect(cached).toBeGreaterThan(1000)
  })

  test('real sources, all tagged, with a few edits', { timeout: 120_000 }, () => {
    let cached = 0
    const run = fc.property(
      fc.constantFrom(...realSources),
      fc.array(edit, { minLength: 1, maxLength: 2 }),
      (source, edits) => {
        if (survives(source.file, edited(source.text, edits))) cached++
      },
    )
    fc.assert(run, { ...settings, numRuns: 120 })
    expect(cached).toBeGreaterThan(20)
  })

  test('fixtures that end anywhere', { timeout: 120_000 }, () => {
    const run = fc.property(
      fc.constantFrom(...sources),
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ file, text }, end) => {
        survives(file, text.slice(0, Math.floor(end * text.length)))
      },
    )
    fc.assert(run, { ...settings, numRuns: 1500 })
  })

  test('no source at all', { timeout: 120_000 }, () => {
    const names = ['a.ts', 'a.tsx', 'a.mts', 'a.cts', 'a.js', 'a.cjs', 'a.jsx']
    const run = fc.property(
      fc.constantFrom(...names),
      fc.array(edit, { minLength: 1, maxLength: 30 }),
      (file, edits) => {
        survives(file, edited('/** @deche */', edits))
      },
    )
    fc.assert(run, { ...settings, numRuns: 3000 })
  })
})
