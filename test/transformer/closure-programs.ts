import fc from 'fast-check'

/**
 * Programs of functions in functions, as text. Every function is pure but for what it captures: statements change only
 * variables of the function that they stand in, so that whatever is tagged may be answered out of a cache. `observe()`
 * answers what all of their calls answered, or threw.
 */
export const closureProgram: fc.Arbitrary<string> = fc
  .array(fc.nat(255), { minLength: 40, maxLength: 400, size: 'max' })
  .map((choices) => new Writer(choices).program())

interface Variable {
  readonly name: string
  /** A number, or a function of one number. */
  readonly kind: 'number' | 'function'
  readonly isConstant: boolean
  /** The function whose statements may assign to it. */
  readonly owner: number
}

interface Place {
  readonly variables: readonly Variable[]
  readonly owner: number
  readonly depth: number
  /** Names that the innermost block declares already. */
  readonly taken: Set<string>
  /** Properties of `this` that are numbers. */
  readonly attributes: readonly string[]
}

const NAMES = ['a', 'b', 'c', 'd']

/** Makes a text of a list of choices; behind the last choice there are only the simplest. */
class Writer {
  readonly #choices: readonly number[]
  #next = 0
  #functions = 0
  #vars = 0

  constructor(choices: readonly number[]) {
    this.#choices = choices
  }

  program(): string {
    const makers: string[] = []
    while (this.#isLeft() || makers.length === 0) {
      const place = { variables: [], owner: 0, depth: 0, taken: new Set<string>(), attributes: [] }
      const { name, text } = this.#maker(place)
      makers.push(`${text}\nfor (const k of [1, 2, 1]) said.push(attempt(() => ${name}(k)))`)
    }
    return [
      'let steps = 0',
      "const step = () => { if (++steps > 5000) throw new Error('too long') }",
      "const attempt = (call) => { try { return call() } catch (error) { if (error.message === 'too long') throw error; return String(error) } }",
      'exports.observe = () => {',
      'steps = 0',
      'const said = []',
      ...makers,
      'return said',
      '}',
    ].join('\n')
  }

