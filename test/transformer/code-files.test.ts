import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { CodeFiles, withCode } from '../../transformer/code/index.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { codeOf, type Files, hashOf } from './code-projects.js'

const main = (body: string, ...imports: string[]) => `${imports.join('\n')}
/** @deche version=auto */
export function f(x: number) { ${body} }
`
const ADD = 'export const add = (a: number, b: number) => a + b\n'
const USES = main('return add(x, 1)', "import { add } from './lib.js'")

type Row = [name: string, one: Files, other: Files]

const SAME: Row[] = [
  [
    'where a helper lies',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    { 'src/a.ts': USES.replace('./lib.js', '../util/deep/lib'), 'util/deep/lib.ts': ADD },
  ],
  [
    'how a helper is written',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    {
      'src/a.ts': USES,
      'src/lib.ts': "import type { X } from './x.js'\n// adds\nexport const add = (a: X, b: X): X => (a + b)\n",
    },
  ],
  [
    'other exports of a helper file',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    {
      'src/a.ts': USES,
      'src/lib.ts': `import './other.js'\nexport const sub = 1\n${ADD}`,
      'src/other.ts': 'export {}',
    },
  ],
  [
    'a file in between',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    { 'src/a.ts': USES, 'src/lib.ts': "export * from './real.js'", 'src/real.ts': ADD },
  ],
  [
    'a renaming in between',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    {
      'src/a.ts': USES,
      'src/lib.ts': "export { inner as add } from './real.js'",
      'src/real.ts': "import { add } from './last.js'\nexport { add as inner }",
      'src/last.ts': ADD,
    },
  ],
  [
    'other members of a namespace import',
    { 'src/a.ts': main('return l.add(x, 1)', "import * as l from './lib.js'"), 'src/lib.ts': ADD },
    {
      'src/a.ts': main('return l.add(x, 1)', "import * as l from './lib.js'"),
      'src/lib.ts': `${ADD}export const sub = 1`,
    },
  ],
  [
    'a cycle that does not matter',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    { 'src/a.ts': USES, 'src/lib.ts': `import { f } from './a.js'\nexport const again = () => f(1)\n${ADD}` },
  ],
  [
    'unused imports and types',
    { 'src/a.ts': USES, 'src/lib.ts': ADD },
    {
      'src/a.ts': `import { sub, type T } from './lib.js'\n${USES}`,
      'src/lib.ts': `${ADD}export const sub = 2\nexport type T = 1`,
    },
  ],
]

const lib = (source: string): Files => ({ 'src/a.ts': USES, 'src/lib.ts': source })
const via =
  (imports: string, body: string) =>
  (files: Files): Files => ({ 'src/a.ts': main(body, imports), ...files })
const module = (name: string, version: string): Files => ({
  [`node_modules/${name}/package.json`]: `{"name":"${name}","version":"${version}","main":"main.js"}`,
  [`node_modules/${name}/main.js`]: 'exports.x = 1',
})
const all = via("import * as l from './lib.js'", 'return l')
const fallback = via("import d from './lib.js'", 'return d(x)')
const data = via("import data from './data.json'", 'return data[x]')
const required = via('', "return require('./lib.cjs').g(x)")
const dynamic = via('', "return import('./lib.js')")
const equals = via("import l = require('./lib.cjs')", 'return l.g')
const packaged = via("import { x as y } from 'left'", 'return y')
const through = via("import { y } from './lib.js'", 'return y')
const renamed = via("import { a as one, b as two } from './lib.js'", 'return one(two(x))')
const swapped = via("import { b as one, a as two } from './lib.js'", 'return one(two(x))')
const aliased = via("import { add } from '@/lib'", 'return add(x, 1)')
const subpath = via("import { add } from '#lib'", 'return add(x, 1)')
const PATHS: Files = { 'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}' }
const IMPORTS: Files = { 'package.json': '{"name":"demo","imports":{"#lib":"./src/lib.js"}}' }

