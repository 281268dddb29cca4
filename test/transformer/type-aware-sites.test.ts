import { describe, expect, test } from 'vitest'
import { Memory, namespaces, type Said } from './type-harness.js'

const typescript = namespaces[0][1]

/** What is said of a file, as `code at: message`. */
function saidOf(text: string, file = 'a.ts', more: Readonly<Record<string, string>> = {}): string[] {
  const memory = new Memory(typescript, { [file]: text, ...more })
  expect(memory.errors(file)).toEqual([])
  return memory
    .said(file)
    .map(({ code, at, message }: Said) => `${code} ${at}: ${message.replace(/, (?:of which|which cannot).*/, '')}`)
}

describe('inputs', () => {
  test('every parameter that binds a name, but for those that are ignored', () => {
    expect(
      saidOf(`/** @deche ignore=log,c redact=d */
export const f = (a: () => void, log: () => void, { b, c }: { b: Promise<1>; c: Promise<1> }, d: Promise<1>, ...e: Promise<1>[]) => 1`),
    ).toEqual([
      'DECHE1070 a: a is a function',
      'DECHE1070 b: b is a promise',
      'DECHE1070 d: d is a promise',
      'DECHE1070 e: e[] is a promise',
    ])
  })

  test('of a pattern, only what is taken out of it', () => {
    expect(
      saidOf(`/** @deche */
export function f({ url, ...rest }: { url: string; signal: AbortSignal }, [first, [second = () => 1]]: [string, [(() => number)?]]) { return 1 }`),
    ).toEqual(['DECHE1070 rest: rest.signal is an AbortSignal', 'DECHE1070 second: second is a function'])
  })

  test('arguments by their type after defaults, also where a context gives the type', () => {
    expect(
      saidOf(`type Load = (url: string, signal?: AbortSignal) => number
/** @deche */
export const f: Load = (url, signal) => 1
/** @deche */
export const g = (log = console.log) => 1`),
    ).toEqual(['DECHE1070 signal: signal may be an AbortSignal', 'DECHE1070 log: log is a function'])
  })

  test('the this parameter is none', () => {
    expect(saidOf('/** @deche */\nexport function f(this: { run(): void }, a: string) { return a }')).toEqual([])
  })

  test('attributes, public, private, static and of object literals; this.x in ignore= is silent', () => {
    expect(
      saidOf(`export class A {
  static pool = () => 1
  host = 'x'
  client = () => 1
  #token = () => 1
  secret = () => 1
  /** @deche attrs=host,client,#token,secret ignore=this.secret */
  get(path: string) { return path }
  /** @deche attrs=pool */
  static all(path: string) { return path }
  /** @deche attrs=client */
  arrow = (path: string) => path
}
export const o = {
  run: () => 1,
  /** @deche attrs=run */
  get(path: string) { return path },
}
/** @deche attrs=run,plain */
export function f(this: { run(): void; plain: string }) { return 1 }`),
    ).toEqual([
      'DECHE1070 get: this.client is a function',
      'DECHE1070 get: this.#token is a function',
      'DECHE1070 all: this.pool is a function',
      'DECHE1070 arrow: this.client is a function',
      'DECHE1070 get: this.run is a function',
      'DECHE1070 f: this.run is a function',
    ])
  })

  test('the variables that a nested function reads', () => {
    const text = `export function outer(city: string, signal: AbortSignal) {
  const load = (url: string) => 1
  return (days: number) => city.repeat(days)
}`
    const memory = new Memory(typescript, { 'a.ts': text })
    const start = text.indexOf('city.repeat')
    const site = {
      ...{ id: 'm.f', name: 'f', params: ['days'], attrs: [], captures: ['city', 'signal', 'load'] },
      ...{ async: false, generator: false, constructs: false, sharesParams: false, options: {}, refs: {} },
      code: { hash: '', pieces: '' },
      nameRange: [0, 6],
      body: { range: [start, start + 17], block: false, start, end: start + 17 },
    } as const
    expect(memory.warningsOf('a.ts', { sites: [site] }).map(({ message, fix }) => `${message}. ${fix}`)).toEqual([
      'signal is an AbortSignal, of which no key can be made. Pass what the result depends on as a parameter of plain data.',
      'load is a function, of which no key can be made. Pass what the result depends on as a parameter of plain data.',
    ])
  })

  test('type parameters by their constraint', () => {
    expect(
      saidOf(`/** @deche */
export function f<T, U extends object, V extends () => void, K extends keyof U, P extends string | number>(t: T, u: U, v: V, k: K, uk: U[K], p: P, pt: Partial<T>, c: T extends string ? () => void : T) { return 1 }`),
    ).toEqual(['DECHE1070 v: v is a function'])
  })

  test('JavaScript, from its JSDoc', () => {
    expect(
      saidOf(
        '/**\n * @param {AbortSignal} signal\n * @param {string} url\n * @deche\n */\nexport function f(signal, url) { return url }',
        'a.js',
      ),
    ).toEqual(['DECHE1070 signal: signal is an AbortSignal'])
  })

  test.each([
    [
      'its parameter',
      'export function f(a: AbortSignal) { return 1 }',
      'Add ignore=a if the result does not depend on it, or pass plain data.',
    ],
    [
      'a class of the project',
      'class A { #a = 1; a() { return this.#a } }\n/** @deche */ export function f(a: A) { return 1 }',
      'Add ignore=a if the result does not depend on it, pass plain data, or register the class.',
    ],
  ])('%s: says what to do', (_, text, fix) => {
    const memory = new Memory(typescript, { 'a.ts': text.includes('@deche') ? text : `/** @deche */ ${text}` })
    expect(memory.said('a.ts').map((said) => said.fix)).toEqual([fix])
  })
})

