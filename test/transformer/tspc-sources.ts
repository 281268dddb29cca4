/** One program that uses every form a tag can stand on, written so that what it prints must not depend on caching. */

const forms = `import { isShort } from './checks.js'
import isEven from './checks.js'

/** Called before its declaration is reached: hoisting must survive. */
export const early = hoisted(2)

/**
 * Adds one.
 * @deche
 */
export function hoisted(y: number): number {
  return y + 1
}

/** @deche validate=isEven */
export default function (n: number): number {
  return n * 2
}

/** @deche */
export function overloaded(x: string): string
export function overloaded(x: number): number
export function overloaded(x: string | number): string | number {
  'use strict'
  return typeof x === 'string' ? x.toUpperCase() : x + 1
}

/** @deche valid=isShort */
export const arrow = (a: string, b = a + '!') => \`\${a}\${b}\`

/** @deche */
export function unrelated(x: number): number {
  return x // a comment at the end
}

/** @deche */
export const object = (a: number, { b, c: [d = 4] = [] }: { b: number; c?: number[] }, ...rest: number[]) => ({
  a, b, d, rest, // trailing
})

/** @deche */
export const curried = (a: number) => (b: number) => a + b

/** @deche */
export const comma = (a: number) =>
  // before
  (a += 1, a * 2)

/** @deche valid=exportedCheck */
export const expression = function named(this: void, x: number) { return named.length + x + (new.target ? 1 : 0) }

export const exportedCheck = (stored: number) => stored > 0

export class Client {
  #hint = 'hidden'
  base = 10
  count = 0

  /** @deche attrs=base */
  get(x: number): number { return this.base + x }

  /** @deche attrs=#hint */
  reveal(x: string): string {
    return this.#hint + x
  }

  /** @deche attrs=base */
  get doubled(): number {
    return this.base * 2
  }

  /** @deche */
  static make(kind: string): string {
    return 'made ' + kind
  }

  /** @deche */
  static #inner(x: number): number {
    return x * 3
  }

  static outer(x: number): number {
    return Client.#inner(x)
  }

  /** @deche attrs=base */
  later = async (x: number): Promise<number> => {
    await null
    return this.base + x
  }
}

export class Special extends Client {
  /** @deche attrs=base */
  override get(x: number): number {
    return super.get(x) + 100
  }

  /** @deche attrs=base */
  async slow(x: number, y = super.get(x)): Promise<number> {
    await null
    const once = super.get(x)
    return once + super.get(y)
  }
}

export const api = {
  /** @deche */
  method(x: number): string { return 'm' + x },
  /** @deche */
  property: function (x: number): string { return 'p' + x },
  /** @deche */
  async 'quoted name'(x: number): Promise<string> { return 'q' + x },
}

/** @deche ttl=1h */
export async function wait(x: number, options: { readonly more: number } = { more: x }): Promise<number> {
  for await (const each of [x, options.more]) x += each
  return x
}

export const enum Level { Low = 1, High = 5 }

export namespace Deep.Inside {
  /** @deche */
  export function level(x: number = Level.High): number {
    return x + Level.Low
  }
}

/** @deche */
export function comments(x: number): number { // first
  // second
  const y = x /* inside */ + 1
  return y /* last */
  // very last
}

/** @deche */
export function empty(): void { /* nothing */ }

/** @deche */
export const spread = async (...all: readonly number[]) => /* before */ { /* within */ return all.length } // behind

/** @deche */
export function fails(message: string): never {
  const prefix = 'failed: '
  throw new RangeError(prefix + message)
}
`

