import { describe } from 'vitest'
import { AUTO, changed, type Files } from './code-edits.js'

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
})