const DIFFERENT: Row[] = [
  ['a helper', lib(ADD), lib(ADD.replace('a + b', 'a - b'))],
  [
    'a constant of a helper',
    lib(`const k = 1\n${ADD.replace('a + b', 'a + k')}`),
    lib(`const k = 2\n${ADD.replace('a + b', 'a + k')}`),
  ],
  [
    'a helper behind a file in between',
    { ...lib("export * from './real.js'"), 'src/real.ts': ADD },
    { ...lib("export * from './real.js'"), 'src/real.ts': ADD.replace('+', '*') },
  ],
  [
    'what changes a helper at the top level of its file',
    lib('export let add = 1\nadd = 2'),
    lib('export let add = 1\nadd = 3'),
  ],
  [
    'a member of a namespace import',
    via("import * as l from './lib.js'", 'return l.add')({ 'src/lib.ts': ADD }),
    via("import * as l from './lib.js'", 'return l.add')({ 'src/lib.ts': ADD.replace('+', '-') }),
  ],
  [
    'any member of a namespace that is handed on',
    all({ 'src/lib.ts': ADD }),
    all({ 'src/lib.ts': `${ADD}export const sub = 1` }),
  ],
  [
    'what a whole module imports',
    all({ 'src/lib.ts': "import { k } from './k.js'\nexport const g = k", 'src/k.ts': 'export const k = 1' }),
    all({ 'src/lib.ts': "import { k } from './k.js'\nexport const g = k", 'src/k.ts': 'export const k = 2' }),
  ],
  [
    'a default export',
    fallback({ 'src/lib.ts': 'export default (x: number) => x' }),
    fallback({ 'src/lib.ts': 'export default (x: number) => -x' }),
  ],
  [
    'a default function',
    fallback({ 'src/lib.ts': 'export default function (x: number) { return x }' }),
    fallback({ 'src/lib.ts': 'export default function (x: number) { return -x }' }),
  ],
  [
    'a default that is a name',
    fallback({ 'src/lib.ts': 'const g = 1\nexport default g' }),
    fallback({ 'src/lib.ts': 'const g = 2\nexport default g' }),
  ],
  [
    'an enum of another file',
    through({ 'src/lib.ts': 'export const enum y { a = 1 }' }),
    through({ 'src/lib.ts': 'export const enum y { a = 2 }' }),
  ],
  ['JSON', data({ 'src/data.json': '[1]' }), data({ 'src/data.json': '[2]' })],
  ['require', required({ 'src/lib.cjs': 'exports.g = () => 1' }), required({ 'src/lib.cjs': 'exports.g = () => 2' })],
  ['dynamic import', dynamic({ 'src/lib.ts': 'export const g = 1' }), dynamic({ 'src/lib.ts': 'export const g = 2' })],
  [
    'import = require',
    equals({ 'src/lib.cts': 'export const g = 1' }),
    equals({ 'src/lib.cts': 'export const g = 2' }),
  ],
  ["a package's version", packaged(module('left', '1.0.0')), packaged(module('left', '1.0.1'))],
  [
    "a package's version behind a file",
    through({ 'src/lib.ts': "export { x as y } from 'left'", ...module('left', '1.0.0') }),
    through({ 'src/lib.ts': "export { x as y } from 'left'", ...module('left', '1.0.1') }),
  ],
  [
    'which import goes where',
    renamed({ 'src/lib.ts': 'export const a = (x: number) => x + 1\nexport const b = (x: number) => x * 2' }),
    swapped({ 'src/lib.ts': 'export const a = (x: number) => x + 1\nexport const b = (x: number) => x * 2' }),
  ],
  [
    "a helper by tsconfig's paths",
    aliased({ ...PATHS, 'src/lib.ts': ADD }),
    aliased({ ...PATHS, 'src/lib.ts': ADD.replace('+', '-') }),
  ],
  [
    "a helper by the package's own imports",
    subpath({ ...IMPORTS, 'src/lib.ts': ADD }),
    subpath({ ...IMPORTS, 'src/lib.ts': ADD.replace('+', '-') }),
  ],
  [
    'JavaScript',
    { 'src/a.ts': USES, 'src/lib.js': 'export const add = 1' },
    { 'src/a.ts': USES, 'src/lib.js': 'export const add = 2' },
  ],
  ['a file with syntax errors', lib('export const add = ('), lib('export const add = ((')],
  [
    'the function through a cycle',
    { 'src/a.ts': `${USES}export const k = 1`, 'src/lib.ts': "import { k } from './a.js'\nexport const add = () => k" },
    { 'src/a.ts': `${USES}export const k = 2`, 'src/lib.ts': "import { k } from './a.js'\nexport const add = () => k" },
  ],
]

describe('through files', () => {
  test.each(SAME)('the hash does not know %s', (_, one, other) => {
    expect(codeOf(other).diagnostics).toEqual([])
    expect(hashOf(other)).toBe(hashOf(one))
  })

  test.each(DIFFERENT)('the hash knows %s', (_, one, other) => {
    expect(codeOf(one).diagnostics).toEqual([])
    expect(hashOf(other)).not.toBe(hashOf(one))
  })
})

