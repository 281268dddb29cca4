import { describe } from 'vitest'
import { AUTO, changed, type Files, unchanged } from './code-edits.js'

/** Edits of the code itself, and those that change nothing. */

const tagged = (imports: string, body: string) => `${imports}\n${AUTO}\nexport function f(x: number) { ${body} }\n`

/** A tagged function, and a file that it imports. */
const lib =
  (imports: string, body: string, name = 'src/lib.ts') =>
  (text: string, more: Files = {}): Files => ({ 'src/a.ts': tagged(imports, body), [name]: text, ...more })

const withBody = (body: string) => `${AUTO}\nfunction f(x) { ${body} }`
const changedBody = (name: string, one: string, other: string, file?: string) =>
  changed(name, withBody(one), withBody(other), file)
const unchangedBody = (name: string, one: string, other: string, file?: string) =>
  unchanged(name, withBody(one), withBody(other), file)

describe('code that means something else has another hash, code that means the same has the same', () => {
  changedBody('lone surrogates', "return '\\ud800'", "return '\\ud801'")
  changedBody('lone surrogate vs look-alike', "return '\\ud800'", "return '\\ufffdd800'")
  changedBody('lone surrogate template', 'return `\\ud800`', 'return `\\ud801`')
  changedBody('lone surrogate template look-alike', 'return String(`\\ud800`)', 'return String(`\\ufffd`)')
  unchangedBody('string escapes', "return '\\u0041'", "return 'A'")
  unchangedBody('template vs CRLF', 'return `a\nb`', 'return `a\r\nb`')
  unchangedBody('tagged template vs CRLF', 'return String.raw`a\nb`', 'return String.raw`a\r\nb`')
  unchangedBody('line continuation CRLF', "return 'a\\\nb'", "return 'a\\\r\nb'")
  unchangedBody('numeric separators', 'return 1_000', 'return 1000')
  unchangedBody('bigint', 'return 0x10n', 'return 16n')
  changedBody('bigint2', 'return 0x10n', 'return 17n')
  changedBody('regex flags', 'return /a/u', 'return /a/v')
  changedBody('regex escapes', 'return /\\//', 'return /\\\\\\//')
  changedBody('labels', 'a: for (;;) { b: for (;;) { break a } }', 'a: for (;;) { b: for (;;) { break b } }')
  changedBody('optional', 'return x?.a', 'return x.a')
  changedBody('generator', 'return function* () {}', 'return function () {}')
  changedBody('async arrow', 'return async () => 1', 'return () => 1')
  changedBody(
    'for await',
    'return async () => { for await (const a of x) ; }',
    'return async () => { for (const a of x) ; }',
  )
  changedBody('await using', 'return async () => { await using a = x }', 'return async () => { using a = x }')
  changedBody('getter', 'return { get a() { return 1 } }', 'return { a() { return 1 } }')
  changedBody('getter/setter', 'return { get a() { return 1 } }', 'return { set a(v) { return 1 } }')
  changedBody('static block', 'return class { static { this.a = 1 } }', 'return class { static { this.a = 2 } }')
  changedBody(
    'private names',
    'return class { #a = 1; b = 2; c() { return this.#a } }',
    'return class { #a = 1; b = 2; c() { return this.b } }',
  )
  changedBody('private in string', "return class { #a = 1; '#a' = 2 }", "return class { '#a' = 1; #a = 2 }")
  changedBody('accessor', 'return class { accessor a = 1 }', 'return class { a = 1 }')
  changedBody('static field', 'return class { static a = 1 }', 'return class { a = 1 }')
  changedBody('param property', 'return class { constructor(public a) {} }', 'return class { constructor(a) {} }')
  unchangedBody(
    'param property modifiers',
    'return class { constructor(public a) {} }',
    'return class { constructor(private readonly a) {} }',
  )
  changedBody(
    'readonly makes param property',
    'return class { constructor(readonly a) {} }',
    'return class { constructor(a) {} }',
  )
  changedBody('computed class key', "return class { ['constructor']() {} }", 'return class { constructor() {} }')
  changedBody('computed proto', "return { ['__proto__']: x }", "return { '__proto__': x }")
  changedBody('decorator arg', 'return class { @d(1) a() {} }', 'return class { @d(2) a() {} }')
  changedBody('spread', 'return [...x]', 'return [x]')
  changedBody('new', 'return new x()', 'return x()')
  changedBody('new.target', 'return function () { return new.target }', 'return function () { return import.meta }')
  changedBody('import.meta', 'return import.meta.url', 'return import.meta.dirname')
  changedBody('delete', 'return delete x.a', 'return void x.a')
  changedBody(
    'directive',
    "return function () { 'use strict'; return this }",
    "return function () { ('use strict'); return this }",
  )
  changedBody('catch', 'try { x() } catch { return 1 }', 'try { x() } finally { return 1 }')
  changedBody('comma', 'return (x, 1)', 'return [x, 1]')
  changedBody('nullish', 'return x ?? 1', 'return x || 1')
  changedBody('assign op', 'x ||= 1; return x', 'x &&= 1; return x')
  changedBody('exp', 'return x ** 2', 'return x * 2')
  changedBody('in', "return 'a' in x", "return 'a' instanceof x")
  changedBody('rest vs array', 'const [...a] = x; return a', 'const [a] = x; return a')
  changedBody('destr default', 'const { a = 1 } = x; return a', 'const { a = 2 } = x; return a')
  changedBody('enum inside', 'enum E { A = 1 } return E.A', 'enum E { A = 2 } return E.A')
  unchangedBody('else formatting', 'if (x) return 1; else return 2', 'if (x)\n return 1\n else\n return 2')
  unchangedBody('type assertions', 'return (<any>x)!.a', 'return x.a')
  unchangedBody('empty statements', 'return 1', ';;return 1;')
  unchangedBody('local types', 'return 1', 'type A = 1; interface B {}; return 1')
  unchangedBody('definite', 'let a: number; a = 1; return a', 'let a!: number; a = 1; return a')
  unchangedBody('type args', 'return new Map()', 'return new Map<string, number>()')
  changedBody('JSX attr', 'return <a b="1"/>', 'return <a b="2"/>', 'src/a.tsx')
  changedBody('JSX text', 'return <a>1</a>', 'return <a>2</a>', 'src/a.tsx')
  changedBody('JSX entity', 'return <a>&lt;</a>', 'return <a>&gt;</a>', 'src/a.tsx')
  changedBody('JSX attr entity', 'return <a b="&amp;lt;"/>', 'return <a b="&lt;"/>', 'src/a.tsx')
  changedBody('JSX text entity vs escaped', 'return <a>&amp;lt;</a>', 'return <a>&lt;</a>', 'src/a.tsx')
  changedBody('JSX text vs expr', 'return <a>{x}</a>', 'return <a>x</a>', 'src/a.tsx')
  changedBody('JSX spread', 'return <a {...x}/>', 'return <a x={x}/>', 'src/a.tsx')
  changedBody('JSX spread child', 'return <a>{...x}</a>', 'return <a>{x}</a>', 'src/a.tsx')
  changedBody('JSX namespaced', 'return <a:b/>', 'return <a-b/>', 'src/a.tsx')
  unchangedBody('JSX CRLF', 'return <a>\n  x\n  <b/>\n</a>', 'return <a>\r\n  x\r\n  <b/>\r\n</a>', 'src/a.tsx')
  unchangedBody('JSX indentation', 'return <a>\n  <b/>\n</a>', 'return <a><b/></a>', 'src/a.tsx')
  changed(
    'JSX component',
    { 'src/a.tsx': tagged("import {C} from './lib.js'", 'return <C/>'), 'src/lib.tsx': 'export const C = () => 1' },
    { 'src/a.tsx': tagged("import {C} from './lib.js'", 'return <C/>'), 'src/lib.tsx': 'export const C = () => 2' },
  )
  changed(
    'JSX member component',
    {
      'src/a.tsx': tagged("import * as L from './lib.js'", 'return <L.C/>'),
      'src/lib.tsx': 'export const C = () => 1',
    },
    {
      'src/a.tsx': tagged("import * as L from './lib.js'", 'return <L.C/>'),
      'src/lib.tsx': 'export const C = () => 2',
    },
  )
  changed(
    'JSX pragma',
    {
      'src/a.tsx': `/** @jsx q */\nimport {q} from './lib.js'\n${tagged('', 'return <a/>')}`,
      'src/lib.ts': 'export const q = () => 1',
    },
    {
      'src/a.tsx': `/** @jsx q */\nimport {q} from './lib.js'\n${tagged('', 'return <a/>')}`,
      'src/lib.ts': 'export const q = () => 2',
    },
  )
  changed(
    'JSX pragma itself',
    {
      'src/a.tsx': `/** @jsx q */\nimport {q,p} from './lib.js'\n${tagged('', 'return <a/>')}`,
      'src/lib.ts': 'export const q = 1, p = 2',
    },
    {
      'src/a.tsx': `/** @jsx p */\nimport {q,p} from './lib.js'\n${tagged('', 'return <a/>')}`,
      'src/lib.ts': 'export const q = 1, p = 2',
    },
  )
  changed(
    'JSX import source',
    {
      'src/a.tsx': `/** @jsxImportSource react */\n${tagged('', 'return <a/>')}`,
      'node_modules/react/package.json': '{"name":"react","version":"1.0.0"}',
    },
    {
      'src/a.tsx': `/** @jsxImportSource react */\n${tagged('', 'return <a/>')}`,
      'node_modules/react/package.json': '{"name":"react","version":"2.0.0"}',
    },
  )
  changed(
    'decorator before export',
    {
      'src/a.ts': `import {d} from './lib.js'\n@d export class A { ${AUTO} f() { return this.g() } g() {return 1} }`,
      'src/lib.ts': 'export const d = (c) => 1',
    },
    {
      'src/a.ts': `import {d} from './lib.js'\n@d export class A { ${AUTO} f() { return this.g() } g() {return 1} }`,
      'src/lib.ts': 'export const d = (c) => 2',
    },
  )
  changed(
    'decorator after export',
    {
      'src/a.ts': `import {d} from './lib.js'\nexport @d class A { ${AUTO} f() { return this.g() } g() {return 1} }`,
      'src/lib.ts': 'export const d = (c) => 1',
    },
    {
      'src/a.ts': `import {d} from './lib.js'\nexport @d class A { ${AUTO} f() { return this.g() } g() {return 1} }`,
      'src/lib.ts': 'export const d = (c) => 2',
    },
  )
})

