import { describe } from 'vitest'
import { AUTO, changed, type Files } from './code-edits.js'

/** Edits in other files than the function is in. */

const tagged = (imports: string, body: string) => `${imports}\n${AUTO}\nexport function f(x: number) { ${body} }\n`

/** A tagged function, and a file that it imports. */
const lib =
  (imports: string, body: string, name = 'src/lib.ts') =>
  (text: string, more: Files = {}): Files => ({ 'src/a.ts': tagged(imports, body), [name]: text, ...more })

describe('an edit in what is imported is seen', () => {
  changed(
    'named JSON imports',
    { 'src/a.ts': tagged("import {a as v} from './d.json'", 'return v'), 'src/d.json': '{"a":1,"b":2}' },
    { 'src/a.ts': tagged("import {b as v} from './d.json'", 'return v'), 'src/d.json': '{"a":1,"b":2}' },
  )
  changed(
    'named imports of CJS',
    { 'src/a.ts': tagged("import {a as v} from './d.cjs'", 'return v'), 'src/d.cjs': 'exports.a=1;exports.b=2' },
    { 'src/a.ts': tagged("import {b as v} from './d.cjs'", 'return v'), 'src/d.cjs': 'exports.a=1;exports.b=2' },
  )
  changed(
    'default vs namespace of CJS',
    { 'src/a.ts': tagged("import v from './d.cjs'", 'return v'), 'src/d.cjs': 'exports.a=1;exports.b=2' },
    { 'src/a.ts': tagged("import * as v from './d.cjs'", 'return v'), 'src/d.cjs': 'exports.a=1;exports.b=2' },
  )
  changed(
    'query of asset',
    { 'src/a.ts': tagged("import v from './d.svg?raw'", 'return v'), 'src/d.svg': '<a/>' },
    { 'src/a.ts': tagged("import v from './d.svg?url'", 'return v'), 'src/d.svg': '<a/>' },
  )
  changed(
    'import attributes',
    { 'src/a.ts': tagged("import v from './d.json' with {type:'json'}", 'return v'), 'src/d.json': '{}' },
    { 'src/a.ts': tagged("import v from './d.json' with {type:'text'}", 'return v'), 'src/d.json': '{}' },
  )
  changed(
    'names of one pattern',
    lib("import {a as v} from './lib.js'", 'return v')('export const {a,b} = {a:1,b:2}'),
    lib("import {b as v} from './lib.js'", 'return v')('export const {a,b} = {a:1,b:2}'),
  )
  changed(
    'names of one pattern through barrel',
    lib("import {v} from './bar.js'", 'return v')('export const {a,b} = {a:1,b:2}', {
      'src/bar.ts': "export {a as v} from './lib.js'",
    }),
    lib("import {v} from './bar.js'", 'return v')('export const {a,b} = {a:1,b:2}', {
      'src/bar.ts': "export {b as v} from './lib.js'",
    }),
  )
  changed(
    'CJS through barrel',
    lib(
      "import {v} from './bar.js'",
      'return v',
      'src/lib.cjs',
    )('exports.a=1;exports.b=2', { 'src/bar.ts': "export {a as v} from './lib.cjs'" }),
    lib(
      "import {v} from './bar.js'",
      'return v',
      'src/lib.cjs',
    )('exports.a=1;exports.b=2', { 'src/bar.ts': "export {b as v} from './lib.cjs'" }),
  )
  changed(
    'export {a as v} local pattern',
    lib("import {v} from './lib.js'", 'return v')('const {a,b} = {a:1,b:2}; export {a as v}'),
    lib("import {v} from './lib.js'", 'return v')('const {a,b} = {a:1,b:2}; export {b as v}'),
  )
  changed(
    'export default of pattern name',
    lib("import v from './lib.js'", 'return v')('const {a,b} = {a:1,b:2}; export default a'),
    lib("import v from './lib.js'", 'return v')('const {a,b} = {a:1,b:2}; export default b'),
  )
  changed(
    'for-of declared names swapped',
    lib("import {v} from './lib.js'", 'return v')('let a=1,b=2; [a,b]=[b,a+1]; export {a as v}'),
    lib("import {v} from './lib.js'", 'return v')('let a=1,b=2; [a,b]=[b,a+1]; export {b as v}'),
  )
  changed(
    'export * as',
    {
      'src/a.ts': tagged("import {n} from './bar.js'", 'return n.add'),
      'src/bar.ts': "export * as n from './lib.js'",
      'src/lib.ts': 'export const add=1',
    },
    {
      'src/a.ts': tagged("import {n} from './bar.js'", 'return n.add'),
      'src/bar.ts': "export * as n from './lib.js'",
      'src/lib.ts': 'export const add=2',
    },
  )
  changed(
    'export * as which module',
    {
      'src/a.ts': tagged("import {n} from './bar.js'", 'return n.add'),
      'src/bar.ts': "export * as n from './l1.js'",
      'src/l1.ts': 'export const add=1',
      'src/l2.ts': 'export const add=2',
    },
    {
      'src/a.ts': tagged("import {n} from './bar.js'", 'return n.add'),
      'src/bar.ts': "export * as n from './l2.js'",
      'src/l1.ts': 'export const add=1',
      'src/l2.ts': 'export const add=2',
    },
  )
  changed(
    'package name via barrel',
    { 'src/a.ts': tagged("import {v} from './bar.js'", 'return v'), 'src/bar.ts': "export {a as v} from 'node:fs'" },
    { 'src/a.ts': tagged("import {v} from './bar.js'", 'return v'), 'src/bar.ts': "export {b as v} from 'node:fs'" },
  )
  changed(
    'requires repeated',
    {
      'src/a.ts': tagged('', "return [require('./x.cjs'),require('./x.cjs'),require('./y.cjs')]"),
      'src/x.cjs': 'exports.a=1',
      'src/y.cjs': 'exports.a=2',
    },
    {
      'src/a.ts': tagged('', "return [require('./x.cjs'),require('./y.cjs'),require('./y.cjs')]"),
      'src/x.cjs': 'exports.a=1',
      'src/y.cjs': 'exports.a=2',
    },
  )
  changed(
    'import(`template`)',
    { 'src/a.ts': tagged('', 'return import(`./lib.js`)'), 'src/lib.ts': 'export const a=1' },
    { 'src/a.ts': tagged('', 'return import(`./lib.js`)'), 'src/lib.ts': 'export const a=2' },
  )
  changed(
    'require(`template`)',
    { 'src/a.ts': tagged('', 'return require(`./lib.cjs`)'), 'src/lib.cjs': 'exports.a=1' },
    { 'src/a.ts': tagged('', 'return require(`./lib.cjs`)'), 'src/lib.cjs': 'exports.a=2' },
  )
  changed(
    'module-level require',
    { 'src/a.cjs': `const l = require('./lib.cjs')\n${AUTO}\nexports.f = x => l.a`, 'src/lib.cjs': 'exports.a=1' },
    { 'src/a.cjs': `const l = require('./lib.cjs')\n${AUTO}\nexports.f = x => l.a`, 'src/lib.cjs': 'exports.a=2' },
  )
  changed(
    'CJS requires: which names',
    {
      'src/a.cjs': `const {a:l} = require('./lib.cjs')\n${AUTO}\nexports.f = x => l`,
      'src/lib.cjs': 'exports.a=1;exports.b=2',
    },
    {
      'src/a.cjs': `const {b:l} = require('./lib.cjs')\n${AUTO}\nexports.f = x => l`,
      'src/lib.cjs': 'exports.a=1;exports.b=2',
    },
  )
  changed(
    'side-effect import in whole module',
    {
      'src/a.ts': tagged("import * as l from './lib.js'", 'return l'),
      'src/lib.ts': "import './s.js'\nexport const a=1",
      'src/s.ts': 'globalThis.q=1',
    },
    {
      'src/a.ts': tagged("import * as l from './lib.js'", 'return l'),
      'src/lib.ts': "import './s.js'\nexport const a=1",
      'src/s.ts': 'globalThis.q=2',
    },
  )
  changed(
    'class across files',
    lib("import {A} from './lib.js'", 'return new A().g()')("import {B} from './b.js'\nexport class A extends B {}", {
      'src/b.ts': 'export class B { g(){return 1} }',
    }),
    lib("import {A} from './lib.js'", 'return new A().g()')("import {B} from './b.js'\nexport class A extends B {}", {
      'src/b.ts': 'export class B { g(){return 2} }',
    }),
  )
  changed(
    'default class with later prototype',
    lib("import A from './lib.js'", 'return new A().g()')('export default class A {}\nA.prototype.g = () => 1'),
    lib("import A from './lib.js'", 'return new A().g()')('export default class A {}\nA.prototype.g = () => 2'),
  )
  changed(
    'default function with property',
    lib("import g from './lib.js'", 'return g.t')('export default function g() {}\ng.t = 1'),
    lib("import g from './lib.js'", 'return g.t')('export default function g() {}\ng.t = 2'),
  )
  changed(
    'export default name in file in other barrel',
    lib("import {default as g} from './lib.js'", 'return g')("export {default} from './q.js'", {
      'src/q.ts': 'const z=1\nexport {z as default}',
    }),
    lib("import {default as g} from './lib.js'", 'return g')("export {default} from './q.js'", {
      'src/q.ts': 'const z=2\nexport {z as default}',
    }),
  )
})

