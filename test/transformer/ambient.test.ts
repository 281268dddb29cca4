import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'

/** What is warned of in a text: the code, and what stands at its range. Errors would be shown as well. */
function warnings(text: string, file = 'a.ts'): string[] {
  const { diagnostics, sites } = analyse(text, { file, module: 'pkg.a' })
  // A warning takes nothing from what is cached.
  if (diagnostics.every(({ severity }) => severity === 'warning')) expect(sites.length).toBeGreaterThan(0)
  return diagnostics.map(({ code, range }) => `${code.replace('DECHE', '')} ${text.slice(...range)}`)
}

function fixesOf(text: string): string[] {
  return analyse(text, { file: 'a.ts', module: 'pkg.a' }).diagnostics.map(({ fix }) => fix)
}

function ignoreOf(text: string): unknown {
  return analyse(text, { file: 'a.ts', module: 'pkg.a' }).sites[0]?.options.ignore
}

const f = (body: string, tag = '') => `/** @deche ${tag} */ function f(city: string) { ${body} }`
const method = (body: string, members = '', tag = '') =>
  `class Shop { city = make(); #rate = make(); ${members}
    /** @deche ${tag} */ price(item: string) { ${body} } }`
const abstract = (body: string) =>
  `abstract class Shop { abstract area(): number; abstract get size(): number;
    /** @deche */ price(item: number) { ${body} } }`

