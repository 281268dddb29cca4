import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { hashOf } from './code-projects.js'

const AUTO = '/** @deche version=auto */'

type Row = [name: string, one: string, other: string]

const SAME: Row[] = [
  [
    'comments and formatting',
    `function f(a) { return a + 1 }`,
    `// new\nfunction f(a)\n{\n  return a /* one */ + 1;\n}`,
  ],
  [
    'types',
    `function f(a) { return a.b }`,
    `function f<T extends { b: number }>(this: void, a?: T): T['b'] { return (a as any)!.b satisfies number }`,
  ],
  ['overloads', `function f(a) { return a }`, `function f(a: 1): 1\nfunction f(a: any) { return a }`],
  [
    'quotes, keys and numbers',
    `function f() { return { a: 'x', b: 1000 } }`,
    `function f() { return { "a": "\\x78", 'b': 1e3 } }`,
  ],
  ['parentheses and semicolons', `const f = (a) => (a + 1) * 2;`, `const f = a => ((a) + 1) * (2)`],
  ['shorthand properties', `function f(a) { return { a } }`, `function f(a) { return { a: a } }`],
  [
    'unrelated code around it',
    `function f() { return k }\nconst k = 1`,
    `import 'node:fs'\nconst other = 3\nfunction f() { return k }\nfunction g() { return 2 }\nconst k = 1\nexport { f as g2 }\ng()`,
  ],
  [
    'whether it is exported',
    `function f() { return k }\nconst k = 1`,
    `export function f() { return k }\nexport const k = 1`,
  ],
  [
    'types of what it names',
    `const f = () => k\nconst k = 1`,
    `const f = () => k\nconst k: number = 1 as const\ntype T = typeof k`,
  ],
  [
    'the order of declarations',
    `const f = () => k + l\nconst k = 1\nconst l = 2`,
    `const l = 2\nconst k = 1\nconst f = () => k + l`,
  ],
  [
    'members that a compiler erases',
    `class A { x = 1; f() { return this.x } }`,
    `abstract class A implements B { declare z: 1; private x: number = 1; abstract q(): void; [k: string]: any; public f(): number { return this.x } }`,
  ],
  [
    'other members, if it does not look at its object',
    `class A { f() { return 1 } }`,
    `class A { g() { return 2 } f() { return 1 } }`,
  ],
  [
    'a type of the same name',
    `function f() { return k }\nconst k = 1`,
    `function f() { return k }\nconst k = 1\ninterface k { a: 1 }`,
  ],
  [
    'recursion',
    `function f(n) { return n ? f(n - 1) : 0 }`,
    `function f(n: number): number { return n ? f(n - 1) : 0 }`,
  ],
]

