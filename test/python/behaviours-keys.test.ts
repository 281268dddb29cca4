import { describe, expect, it } from 'vitest'
import { Cache, cached } from '../../runtime/index.js'
import { compiledPrograms, lines, plainProject, sha256 } from './helpers.js'

const { program } = compiledPrograms()

const defaults = program(
  'defaults',
  `import { cached } from 'deche'

let runs = 0

/** @deche */
export function forecast(city: string, days = 3, unit = 'C'): string {
  runs++
  return [city, days, unit].join(' ')
}

const entries = cached(forecast)
say(entries.id, entries.tokenize('Oslo'), entries.tokenize('Oslo', 3), entries.tokenize('Oslo', undefined, 'C'))
forecast('Oslo')
forecast('Oslo', 3, 'C')
say(entries.hasDataSync({ kwargs: { unit: 'C', city: 'Oslo' } }), entries.loadCachedInputsSync({ args: ['Oslo'] }), runs)
`,
)

const keywords = program(
  'keywords',
  `import { cached } from 'deche'

/** @deche */
export function search({ text, ...filters }: { text: string; [name: string]: unknown }): string {
  say('search ran')
  return text + Object.keys(filters).length
}

const entries = cached(search)
search({ text: 'a', x: 5, y: 6 })
say(entries.loadCachedInputsSync({ args: [{ text: 'a', y: 6, x: 5 }] }))
for (const kwargs of [{ text: 'a', z: 1 }, { filters: {} }]) {
  try {
    entries.hasDataSync({ kwargs })
  } catch (error) {
    say(String(error))
  }
}
`,
)

const rest = program(
  'rest',
  `import { cached } from 'deche'

/** @deche */
export function sum(...values: number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/** @deche */
export function first(one: string, ..._: string[]): string {
  return one
}

say(sum(1, 2), sum(1, 2, 3), sum())
say(cached(sum).loadCachedInputsSync({ args: [1, 2] }), cached(sum).hasDataSync({ kwargs: { values: [1, 2, 3] } }))
say(cached(first).tokenize('a', 'b'))
`,
)

const ignored = program(
  'ignored',
  `import { cached } from 'deche'

let runs = 0

/** @deche ignore=log */
export function double(n: number, log: (text: string) => void): number {
  runs++
  log('running')
  return n * 2
}

const entries = cached(double)
say(double(4, () => {}), double(4, (text) => say(text)), runs)
say(entries.tokenize(4, () => {}), entries.loadCachedInputsSync({ args: [4, () => {}] }))
say(entries.hasDataSync({ kwargs: { n: 4, log: undefined } }))
try {
  entries.hasDataSync({ kwargs: { n: 4 } })
} catch (error) {
  say(String(error))
}
`,
)

const methods = program(
  'methods',
  `import { cached } from 'deche'

let runs = 0

export class Shop {
  constructor(readonly city: string, readonly mood: string) {}

  /** @deche attrs=city */
  greet(name: string): string {
    runs++
    return name + ', welcome to ' + this.city
  }
}

const oslo = new Shop('Oslo', 'good')
say(oslo.greet('Ada'), new Shop('Oslo', 'bad').greet('Ada'), runs, new Shop('Rome', 'good').greet('Ada'), runs)
say(cached(oslo.greet, oslo).loadCachedInputsSync({ args: ['Ada'] }))
say(cached(oslo.greet, new Shop('Bonn', 'good')).isValidSync('Ada'))
try {
  cached(oslo.greet).isValidSync('Ada')
} catch (error) {
  say(String(error))
}
`,
)

