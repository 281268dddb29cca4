import { expect, test } from 'vitest'
import { NOTHING } from '../../transformer/analyse.js'
import { moduleSyntaxOf } from '../../transformer/syntax/module-syntax.js'
import { parse } from '../../transformer/syntax/parse.js'
import { moduleFormat } from '../../transformer/text/module-format.js'

test.each([
  ['import { a } from "a"', 'esm'],
  ['import "a"', 'esm'],
  // What strips types leaves `import {} from "a"`.
  ['import { type A } from "a"', 'esm'],
  ['import type { A } from "a"', 'types'],
  ['import type { A } from "a"\nexport interface B {}\nexport type { C } from "c"', 'types'],
  ['import type { A } from "a"\nimport "b"', 'esm'],
  ['import type { A } from "a"\nawait f()', 'esm'],
  ['import type { A } from "a"\nfor await (const a of b) c(a)', 'esm'],
  ['import type { A } from "a"\nconst f = () => import.meta.url', 'esm'],
  ['import type { A } from "a"\nasync function f() { await new.target }', 'types'],
  ['await f()', 'esm'],
  ['console.log(import.meta.url)', 'esm'],
  ['import a = require("a")', 'cjs'],
  ['const a = require("a")', undefined],
] as const)('%s is %s', (text, syntax) => {
  const parsed = parse('a.ts', text)
  expect(parsed && moduleSyntaxOf(parsed.program)).toBe(syntax)
})

test('how a file runs decides where imports and exports are of types alone, and never over an import of a value', () => {
  const of = (moduleSyntax: typeof NOTHING.moduleSyntax) => moduleFormat('a.ts', { ...NOTHING, moduleSyntax }, 'cjs')
  expect([of('types'), of(undefined), of('esm'), of('cjs')]).toEqual(['cjs', 'cjs', 'esm', 'cjs'])
  expect(moduleFormat('a.cts', { ...NOTHING, moduleSyntax: 'types' })).toBe('esm')
})