describe('variables of the module', () => {
  const changing = 'let rate = 1; export function setRate(x: number) { rate = x }\n'

  test.each([
    ['that a function sets', `${changing}${f('return rate')}`, ['1060 rate']],
    ['once for each variable', `${changing}${f('return rate + rate')}`, ['1060 rate']],
    ['in a nested function', `${changing}${f('return [1].map((x) => x * rate)')}`, ['1060 rate']],
    ['that it counts itself and gives away', `let n = 0; ${f('return ++n')}`, ['1060 n']],
    ['that a condition asks', `${changing}${f('if (rate > 1) return 1; return 2')}`, ['1060 rate']],
    ['that is set in turn while the module runs', `let rate = 1\nrate = 2\n${f('return rate')}`, ['1060 rate']],
    ['that a loop sets', `let x = ''; for (const y of [1]) x += y\n${f('return x')}`, ['1060 x']],
    ['of a namespace', `namespace N { export let n = 0; export const up = () => n++; ${f('return n')} }`, ['1060 n']],
    ['set by destructuring', `let a = 1; export const g = (o: any) => { ({ a } = o) }; ${f('return a')}`, ['1060 a']],
    ['in a shorthand property', `${changing}${f('return { rate }')}`, ['1060 rate']],
    ['that ttl says nothing of', `${changing}${f('return rate', 'ttl=1d')}`, ['1060 rate']],
  ])('warned of: %s', (_name, text, expected) => {
    expect(warnings(text)).toEqual(expected)
  })

  test.each([
    ['a constant', `const rate = { x: 1 }; ${f('return rate.x')}`],
    ['a let that nobody sets', `let rate = 1; ${f('return rate')}`],
    ['a counter whose number nobody takes', `let n = 0; ${f('n++; n += 1; n = 2; return (n++, 1)')}`],
    ['a counter in the update of a loop', `let n = 0; ${f('for (;;n++) return 1')}`],
    ['a variable of another name in an inner scope', `${changing}${f('const rate = 2; return rate')}`],
    ['a parameter of that name', `${changing}/** @deche */ const g = (rate: number) => rate`],
    ['the default of a parameter, which is in the key', `${changing}/** @deche */ const g = (x = rate) => x`],
    ['a type', `${changing}${f('let x: typeof rate = 1; return x')}`],
    ['a value for logs', `${changing}${f('console.log(rate); app.logger.info(rate + 1); return 1')}`],
    ['a switch for logs', `${changing}${f('if (rate) { console.log(1) } rate && console.log(2); return 1')}`],
    ['the message of an error', `${changing}${f('if (city) throw new Error("at " + rate); return 1')}`],
    ['what the first call makes: ??=', `let db: any; ${f('db ??= open(); return db.all()')}`],
    ['what the first call makes: if', `let db: any = null; ${f('if (db === null) { db = open() } return db')}`],
    ['what the first call makes: early return', `let db: any; ${f('if (db) return db; db = open(); return db')}`],
    ['what the first call makes: ??', `let db: any; ${f('return db ?? (db = open())')}`],
    [
      'a value chosen while the module loads',
      `let root; try { root = find() } catch { root = '.' }\n${f('return root')}`,
    ],
    ['a value set in an if of the module', `let big = false; if (cpus > 4) big = true\n${f('return big')}`],
    ['what is ignored', `${changing}${f('return rate', 'ignore=rate')}`],
    ['a variable that another function reads', `${changing}const now = () => rate; ${f('return now()')}`],
    ['an import', `import { rate } from './rate.js'; ${f('return rate')}`],
  ])('silent: %s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })
})

describe('the environment', () => {
  test.each([
    ['a variable', f('return process.env.HOME'), ['1061 process.env.HOME']],
    [
      'each variable once',
      f('return process.env.A + process.env.B + process.env.A'),
      ['1061 process.env.A', '1061 process.env.B'],
    ],
    ['in brackets', f("return process.env['A-B']"), ["1061 process.env['A-B']"]],
    ['in a chain', f('return process?.env?.HOME?.length'), ['1061 process?.env?.HOME']],
    ['with types around', f('return (process as any).env!.HOME'), ['1061 (process as any).env!.HOME']],
    ['by a pattern', f('const { HOME, PATH: path } = process.env; return HOME + path'), ['1061 HOME', '1061 PATH']],
    ['as a whole', f('return spawn({ env: process.env, x: { ...process.env } })'), ['1061 process.env']],
    ['by a computed name', f('return process.env[city]'), ['1061 process.env']],
    ['by rest', f('const { A, ...rest } = process.env; return rest'), ['1061 A', '1061 process.env']],
    ['of bundlers', f('return import.meta.env.VITE_URL'), ['1061 import.meta.env.VITE_URL']],
    ['of Deno', f("return Deno.env.get('HOME')"), ['1061 Deno.env']],
    ['of Bun', f('return Bun.env.HOME'), ['1061 Bun.env.HOME']],
    ['through globalThis', f('return globalThis.process.env.HOME'), ['1061 globalThis.process.env.HOME']],
    ['imported', `import { env } from 'node:process'; ${f('return env.HOME')}`, ['1061 env.HOME']],
    ['of an imported process', `import proc from 'node:process'; ${f('return proc.env.HOME')}`, ['1061 proc.env.HOME']],
    ['of a namespace import', `import * as proc from 'process'; ${f('return proc.env.HOME')}`, ['1061 proc.env.HOME']],
    ['required', `const { env } = require('process'); ${f('return env.HOME')}`, ['1061 env.HOME']],
    ['through a constant of the module', `const env = process.env; ${f('return env.HOME')}`, ['1061 env.HOME']],
    ['of a declared process', `declare const process: any; ${f('return process.env.HOME')}`, ['1061 process.env.HOME']],
    ['in a test that decides', f('return process.env.NODE_ENV === "test" ? 1 : 2'), ['1061 process.env.NODE_ENV']],
    ['whatever ttl says', f('return process.env.HOME', 'ttl=1d'), ['1061 process.env.HOME']],
  ])('warned of: %s', (_name, text, expected) => {
    expect(warnings(text)).toEqual(expected)
  })

  test.each([
    ['the default of a parameter', '/** @deche */ const g = (home = process.env.HOME) => home'],
    ['a parameter called process', '/** @deche */ const g = (process: any) => process.env.HOME'],
    ['a local of that name', f('const process = city; return process.env.HOME')],
    ['a process of the module', `const process = { env: { A: 1 } }; ${f('return process.env.A')}`],
    ['an import of another module', `import process from './process.js'; ${f('return process.env.A')}`],
    ['what a constant of the module took of it', `const home = process.env.HOME; ${f('return home')}`],
    ['what a pattern of the module took of it', `const { HOME } = process.env; ${f('return HOME')}`],
    ['the rest of process', f('return process.cwd() + process.platform')],
    ['a property called env', f('return city.process.env.HOME')],
    ['setting it', f("process.env.A = 'b'; delete process.env.C; return 1")],
    ['a switch for logs', f("if (process.env.NODE_ENV !== 'production') { if (!city) { console.warn(1) } } return 1")],
    ['a type', f('type E = typeof process.env; return 1')],
    ['what is ignored by name', f('return process.env.HOME', 'ignore=process.env.HOME')],
    ['all of it ignored', f('return process.env.HOME + process.env.PATH', 'ignore=process.env')],
    ['ignored as the file calls it', `import { env } from 'process'; ${f('return env.A', 'ignore=env')}`],
    ['ignored by its full name', `import { env } from 'process'; ${f('return env.A', 'ignore=process.env.A')}`],
  ])('silent: %s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })
})

describe('clock and randomness', () => {
  test.each([
    ['Date.now', f('return Date.now()'), ['1062 Date.now']],
    ['Date.now as a function', f('return [1].map(Date.now)'), ['1062 Date.now']],
    ['new Date()', f('return new Date().getDay()'), ['1062 new Date()']],
    ['new Date without parentheses', f('return new Date'), ['1062 new Date']],
    ['Date()', f('return Date()'), ['1062 Date()']],
    ['performance', f('return performance.now()'), ['1062 performance.now']],
    ['performance, imported', `import { performance as p } from 'perf_hooks'; ${f('return p.now()')}`, ['1062 p.now']],
    ['hrtime', f('return process.hrtime.bigint()'), ['1062 process.hrtime']],
    ['Temporal', f('return Temporal.Now.instant()'), ['1062 Temporal.Now']],
    ['a start that the result has', f('const start = Date.now(); return { start }'), ['1062 Date.now']],
    ['a measurement that the result has', f('const start = Date.now(); return Date.now() - start'), ['1062 Date.now']],
    ['what is put into a list', f('const list = []; list.push(Date.now()); return list'), ['1062 Date.now']],
    ['Math.random', f('return Math.random()'), ['1063 Math.random']],
    ['the global crypto', f('return crypto.randomUUID()'), ['1063 crypto.randomUUID']],
    ['window.crypto', f('return window.crypto.getRandomValues(x)'), ['1063 window.crypto.getRandomValues']],
    [
      'node:crypto by name',
      `import { randomBytes as bytes } from 'node:crypto'; ${f('return bytes(8)')}`,
      ['1063 bytes'],
    ],
    ['node:crypto as a whole', `import c from 'crypto'; ${f('return c.randomInt(9)')}`, ['1063 c.randomInt']],
    [
      'webcrypto',
      `import { webcrypto } from 'crypto'; ${f('return webcrypto.randomUUID()')}`,
      ['1063 webcrypto.randomUUID'],
    ],
    ['import = require', `import c = require('crypto'); ${f('return c.randomUUID()')}`, ['1063 c.randomUUID']],
    ['taken by a pattern', f('const { random } = Math; return random()'), ['1063 random']],
  ])('warned of: %s', (_name, text, expected) => {
    expect(warnings(text)).toEqual(expected)
  })

  test.each([
    ['a Date of something', f('return new Date(city).getTime() + Date.parse(city) + new Date(0).getTime()')],
    ['an instanceof', f('return city instanceof Date')],
    [
      'the rest of Math and crypto',
      `import { createHash } from 'node:crypto'; ${f('return createHash(city) + Math.max(1)')}`,
    ],
    [
      'the default of a parameter',
      '/** @deche */ const g = (now = Date.now(), { id = crypto.randomUUID() } = {}) => now + id',
    ],
    [
      'a measurement for a log',
      f(
        'const t = performance.now(); const r = load(); console.log(Math.round(performance.now() - t) + " ms"); return r',
      ),
    ],
    [
      'a measurement for a logger of the object',
      'class A { /** @deche */ m() { const t = Date.now(); work(); this.logger.debug({ ms: Date.now() - t }) ; return 1 } }',
    ],
    [
      'a measurement for an ignored parameter',
      '/** @deche ignore=tell */ function g(tell: any) { tell(Date.now()); return 1 }',
    ],
    ['with a ttl, which says how long it holds', f('return [Date.now(), Math.random()]', 'ttl=1h')],
    ['ignored by class', f('return [new Date(), Date.now()]', 'ignore=Date')],
    [
      'ignored by name',
      f('return [Date.now(), Math.random(), crypto.randomUUID()]', 'ignore=Date.now,Math.random,crypto'),
    ],
    ['a local called Math', f('const Math = { random: () => 4 }; return Math.random()')],
    ['a class called Date', `class Date {} ${f('return new Date()')}`],
  ])('silent: %s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })
})

describe('this', () => {
  test.each([
    ['a property', method('return this.city'), ['1064 this.city']],
    ['a private one', method('return this.#rate'), ['1064 this.#rate']],
    ['a string in brackets', method("return this['city']"), ["1064 this['city']"]],
    ['by a pattern', method('const { city } = this; return city'), ['1064 city']],
    [
      'through an alias, in an inner function',
      method('const self = this; return function () { return self.city }'),
      ['1064 self.city'],
    ],
    ['in an arrow', method('return [1].map((x) => x + this.city)'), ['1064 this.city']],
    [
      'one that the constructor declares',
      'class A { constructor(private id: string) {} /** @deche */ m() { return this.id } }',
      ['1064 this.id'],
    ],
    ['in a method that it calls', method('return this.help()', 'help() { return this.city }'), ['1064 this.help']],
    [
      'in a private method, two calls away',
      method('return this.#a()', '#a() { return this.#b() } #b() { return this.city }'),
      ['1064 this.#a'],
    ],
    ['in a getter', method('return this.full', 'get full() { return this.city + 1 }'), ['1064 this.full']],
    ['in a method handed on', method('return [1].map(this.help)', 'help() { return this.city }'), ['1064 this.help']],
    ['in a field that is a function', method('return this.help()', 'help = () => this.city'), ['1064 this.help']],
    [
      'behind a loop of methods',
      method('return this.a()', 'a() { return this.price("x") + this.city }'),
      ['1064 this.a'],
    ],
    [
      'a static one',
      'class A { static base = make(); /** @deche */ static m() { return this.base } }',
      ['1064 this.base'],
    ],
    [
      'of an object literal',
      'const api = { base: 1, /** @deche */ get(x: number) { return x + this.base } }',
      ['1064 this.base'],
    ],
    ['in an arrow in a field', 'class A { id = make(); /** @deche */ m = () => this.id }', ['1064 this.id']],
    ['of a plain function', '/** @deche */ function area(this: Box) { return this.width }', ['1064 this.width']],
    ['of a prototype', 'Client.prototype.url = /** @deche */ function () { return this.base }', ['1064 this.base']],
    ['an inherited one', 'class A extends B { /** @deche */ m() { return this.url } }', ['1064 this.url']],
    [
      'what an inherited method of the file reads',
      'class C { url = make(); path() { return this.url } } class B extends C {} class A extends B { /** @deche */ m() { return this.path() } }',
      ['1064 this.path'],
    ],
    [
      'a private property that an inherited method of the file reads, which the tag cannot name',
      'class B { #url = make(); path() { return this.#url } } class A extends B { /** @deche */ m() { return this.path() } }',
      ['1067 this.path'],
    ],
    [
      'that one statement sets, and one before it reads',
      method('const old = this.city; this.city = item; return old'),
      ['1064 this.city'],
    ],
    ['that it counts and gives away', method('return this.city++'), ['1064 this.city']],
    ['returned', method('return this'), ['1067 this']],
    ['handed on', method('return help(this)'), ['1067 this']],
    ['spread', method('return { ...this }'), ['1067 this']],
    ['by a computed name', method('return this[item]'), ['1067 this']],
    ['the rest of it', method('const { ...all } = this; return all'), ['1067 this']],
    ['in an abstract method', abstract('return this.area() + item'), ['1067 this.area']],
    ['in an abstract method, for its effect', abstract('this.area(); return item'), []],
    ['in an abstract getter', abstract('return this.size + item'), ['1064 this.size']],
    [
      'in a method that a subclass overrides',
      `${method('return this.help(item)', 'help(item: string) { return item }')} class Other extends Shop { override help(item: string) { return 'other' } }`,
      ['1067 this.help'],
    ],
    [
      'in a method that a subclass leaves alone',
      `${method('return this.help(item)', 'help(item: string) { return item }')} class Other extends Shop { more() {} }`,
      [],
    ],
    ['in a method that hands it on', method('return this.help()', 'help() { return use(this) }'), ['1067 this.help']],
  ])('warned of: %s', (_name, text, expected) => {
    expect(warnings(text)).toEqual(expected)
  })

  test.each([
    ['attrs has it', method('return this.city + this.#rate', '', 'attrs=city,#rate')],
    ['it is ignored', method('return this.city', '', 'ignore=this.city')],
    ['all of it is ignored', method('return [this, this.city]', '', 'ignore=this')],
    ['attrs names the getter', method('return this.full', 'get full() { return this.city }', 'attrs=full')],
    ['the method is ignored', method('return this.help()', 'help() { return this.city }', 'ignore=this.help')],
    ['it is only written', method('this.city = item; this.count++; this.#rate += 1; delete this.x; return 1')],
    ['it was set before', method('this.city = item; return this.city')],
    [
      'an inherited method of the file reads nothing',
      'class B { path() { return 1 } } class A extends B { /** @deche */ m() { return this.path() } }',
    ],
    [
      'a class extends itself in a circle',
      'class A extends B { /** @deche */ m() { return this.x() } } class B extends A {}',
    ],
    ['an inherited method is called', 'class A extends B { /** @deche */ m() { return this.load() + super.x() } }'],
    ['an inherited method is bound', 'class A extends B { /** @deche */ m() { return f(this.load.bind(this)) } }'],
    ['the method that it calls reads nothing', method('return this.help()', 'help() { return 1 }')],
    [
      'methods call each other',
      method('return this.a()', 'a(): number { return this.b() } b(): number { return this.a() }'),
    ],
    ['an inner function has its own', method('return function (this: any) { return this.city }')],
    ['an inner class has its own', method('return class { x = 1; y = this.x }')],
    ['it is for a log', method('this.log.info(this.city); return 1')],
    ['a collection gets something', method('this.rows.push(item); return 1')],
    ['the default of a parameter reads it', 'class A { x = make(); /** @deche */ m(y = this.x) { return y } }'],
    [
      'a readonly field can have one value only',
      "class A { readonly kind = 'a'; static readonly base = `b`; /** @deche */ m() { return this.kind } /** @deche */ static n() { return this.base } }",
    ],
    ['its class is asked for', method('return this.constructor.name')],
    ['a class says its name', 'class A { /** @deche */ static m() { return this.name + new this() } }'],
    ['a comparison', method('return item === this')],
    ['it goes elsewhere and attrs says what counts', method('return help(this)', '', 'attrs=city')],
    ['there is none', '/** @deche */ const g = () => (this as any).x'],
  ])('%s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })

  test('the fix is the whole attrs to paste', () => {
    const text = method('const { city } = this; return city + this.#rate + this.base', '', 'attrs=base ignore=item')
    expect(fixesOf(text)).toEqual([
      'Write attrs=base,city,#rate, or ignore=item,this.city,this.#rate if the result does not depend on them.',
    ])
    const [first] = analyse(text, { file: 'a.ts', module: 'm' }).diagnostics
    expect(first?.message).toBe('Shop.price reads this.city and this.#rate, which are not in its key')
    const pasted = method('const { city } = this; return city + this.#rate + this.base', '', 'attrs=base,city,#rate')
    expect(warnings(pasted)).toEqual([])
  })
})

describe('secrets', () => {
  test.each([
    'password',
    'userPassword',
    'PASSWORD',
    'db_password',
    'passwd',
    'passphrase',
    'secret',
    'clientSecret',
    'token',
    'accessToken',
    'apiKey',
    'API_KEY',
    'apikey',
    'api_key',
    'openAIApiKey',
    'accessKey',
    'secretAccessKey',
    'privateKey',
    'credentials',
    'bearer',
    'authorization',
    'authorizationHeader',
    'jwt',
    'token2',
    '_password',
    'tokenValue',
  ])('%s is one', (name) => {
    expect(warnings(`/** @deche */ function f(${name}: string) {}`)).toEqual([`1065 ${name}`])
  })

  test.each([
    'tokens',
    'tokenizer',
    'maxTokens',
    'tokenCount',
    'hasToken',
    'isSecret',
    'secretary',
    'passwordLength',
    'key',
    'keys',
    'publicKey',
    'primaryKey',
    'author',
    'authorize',
    'monkey',
    'nextToken',
    'cancelToken',
    'showPassword',
  ])('%s is none', (name) => {
    expect(warnings(`/** @deche */ function f(${name}: string) {}`)).toEqual([])
  })

  const signature = (params: string, tag = '') => `/** @deche ${tag} */ function f(${params}) {}`

  test.each([
    ['no type', signature('token')],
    ['any', signature('token: any')],
    ['unknown', signature('token?: unknown')],
    ['text or not', signature('token: string | undefined')],
    ['text as default', signature("token = ''")],
    ['a list of text', signature('...token: string[]')],
    ['of a pattern', signature('{ token }: { token: string }')],
    ['of a pattern, under another name', signature('{ t: token }: { t: string }')],
    ['of a pattern whose type is elsewhere', signature('{ token }: Options')],
  ])('a parameter that may be text: %s', (_name, text) => {
    expect(warnings(text)).toEqual(['1065 token'])
  })

  test.each([
    ['a type of its own', signature('token: Token')],
    ['a number', signature('token: number')],
    ['a number as default', signature('token = 5')],
    ['a property that is no text', signature('{ token }: { token: Token; x: string }')],
    ['a function', signature('token: (x: string) => string')],
    ['redacted', signature('token: string', 'redact=token')],
    ['ignored', signature('token: string', 'ignore=token')],
  ])('silent: %s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })

  test('an attribute is stored like a parameter', () => {
    const shop = (tag: string, type: string) =>
      `class A { #apiKey: ${type}; /** @deche ${tag} */ m() { return this.#apiKey } }`
    expect(warnings(shop('attrs=#apiKey', 'string'))).toEqual(['1065 #apiKey'])
    expect(fixesOf(shop('attrs=#apiKey', 'string'))).toEqual([
      'Write redact=this.#apiKey, or ignore=this.#apiKey if the result does not depend on it.',
    ])
    expect(warnings(shop('attrs=#apiKey redact=this.#apiKey', 'string'))).toEqual([])
    expect(warnings(shop('attrs=#apiKey', 'KeyObject'))).toEqual([])
  })

  test('the fix is the whole redact to paste', () => {
    expect(
      fixesOf(
        signature('user: string, apiKey: string, password: string', 'redact=user ignore=user2').replace(
          ' ignore=user2',
          '',
        ),
      ),
    ).toEqual([
      'Write redact=user,apiKey,password, or ignore=apiKey if the result does not depend on it.',
      'Write redact=user,apiKey,password, or ignore=password if the result does not depend on it.',
    ])
  })
})

describe('decisions by what is ignored', () => {
  const g = (body: string) => `/** @deche ignore=x */ function g(x: any, y: any) { ${body} }`

  test.each([
    ['if', g('if (x) return 1; return 2')],
    ['if, of a part of it', g('if (x?.aborted) return []; return y')],
    ['if, compared', g("if (x.mode === 'a' && y) return 1; return 2")],
    ['if, in an inner function', g('return y.map((z: any) => { if (x) return z; return 1 })')],
    ['a condition', g('return x ? 1 : 2')],
    ['a condition between arguments', g('return load(x ? 1 : 2)')],
    ['switch', g('switch (x) { case 1: return 1; default: return 2 }')],
    ['while', g('let n = 0; while (n < x) { n++ } return n')],
    ['a test that sets something', g('let n = 0; if (x) { n = 1 } return n')],
    ['&&', g('return x && y')],
    ['||', g('return x || y')],
    ['??', g('const z = { a: y }; return x ?? z')],
  ])('warned of: %s', (_name, text) => {
    expect(warnings(text)).toEqual(['1066 x'])
  })

  test.each([
    ['a call', g('x?.(y); x(y); x.log(y); return y')],
    ['an effect', g('if (x) console.log(y); if (x) { x(y); await_(y) } return y')],
    ['an effect in a statement', g('x && x(y); x ? x(y) : z(y); return y')],
    ['an effect in a callback', g('y.forEach((z: any) => x && x(z)); return y')],
    ['cancellation', g('if (x?.aborted) throw x.reason; x?.throwIfAborted(); return y')],
    [
      'cancellation in a promise',
      g('return new Promise((_, reject) => { if (x.aborted) return reject(x.reason); y() })'),
    ],
    ['handed on', g('return load(y, { ...(x && { x }), z: x ?? none, ...(x ? { x } : {}) })')],
    ['a default', g('const z = x ?? console; if (!x) x = 1; return load(y, z)')],
    ['a handle that is asked', g('if (x.has(y)) return x.get(y); return 1')],
    ['another variable of that name', g('return y.map((x: any) => (x ? 1 : 2))')],
    ['the default of another parameter', '/** @deche ignore=x */ const h = (x: any, y = x ? 1 : 2) => y'],
    [
      'how often, not what',
      '/** @deche ignore=retries */ async function h(y: any, retries: number) { for (let n = 0; n < retries; n++) { try { return await y() } catch {} } }',
    ],
  ])('silent: %s', (_name, text) => {
    expect(warnings(text)).toEqual([])
  })

  test('not of what is in the key', () => {
    expect(warnings('/** @deche */ function g(x: any) { return x ? 1 : 2 }')).toEqual([])
  })
})

describe('ignore= and what is no input', () => {
  test('a word that silences is no option of the compiled function, so that its key stays', () => {
    const body = 'return process.env.HOME + Date.now()'
    expect(ignoreOf(f(body, 'ignore=process.env,Date'))).toBeUndefined()
    expect(ignoreOf(f(body, 'ignore=process.env,city,Date.now'))).toEqual(['city'])
    expect(ignoreOf(method('return this.city', '', 'attrs=city ignore=this.city,this.x'))).toEqual(['this.city'])
  })

  test.each([
    ['what the function does not read', f('return 1', 'ignore=process.env.HOME'), 'Use city.'],
    ['a slip', f('return process.env.HOME', 'ignore=process.env.HOEM'), "Did you mean 'process.env.HOME'?"],
    ['a slip in a variable', `let rate = 1; ${f('return rate', 'ignore=rtae')}`, "Did you mean 'rate'?"],
    ['what is too wide', f('return process.env.HOME', 'ignore=process'), 'Use city.'],
    ['redact, which is about inputs', `let rate = 1; ${f('return rate', 'redact=rate')}`, 'Use city.'],
    ['this where there is none', '/** @deche ignore=this */ const g = (city: string) => city', 'Use city.'],
  ])('refused: %s', (_name, text, fix) => {
    const errors = analyse(text, { file: 'a.ts', module: 'm' }).diagnostics.filter(
      ({ severity }) => severity === 'error',
    )
    expect(errors.map((error) => [error.code, error.fix])).toEqual([['DECHE1004', fix]])
  })

  test('a variable that no longer changes may stay in it', () => {
    expect(warnings(`const rate = 1; ${f('return rate', 'ignore=rate')}`)).toEqual([])
  })
})

describe('a nested function', () => {
  const nested = (around: string, body: string, tag = '') =>
    `export function outer(${around}) { let n = 0; n++; const env = process.env; /** @deche ${tag} */ function inner() { ${body} } return inner }`

  test('what it captures is in its key, so nothing is said of it', () => {
    expect(warnings(nested('city: string', 'return city + n + env.HOME'))).toEqual([])
  })

  test('a captured secret would be stored like a parameter', () => {
    expect(warnings(nested('token: string', 'return token'))).toEqual(['1065 token'])
    expect(warnings(nested('token: Token', 'return token'))).toEqual([])
    expect(warnings(nested('token: string', 'return token', 'redact=token'))).toEqual([])
  })

  test('an arrow has the this of the method around it', () => {
    const text = 'class A { id = make(); m() { /** @deche */ const inner = () => this.id; return inner() } }'
    expect(warnings(text)).toEqual(['1064 this.id'])
  })
})

test('a function with an error has no warnings beside it', () => {
  expect(warnings(f('return Date.now()', 'ignore=cty'))).toEqual(['1004 cty'])
})

test('JavaScript and JSX are looked at alike', () => {
  const text = '/** @deche */ export function Row({ token }) { return <p title={process.env.TITLE}>{this.x}</p> }'
  expect(warnings(text, 'a.jsx')).toEqual(['1065 token', '1061 process.env.TITLE', '1064 this.x'])
})

test('all at once, in the order of the text', () => {
  const text = `let n = 0
/** @deche ignore=log */
export function f(apiKey: string, log: any) {
  if (log) return 1
  return [++n, process.env.A, Date.now(), Math.random()]
}`
  expect(warnings(text).map((each) => each.slice(0, 4))).toEqual(['1065', '1066', '1060', '1061', '1062', '1063'])
})
