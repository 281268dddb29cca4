import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analyse } from '../transformer/analyse.js'
import { rewrite } from '../transformer/rewrite.js'
import { parse } from '../transformer/syntax/parse.js'
import type { Analysis } from '../transformer/types.js'
import { type CompiledPackage, compilePackage } from './real-code/compiled-package.js'
import { addExercise, exercise } from './real-code/exercised.js'
import { largePackages, packages, type RealPackage } from './real-code/packages.js'

const program = (name: string) => readFileSync(join(import.meta.dirname, 'programs', name), 'utf8')
const tested = process.env.REAL_CODE === 'all' ? [...packages, ...largePackages] : packages

/** The TypeScript errors among what a compiler printed, without those of deche. */
function compilerErrors(stdout: string): string[] {
  return stdout.split('\n').filter((line) => !/ TS99\d{4}: DECHE\d{4}: /.test(line))
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

describe.each(tested)('$name, with a tag on every function', (pack: RealPackage) => {
  const { floors } = pack
  let compiled: CompiledPackage
  const analyses = new Map<string, Analysis>()

  beforeAll(async () => {
    compiled = await compilePackage(pack)
    addExercise(compiled.project, program)
    for (const [file, { text }] of compiled.sources) analyses.set(file, analyse(text, { file, module: file }))
  }, 300_000)

  afterAll(() => compiled?.project.dispose())

  test('every tag is a cached function or is refused with a code, at a place in the file', () => {
    for (const [file, { text, tags }] of compiled.sources) {
      const { sites, diagnostics } = analyses.get(file) as Analysis
      expect(sites.length + diagnostics.length, file).toBeGreaterThanOrEqual(tags.length)
      for (const { code, range, message, fix } of diagnostics) {
        expect(code).toMatch(/^DECHE\d{4}$/)
        expect(range[0], file).toBeGreaterThanOrEqual(0)
        expect(range[1], file).toBeGreaterThan(range[0])
        expect(range[1], file).toBeLessThanOrEqual(text.length)
        expect(`${message}. ${fix}`).not.toMatch(/undefined|\[object/)
      }
    }
    const count = (of: (file: string) => number) =>
      [...compiled.sources.keys()].reduce((sum, file) => sum + of(file), 0)
    const tags = count((file) => compiled.sources.get(file)?.tags.length ?? 0)
    const sites = count((file) => analyses.get(file)?.sites.length ?? 0)
    const refused = countBy([...analyses.values()].flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)))
    console.info(`${pack.name}: ${tags} functions tagged, ${sites} cached, refused:`, refused)
    expect(tags).toBeGreaterThanOrEqual(floors.tags)
    expect(sites).toBeGreaterThanOrEqual(floors.sites)
  })

  test('the rewritten text parses, and its lines are the lines of the source', () => {
    for (const [file, { text }] of compiled.sources) {
      for (const format of ['esm', 'cjs'] as const) {
        const output = rewrite(text, analyses.get(file) as Analysis, format).code
        expect(parse(file, output), file).toBeDefined()
        expect(output.split('\n').length, file).toBe(text.split('\n').length)
      }
    }
  })

  test('tspc finds the same errors, emits the same types, and JavaScript that parses', () => {
    const { outcomes, plain, tagged } = compiled
    expect(outcomes.plain.stderr).toBe('')
    expect(outcomes.tagged.stderr).toBe('')
    expect(compilerErrors(outcomes.tagged.stdout)).toEqual(compilerErrors(outcomes.plain.stdout))
    expect(Object.keys(tagged)).toEqual(Object.keys(plain))
    for (const [file, text] of Object.entries(tagged)) {
      if (file.endsWith('.d.ts')) expect(text === plain[file], `${file} is the same`).toBe(true)
      else expect(parse(file, text), file).toBeDefined()
    }
    const wrapped = Object.values(tagged)
      .join('\n')
      .match(/\$deche\.run(?:Async)?(?:Generator)?\)?\(/g)
    expect(wrapped?.length).toBeGreaterThanOrEqual(floors.sites)
  })

  test('every export does the same with and without the tags, without and with a cache', async () => {
    const { project } = compiled
    const [plain, off, on] = await Promise.all([
      exercise(project, pack, 'plain', 'off'),
      exercise(project, pack, 'tagged', 'off'),
      exercise(project, pack, 'tagged', 'on'),
    ])
    console.info(`${pack.name}: ${plain.outcomes.length} outcomes, ${plain.results} results, ${on.hits} hits`)
    expect(differences(plain.outcomes, off.outcomes)).toEqual([])
    expect(differences(plain.outcomes, on.outcomes)).toEqual([])
    expect(plain.outcomes.length).toBeGreaterThanOrEqual(floors.outcomes)
    expect(plain.results).toBeGreaterThanOrEqual(floors.results)
    expect(on.hits).toBeGreaterThanOrEqual(floors.hits)
  }, 900_000)
})

/** The first few, for the eyes: an array of fifty thousand lines is no message. */
function differences(plain: readonly string[], tagged: readonly string[]): readonly object[] {
  const found = plain.flatMap((line, index) => (line === tagged[index] ? [] : [{ plain: line, tagged: tagged[index] }]))
  const more = tagged.slice(plain.length).map((line) => ({ plain: undefined, tagged: line }))
  return [...found, ...more].slice(0, 5)
}
