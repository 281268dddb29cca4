import { describe } from 'vitest'
import { AUTO, changed, type Files, unchanged } from './code-edits.js'

/** Edits in what changes a variable, far from where it is declared and read. */

const tagged = (imports: string, body: string) => `${imports}\n${AUTO}\nexport function f(x: number) { ${body} }\n`

/** A tagged function, and a file that it imports. */
const lib =
  (imports: string, body: string, name = 'src/lib.ts') =>
  (text: string, more: Files = {}): Files => ({ 'src/a.ts': tagged(imports, body), [name]: text, ...more })

/** A variable of the module that a statement fills. */
const changedTable = (name: string, fill: (value: number) => string, declaration = 'const table: any = {}') => {
  const text = (value: number) => `${declaration}\n${AUTO}\nfunction f(x) { return table[x] }\n${fill(value)}`
  changed(`a table, ${name}`, text(1), text(2))
}

describe('an edit in what changes a value is seen', () => {
  changed(
    'own property table',
    `${AUTO}\nfunction f(x) { return f.table[x] }\nf.table = [1]`,
    `${AUTO}\nfunction f(x) { return f.table[x] }\nf.table = [2]`,
  )
  changed(
    'own class, static assigned later',
    `class A { static t; ${AUTO} f() { return this.x + A.t } }\nA.t = 1`,
    `class A { static t; ${AUTO} f() { return this.x + A.t } }\nA.t = 2`,
  )
  changed(
    'own class, prototype assigned later',
    `class A { ${AUTO} f() { return this.g() } }\nA.prototype.g = () => 1`,
    `class A { ${AUTO} f() { return this.g() } }\nA.prototype.g = () => 2`,
  )
  changed(
    'own object, member assigned later',
    `const o = { ${AUTO} f() { return this.g() } }\no.g = () => 1`,
    `const o = { ${AUTO} f() { return this.g() } }\no.g = () => 2`,
  )
  changed(
    'prototype siblings',
    `function A() {}\n${AUTO}\nA.prototype.f = function () { return this.g() }\nA.prototype.g = () => 1`,
    `function A() {}\n${AUTO}\nA.prototype.f = function () { return this.g() }\nA.prototype.g = () => 2`,
  )
  changed(
    'merged namespace of function',
    `${AUTO}\nfunction f(x) { return f.k }\nnamespace f { export const k = 1 }`,
    `${AUTO}\nfunction f(x) { return f.k }\nnamespace f { export const k = 2 }`,
  )
  changed(
    'merged namespace of class with this',
    `class A { ${AUTO} f() { return this.q + A.k } }\nnamespace A { export const k = 1 }`,
    `class A { ${AUTO} f() { return this.q + A.k } }\nnamespace A { export const k = 2 }`,
  )
  changed(
    'merged enum',
    `enum E {A=1}\n${AUTO}\nfunction f(x) { return E[x] }\nenum E {B=2}`,
    `enum E {A=1}\n${AUTO}\nfunction f(x) { return E[x] }\nenum E {B=3}`,
  )
  changed(
    'merged enum other file',
    lib("import {E} from './lib.js'", 'return E[x]')('export enum E {A=1}\nexport enum E {B=2}'),
    lib("import {E} from './lib.js'", 'return E[x]')('export enum E {A=1}\nexport enum E {B=3}'),
  )
  changed(
    'merged ns other file',
    lib("import {E} from './lib.js'", 'return E.k')('export class E {}\nexport namespace E { export const k=1 }'),
    lib("import {E} from './lib.js'", 'return E.k')('export class E {}\nexport namespace E { export const k=2 }'),
  )
  changed(
    'declare const enum',
    `declare const enum E {A=1}\n${AUTO}\nfunction f(x) { return E.A }`,
    `declare const enum E {A=2}\n${AUTO}\nfunction f(x) { return E.A }`,
  )
  changed(
    'declare const enum other file',
    lib("import {E} from './lib.js'", 'return E.A')('export declare const enum E {A=1}'),
    lib("import {E} from './lib.js'", 'return E.A')('export declare const enum E {A=2}'),
  )
  changed(
    'const enum in declare namespace',
    `declare namespace N { const enum E {A=1} }\n${AUTO}\nfunction f(x) { return N.E.A }`,
    `declare namespace N { const enum E {A=2} }\n${AUTO}\nfunction f(x) { return N.E.A }`,
  )
  changedTable('forEach', (n) => `['a'].forEach(k => { table[k] = ${n} })`)
  changedTable('named init function', (n) => `function init() { table.a = ${n} }\ninit()`)
  changedTable('arrow init function', (n) => `const init = () => { table.a = ${n} }\ninit()`)
  changedTable('two steps of init', (n) => `function fill() { table.a = ${n} }\nfunction init() { fill() }\ninit()`)
  changedTable('passed to function', (n) => `function fill(t) { t.a = ${n} }\nfill(table)`)
  changedTable('passed as second', (n) => `function fill(k, t) { t.a = ${n} }\nfill(1, table)`)
  changedTable('passed with result', (n) => `function fill(t) { t.a = ${n}; return 1 }\nconst size = fill(table)`)
  changedTable('declarator push', (n) => `const n = table.push(${n})`, 'const table: any = []')
  changedTable('declarator assignment', (n) => `const other = table.a = ${n}`)
  changedTable('export declarator', (n) => `export const other = (table.a = ${n})`)
  changedTable('static block', (n) => `class Z { static { table.a = ${n} } }`)
  changedTable('static field', (n) => `class Z { static q = table.a = ${n} }`)
  changedTable('alias', (n) => `const t = table\nt.a = ${n}`)
  changedTable('alias of member', (n) => `const { t } = table\nt.a = ${n}`)
  changedTable('for-of element', (n) => `for (const row of table) row.a = ${n}`, 'const table: any = [{}]')
  changedTable(
    'Object.values of',
    (n) => `for (const row of Object.values(table)) row.a = ${n}`,
    'const table: any = {a:{}}',
  )
  changedTable('destructuring target', (n) => `[table.a] = [${n}]`)
  changedTable('object destructuring target', (n) => `({ q: table.a } = { q: ${n} })`)
  changedTable('for target', (n) => `for (table.a of [${n}]);`)
  changedTable('new', (n) => `class Fill { constructor(t) { t.a = ${n} } }\nnew Fill(table)`)
  changedTable('new with member', (n) => `class Fill { constructor() { table.a = ${n} } }\nnew Fill()`)
  changedTable('IIFE async', (n) => `(async () => { table.a = ${n} })()`)
  changedTable('IIFE function .call', (n) => `(function () { table.a = ${n} }).call(this)`)
  changedTable('then', (n) => `Promise.resolve().then(() => { table.a = ${n} })`)
  changedTable('export default expr', (n) => `export default (table.a = ${n})`)
  changedTable('tagged template', (n) => `function fill(s, t) { t.a = ${n} }\nfill\`\${table}\``)
  changedTable('logical', (n) => `true && (table.a = ${n})`)
  changedTable('delete', (n) => `delete table[${n}]`)
  changedTable('optional call', (n) => `table.set?.(${n})`)
  changedTable('switch', (n) => `switch (1) { case 1: table.a = ${n} }`)
  changedTable('var in if', (n) => `const D = ${n}\nif (D > 1) { var table = [1] } else { var table = [2] }`, '')
  changedTable('let assigned in function', (n) => `function set() { table = { a: ${n} } }\nset()`, 'let table: any')
  changedTable('method of an object', (n) => `const api = { fill() { table.a = ${n} } }\napi.fill()`)
  changedTable('decorator', (n) => `function reg(c) { table.a = ${n} }\n@reg class Q {}`)
  changedTable('class extends side', (n) => `function mk() { table.a = ${n}; return Object }\nclass Q extends mk() {}`)
  changed(
    'imported table changed here',
    {
      'src/a.ts': `import {t} from './lib.js'\n${AUTO}\nfunction f(x){return t[x]}\nt.a = 1`,
      'src/lib.ts': 'export const t = {}',
    },
    {
      'src/a.ts': `import {t} from './lib.js'\n${AUTO}\nfunction f(x){return t[x]}\nt.a = 2`,
      'src/lib.ts': 'export const t = {}',
    },
  )
  changed(
    'imported init function changes',
    lib("import {t} from './lib.js'", 'return t[x]')('export const t: any = {}\nfunction init() { t.a = 1 }\ninit()'),
    lib("import {t} from './lib.js'", 'return t[x]')('export const t: any = {}\nfunction init() { t.a = 2 }\ninit()'),
  )
  changed(
    'inherits',
    `function A() {}\nfunction B() {}\nB.prototype.g = () => 1\nA.prototype.f = 1\n${AUTO}\nfunction f(x) { return new A().g() }\nrequire('util').inherits(A, B)`,
    `function A() {}\nfunction B() {}\nB.prototype.g = () => 2\nA.prototype.f = 1\n${AUTO}\nfunction f(x) { return new A().g() }\nrequire('util').inherits(A, B)`,
  )
  changedTable('assigned alias', (n) => `let t\nt = table\nt.a = ${n}`)
  changedTable('alias in a pattern', (n) => `let t\n[t] = [table]\nt.a = ${n}`)
  changedTable('property of another', (n) => `const all: any = {}\nall.t = table\nall.t.a = ${n}`)
  changedTable('static field that holds it', (n) => `class R { static t = table }\nR.t.a = ${n}`)
  changedTable('field of an instance', (n) => `class R { t = table; set(v) { this.t.a = v } }\nnew R().set(${n})`)
  changedTable('default of a parameter', (n) => `function fill(t = table) { t.a = ${n} }\nfill()`)
  changedTable('returned', (n) => `function get() { return table }\nget().a = ${n}`)
  changedTable('returned by an arrow', (n) => `const get = () => table\nget().set(${n})`)
  changedTable('returned by a method', (n) => `class R { static get() { return table } }\nR.get().set(${n})`)
  changedTable('yielded', (n) => `const all = (function* () { yield table })()\nall.next().value.a = ${n}`)
  changedTable('part of it', (n) => `const list = table.get('a') ?? []\nlist.push(${n})`)
  changedTable('object made of it', (n) => `const api = new Api(table)\napi.add(${n})`)
  changedTable('object that a function makes of it', (n) => `const api = withTable({ table })\napi.add(${n})`)
  changedTable('either of two', (n) => `(globalThis.q ? table : other).a = ${n}\nconst other = {}`)
  changedTable('behind a comma', (n) => `(0, table).a = ${n}`)
  changed(
    'the one object of a class',
    `class R { static one = new R(); static get() { return R.one } }\n${AUTO}\nfunction f(x) { return R.get().m[x] }\nR.get().set(1)`,
    `class R { static one = new R(); static get() { return R.one } }\n${AUTO}\nfunction f(x) { return R.get().m[x] }\nR.get().set(2)`,
  )
  changed(
    'the one object of an imported class',
    lib("import { R } from './lib.js'\nR.get().set(1)", 'return R.get().m[x]')('export class R {}'),
    lib("import { R } from './lib.js'\nR.get().set(2)", 'return R.get().m[x]')('export class R {}'),
  )
})