export const sources = {
  'src/forms.ts': forms,

  'src/checks.ts': `export const isShort = (text: string) => text.length < 100
export default function isEven(n: number): boolean {
  return n % 2 === 0
}
`,

  'src/cycle-a.ts': `import { fromB } from './cycle-b.js'

/** @deche */
export function fromA(x: number): string {
  return 'a' + x
}

export const both = fromA(1) + fromB(1) + fromB(1)
`,

  'src/cycle-b.ts': `import { fromA } from './cycle-a.js'

/** @deche */
export function fromB(x: number): string {
  return 'b' + fromA(x)
}

export const atLoad = fromA(7)
`,

  'src/main.ts': `import doubled, * as forms from './forms.js'
import { both } from './cycle-a.js'
import { atLoad } from './cycle-b.js'
import { Decorated } from './decorated.js'

declare const console: { log(text: string): void }

const { api, Client, Deep, Special } = forms
const client = new Client()
const special = new Special()
const decorated = new Decorated()

const calls: Record<string, () => unknown> = {
  both: () => both,
  atLoad: () => atLoad,
  early: () => forms.early,
  hoisted: () => forms.hoisted(4),
  doubled: () => doubled(21),
  text: () => forms.overloaded('abc'),
  number: () => forms.overloaded(1),
  arrow: () => [forms.arrow('x'), forms.arrow('x', 'y')],
  unrelated: () => forms.unrelated(9),
  object: () => [forms.object(1, { b: 2 }), forms.object(1, { b: 2, c: [3] }, 5, 6)],
  curried: () => forms.curried(1)(2),
  comma: () => forms.comma(3),
  expression: () => forms.expression(3),
  method: () => client.get(5),
  otherInstance: () => { const other = new Client(); other.base = 20; return other.get(5) },
  reveal: () => client.reveal('?'),
  getter: () => client.doubled,
  static: () => Client.make('tea'),
  privateStatic: () => Client.outer(4),
  field: () => client.later(1),
  super: () => special.get(5),
  superAsync: () => special.slow(5),
  objectMethod: () => api.method(1),
  property: () => api.property(2),
  quoted: () => api['quoted name'](3),
  wait: () => [forms.wait(1), forms.wait(1, { more: 2 })],
  level: () => [Deep.Inside.level(), Deep.Inside.level(2)],
  comments: () => forms.comments(1),
  empty: () => forms.empty(),
  spread: () => forms.spread(1, 2),
  mapped: () => [1, 2, 1].map(forms.hoisted as (x: number) => number),
  decorated: () => decorated.twice(4),
  fails: () => forms.fails('on purpose'),
}

const shape = (f: { name: string; length: number }) => [f.name, f.length]
const results: unknown[] = [
  [forms.hoisted, doubled, forms.overloaded, forms.arrow, forms.object, forms.curried, forms.expression].map(shape),
  [client.get, special.get, special.slow, Client.make, client.later, api.method, api.property, forms.wait].map(shape),
  [Decorated.prototype.twice, Deep.Inside.level, forms.fails].map(shape),
]

const settle = async (name: string) => {
  try {
    const result = calls[name]!()
    return [name, result instanceof Promise, await (Array.isArray(result) ? Promise.all(result) : result)]
  } catch (error) {
    return [name, String(error)]
  }
}

async function main(): Promise<void> {
  for (const round of [1, 2]) for (const name in calls) results.push([round, ...(await settle(name))])
  console.log(JSON.stringify(results, null, 1))
}

void main()
`,
}

/** A decorator in the language's own form. */
export const decorated = `function logged<T extends (...args: never[]) => unknown>(method: T, context: ClassMethodDecoratorContext): T {
  return Object.assign(method, { decoratedAs: String(context.name) })
}

export class Decorated {
  /** @deche */
  @logged
  twice(x: number): number {
    return x * 2
  }
}
`

/** The same under experimentalDecorators, whose metadata emit wants the parameter's type. */
export const decoratedLegacy = `function logged(target: object, name: string, descriptor: PropertyDescriptor): void {
  descriptor.enumerable = true
  Object.assign(target, { decoratedAs: name })
}

export class Decorated {
  /** @deche */
  @logged
  twice(x: number): number {
    return x * 2
  }
}
`

/** Throws through a tagged function without catching. */
export const thrower = `import { fails } from './forms.js'

fails('uncaught')
`

/** A package `deche` with the built transformer, and a runtime that keeps answers in memory and says so on stderr. */
export function stub(transformer: string): Record<string, string> {
  return {
    'package.json': JSON.stringify({
      name: 'deche',
      type: 'module',
      exports: { './runtime': './runtime.js', './transformer': './transformer.cjs' },
    }),
    'transformer.cjs': `module.exports = require(${JSON.stringify(transformer)})\n`,
    'runtime.js': `const kept = new Map()
const sites = []
export const register = (...factories) => sites.push(...factories)
const known = (factory, values, body) => {
  const [id] = factory()
  const key = JSON.stringify([id, values])
  if (!kept.has(key)) kept.set(key, body(...values))
  else console.error('hit ' + id)
  return kept.get(key)
}
export const run = known
export const runAsync = known
process.on('exit', () => {
  for (const factory of sites) {
    const [id, , , self, options, { refs } = {}] = factory()
    const refsOf = Object.entries(refs?.() ?? {}).map(([name, value]) => name + '=' + value.name)
    console.error(['site', id, self?.().name ?? '-', ...refsOf, JSON.stringify(options ?? {})].join(' '))
  }
})
`,
  }
}