describe('keys', () => {
  it('3a.5 the directory of a compiled function is package.module.function', async () => {
    const [id] = await defaults()
    expect(id).toBe('demo.src.defaults.forecast')
  })

  it('3a.6 key = sha256 of the named arguments; omitted default, undefined, positional and keyword are one', async () => {
    const [, ...said] = await defaults()
    const key = sha256('{"city":"Oslo","days":3,"unit":"C"}')
    expect(said).toEqual([key, key, key, true, { city: 'Oslo', days: 3, unit: 'C' }, expect.any(Number)])
  })

  it('3a.6 three spellings of one call run the body once, also over processes', async () => {
    const runs = [
      (await defaults({ DECHE_FS__PREFIX: 'once' })).at(-1),
      (await defaults({ DECHE_FS__PREFIX: 'once' })).at(-1),
    ]
    expect(runs).toEqual([1, 0])
  })

  // printf '{"a":1,"b":"blåbær","c":{"x":[1,2.5,true,null],"y":"z"}}' | sha256sum, and the same by Python's json and hashlib
  const vector = 'cebf5c10c4fcbdb4d1bdf59577312735acd518094b5911a928bf233e0e1d0ca1'

  it('3a.7 the key is deterministic over processes, and what other tools compute', async () => {
    const main = (value: string) => `import { Cache, cached } from 'deche'
const fn = new Cache({ protocol: 'memory' }).wrap(() => 0, { name: 'any', params: ['a', 'b', 'c'] })
console.log(JSON.stringify(cached(fn).tokenize(1, 'bl\\u00e5bær', ${value})))
`
    const project = plainProject({
      'one.mjs': main('{ x: [1, 2.5, true, null], y: "z" }'),
      'two.mjs': main('Object.assign({ y: "z" }, { x: JSON.parse("[1,2.50,true,null]") })'),
    })
    const [one, two] = await Promise.all([
      project.node(['one.mjs'], { LANG: 'C', TZ: 'UTC' }),
      project.node(['two.mjs'], { LANG: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' }),
    ])
    expect([...lines(one), ...lines(two)]).toEqual([vector, vector])
  })

  it('3a.7 the id is no part of the key, so that the key says nothing but the arguments', () => {
    const cache = new Cache({ protocol: 'memory' })
    const keys = ['one', 'two'].map((name) => cached(cache.wrap((a: number) => a, { name, params: ['a'] })).tokenize(1))
    expect(keys).toEqual([sha256('{"a":1}'), sha256('{"a":1}')])
  })

  it('3a.8 on purpose different: what a pattern collects is one input under its own name; kwargs name bound names', async () => {
    expect(await keywords()).toEqual([
      'search ran',
      { text: 'a', filters: { x: 5, y: 6 } },
      "TypeError: demo.src.keywords.search has no parameter 'z'; it has 'text', 'filters'",
      "TypeError: demo.src.keywords.search needs a value for 'text'",
    ])
  })

  it('3a.9 on purpose different: a rest parameter is one input, an array, whatever its name', async () => {
    expect(await rest()).toEqual([3, 6, 0, { values: [1, 2] }, true, sha256('{"_":["b"],"one":"a"}')])
  })

  it('3a.10 an ignored parameter is neither in the key nor in .inputs; kwargs must still name a required one', async () => {
    expect(await ignored()).toEqual([
      8,
      8,
      1,
      sha256('{"n":4}'),
      { n: 4 },
      true,
      "TypeError: demo.src.ignored.double needs a value for 'log'",
    ])
  })

  it('3a.11 on purpose different: attrs are inputs called this.<attr>, and management is cached(obj.method, obj)', async () => {
    const [osloFirst, osloSecond, runsOslo, rome, runsAll, inputs, bonn, without] = await methods()
    expect([osloFirst, osloSecond, rome]).toEqual([
      'Ada, welcome to Oslo',
      'Ada, welcome to Oslo',
      'Ada, welcome to Rome',
    ])
    expect([runsOslo, runsAll]).toEqual([1, 2])
    expect(inputs).toEqual({ name: 'Ada', 'this.city': 'Oslo' })
    expect(bonn).toBe(false)
    expect(without).toBe(
      'TypeError: demo.src.methods.~Shop.greet reads attributes of this: give the object too, as in cached(client.get, client)',
    )
  })
})