describe('wherever a specifier leads', () => {
  const loaded = (name: string, before: string) =>
    changed(
      name,
      { 'src/a.ts': tagged(before, 'return l.a'), 'src/lib.cjs': 'exports.a = 1' },
      { 'src/a.ts': tagged(before, 'return l.a'), 'src/lib.cjs': 'exports.a = 2' },
    )
  const createRequire = "import { createRequire } from 'node:module'\n"
  loaded('createRequire', `${createRequire}const load = createRequire(import.meta.url)\nconst l = load('./lib.cjs')`)
  loaded('createRequire and at once', `${createRequire}const l = createRequire(import.meta.url)('./lib.cjs')`)
  loaded('module.require', "const l = module.require('./lib.cjs')")
  loaded('a path with a type', "const l = require('./lib.cjs' as string)")
  const typed = (version: string): Files => ({
    'src/a.ts': tagged("import { k } from 'lib'", 'return k'),
    'tsconfig.json': '{"compilerOptions":{"paths":{"lib":["./types/lib.d.ts"]}}}',
    'types/lib.d.ts': 'export const k: number',
    'node_modules/lib/package.json': `{"name":"lib","version":"${version}","main":"index.js"}`,
    'node_modules/lib/index.js': '',
  })
  changed('a package whose types are of the project', typed('1.0.0'), typed('2.0.0'))
  const beside = (value: number): Files => ({
    'src/a.ts': tagged("import { A } from './bar.js'", 'return A'),
    'src/bar.ts': "export type { A } from './types.js'\nexport * from './lib.js'",
    'src/types.ts': 'export type A = 1',
    'src/lib.ts': `export const A = ${value}`,
  })
  changed('a star beside a type of the same name', beside(1), beside(2))
  changed(
    'paths through extends',
    {
      'src/a.ts': tagged("import {k} from '@x/lib'", 'return k'),
      'tsconfig.json': '{"extends":"./base.json"}',
      'base.json': '{"compilerOptions":{"paths":{"@x/*":["./src/*"]}}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from '@x/lib'", 'return k'),
      'tsconfig.json': '{"extends":"./base.json"}',
      'base.json': '{"compilerOptions":{"paths":{"@x/*":["./src/*"]}}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'paths through solution',
    {
      'src/a.ts': tagged("import {k} from '@x/lib'", 'return k'),
      'tsconfig.json': '{"files":[],"references":[{"path":"./tsconfig.app.json"}]}',
      'tsconfig.app.json': '{"include":["src"],"compilerOptions":{"composite":true,"paths":{"@x/*":["./src/*"]}}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from '@x/lib'", 'return k'),
      'tsconfig.json': '{"files":[],"references":[{"path":"./tsconfig.app.json"}]}',
      'tsconfig.app.json': '{"include":["src"],"compilerOptions":{"composite":true,"paths":{"@x/*":["./src/*"]}}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'baseUrl',
    {
      'src/a.ts': tagged("import {k} from 'lib'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"baseUrl":"src"}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from 'lib'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"baseUrl":"src"}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'rootDirs',
    {
      'src/a.ts': tagged("import {k} from './lib.js'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"rootDirs":["src","gen"]}}',
      'gen/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from './lib.js'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"rootDirs":["src","gen"]}}',
      'gen/lib.ts': 'export const k=2',
    },
  )
  changed(
    '#imports conditional',
    {
      'src/a.ts': tagged("import {k} from '#l'", 'return k'),
      'package.json': '{"name":"demo","imports":{"#l":{"types":"./src/t.d.ts","default":"./src/lib.js"}}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from '#l'", 'return k'),
      'package.json': '{"name":"demo","imports":{"#l":{"types":"./src/t.d.ts","default":"./src/lib.js"}}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'directory index',
    { 'src/a.ts': tagged("import {k} from './lib'", 'return k'), 'src/lib/index.ts': 'export const k=1' },
    { 'src/a.ts': tagged("import {k} from './lib'", 'return k'), 'src/lib/index.ts': 'export const k=2' },
  )
  changed(
    '.ts specifier',
    { 'src/a.ts': tagged("import {k} from './lib.ts'", 'return k'), 'src/lib.ts': 'export const k=1' },
    { 'src/a.ts': tagged("import {k} from './lib.ts'", 'return k'), 'src/lib.ts': 'export const k=2' },
  )
  changed(
    'self reference',
    {
      'src/a.ts': tagged("import {k} from 'demo/lib'", 'return k'),
      'package.json': '{"name":"demo","exports":{"./*":"./src/*.js"}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from 'demo/lib'", 'return k'),
      'package.json': '{"name":"demo","exports":{"./*":"./src/*.js"}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'builtin name by paths',
    {
      'src/a.ts': tagged("import {k} from 'events'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"paths":{"events":["./src/lib.ts"]}}}',
      'src/lib.ts': 'export const k=1',
    },
    {
      'src/a.ts': tagged("import {k} from 'events'", 'return k'),
      'tsconfig.json': '{"compilerOptions":{"paths":{"events":["./src/lib.ts"]}}}',
      'src/lib.ts': 'export const k=2',
    },
  )
  changed(
    'nested class',
    `function outer() { class G { a() { return 1 } }\n${AUTO}\nfunction f(x) { return new G().a() }\nreturn f }`,
    `function outer() { class G { a() { return 2 } }\n${AUTO}\nfunction f(x) { return new G().a() }\nreturn f }`,
  )
  changed(
    'export import alias',
    lib("import {a} from './lib.js'", 'return a')('namespace N { export const q = 1 }\nexport import a = N.q'),
    lib("import {a} from './lib.js'", 'return a')('namespace N { export const q = 2 }\nexport import a = N.q'),
  )
  changed(
    'star over two',
    lib("import {v} from './lib.js'", 'return v')("export * from './p.js'\nexport * from './q.js'", {
      'src/p.ts': 'export const z=1',
      'src/q.ts': 'export const v=1',
    }),
    lib("import {v} from './lib.js'", 'return v')("export * from './p.js'\nexport * from './q.js'", {
      'src/p.ts': 'export const z=1',
      'src/q.ts': 'export const v=2',
    }),
  )
  changed(
    'declare field define',
    `class A { x: number; ${AUTO} f() { return this } }`,
    `class A { declare x: number; ${AUTO} f() { return this } }`,
  )
})
