import { describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { DIAGNOSTIC_CODES, formatDiagnostic } from '../../transformer/diagnostics.js'

/** What the build says about a text: code, the text at the range, the message, the fix. */
function diagnosticsOf(text: string, file = 'a.ts') {
  const { diagnostics, sites } = analyse(text, { file, module: 'pkg.a' })
  const said = diagnostics.map(({ code, range, message, fix }) => [code, text.slice(...range), message, fix])
  return { said, sites: sites.map(({ id }) => id) }
}

const tagged = (words: string, declaration = 'function f(city: string, days: number) {}') =>
  `/** @deche ${words} */ ${declaration}`

type Case = [name: string, text: string, code: string, at: string, message: string, fix: string]

const CASES: Case[] = [
  [
    'a tag on a class',
    '/** @deche */ class A {}',
    'DECHE1001',
    '@deche',
    'this tag annotates no function: what follows is a class',
    'Put it in front of each method that is to be cached.',
  ],
  [
    'a second tag in the same comment',
    '/** @deche\n * @deche ttl=1d */ const f = () => 1',
    'DECHE1002',
    '@deche',
    'f has a tag already',
    'Keep one @deche tag and put all its options there.',
  ],
  [
    'a tag on a signature and on the implementation',
    '/** @deche */ function f(a: 1): void; /** @deche */ function f(a: any) {}',
    'DECHE1002',
    '@deche',
    'f has a tag already',
    'Keep one @deche tag and put all its options there.',
  ],
  [
    'a misspelt option',
    tagged('tll=7d'),
    'DECHE1003',
    'tll',
    "'tll' is not an option of the tag",
    "Did you mean 'ttl'?",
  ],
  [
    'a word that is like no option',
    tagged('ttl=7d forecasts'),
    'DECHE1003',
    'forecasts',
    "'forecasts' is not an option of the tag",
    'Remove it, or move prose above the tag.',
  ],
  [
    'a name that objects inherit',
    tagged('constructor=1'),
    'DECHE1003',
    'constructor',
    "'constructor' is not an option of the tag",
    'Remove it, or move prose above the tag.',
  ],
  [
    'a misspelt parameter in ignore',
    tagged('ignore=city,dais'),
    'DECHE1004',
    'dais',
    "ignore: f has no parameter 'dais'",
    "Did you mean 'days'?",
  ],
  [
    'a parameter that is like none',
    tagged('redact="apiKey"'),
    'DECHE1004',
    'apiKey',
    "redact: f has no parameter 'apiKey'",
    'Use city or days.',
  ],
  [
    'a parameter of a function without any',
    tagged('ignore=x', 'function f() {}'),
    'DECHE1004',
    'x',
    "ignore: f has no parameter 'x'",
    'Use no names: it has no parameters.',
  ],
  [
    'the name of a pattern’s property that is bound to another name',
    tagged('ignore=signal', 'function f({ signal: stop }) {}'),
    'DECHE1004',
    'signal',
    "ignore: f has no parameter 'signal'",
    'Use stop.',
  ],
  ['an option given twice', tagged('ttl=1d ttl=2d'), 'DECHE1005', 'ttl', 'ttl is given twice', 'Keep one of them.'],
  [
    'a number without a unit',
    tagged('errors=7'),
    'DECHE1006',
    '7',
    "errors: '7' needs a unit: write 7s, 7m, 7h or 7d",
    'Correct the value of errors.',
  ],
  [
    'a word that is no choice',
    tagged('expiry=keep'),
    'DECHE1006',
    'keep',
    "expiry: 'keep' must be replace or append",
    'Correct the value of expiry.',
  ],
  [
    'version=auto beside a parameter of that name',
    tagged('version=auto', 'function f(version: string) {}'),
    'DECHE1012',
    'auto',
    "version= and the parameter 'version' would be one input of the key",
    'Rename the parameter, or remove version= from the tag.',
  ],
  [
    'a name= that is no safe id',
    tagged('name=a/b'),
    'DECHE1006',
    'a/b',
    "name: 'a/b' must be letters, digits, _, $, @ and -, joined by dots, as in weather.forecast",
    'Correct the value of name.',
  ],
  [
    'an option without a value',
    tagged('expiry'),
    'DECHE1007',
    'expiry',
    'expiry has no value',
    'Write expiry=…: replace or append.',
  ],
  [
    'an option with an empty value',
    tagged('expiry='),
    'DECHE1007',
    'expiry',
    'expiry has no value',
    'Write expiry=…: replace or append.',
  ],
  [
    'a switch with a value',
    tagged('share=yes'),
    'DECHE1008',
    'yes',
    'share is a switch and takes no value',
    'Write share alone, or remove it.',
  ],
  [
    'an option of caches',
    tagged('unkeyable=bypass'),
    'DECHE1010',
    'unkeyable',
    'unkeyable is an option of caches, not of tags',
    'Give unkeyable to a Cache or to configure().',
  ],
  [
    'a parameter both ignored and redacted',
    tagged('ignore=city redact=city'),
    'DECHE1011',
    'city',
    "'city' is both ignored and redacted",
    'Keep redact if the result depends on it, else keep ignore.',
  ],
  [
    'version= beside a parameter of that name',
    tagged('version=2', 'function f({ version }) {}'),
    'DECHE1012',
    '2',
    "version= and the parameter 'version' would be one input of the key",
    'Rename the parameter, or remove version= from the tag.',
  ],
  [
    'attrs on an arrow without this',
    tagged('attrs=id', 'const f = () => 1'),
    'DECHE1013',
    'id',
    "attrs: f has no 'this' of its own",
    'Remove attrs, or make it a method or a function expression.',
  ],
  [
    'a private attribute that the class does not have',
    'class A { #secret = 1; /** @deche attrs=#secrte */ m() {} }',
    'DECHE1014',
    '#secrte',
    "attrs: the class has no private property '#secrte'",
    "Did you mean '#secret'?",
  ],
  [
    'a private attribute of instances in a static method',
    'class A { #s = 1; /** @deche attrs=#s */ static m() {} }',
    'DECHE1014',
    '#s',
    "attrs: the class has no private property '#s'",
    'Declare #s in the class, or remove it from attrs.',
  ],
  [
    'two functions with one id',
    '/** @deche name=demo.f */ const a = () => 1\n/** @deche name=demo.f */ const b = () => 2',
    'DECHE1015',
    'b',
    'the id demo.f is taken by the function on line 1',
    'Rename one of the functions, or give it name= in its tag.',
  ],
  [
    'a quote that is never closed',
    tagged('path="day share'),
    'DECHE1016',
    '"day share ',
    'the quote " is never closed on its line',
    'Write options as name=value, values with spaces in quotes.',
  ],
  [
    'text behind a closing quote',
    tagged('path="day"s'),
    'DECHE1016',
    's',
    "'s' follows a closing quote",
    'Write options as name=value, values with spaces in quotes.',
  ],
  [
    'a value without an option',
    tagged('share =7d'),
    'DECHE1016',
    '=7d',
    "'=7d' belongs to no option",
    'Write options as name=value, values with spaces in quotes.',
  ],
  [
    'a name listed twice',
    tagged('ignore=city,city'),
    'DECHE1017',
    'city',
    "ignore lists 'city' twice",
    'Keep one of them.',
  ],
  [
    'a setter',
    'class A { /** @deche */ set size(x: number) {} }',
    'DECHE1021',
    'size',
    'size is a setter, which has no result',
    'Remove the tag.',
  ],
  [
    'a constructor',
    'class A { /** @deche */ constructor() {} }',
    'DECHE1022',
    'constructor',
    'a constructor has no result of its own',
    'Tag a static method that makes the data it needs.',
  ],
  [
    'arguments in a default value',
    tagged('', 'function f(n = arguments.length) {}'),
    'DECHE1023',
    'arguments',
    "f reads 'arguments', which may hold more than its parameters",
    'Declare what it needs as parameters, such as ...rest.',
  ],
  [
    'a computed name',
    'const o = { /** @deche */ [key]() {} }',
    'DECHE1025',
    'key',
    'the name of this function is computed, so it has no fixed id',
    'Give it a plain name, or name= in its tag.',
  ],
  [
    'a var over a parameter',
    tagged('', 'function f(x: number) { if (x) { var x = 1 } }'),
    'DECHE1026',
    'x',
    "'x' is declared again in the body of the function it is a parameter of",
    "Rename one of the two 'x'.",
  ],
  [
    'a let that would be a syntax error',
    tagged('', 'function f({ x }) { let { y, z: x } = q }'),
    'DECHE1026',
    'x',
    "'x' is declared again in the body of the function it is a parameter of",
    "Rename one of the two 'x'.",
  ],
  [
    'a directive of another tool',
    tagged('', 'function f() { "use strict"; "use cache"; }'),
    'DECHE1027',
    '"use cache"',
    "the directive 'use cache' and the tag cannot share a function",
    'Tag a function that this one calls.',
  ],
  [
    'eval',
    tagged('', 'function f(code) { return eval(code) }'),
    'DECHE1028',
    'eval',
    'f calls eval, which could see and change what a cached body has not',
    'Do without eval.',
  ],
  [
    'a parameter declared twice',
    tagged('', 'function f(a, b, a) {}'),
    'DECHE1029',
    'a',
    "two parameters are called 'a'",
    'Rename one of them.',
  ],
  [
    'a function without a name',
    'use({ /** @deche */ run() {} })',
    'DECHE1030',
    'run',
    'this function has no name to make an id of',
    'Give it name= in its tag, or assign it to a variable and tag it there.',
  ],
  [
    'a generator that uses super',
    'class A extends B { /** @deche */ *m() { const up = () => super.m(); yield* up() } }',
    'DECHE1031',
    'super',
    "A.m is a generator that uses 'super', which its recorded body could not reach",
    'Call super in a method of its own, and that method here.',
  ],
  [
    'a captured function that reads a variable',
    'function outer(x) { const g = () => x; /** @deche */ function inner(n) { return g() + n } }',
    'DECHE1032',
    'g',
    "'g' reads 'x', which would be missing from the key of inner",
    "Pass 'x' to g as a parameter, or declare g inside inner.",
  ],
  [
    'a captured class whose method calls a function that reads a variable',
    'function outer(x) { function g() { return x } class A { m() { return g() } } /** @deche */ const f = () => new A() }',
    'DECHE1032',
    'A',
    "'A' reads 'x', which would be missing from the key of f",
    "Pass 'x' to A as a parameter, or declare A inside f.",
  ],
  [
    "a captured arrow that reads 'this' of the function around it",
    'class A { x = 1; m() { const g = () => this.x; /** @deche */ const f = (n) => g() + n; return f } }',
    'DECHE1032',
    'g',
    "'g' reads 'this', which would be missing from the key of f",
    "Pass 'this' to g as a parameter, or declare g inside f.",
  ],
  [
    'a captured function with a property that something else sets',
    'function outer(x) { function g() { return g.x } g.x = x; /** @deche */ const f = (n) => g() + n }',
    'DECHE1032',
    'g',
    "'g' reads 'g.x', which would be missing from the key of f",
    "Pass 'g.x' to g as a parameter, or declare g inside f.",
  ],
  [
    'a method of a local class that another one calls',
    'function outer(x) { return class { #g() { return x } h() { return this.#g() } /** @deche */ f(n) { return this.h() } } }',
    'DECHE1032',
    'this.h',
    "'this.h' reads 'x', which would be missing from the key of f",
    "Pass 'x' to this.h as a parameter, or declare this.h inside f.",
  ],
  [
    'new.target of the function around an arrow',
    'function Outer() { /** @deche */ const f = () => new.target }',
    'DECHE1036',
    'new.target',
    "f reads 'new.target' of the function around it, which would be missing from its key",
    'Put what it needs to know into a variable, such as const isNew = new.target !== undefined.',
  ],
  [
    'a captured function of another turn of the loop',
    'function outer(list) { for (const x of list) { var g = () => x; /** @deche */ const f = (n) => g() + x } }',
    'DECHE1037',
    'g',
    "'g' lives longer than 'x', so f may call one that was made with another 'x'",
    "Declare 'g' with const or let in the block of 'x'.",
  ],
  [
    'a function that calls itself by a variable outside of the loop',
    'function outer(list) { let f; for (const x of list) { /** @deche */ f = (n) => (n > 0 ? f(n - 1) : x) } }',
    'DECHE1037',
    'f',
    "'f' lives longer than 'x', so f may call one that was made with another 'x'",
    "Declare 'f' with const or let in the block of 'x'.",
  ],
  [
    'super of a class that is a parameter',
    'function outer(Base) { return class extends Base { /** @deche */ f(n) { return super.f(n) } } }',
    'DECHE1038',
    'super',
    "'super' in f depends on 'Base', which would be missing from its key",
    'Tag a method of the class that is extended, or a function that f calls.',
  ],
  [
    'a function of a block of sloppy code',
    'function outer(x) { if (x) { function g() {} } /** @deche */ function f(n) { return typeof g } }',
    'DECHE1039',
    'g',
    "'g' is declared in a block of sloppy code, so what ran before decides what f calls",
    "Write 'use strict' at the top of the file, or declare 'g' outside of the block.",
  ],
  [
    'a method of a class that is a parameter',
    'function outer(Base) { return class extends Base { /** @deche */ f(n) { return this.g(n) } } }',
    'DECHE1038',
    'this.g',
    "'this.g' in f depends on 'Base', which would be missing from its key",
    'Tag a method of the class that is extended, or a function that f calls.',
  ],
  [
    'the same, which another method calls',
    'function outer(Base) { return class extends Base { /** @deche */ f(n) { return this.g(n) } g(n) { return super.f(n) } } }',
    'DECHE1038',
    'this.g',
    "'super' in f depends on 'Base', which would be missing from its key",
    'Tag a method of the class that is extended, or a function that f calls.',
  ],
  [
    'super of an object with another one behind it',
    'function outer(base) { return { __proto__: base, /** @deche */ f(n) { return super.f(n) } } }',
    'DECHE1038',
    'super',
    "'super' in f depends on 'base', which would be missing from its key",
    'Tag a method of the class that is extended, or a function that f calls.',
  ],
  [
    'an inherited method that reads a captured variable',
    'function outer(rate) { class A { g() { return rate } } class B extends A { /** @deche */ f(n) { return this.g(n) } } }',
    'DECHE1032',
    'this.g',
    "'this.g' reads 'rate', which would be missing from the key of f",
    "Pass 'rate' to this.g as a parameter, or declare this.g inside f.",
  ],
  [
    'a property of a captured function that a call sets',
    'function outer(rate) { function g() { return g.rate } Object.assign(g, { rate }); /** @deche */ function f(n) { return g() } }',
    'DECHE1032',
    'g',
    "'g' reads 'g.rate', which would be missing from the key of f",
    "Pass 'g.rate' to g as a parameter, or declare g inside f.",
  ],
  [
    'a method that is put into the prototype of a captured class',
    'function outer(rate) { class A {} A.prototype.g = () => rate; /** @deche */ function f(n) { return new A().g() } }',
    'DECHE1032',
    'A',
    "'A' reads 'A.prototype', which would be missing from the key of f",
    "Pass 'A.prototype' to A as a parameter, or declare A inside f.",
  ],
  [
    'a property of the function itself',
    'function outer(rate) { /** @deche */ function f(n) { return n * f.rate } f.rate = rate; return f }',
    'DECHE1032',
    'f',
    "'f' reads 'f.rate', which would be missing from the key of f",
    "Pass 'f.rate' to f as a parameter.",
  ],
  [
    'a codec for a generator',
    tagged('output=parquet', 'function* f() {}'),
    'DECHE1034',
    'parquet',
    'output: f is a generator, whose items are kept one by one',
    'Remove output, or return an array.',
  ],
]

/** Warnings: the function is a site all the same. */
const WARNED: Case[] = [
  [
    'a variable that changes',
    `let rate = 1; const set = (x: number) => { rate = x }\n${tagged('ignore=city', 'function f(city: string) { return rate }')}`,
    'DECHE1060',
    'rate',
    "f reads the variable 'rate', which changes and is not in its key",
    'Pass it as a parameter, make it const, or write ignore=city,rate if the result does not depend on it.',
  ],
  [
    'the environment',
    tagged('', 'function f() { return process.env.HOME }'),
    'DECHE1061',
    'process.env.HOME',
    'f reads process.env.HOME, which is not in its key',
    'Make it the default of a parameter, or write ignore=process.env.HOME if the result does not depend on it.',
  ],
  [
    'the clock',
    tagged('', 'function f() { return new Date() }'),
    'DECHE1062',
    'new Date()',
    'f reads the clock with new Date(), but what it returns is kept for later',
    'Make the time a parameter, say with ttl= how long a result holds, or write ignore=Date if the result does not depend on it.',
  ],
  [
    'randomness',
    tagged('', 'function f() { return Math.random() }'),
    'DECHE1063',
    'Math.random',
    'f is random through Math.random, but what it returns is kept for later',
    'Make what is random a parameter, say with ttl= how long a result holds, or write ignore=Math.random if the result does not depend on it.',
  ],
  [
    'a property of this',
    'class A { id = make(); /** @deche attrs=x */ m() { return this.id } }',
    'DECHE1064',
    'this.id',
    'A.m reads this.id, which is not in its key',
    'Write attrs=x,id, or ignore=this.id if the result does not depend on it.',
  ],
  [
    'a secret',
    tagged('', 'function f(apiKey: string) {}'),
    'DECHE1065',
    'apiKey',
    "'apiKey' looks like a secret, and would be stored in clear beside the results",
    'Write redact=apiKey, or ignore=apiKey if the result does not depend on it.',
  ],
  [
    'a decision by an ignored parameter',
    tagged('ignore=force', 'function f(force: boolean) { return force ? 1 : 2 }'),
    'DECHE1066',
    'force',
    "'force' is ignored, but f decides by it what to do",
    'Take force out of ignore=. If the result is the same either way, leave the decision to a function that f calls.',
  ],
  [
    'this as a whole',
    'class A { /** @deche */ m() { return help(this) } }',
    'DECHE1067',
    'this',
    "A.m uses 'this' as a whole, of which nothing is in its key",
    'Write attrs= with the properties that the result depends on, or ignore=this if there are none.',
  ],
]

describe('each diagnostic stands on the word at fault and says what to do', () => {
  test.each(CASES)('%s', (_name, text, code, at, message, fix) => {
    const { said, sites } = diagnosticsOf(text)
    expect(said).toEqual([[code, at, message, fix]])
    expect(sites).toHaveLength(code === 'DECHE1002' || code === 'DECHE1015' ? 1 : 0)
  })

  test('code that is nested too deep', () => {
    const text = `/** @deche */ export const f = (x) => ${'['.repeat(4000)}x${']'.repeat(4000)}`
    const { diagnostics, sites } = analyse(text, { file: 'a.ts', module: 'm' })
    expect(sites).toEqual([])
    expect(diagnostics.map(({ code, range, message }) => [code, text.slice(...range), message])).toEqual([
      ['DECHE1035', '@deche', 'the code of this file is nested too deep to be looked at'],
    ])
  })

  test('chains of thousands of members are no depth', () => {
    const chains = [`x${' + x'.repeat(9000)}`, `x${'.slice(y)'.repeat(2500)}`, `${'x ? y : '.repeat(2500)}x`]
    const elseIf = `${'if (x) y++; else '.repeat(2500)}y--;`
    const text = chains
      .map((each, at) => `/** @deche */ export const f${at} = (x) => { let y = 1; ${elseIf} return ${each} }`)
      .join('\n')
    const { diagnostics, sites } = analyse(text, { file: 'a.ts', module: 'm' })
    expect(diagnostics).toEqual([])
    expect(sites.map(({ captures }) => captures)).toEqual([[], [], []])
  })

  test('a function in a with statement', () => {
    const { diagnostics } = analyse('with (x) { /** @deche */ exports.f = () => y }', { file: 'a.cjs', module: 'm' })
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['DECHE1033', 'f stands inside a with statement, so nobody knows which variables it reads'],
    ])
  })

  test.each(WARNED)('%s, a warning', (_name, text, code, at, message, fix) => {
    const { said, sites } = diagnosticsOf(text)
    expect(said).toEqual([[code, at, message, fix]])
    expect(sites).toHaveLength(1)
  })

  const NEAR: Case[] = [
    [
      'a line comment',
      '// @deche ttl=7d\nfunction f() {}',
      '@deche',
      'this comment is no doc comment',
      'Begin it with /** instead.',
    ],
    [
      'a plain comment',
      '/*\n * @deche\n */\nfunction f() {}',
      '@deche',
      'this comment is no doc comment',
      'Begin it with /** instead.',
    ],
    [
      'behind prose',
      '/** The forecast. @deche share */\nexport async function f() {}',
      '@deche',
      'it stands inside a line',
      'Put it at the start of a line of its own.',
    ],
    [
      'capital letters',
      '/** @Deche ttl=7d */\nconst f = () => 1',
      '@Deche',
      'its letters are not all small',
      'Write @deche.',
    ],
  ].map(
    ([name, text, at, reason, fix]): Case => [
      `${name}`,
      `${text}`,
      'DECHE1018',
      `${at}`,
      `this does not cache f: ${reason}, so that no tag is seen`,
      `${fix}`,
    ],
  )

  test.each(NEAR)('what looks like a tag and is none, in front of a function: %s', (_name, text, ...said) => {
    expect(diagnosticsOf(text)).toEqual({ said: [said], sites: [] })
  })

  test.each([
    ['of other things', '/** Unlike @deche functions, this runs each time. */ function f() {}'],
    ['in code', '/** As `/** @deche` says. */ function f() {}'],
    ['in a code block', '/**\n * ```\n * // @deche ttl=1d\n * ```\n */ function f() {}'],
    ['of a longer word', '// @dechet\nfunction f() {}'],
    ['in an address', '// mailto:someone@deche\nfunction f() {}'],
    ['in front of no function', '// @deche\nconst a = 1'],
  ])('prose %s is no tag that was missed', (_name, text) => {
    expect(diagnosticsOf(text)).toEqual({ said: [], sites: [] })
  })

  test('a comment beside a tag is prose', () => {
    expect(diagnosticsOf('/** @deche */\n// @deche ttl=1d\nfunction f() {}')).toEqual({ said: [], sites: ['pkg.a.f'] })
  })

  test('codes are unique', () => {
    const codes = Object.values(DIAGNOSTIC_CODES)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

test('all that is wrong is told at once, in the order of the text', () => {
  const text = tagged('tll=1 ignore=cty', 'function f(city) { eval(arguments[0]) }')
  expect(diagnosticsOf(text).said.map(([code]) => code)).toEqual(['DECHE1003', 'DECHE1004', 'DECHE1028', 'DECHE1023'])
})

test('people read file, line and column, then the fact, then what to do', () => {
  const text = '\r\n// 😀\r\n/** 😀 */ /** x\n * @deche tll=7d */ const f = () => 1'
  const [diagnostic] = analyse(text, { file: 'a.ts', module: 'm' }).diagnostics
  expect(diagnostic && formatDiagnostic(diagnostic, text, 'src/a.ts')).toBe(
    "src/a.ts:4:11 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?",
  )
})

test('what is no fault is not told', () => {
  const quiet = [
    tagged('ignore=city,this.secret attrs=id redact=this.id'),
    tagged('', 'function f(x: number) { function x() {} }'),
    tagged(
      '',
      'function f(x: number) { return function (x) { var x = arguments[0]; return { arguments: x.eval(1) } } }',
    ),
    tagged('', 'function f(x: number) { { let x = 1 } return x }'),
    `export {}\n${tagged('', 'function f(x: number) { { function x() {} } return x }')}`,
    tagged('', 'function f(x: number) { return { x } as { arguments: number[]; x: number } }'),
    tagged('', 'function f(x: number) { return function (y = arguments.length) { return y } }'),
    'function outer(x) { const g = () => x; /** @deche */ function inner(n) { return g() + n + x } }',
    'function outer() { const g = () => h(); function h() { return g } /** @deche */ function inner(n) { return g() } }',
    'function outer(log) { /** @deche ignore=log */ function inner(n) { log(n); return n } }',
    'const o = { /** @deche attrs=id */ f() {} }',
    'class A { static #s = 1; /** @deche attrs=#s */ static f() {} }',
    tagged('version=2 share memory=off ttl=2027-01-01T00:00Z cache=pages'),
    'class A { /** @deche attrs=id */ f = () => 1 }',
  ]
  for (const text of quiet) {
    const { said, sites } = diagnosticsOf(text)
    expect([text, said, sites.length]).toEqual([text, [], 1])
  }
})