const DIFFERENT: Row[] = [
  ['its body', `function f() { return 1 }`, `function f() { return 2 }`],
  ['a default', `function f(a = 1) { return a }`, `function f(a = 2) { return a }`],
  ['a constant', `function f() { return k }\nconst k = 1`, `function f() { return k }\nconst k = 2`],
  [
    'a constant of a constant',
    `function f() { return k }\nconst k = l\nconst l = 1`,
    `function f() { return k }\nconst k = l\nconst l = 2`,
  ],
  ['number and string', `function f() { return 1 }`, `function f() { return '1' }`],
  ['numbers that JSON lacks', `function f() { return 1e999 }`, `function f() { return null }`],
  ['bigint', `function f() { return 1n }`, `function f() { return 1 }`],
  ['a regular expression', `function f(a) { return /a/g.test(a) }`, `function f(a) { return /a/gi.test(a) }`],
  ['a template', `function f(a) { return \`\${a} x\` }`, `function f(a) { return \`\${a}  x\` }`],
  [
    'raw text of a tagged template',
    'function f(a) { return String.raw`\\x41` }',
    'function f(a) { return String.raw`A` }',
  ],
  ['optional chaining', `function f(a) { return a?.b.c }`, `function f(a) { return (a?.b).c }`],
  ['optional call', `function f(a) { return a.b() }`, `function f(a) { return a.b?.() }`],
  ['async', `function f(a) { return a }`, `async function f(a) { return a }`],
  ['precedence', `function f(a, b) { return (a + b) * 2 }`, `function f(a, b) { return a + b * 2 }`],
  ['prefix and postfix', `function f(a) { return a++ }`, `function f(a) { return ++a }`],
  ['holes', `function f() { return [, 1] }`, `function f() { return [1] }`],
  [
    '__proto__',
    `function f(__proto__) { return { __proto__ } }`,
    `function f(__proto__) { return { __proto__: __proto__ } }`,
  ],
  ['computed keys', `function f(a) { return { [a]: 1 } }`, `function f(a) { return { a: 1 } }`],
  [
    'static and instance',
    `class A { static x() { return 1 } f() { return this.x() } }`,
    `class A { x() { return 1 } f() { return this.x() } }`,
  ],
  ['an enum', `function f() { return E.A }\nenum E { Z, A }`, `function f() { return E.A }\nenum E { A, Z }`],
  [
    'a const enum',
    `function f() { return E.A }\nconst enum E { A = 1 }`,
    `function f() { return E.A }\nconst enum E { A = 2 }`,
  ],
  [
    'a namespace',
    `function f() { return N.a }\nnamespace N { export const a = 1 }`,
    `function f() { return N.a }\nnamespace N { export const a = 2 }`,
  ],
  [
    'a dotted namespace',
    `function f() { return N.M.a }\nnamespace N.M { export const a = 1 }`,
    `function f() { return N.M.a }\nnamespace N.M { export const a = 2 }`,
  ],
  [
    'the other block of its namespace',
    `namespace N { ${AUTO} export function f() { return a } }\nnamespace N { export const a = 1 }`,
    `namespace N { ${AUTO} export function f() { return a } }\nnamespace N { export const a = 2 }`,
  ],
  [
    'an alias',
    `function f() { return a }\nimport a = N.a\nnamespace N { export const a = 1 }`,
    `function f() { return a }\nimport a = N.a\nnamespace N { export const a = 2 }`,
  ],
  [
    'another method of its class',
    `class A { f() { return this.g() } g() { return 1 } }`,
    `class A { f() { return this.g() } g() { return 2 } }`,
  ],
  [
    'a private member',
    `class A { #g = 1; static f(a) { return a.#g } }`,
    `class A { #g = 2; static f(a) { return a.#g } }`,
  ],
  [
    'a parameter property',
    `class A { constructor(private x = 1) {} f() { return this.x } }`,
    `class A { constructor(private x = 2) {} f() { return this.x } }`,
  ],
  [
    'the class it extends',
    `class B { g() { return 1 } }\nclass A extends B { f() { return this.g() } }`,
    `class B { g() { return 2 } }\nclass A extends B { f() { return this.g() } }`,
  ],
  [
    'super',
    `class B { f() { return 1 } }\nclass A extends B { ${AUTO} f() { return super.f() } }`,
    `class B { f() { return 2 } }\nclass A extends B { ${AUTO} f() { return super.f() } }`,
  ],
  [
    'a sibling in an object',
    `const o = { f() { return this.g() }, g: () => 1 }`,
    `const o = { f() { return this.g() }, g: () => 2 }`,
  ],
  ['a later assignment', `let k = 1\nfunction f() { return k }\nk = 2`, `let k = 1\nfunction f() { return k }\nk = 3`],
  [
    'a later property',
    `const k = {}\nfunction f() { return k.a }\nk.a = 2`,
    `const k = {}\nfunction f() { return k.a }\nk.a = 3`,
  ],
  [
    'Object.assign',
    `const k = {}\nfunction f() { return k.a }\nObject.assign(k, { a: 1 })`,
    `const k = {}\nfunction f() { return k.a }\nObject.assign(k, { a: 2 })`,
  ],
  [
    'a method call',
    `const k = new Map()\nfunction f() { return k }\nk.set(1, 2)`,
    `const k = new Map()\nfunction f() { return k }\nk.set(1, 3)`,
  ],
  [
    'a table filled by a loop',
    `const t = []\nfunction f() { return t }\nfor (let i = 0; i < 9; i++) { t[i] = i }`,
    `const t = []\nfunction f() { return t }\nfor (let i = 0; i < 9; i++) { t[i] = i * 2 }`,
  ],
  [
    'a block that runs at once',
    `const t = {}\nfunction f() { return t }\n;(() => { t.a = 1 })()`,
    `const t = {}\nfunction f() { return t }\n;(() => { t.a = 2 })()`,
  ],
  [
    'what a namespace member names',
    `namespace N { const k = 1; ${AUTO} export function f() { return k } }`,
    `namespace N { const k = 2; ${AUTO} export function f() { return k } }`,
  ],
  [
    'a destructured constant',
    `const { a } = { a: 1 }\nfunction f() { return a }`,
    `const { a } = { a: 2 }\nfunction f() { return a }`,
  ],
  [
    'a member of CommonJS exports',
    `exports.g = () => 1\n${AUTO} exports.f = () => exports.g()`,
    `exports.g = () => 2\n${AUTO} exports.f = () => exports.g()`,
  ],
]

function tagged(text: string): string {
  if (text.includes('@deche')) return text
  const at = text.search(
    /(?:export |async |abstract )*function f\(|(?:export |async |abstract )*function f<|const f =|(?:public |static )?f\(\)|static f\(/,
  )
  return `${text.slice(0, at)}${AUTO} ${text.slice(at)}`
}

describe('within a file', () => {
  test.each(SAME)('the hash does not know %s', (_, one, other) => {
    expect(hashOf({ 'src/a.ts': tagged(other) })).toBe(hashOf({ 'src/a.ts': tagged(one) }))
  })

  test.each(DIFFERENT)('the hash knows %s', (_, one, other) => {
    expect(hashOf({ 'src/a.ts': tagged(other) })).not.toBe(hashOf({ 'src/a.ts': tagged(one) }))
  })

  test.each([...SAME, ...DIFFERENT])('without version=auto, the text alone says as much: %s', (name, one, other) => {
    const plain = (text: string) =>
      analyse(tagged(text).replace(' version=auto', ''), { file: 'a.ts', module: 'demo' }).sites[0]?.code.hash
    expect(plain(one)).toBeDefined()
    expect(plain(one) === plain(other)).toBe(SAME.some((row) => row[0] === name))
  })
})
