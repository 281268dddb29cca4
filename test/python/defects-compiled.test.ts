import { describe, expect, it } from 'vitest'
import { Cache } from '../../runtime/index.js'
import { analyse } from '../../transformer/analyse.js'
import { compiledPrograms, entryFiles } from './helpers.js'

const { program, project } = compiledPrograms()

const names = program(
  'names',
  `let runs = 0

class Base {
  constructor(readonly id: number) {}
}

export class A extends Base {
  /** @deche attrs=id */
  m(n: number): string {
    runs++
    return 'A' + this.id + n
  }

  /** @deche */
  static m(n: number): string {
    return 'static A' + n
  }
}

export class B extends Base {
  /** @deche attrs=id */
  m(n: number): string {
    return 'B' + this.id + n
  }
}

/** @deche */
export function m(n: number): string {
  return 'm' + n
}

for (let turn = 0; turn < 2; turn++) say([new A(1).m(1), new A(2).m(1), new B(1).m(1), A.m(1), m(1)])
say(runs)
`,
)

const receivers = program(
  'receivers',
  `import { cached } from 'deche'

interface Owner { readonly name: string; readonly socket: () => void }

/** @deche attrs=name */
export function hail(this: Owner, loud: boolean): string {
  return loud ? this.name.toUpperCase() : this.name
}

const owner = { name: 'ada', socket: () => {}, hail }
say(owner.hail(true), cached(hail, owner).loadCachedInputsSync({ args: [true] }))
`,
)

const magic = program(
  'magic',
  `import { cached } from 'deche'

/** @deche */
export function call(args: number, kwargs: Record<string, number>, self = 1, cls = 2, key = 'k', constructor = 0): number {
  return args + (kwargs.args ?? 0) + self + cls + key.length + constructor
}

say(call(10, { args: 20 }), call(10, { args: 20 }), call(20, { args: 10 }))
say(cached(call).loadCachedInputsSync({ kwargs: { args: 10, kwargs: { args: 20 } } }))
`,
)

const scripts = ['one', 'two'].map((script) =>
  program(
    `scripts/${script}`,
    `import { cached } from 'deche'

/** @deche */
function f(n: number): string {
  return '${script} ' + n
}

say(f(1), cached(f).id)
`,
  ),
)

function problems(text: string): string[] {
  return analyse(text, { file: 'a.ts', module: 'demo.a' }).diagnostics.map(
    ({ code, message, fix }) => `${code}: ${message}. ${fix}`,
  )
}

describe('defects that a compiler can rule out', () => {
  it('3b.12 A.m, B.m, a static m and a function m have their own entries; objects differ by their attrs', async () => {
    const own = ['A11', 'A21', 'B11', 'static A1', 'm1']
    expect(await names()).toEqual([own, own, 2])
    expect(await names()).toEqual([own, own, 0])
  })

  it('3b.12 two functions of one id do not compile', () => {
    const [problem, ...others] = problems(`/** @deche name=demo.f */
export function f() {}
/** @deche name=demo.f */
export function g() {}
`)
    expect(problem).toBe(
      'DECHE1015: the id demo.f is taken by the function on line 2. Rename one of the functions, or give it name= in its tag.',
    )
    expect(others).toEqual([])
  })

  it('3b.13 on purpose different: this is never an input, only what attrs name of it', async () => {
    expect(await receivers()).toEqual(['ADA', { loud: true, 'this.name': 'ada' }])
  })

  it('3b.14 no parameter name is special, and an object is one input', async () => {
    expect(await magic()).toEqual([
      34,
      34,
      34,
      { args: 10, kwargs: { args: 20 }, self: 1, cls: 2, key: 'k', constructor: 0 },
    ])
  })

  it('3b.21 nothing has to be configured: a compiled program keeps its entries in .deche beside package.json', async () => {
    await scripts[0]?.()
    const names = entryFiles(project().path('.deche/demo.src.scripts.one.f'))
    expect(names.filter((name) => !name.endsWith('.code'))).toHaveLength(2)
  })

  it('3b.22 an unknown name in ignore is a build error; in wrap it is a ConfigError', () => {
    const tagged = (tag: string) => `/** @deche ${tag} */
export function load(url: string, signal: AbortSignal) {}
`
    expect(problems(tagged('ignore=sginal'))).toEqual([
      "DECHE1004: ignore: load has no parameter 'sginal'. Did you mean 'signal'?",
    ])
    expect(problems(tagged('ignore=signal'))).toEqual([])
    const cache = new Cache({ protocol: 'memory' })
    const wrap = (ignore: string | string[]) =>
      cache.wrap((a: number, b: number) => a + b, { name: 'demo.add', params: ['a', 'b'], ignore })
    expect(() => wrap(['c'])).toThrow("ignore: 'c' is no parameter; it has a, b")
    // Text is a list of names, not of letters.
    expect(() => wrap('ab')).toThrow("ignore: 'ab' is no parameter; it has a, b")
    expect(wrap('a,b')(1, 2)).toBe(3)
  })

  it('3b.24 a generator is recorded and replayed, tagged or wrapped', () => {
    for (const form of ['function* g() {}', 'async function* g() {}']) {
      expect(problems(`/** @deche */\nexport ${form}\n`)).toEqual([])
    }
    const cache = new Cache({ protocol: 'memory' })
    let runs = 0
    const items = cache.wrap(
      function* () {
        yield ++runs
      },
      { name: 'demo.g', params: [] },
    )
    expect([[...items()], [...items()]]).toEqual([[1], [1]])
  })

  it('3b.24 a plain function that answers a generator gets it through, and nothing of it is kept', async () => {
    const items = function* () {
      yield 1
    }
    const fn = new Cache({ protocol: 'memory' }).wrap(() => items(), { name: 'demo.items', params: [] })
    expect([[...fn()], [...fn()]]).toEqual([[1], [1]])
  })

  it('3b.29 functions of one name in two scripts have their own entries', async () => {
    const said = await Promise.all(scripts.map((script) => script()))
    expect(said).toEqual([
      ['one 1', 'demo.src.scripts.one.f'],
      ['two 1', 'demo.src.scripts.two.f'],
    ])
  })
})