describe('results', () => {
  test('promises are awaited, whether the function is async or not', () => {
    expect(
      saidOf(`/** @deche */
export async function a(): Promise<Response> { return fetch('') }
/** @deche */
export function b(): Promise<Response | undefined> { return fetch('') }
/** @deche */
export function c() { return Promise.all([fetch(''), 1]) }
/** @deche */
export const d = async () => (await fetch('')).text()`),
    ).toEqual([
      'DECHE1071 a: result is a Response',
      'DECHE1071 b: result may be a Response',
      'DECHE1071 c: result[0] is a Response',
    ])
  })

  test('a promise with methods of its own would come back without them', () => {
    expect(
      saidOf(`interface Cancelable extends Promise<string> { cancel(): void }
declare function start(): Cancelable
/** @deche */
export function a() { return start() }
/** @deche */
export async function b() { return start() }
/** @deche */
export function c(): PromiseLike<string> { return start() }`),
    ).toEqual(['DECHE1071 a: result is a Cancelable, more than a promise'])
  })

  test('nothing', () => {
    expect(
      saidOf(`/** @deche */
export function a() {}
/** @deche */
export async function b(): Promise<void> {}
/** @deche */
export function c(): void | string { return 'a' }
/** @deche */
export function d(): undefined { return undefined }
/** @deche */
export function e(): never { throw new Error('a') }
/** @deche */
export const f: () => void = () => 1
/** @deche */
export const g = (list: number[]) => list.forEach(() => {})`),
    ).toEqual([
      'DECHE1072 a: a returns nothing, so a hit does nothing but leave out what the body does',
      'DECHE1072 b: b returns nothing, so a hit does nothing but leave out what the body does',
      'DECHE1072 g: g returns nothing, so a hit does nothing but leave out what the body does',
    ])
  })

  test('inferred ones; an accessor of an object literal is not stored as one', () => {
    expect(
      saidOf(`/** @deche */
export function a(n: number) { return { n, get double() { return 2 * n } } }
/** @deche */
export function b(n: number) { return { n, list: [() => n] } }
class P { constructor(readonly n: number) {} clone(): this { return this } /** @deche */ self() { return this } }`),
    ).toEqual([
      'DECHE1071 a: result.double is an accessor (a getter or setter)',
      'DECHE1071 b: result.list[] is a function',
      'DECHE1071 self: result is an instance of P',
    ])
  })

  test('an accessor in an argument has a key', () => {
    expect(
      saidOf('const o = { get x() { return 1 } }\n/** @deche */ export function f(a: typeof o) { return 1 }'),
    ).toEqual([])
  })

  test('a codec decides for itself', () => {
    expect(
      saidOf(`const codec = { encode: String, decode: String }
/** @deche output=codec */
export function a(): Response { return new Response() }
/** @deche output=registered */
export function b(): Response { return new Response() }
/** @deche input=codec */
export function c(): Response { return new Response() }`),
    ).toEqual(['DECHE1071 c: result is a Response'])
  })

  test('getters and overloads, by their implementation', () => {
    expect(
      saidOf(`export class A {
  /** @deche attrs=host */
  get stream() { return new ReadableStream() }
  host = ''
}
/** @deche */
export function f(a: string): string
export function f(a: () => void): string
export function f(a: unknown): string { return String(a) }`),
    ).toEqual(['DECHE1071 stream: result is a ReadableStream'])
  })
})