  #isLeft(): boolean {
    return this.#next < this.#choices.length
  }

  /** A number below `count`. */
  #pick(count: number): number {
    const choice = this.#choices[this.#next++] ?? 0
    return choice % count
  }

  #of<T>(...options: readonly [T, ...T[]]): T {
    return options[this.#pick(options.length)] ?? options[0]
  }

  #tag(options = ''): string {
    return this.#pick(3) === 0 ? '' : `/** @deche${options} */ `
  }

  #functionName(): string {
    return `f${this.#functions++}`
  }

  /** A function of statements, which answers a list of what its calls answered. */
  #maker(place: Place): { readonly name: string; readonly text: string } {
    const name = this.#functionName()
    const owner = ++this.#functions
    const inner: Place = {
      variables: [...place.variables, { name: 'p', kind: 'number', isConstant: false, owner }],
      owner,
      depth: place.depth + 1,
      taken: new Set(['p', 'list', 'late']),
      attributes: [],
    }
    const body = this.#statements(inner)
    const text = `${this.#tag()}function ${name}(p) { step(); const list = []; const late = []\n${body}\nfor (const call of late) list.push(attempt(call))\nreturn list }`
    return { name, text }
  }

  #statements(place: Place): string {
    const lines: string[] = []
    let variables = place.variables
    for (let count = 2 + this.#pick(5); count > 0 && (this.#isLeft() || lines.length === 0); count--) {
      const { text, declared = [] } = this.#statement({ ...place, variables })
      lines.push(text)
      variables = [...variables.filter((old) => !declared.some(({ name }) => name === old.name)), ...declared]
      const call = declared.find(({ kind }) => kind === 'function')
      if (call) lines.push(...this.#calls(call.name))
    }
    return lines.join('\n')
  }

  #calls(name: string): string[] {
    const call = `() => ${name}(${this.#pick(3)})`
    return [`list.push(attempt(${call}))`, ...(this.#pick(2) === 0 ? [`late.push(${call})`] : [])]
  }

  #block(place: Place, more: readonly Variable[] = []): string {
    const names = new Set(more.map(({ name }) => name))
    const variables = [...place.variables.filter(({ name }) => !names.has(name)), ...more]
    return `{\n${this.#statements({ ...place, variables, depth: place.depth + 1, taken: new Set(names) })}\n}`
  }

  #statement(place: Place): { readonly text: string; readonly declared?: readonly Variable[] } {
    const { owner, depth } = place
    const local = (name: string, isConstant = true): Variable => ({ name, kind: 'number', isConstant, owner })
    switch (this.#pick(depth > 4 ? 6 : 16)) {
      case 0:
      case 1:
        return this.#functionOf(place)
      case 2: {
        const name = this.#freshName(place)
        if (name === undefined) return { text: `list.push(${this.#number(place)})` }
        const keyword = this.#of('const', 'let')
        return {
          text: `${keyword} ${name} = ${this.#number(place, name)}`,
          declared: [local(name, keyword === 'const')],
        }
      }
      case 3: {
        const own = place.variables.filter((each) => each.kind === 'number' && !each.isConstant && each.owner === owner)
        const target = own[this.#pick(Math.max(1, own.length))]
        if (target === undefined) return { text: `list.push(${this.#number(place)})` }
        return { text: this.#of(`${target.name} += ${this.#number(place)}`, `${target.name}++`, `${target.name} = 1`) }
      }
      case 4: {
        const name = `v${this.#vars++}`
        return { text: `var ${name} = ${this.#number(place)}`, declared: [local(name, false)] }
      }
      case 5:
        return { text: `list.push(${this.#number(place)})` }
      case 6:
        return { text: `if (${this.#number(place)} % 2) ${this.#block(place)} else ${this.#block(place)}` }
      case 7:
        return { text: `for (let i = 0; i < 2; i++) ${this.#block(place, [local('i')])}` }
      case 8:
        return {
          text: `for (const [k, l = ${this.#number(place)}] of [[1], [2, 3]]) ${this.#block(place, [local('k'), local('l', false)])}`,
        }
      case 9:
        return {
          text: `try { throw { code: ${this.#number(place)} } } catch ({ code }) ${this.#block(place, [local('code', false)])} finally ${this.#block(place)}`,
        }
      case 10:
        return {
          text: `switch (${this.#number(place)} % 3) { case 0: ${this.#block(place)} break; default: ${this.#block(place)} }`,
        }
      case 11:
        return { text: `label${this.#functions++}: ${this.#block(place)}` }
      case 12:
      case 13:
        return this.#classOf(place)
      case 14:
        return this.#functionInBlock(place)
      default: {
        const { name, text } = this.#maker(place)
        return { text, declared: [{ name, kind: 'function', isConstant: true, owner }] }
      }
    }
  }

  #freshName({ taken }: Place): string | undefined {
    const name = NAMES[this.#pick(NAMES.length)] ?? 'a'
    if (taken.has(name)) return undefined
    taken.add(name)
    return name
  }

  /** A function of one number, in one of the forms that functions have. */
  #functionOf(place: Place): { readonly text: string; readonly declared: readonly Variable[] } {
    const name = this.#functionName()
    const owner = ++this.#functions
    const inner: Place = {
      ...place,
      variables: [
        ...place.variables.filter((each) => each.name !== 'n' && each.name !== 'm'),
        { name: 'n', kind: 'number', isConstant: false, owner },
        { name: 'm', kind: 'number', isConstant: false, owner },
      ],
      owner,
    }
    const params = `(n, m = ${this.#number(place)})`
    const again = `n > 0 ? ${name}(n - 1) : `
    const value = `${this.#pick(5) === 0 ? again : ''}[${this.#number(inner)}, ${this.#number(inner)}]`
    const shadow = NAMES[this.#pick(NAMES.length)] ?? 'a'
    const block = this.#of(
      `{ step(); return ${value} }`,
      `{ step(); { const ${shadow} = n; if (${shadow} > 1) return ${shadow} } return ${value} }`,
      `{ step(); const inner = () => ${value}; return inner() }`,
      `{ step(); n += 1; return ${value} }`,
    )
    const tag = this.#tag()
    const text = this.#of(
      `${tag}function ${name}${params} ${block}`,
      `${tag}const ${name} = ${params} => (step(), ${value})`,
      `${tag}const ${name} = ${params} => ${block}`,
      `${tag}var ${name} = function ${params} ${block}`,
      `${tag}const ${name} = function ${name}${params} ${block}`,
      `${tag}function* g${name}${params} { step(); yield n; yield ${value} }\nconst ${name} = (n) => [...g${name}(n)]`,
      `let ${name}; ${tag}${name} = ${params} => ${block}`,
      `const o${name} = { ${tag}m${params} ${block} }; const ${name} = (n) => o${name}.m(n)`,
    )
    return { text, declared: [{ name, kind: 'function', isConstant: true, owner: place.owner }] }
  }

  /** A function that sloppy code has outside of its block too, once the block has run; and a function that calls it. */
  #functionInBlock(place: Place): { readonly text: string; readonly declared: readonly Variable[] } {
    const [helper, name] = [this.#functionName(), this.#functionName()]
    const text = [
      `if (${this.#number(place)} % 2) { function ${helper}(n) { step(); return ${this.#number(place)} } }`,
      `${this.#tag()}const ${name} = (n) => (step(), typeof ${helper} === 'function' ? ${helper}(n) : n)`,
    ].join('\n')
    return { text, declared: [{ name, kind: 'function', isConstant: true, owner: place.owner }] }
  }

  /** A class whose methods read what is around it, one another, and what they inherit; a property put on it from outside. */
  #classOf(place: Place): { readonly text: string; readonly declared: readonly Variable[] } {
    const name = this.#functionName()
    const method = (inner: Place) => `{ step(); return [this.q, ${this.#number(inner)}] }`
    const own = { ...place, attributes: ['q'] }
    const uses = this.#of('this.help()', 'this.q', this.#number(place), 'this.base()', 'super.base()', `C${name}.extra`)
    const text = [
      this.#of(
        `class B${name} { constructor(q) { this.q = q } base() { step(); return ${this.#number(place)} } }`,
        `const B${name} = ((value) => class { constructor(q) { this.q = q } base() { step(); return value } })(${this.#number(place)})`,
      ),
      `class C${name} extends B${name} {`,
      `help() ${method(own)}`,
      `${this.#tag(' attrs=q')}m(n) { step(); return [n, ${uses}] }`,
      `static { ${this.#tag()}const inBlock = (n) => (step(), n + ${this.#number(place)}); list.push(attempt(() => inBlock(1))) }`,
      '}',
      this.#of(
        '',
        `C${name}.extra = ${this.#number(place)}`,
        `Object.assign(C${name}, { extra: ${this.#number(place)} })`,
      ),
      `const ${name} = (n) => new C${name}(n).m(${this.#number(place)})`,
    ].join('\n')
    return { text, declared: [{ name, kind: 'function', isConstant: true, owner: place.owner }] }
  }

  /** An expression whose value is a number. */
  #number({ variables }: Place, except?: string): string {
    const usable = variables.filter(({ name }) => name !== except)
    const numbers = usable.filter(({ kind }) => kind === 'number')
    const functions = usable.filter(({ kind }) => kind === 'function')
    const number = () => numbers[this.#pick(Math.max(1, numbers.length))]?.name ?? '1'
    switch (this.#pick(6)) {
      case 0:
        return '3'
      case 1:
      case 2:
        return number()
      case 3:
        return `(${number()} + ${number()} * 10)`
      case 4:
        return `(typeof ${number()}).length`
      default: {
        const called = functions[this.#pick(Math.max(1, functions.length))]
        return called === undefined ? number() : `JSON.stringify(${called.name}(${this.#pick(2)})).length`
      }
    }
  }
}
