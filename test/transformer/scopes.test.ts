import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { analyze, type Variable as LibraryVariable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/types'
import { expect, test } from 'vitest'
import { type Node, parse } from '../../transformer/syntax/parse.js'
import { type ScopeNode, Scopes, type Variable } from '../../transformer/syntax/scopes.js'
import { SyntaxTree, walk } from '../../transformer/syntax/tree.js'

/**
 * Names mean what the library says that typescript-eslint resolves them with, which knows TypeScript but costs several
 * times as much.
 */

const root = path.join(import.meta.dirname, '../..')

/** What hardly any source has. */
const ODD = {
  'types.ts': `
    import type { A, B as C } from './a.js'
    import D, * as E from './d.js'
    import F = require('./f.js')
    import G = E.inner.thing
    type Pair<T extends keyof typeof D = 'x'> = T extends infer U extends string ? [U, typeof E.y] : C
    type Mapped = { readonly [K in keyof A as \`\${K & string}\`]?: A[K] }
    type Fn = <T>(this: Pair, { a: [x] }: A, ...rest: T[]) => x is typeof rest
    type Ctor = abstract new (T: number) => typeof T
    type Deep<T> = T extends ((x: infer X) => { [K in keyof X]: infer Y }) ? [X, Y] : never
    interface Merged<T> extends Pair<typeof D>, E.Base { [D.key]: T; [D.call](x: T): typeof x; new (y: T): asserts y is T }
    class Merged<T> extends D.Base<T> implements Fn, E.Other<typeof F> {
      declare z: typeof G
      static [D.key] = Merged.name
      accessor a = () => this.#p + Merged
      readonly #p: T = D as typeof F
      constructor(private readonly q = D, @D.param() public r: typeof q = q!) { super(q, r) }
      static { var Merged2 = Merged; let D = 1; D++; void Merged2 }
      @D.dec(E) method<U>(@E.p x: U, y = x): y is U { return arguments.length > 0 && x === y }
      abstract gone(): typeof D
      get g() { return function named(a = named) { return named } }
    }
    declare function over(x: string): typeof x
    function over<T>(x: T, y = x, z = later): T { var later = x; return later ?? (y as T) }
    enum Color { Red = 1, 'Green' = Red << 1, Blue = Color.Red | Green }
    declare const enum Other { A = Color.Red }
    namespace N { export const n = 1; export namespace M { export const m = n } }
    namespace N.P { export const p = n }
    declare global { interface Window { d: typeof D } }
    declare module 'other' { export const o: typeof D }
    export { D, type C, A as default, N as 'a-b' }
    export type { Pair }
    export * as all from './all.js'
    let [a, { b = a, ['c' + a]: c, ...d }, ...e] = [] as any
    ;[a, (b as any).x, c!, { y: d.z = a, ...e[a] }] = [e] satisfies unknown
    ;(a) = 1; (b as number) += 2; c!++; (<any>d) = e; ({ a, b: [c] = [] } = d); x = y
    for (const i of e) for (let j in i) for (var k = 0; k < i; k++) j: { if (k) continue; else break j }
    for (a.b of e) for ([a = b] of e) for (D.x in e) switch (a) { case b: { let a = c } default: var late = a }
    try { over\`\${a}\` } catch ({ message, code = message }) { message++ } finally { try {} catch { } }
    const f = async function* g<T>(p: T, [q] = [p], { r }: { r: typeof q } = g) { yield* g(p), await r; return new.target }
    const h = over<string>, i = a?.b?.[c]?.(d), j = import(\`./\${a}\`, { with: a }), l = class L { m = L }
    using u = a; await using v = b
    export default D
  `,
  'assignment.cts': `export = E; import E = require('e')`,
  'script.cjs': `
    if (a) { function hoisted() {} } hoisted(); var a = arguments, b = typeof undeclared, undefined
    with (a) { b; let c = d; function inner() { return c + b } }
    label: for (;;) { var e = function e() { e = 1 }; break label }
    implicit = 1; (function (a, a) { 'use strict'; return a })(this)
  `,
  'react.tsx': `
    import React, { useState as Use } from 'react'
    const view = <Use.Deep a={view} {...Use}><lower.Case/><this.x/><Upper<typeof view> b="1" c:d={e}>text {view}{...f}</Upper><a:b/></Use.Deep>
    const fragment = <><lower/>{/* nothing */}</>
  `,
}

const variableOf = (variable: Variable | LibraryVariable | null | undefined): string =>
  variable
    ? `${variable.name} (${variable.defs.map(({ type, name, node }) => [type, startOf(name), startOf(node)])})`
    : '-'

/** The library's nodes are ours. */
function startOf(node: object): number {
  return (node as Node).start
}

function compare(file: string, text: string): number {
  const parsed = parse(file, text)
  if (parsed === undefined) return 0
  const tree = new SyntaxTree(parsed.program)
  const scopes = new Scopes(parsed.program, tree)
  walk(parsed.program, (node) => {
    node.range = [node.start, node.end]
    return true
  })
  const library = analyze(parsed.program as unknown as TSESTree.Program, { sourceType: 'module', lib: [] })
  const references = library.scopes
    .flatMap((scope) => scope.references)
    .filter(({ isValueReference }) => isValueReference)
    .sort((a, b) => startOf(a.identifier) - startOf(b.identifier))
  const isScript = parsed.program.sourceType !== 'module'
  expect(
    scopes.mentions().map(({ name, node, variable, writes, isHoisted }) => {
      return [name, node.start, writes, isHoisted ? 'hoisted' : variableOf(variable)]
    }),
    file,
  ).toEqual(
    references.map((each, index) => {
      const isHoisted = isScript && scopes.mentions()[index]?.isHoisted
      const resolved = isHoisted ? 'hoisted' : variableOf(each.resolved)
      return [each.identifier.name, startOf(each.identifier), each.isWrite(), resolved]
    }),
  )
  walk(parsed.program, (node) => {
    const same = node as unknown as TSESTree.Node
    expect(scopes.declaredBy(node).map(variableOf), file).toEqual(library.getDeclaredVariables(same).map(variableOf))
    if (!SCOPES.has(node.type)) return true
    const free = (library.acquire(same, true)?.through ?? [])
      .filter(({ isValueReference, identifier }) => isValueReference && !isInType(tree, identifier))
      .map(({ identifier }) => startOf(identifier))
      .sort((a, b) => a - b)
    expect(
      scopes.freeNames(node as ScopeNode).map(({ node }) => node.start),
      file,
    ).toEqual(free)
    return true
  })
  return references.length
}

/** `typeof x` where a type stands. */
function isInType(tree: SyntaxTree, name: object): boolean {
  const type = tree.parent(name as Node)?.type
  return type === 'TSTypeQuery' || type === 'TSQualifiedName'
}

const SCOPES = new Set<Node['type']>([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassDeclaration',
  'ClassExpression',
  'TSEnumDeclaration',
])

test.each(Object.entries(ODD))('odd syntax: %s', (file, text) => {
  expect(compare(file, text)).toBeGreaterThan(0)
})

test.each(['fixtures', 'transformer', 'node_modules/rxjs/src', 'node_modules/zod/src', 'node_modules/immer/src'])(
  'sources: %s',
  (directory) => {
    const files = readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/\.test\.ts$/.test(file))
      .sort()
    const counts = files.map((file) => compare(file, readFileSync(path.join(root, directory, file), 'utf8')))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500)
  },
)