describe('generators', () => {
  test('their items and what they return', () => {
    const text = `function* f(): Generator<() => void, Response, unknown> { return new Response() }`
    const memory = new Memory(typescript, { 'a.ts': text })
    const start = text.indexOf('{ return')
    const site = {
      ...{ id: 'm.f', name: 'f', params: [], attrs: [], captures: [] },
      ...{ async: false, generator: true, constructs: false, sharesParams: false, options: {}, refs: {} },
      code: { hash: '', pieces: '' },
      nameRange: [10, 11],
      body: { range: [start, text.length], block: true, start, end: text.length },
    } as const
    expect(memory.warningsOf('a.ts', { sites: [site] }).map(({ message }) => message)).toEqual([
      'item is a function, which cannot be stored, so f would run in every call',
      'result is a Response, which cannot be stored, so f would run in every call',
    ])
  })
})

describe('registered classes', () => {
  const tagged = `import { A } from './classes.js'
/** @deche */ export function f(a: A): A { return a }`
  const classes = 'export class A { #a = 1; get a() { return this.#a } }'

  test.each([
    ['nobody registers it', `export const x = 1 // deche classes`, 2],
    [
      'in another module',
      `import { configure } from 'deche'\nimport { A } from './classes.js'\nconfigure({ classes: { A: { class: A, encode: (a: A) => a.a, decode: () => new A() } } })`,
      0,
    ],
    [
      'from a variable, by a shorthand',
      `import { configure } from 'deche'\nimport { A } from './classes.js'\nconst classes = { A: { class: A, encode: (a: A) => a.a, decode: () => new A() } }\nconfigure({ classes })`,
      0,
    ],
    [
      'where the type does not say which',
      `import { type ConfigureOptions, configure } from 'deche'\nconst classes: NonNullable<ConfigureOptions['classes']> = {}\nconfigure({ classes })`,
      0,
    ],
    [
      'for keys alone',
      `import { configure } from 'deche'\nimport { A } from './classes.js'\nconfigure({ classes: { A: { class: A, encode: (a: A) => a.a } } })`,
      1,
    ],
    [
      'something else is called classes',
      `export const styles = { deche: 1, classes: { A: 'a' } as Record<string, string> }`,
      2,
    ],
  ])('%s', (_, setup, count) => {
    expect(saidOf(tagged, 'a.ts', { 'classes.ts': classes, 'setup.ts': setup })).toHaveLength(count)
  })
})

describe('types that are no help', () => {
  test('errors, missing libraries and endless types are no fault and no crash', () => {
    const text = `export interface Endless<T> { a: Endless<[T]>; b: Endless<{ x: T }>; c: T; d: Endless<Endless<T>> }
/** @deche */ export async function f(a: Missing, b: Endless<string>): Promise<Missing> { return a }
/** @deche */ export function g(): Promise<void> { }
/** @deche */ export const h = (x: () => string) => x()`
    const memory = new Memory(typescript, { 'a.ts': text }, { noLib: true, types: [] })
    expect(memory.errors('a.ts').length).toBeGreaterThan(0)
    expect(memory.said('a.ts').map(({ code, at }) => [code, at])).toEqual([['DECHE1070', 'x']])
  })

  test('code that is too deep for the checker is no reason to fail', () => {
    const text = `declare const x: { a(): typeof x }
/** @deche */ export function f(n: number) { return x${'.a()'.repeat(5000)} }`
    expect(new Memory(typescript, { 'a.ts': text }).said('a.ts')).toEqual([])
  })

  test('a type with a thousand others is looked at for a moment only', () => {
    const many = Array.from(
      { length: 3000 },
      (_, i) =>
        `export interface I${i} { a: I${(i * 7 + 1) % 3000}; b: I${(i * 11 + 2) % 3000}; c: I${(i * 13 + 3) % 3000} }`,
    )
    const text = `${many.join('\n')}\n/** @deche */ export function f(a: I0) { return 1 }`
    expect(saidOf(text)).toEqual([])
  })
})