const withPrivate = (value: number) =>
  `class A { #g() { return ${value} }\n${AUTO}\nf(a) { return [a].map(function (each) { return each.#g() }) } }`

describe('what a method looks at within functions of its own', () => {
  changed('a private member', withPrivate(1), withPrivate(2))
})

describe('an edit elsewhere is none', () => {
  unchanged(
    'typeof in a type',
    `const k = 1\n${AUTO}\nfunction f(x: typeof k) { return x }`,
    `const k = 2\n${AUTO}\nfunction f(x: typeof k) { return x }`,
  )
  unchanged(
    'type import of class',
    {
      'src/a.ts': tagged("import {A} from './lib.js'", 'let a: A | typeof A.z; return 1'),
      'src/lib.ts': 'export class A {}',
    },
    {
      'src/a.ts': tagged("import {A} from './lib.js'", 'let a: A | typeof A.z; return 1'),
      'src/lib.ts': 'export class A {q=1}',
    },
  )
  unchanged(
    'implements',
    `class I {}\nclass A implements I { ${AUTO} f() { return this.x } }`,
    `class I {q=1}\nclass A implements I { ${AUTO} f() { return this.x } }`,
  )
  unchanged(
    'js to ts',
    {
      'src/a.ts': tagged("import {g} from './lib.js'", 'return g'),
      'src/lib.ts': 'export class g { a = 1; b() { try { return [...a] } catch {} } }',
    },
    {
      'src/a.ts': tagged("import {g} from './lib.js'", 'return g'),
      'src/lib.js': 'export class g { a = 1; b() { try { return [...a] } catch {} } }',
    },
  )
  unchanged('BOM', tagged('', 'return 1'), `\ufeff${tagged('', 'return 1')}`)
  unchanged(
    'BOM helper',
    lib("import {g} from './lib.js'", 'return g')('export const g=1'),
    lib("import {g} from './lib.js'", 'return g')('\ufeffexport const g=1'),
  )
  unchanged(
    'CRLF all',
    tagged('const k = {\n a: 1 }', 'return k'),
    tagged('const k = {\n a: 1 }', 'return k').replaceAll('\n', '\r\n'),
  )
  unchanged(
    'console.log of constant',
    `const k = 5\n${AUTO}\nfunction f(x) { return k }\nconsole.log(k)`,
    `const k = 5\n${AUTO}\nfunction f(x) { return k }\nconsole.log(k, 1)`,
  )
  unchanged(
    'calls of it at top level',
    `let runs = 0\n${AUTO}\nfunction f(x) { return ++runs }\nf(1)`,
    `let runs = 0\n${AUTO}\nfunction f(x) { return ++runs }\nf(2)`,
  )
  unchanged(
    'calls of it at top level, in main',
    `let runs = 0\n${AUTO}\nfunction f(x) { return ++runs }\nfunction main() { f(1) }\nmain()`,
    `let runs = 0\n${AUTO}\nfunction f(x) { return ++runs }\nfunction main() { f(2) }\nmain()`,
  )
  unchanged(
    'console.log of table',
    `const k = [5]\n${AUTO}\nfunction f(x) { return k }\nconsole.log(k.length)`,
    `const k = [5]\n${AUTO}\nfunction f(x) { return k }\nconsole.log(k.length, 1)`,
  )
  unchanged(
    'declaration split',
    `const a = 1, b = 2\n${AUTO}\nfunction f(x) { return a + b }`,
    `const a = 1\nconst b = 2\n${AUTO}\nfunction f(x) { return a + b }`,
  )
  unchanged(
    'export list',
    `export const a = 1\n${AUTO}\nexport function f(x) { return a }`,
    `const a = 1\n${AUTO}\nfunction f(x) { return a }\nexport { a, f }`,
  )
  unchanged(
    'default vs named import of it',
    `export default ${AUTO} function f(x) { return 1 }`,
    `${AUTO}\nexport default function f(x) { return 1 }`,
  )
})
