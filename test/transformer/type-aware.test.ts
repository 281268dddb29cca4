import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { UnkeyableArgumentError, UnstorableError } from '../../runtime/errors.js'
import { inputsText } from '../../runtime/key/key.js'
import type { ClassCodecs } from '../../runtime/value/codec.js'
import { encodeValue } from '../../runtime/value/value.js'
import { Memory, namespaces } from './type-harness.js'
import { PREAMBLE, TABLE } from './type-table.js'

const functions = TABLE.map(
  ({ type }, row) => `/** @deche */ export function key${row}(value: ${type}) { return 1 }
/** @deche */ export function result${row}(): ${type} { return null as never }`,
).join('\n')

const libraries = [
  ['without the DOM', ['lib.es2023.d.ts']],
  ['with the DOM', ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']],
] as const

describe.each(namespaces)('%s', (_, ts) => {
  test.each(libraries)('%s: the table of types', (_, lib) => {
    const memory = new Memory(ts, { 'table.ts': `${PREAMBLE}${functions}` }, { lib: [...lib] })
    expect(memory.errors('table.ts')).toEqual([])
    const said = memory.warnings('table.ts')
    const { text } = memory.program.getSourceFiles().find(({ fileName }) => fileName.endsWith('/table.ts')) ?? {
      text: '',
    }
    const facts = new Map(
      said.map(({ message, range }) => [
        /key\d+|result\d+/.exec(text.slice(text.lastIndexOf('function', range[0]), range[1]))?.[0],
        message.replace(/, (?:of which|which cannot).*/, ''),
      ]),
    )
    const found = TABLE.map(({ type }, row) => ({
      type,
      key: facts.get(`key${row}`),
      result: facts.get(`result${row}`),
    }))
    expect(found).toEqual(TABLE.map(({ type, key, result }) => ({ type, key, result })))
    expect(said.length).toBe(TABLE.flatMap(({ key, result }) => [key, result]).filter(Boolean).length)
  })
})

describe('agreement with the runtime: what is warned of is refused, what is not is accepted', () => {
  const rows = TABLE.filter(({ sample }) => sample !== undefined)
  const { values, classes } = evaluated(rows.map(({ sample }) => sample ?? ''))

  test.each(rows.map((row, index) => [row.type, row, index] as const))('%s', (_, { key, result }, index) => {
    const value = values[index]?.()
    const refusesKey = refuses(() => inputsText({ value }, { id: 'm.f', classes }), UnkeyableArgumentError)
    const refusesResult = refuses(() => encodeValue(value, classes), UnstorableError)
    expect({ refusesKey, refusesResult }).toEqual({
      refusesKey: key !== undefined,
      refusesResult: result !== undefined,
    })
  })
})

function refuses(run: () => unknown, error: abstract new (...args: never[]) => Error): boolean {
  try {
    run()
    return false
  } catch (thrown) {
    if (thrown instanceof error) return true
    throw thrown
  }
}

/** The samples as thunks, and the classes that the table registers. */
function evaluated(samples: readonly string[]): { values: (() => unknown)[]; classes: ClassCodecs } {
  const text = `${PREAMBLE}export const values = [${samples.map((sample) => `() => ${sample}`).join(',\n')}]`
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs', target: 'es2022' })
  const registered: { classes: ClassCodecs }[] = []
  const module = { exports: { values: [] as (() => unknown)[] } }
  const load = (id: string) =>
    id === 'deche'
      ? { configure: (options: { classes: ClassCodecs }) => registered.push(options) }
      : process.getBuiltinModule(id)
  new Function('require', 'module', code)(load, module)
  return { values: module.exports.values, classes: registered[0]?.classes ?? {} }
}
