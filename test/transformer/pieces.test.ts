import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chosen } from '../../runtime/call/code.js'
import { specOf } from '../../runtime/call/site.js'
import type { SiteFactory } from '../../runtime/compiled.js'
import { analyse } from '../../transformer/analyse.js'
import { rewrite } from '../../transformer/rewrite.js'

/** A module of helpers, and of a tagged function for each list of helpers that it calls. */
function moduleOf(reached: readonly (readonly number[])[]): string {
  const helpers = Array.from({ length: 12 }, (_, index) => `function helper${index}() { return ${index} }`)
  const functions = reached.map((calls, index) => {
    return `/** @deche */\nexports.f${index} = function f${index}() { return [${calls.map((n) => `helper${n}()`).join()}] }`
  })
  return [...helpers, ...functions].join('\n')
}

it('each function of a module finds the pieces of its hash among those of all', () => {
  const lists = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 12 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(lists, (reached) => {
      const text = moduleOf(reached)
      const analysis = analyse(text, { file: 'a.cjs', module: 'demo.a' })
      const factories: SiteFactory[] = []
      const runtime = { register: (...made: SiteFactory[]) => factories.push(...made) }
      new Function('require', 'exports', rewrite(text, analysis, 'cjs').code)(() => runtime, {})
      const found = factories
        .map((factory) => specOf(factory()).pieces)
        .map((pieces) => (pieces ? chosen(...pieces) : []))
      const names = found.map((lines) => lines.map((line) => line.replace(/^[0-9a-f]{8} /, '')).sort())
      expect(names).toEqual(reached.map((calls) => calls.map((n) => `helper${n}`).sort()))
      const own = analysis.sites.map(({ code }) => code.pieces.split('\n').slice(1))
      expect(found.map((lines) => lines.sort())).toEqual(own.map((lines) => lines.sort()))
    }),
    { numRuns: 200 },
  )
})