describe('the order of what runs while a module loads', () => {
  const inOrder = (read: string, ...statements: readonly string[]) =>
    `const t: any = []\nlet [a, b] = [1, 2]\n${statements.join('\n')}\n${AUTO}\nfunction f(x) { return ${read} }`
  const swapped = (name: string, read: string, one: string, other: string) =>
    changed(name, inOrder(read, one, other), inOrder(read, other, one))
  swapped('two assignments', 'a', 'a = b', 'b = 3')
  swapped('a change and a constant that reads', 'c', 't.push(1)', 'const c = t.length')
  swapped('two constants, one of which changes', 'c', 'const n = t.push(1)', 'const c = t.length')
  swapped('constants that count', 'c - d', 'const c = t.push(1)', 'const d = t.push(1)')
  changed(
    'constants that an imported function counts',
    lib(
      "import { next } from './lib.js'\nconst a = next()\nconst b = next()",
      'return a - 2 * b',
    )('let n = 0\nexport const next = () => ++n'),
    lib(
      "import { next } from './lib.js'\nconst b = next()\nconst a = next()",
      'return a - 2 * b',
    )('let n = 0\nexport const next = () => ++n'),
  )
  unchanged(
    'functions, classes and fixed values among them',
    inOrder(
      't[x] + g(k) + new A().h() + E.A',
      't.push(1)',
      'const g = () => 1',
      'const k = [-1, `a`]',
      'class A { h() {} }',
      'enum E { A = 1 }',
    ),
    inOrder(
      't[x] + g(k) + new A().h() + E.A',
      'enum E { A = 1 }',
      'class A { h() {} }',
      'const k = [-1, `a`]',
      'const g = () => 1',
      't.push(1)',
    ),
  )
})

describe('what only looks like a change is none', () => {
  const only = (name: string, text: (value: number) => string) => unchanged(name, text(1), text(2))
  const used = (before: string, read: string, after: (value: number) => string) => (value: number) =>
    `${before}\n${AUTO}\nfunction f(x) { return ${read} }\n${after(value)}`
  only(
    'what becomes of an answer',
    used('', 'x', (n) => `f(1).then((y) => y + ${n})`),
  )
  only(
    'what is made of an answer',
    used('', 'x', (n) => `const y = f(1)\nconsole.log(y.length, ${n})`),
  )
  only(
    'what is made of a part of it',
    used('const k: any = { a: 1 }', 'k', (n) => `const c = 1 + k.a\ninform(c, ${n})`),
  )
  only(
    'a module that require loads',
    used("const fs = require('fs')", 'fs', (n) => `const text = fs.read(${n})`),
  )
  only(
    'a part of one',
    used("const { Router } = require('express')", 'Router', (n) => `const r = Router.of(${n})`),
  )
})
