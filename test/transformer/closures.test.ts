import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as compiled from '../../runtime/compiled.js'
import { configure } from '../../runtime/index.js'
import { analyse } from '../../transformer/analyse.js'
import { rewrite } from '../../transformer/rewrite.js'
import { closureProgram } from './closure-programs.js'

beforeAll(() => configure({ protocol: 'memory', prefix: String(Math.random()), unkeyable: 'bypass' }))
afterAll(() => configure({ protocol: null, prefix: null, unkeyable: null }))

function observerOf(text: string): () => unknown {
  const module = { exports: {} as { observe?: () => unknown } }
  new Function('require', 'exports', text)(() => compiled, module.exports)
  if (module.exports.observe === undefined) throw new TypeError('nothing was exported')
  return module.exports.observe
}

function outcome(observe: () => unknown): string {
  try {
    return JSON.stringify(observe())
  } catch (error) {
    return String(error)
  }
}

test('functions in functions answer what they answer without a cache, at first and out of it', () => {
  let number = 0
  let sites = 0
  fc.assert(
    fc.property(closureProgram, (text) => {
      const plain = outcome(observerOf(text))
      fc.pre(plain !== 'Error: too long')
      const analysis = analyse(text, { file: 'program.cjs', module: `demo.p${number++}` })
      sites += analysis.sites.length
      const cached = observerOf(rewrite(text, analysis, 'cjs').code)
      expect(outcome(cached)).toBe(plain)
      expect(outcome(cached)).toBe(plain)
    }),
    { numRuns: 200 },
  )
  expect(sites, 'most of what is tagged can be cached').toBeGreaterThan(number)
})