test('a package that is linked into node_modules is project code', async () => {
  const hashes = ['+', '-'].map((sign) => {
    const files = {
      'app/src/a.ts': main('return add(x, 1)', "import { add } from '@acme/lib'"),
      'lib/package.json': '{"name":"@acme/lib","version":"1.0.0","exports":"./index.ts"}',
      'lib/index.ts': ADD.replace('+', sign),
    }
    const { hash, reads, pieces } = codeOf(files, { 'app/node_modules/@acme/lib': '../../../lib' })
    expect(reads).toEqual(['lib/index.ts'])
    expect(pieces.replace(/^\w+ /gm, '')).toBe('own\n@acme/lib/index.add')
    return hash
  })
  expect(hashes[0]).not.toBe(hashes[1])
})

test('an import that leads nowhere counts by what it says, and is warned of', () => {
  const code = (name: string) => codeOf({ 'src/a.ts': main('return y', `import { y } from '${name}'`) })
  expect(code('./gone.js').hash).not.toBe(code('./other.js').hash)
  expect(code('./gone.js').diagnostics).toEqual([
    "DECHE1081 version=auto of f: './gone.js' leads to no file, so what changes there is not noticed",
  ])
  expect(code('node:fs').diagnostics).toEqual([])
})

test('the pieces say what is in the hash', () => {
  const files = {
    'src/a.ts': main(
      'return add(x, k) + y',
      "import { add } from './lib.js'",
      "import { x as y } from 'left'",
      'const k = 1',
    ),
    'src/lib.ts': `enum E { A }\n${ADD.replace('a + b', 'a + b + E.A')}`,
    ...module('left', '1.0.0'),
  }
  const { pieces, hash, reads } = codeOf(files)
  expect(pieces.replace(/^[0-9a-f]{8} /gm, '# ')).toBe('# own\n# src/lib.add\n# src/a.k\n# src/lib.E\n1.0.0 left')
  expect(hash).toMatch(/^[0-9a-f]{28}$/)
  expect(reads).toEqual(['node_modules/left/package.json', 'src/lib.ts'])
})

test('without version=auto imports count by what they say, and no file is read', () => {
  const plain = USES.replace(' version=auto', '')
  const one = codeOf({ 'src/a.ts': plain, 'src/lib.ts': ADD })
  expect(one.reads).toEqual([])
  expect(codeOf({ 'src/a.ts': plain, 'src/lib.ts': 'export const add = 1' }).hash).toBe(one.hash)
  expect(codeOf({ 'src/a.ts': plain.replace('{ add }', '{ sub as add }') }).hash).not.toBe(one.hash)
  expect(one.pieces).toMatch(/^[0-9a-f]{8} own$/)
})

test('code that is deeper than a recursion can go', () => {
  const sum = Array.from({ length: 20_000 }, () => 'x').join(' + ')
  expect(hashOf({ 'src/a.ts': main(`return ${sum}`) })).toMatch(/^[0-9a-f]{28}$/)
})

test('a build that asks for many functions finds for each what it finds alone', () => {
  const root = temporaryDirectory()
  const texts = new Map([
    ['a', main('return b(x) + k', "import { b } from './b.js'", 'export const k = 1').replace('f(x', 'a(x')],
    ['b', main('return a(x) * k', "import { a, k } from './a.js'").replace('f(x', 'b(x')],
    ['c', main('return a(x) + b(x)', "import { a } from './a.js'", "import { b } from './b.js'")],
  ])
  const fileOf = (name: string) => path.join(root, `${name}.ts`)
  for (const [name, text] of texts) writeFileSync(fileOf(name), text)
  const hashes = (files: () => CodeFiles) =>
    [...texts].map(([name, text]) => {
      const [file, module] = [fileOf(name), name]
      return withCode({ file, text, analysis: analyse(text, { file, module }) }, files()).analysis.sites[0]?.code.hash
    })
  const shared = new CodeFiles()
  const together = hashes(() => shared)
  expect(new Set(together).size).toBe(3)
  expect(together).toEqual(hashes(() => new CodeFiles()))

  // A text in hand that is not on the disk takes the place of what was found there before.
  texts.set('a', texts.get('a')?.replace('k = 1', 'k = 2') ?? '')
  const [a, b, c] = hashes(() => shared)
  writeFileSync(fileOf('a'), texts.get('a') ?? '')
  expect([a, b, c]).toEqual(hashes(() => new CodeFiles()))
  expect([a, b, c]).not.toContain(together[0])
  expect([a, b, c]).not.toContain(together[1])
})
