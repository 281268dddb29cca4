import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { rewrite } from '../../transformer/rewrite.js'

const ids = (text: string, file = 'a.ts') => analyse(text, { file, module: 'pkg.a' }).sites.map((site) => site.id)

const forecast = '/** @deche */\nexport function forecast(city: string) {\n  return city\n}\n'

describe('the id of a function stays', () => {
  test.each([
    ['when analysed again', forecast],
    ['when unrelated statements are inserted', `import 'x'\nconst y = 1\n${forecast}`],
    ['when its body is edited', forecast.replace('return city', 'return city + city')],
    ['when whitespace and comments are edited', forecast.replaceAll(' ', '  ').replace('{', '{ // why')],
    ['when its parameters are edited', forecast.replace('city: string', 'city: string, days = 3')],
    ['when its tag is edited', forecast.replace('@deche', '@deche ttl=7d share')],
    ['when it becomes an arrow', '/** @deche */ export const forecast = (city: string) => city'],
    ['when it becomes the default export', forecast.replace('export', 'export default')],
    ['when it is exported by a list', `${forecast.replace('export ', '')}export { forecast as default }`],
    ['in JavaScript', forecast.replace(': string', '')],
  ])('%s', (_name, text) => {
    expect(ids(text)).toEqual(['pkg.a.forecast'])
  })

  test('when another tagged function is inserted before it', () => {
    expect(ids(`/** @deche */ const other = () => 1\n${forecast}`)).toEqual(['pkg.a.other', 'pkg.a.forecast'])
  })
})

test('a renamed function has another id', () => {
  expect(ids(forecast.replace('forecast', 'outlook'))).toEqual(['pkg.a.outlook'])
})

test('members of one name in one class have different ids', () => {
  const members = ['m() {}', 'static m() {}', '#m() {}', "'#m'() {}", "static 'static~m'() {}", "'static~m'() {}"]
  const text = `class C { ${members.map((member) => `/** @deche */ ${member}`).join('\n')} }`
  expect(ids(text)).toEqual([
    'pkg.a.~C.m',
    'pkg.a.~C.static~m',
    'pkg.a.~C.%23m',
    'pkg.a.~C.~%23m',
    'pkg.a.~C.static~static%7Em',
    'pkg.a.~C.static%7Em',
  ])
})

test('a name with a dot is not two names', () => {
  expect(ids("const a = { /** @deche */ 'b.c'() {}, b: { /** @deche */ c() {} } }")).toEqual([
    'pkg.a.~a.b%2Ec',
    'pkg.a.~a.b.c',
  ])
})

test('name= is the id as it stands', () => {
  expect(ids(forecast.replace('@deche', '@deche name=weather.forecast'))).toEqual(['weather.forecast'])
})

describe('neither sites nor diagnostics', () => {
  test.each([
    ['a file without a tag', 'export const x = 1', 'a.ts'],
    ['a file that mentions the tag in a string', 'export const x = "@deche"', 'a.ts'],
    ['a file with syntax errors', `${forecast}const = 1`, 'a.ts'],
    ['a declaration file', '/** @deche */\nexport declare function f(): void', 'a.d.ts'],
    ['a declaration file of a CommonJS module', '/** @deche */\nexport declare function f(): void', 'a.d.cts'],
  ])('%s', (_name, text, file) => {
    expect(analyse(text, { file, module: 'm' })).toMatchObject({ sites: [], diagnostics: [] })
  })

  test.each(['esm', 'cjs'] as const)('what was compiled to %s already', (format) => {
    const text = '/** @deche */\nfunction f(x) {\n  return x\n}\n'
    const source = { file: 'a.js', module: 'pkg.a' }
    const compiled = rewrite(text, analyse(text, source), format).code
    expect(compiled).toContain('$deche.run')
    expect(analyse(compiled, source)).toMatchObject({ sites: [], diagnostics: [] })
  })
})

test('what is wrong with one function does not stop the others', () => {
  const text = `/** @deche tll=1 */ const a = () => 1\n${forecast}/** @deche */ function g() { return arguments }`
  const { sites, diagnostics } = analyse(text, { file: 'a.ts', module: 'pkg.a' })
  expect(sites.map((site) => site.id)).toEqual(['pkg.a.forecast'])
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['DECHE1003', 'DECHE1023'])
})

test('nothing a file may hold makes it throw', () => {
  const pieces = [
    '/** @deche */',
    '/** @deche ttl=7d ignore=a */',
    '/** @deche "',
    ' */',
    '\n',
    '@deche',
    '=',
    ',',
    'function f(a) {',
    '}',
    'export ',
    'default ',
    'class A {',
    'm() {}',
    'static ',
    '#p',
    '(',
    ')',
    '=>',
    'const x = ',
    '1',
    ';',
    'async ',
    'declare ',
    'namespace N {',
    '[',
    ']',
    'get ',
    'abstract ',
    '@dec ',
    "'use strict'",
    'import x from "y"',
    '...',
    'exports.f = ',
    '\uFEFF',
    '😀',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 16 }), (parts) => {
      const text = parts.join('')
      for (const file of ['a.ts', 'a.jsx', 'a.cts']) {
        const analysis = analyse(text, { file, module: 'm' })
        rewrite(text, analysis, 'esm').code
      }
    }),
    { numRuns: 2000 },
  )
})

test('a method and the function of a module of its class’s name have different ids', () => {
  const method = analyse('export class b {\n  /** @deche */\n  f() { return 1 }\n}', { file: 'a.ts', module: 'pkg.a' })
  const plain = analyse('/** @deche */\nexport function f() { return 1 }', { file: 'b.ts', module: 'pkg.a.b' })
  expect([...method.sites, ...plain.sites].map(({ id }) => id)).toEqual(['pkg.a.~b.f', 'pkg.a.b.f'])
})
