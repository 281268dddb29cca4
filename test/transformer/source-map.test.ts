import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mappingsOf } from '../../transformer/source-map.js'

const TEXT = fc
  .array(fc.constantFrom('a', 'bc', '$d_9', '=>', '(', "'", ' ', '  ', '\t', '\n', '\r\n', 'é', '\u00a0', '😀'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''))

const INSERTED = fc.stringMatching(/^[a-z$ ]{0,80}$/)

test('every token, and the end of each, is mapped to where it stood, and what was inserted to nothing behind it', () => {
  fc.assert(
    fc.property(TEXT, fc.array(fc.tuple(fc.nat(), INSERTED), { maxLength: 4 }), (text, places) => {
      const insertions = places
        .map(([at, inserted]) => ({ at: at % (text.length + 1), text: inserted }))
        .sort((a, b) => a.at - b.at)
      const map = new TraceMap({
        version: 3,
        sources: ['a.ts'],
        names: [],
        mappings: mappingsOf(text, insertions),
      })
      let line = 1
      let [column, sourceColumn] = [0, 0]
      for (let at = 0; at < text.length; at++) {
        for (const inserted of insertions.filter((each) => each.at === at)) {
          for (let index = 0; index < inserted.text.length; index++) {
            const found = originalPositionFor(map, { line, column: column++ })
            if (found.line !== null) expect(found.line).toBe(line)
            expect(found.column ?? 0).toBeLessThanOrEqual(sourceColumn)
          }
        }
        const [before = '\n', character = ''] = [text[at - 1], text[at]]
        if (character === '\n') {
          line++
          column = sourceColumn = 0
          continue
        }
        const isWithin = [/[\w$]/, /[ \t\r]/].some((kind) => kind.test(before) && kind.test(character))
        if (!isWithin) expect(originalPositionFor(map, { line, column })).toMatchObject({ line, column: sourceColumn })
        column++
        sourceColumn++
      }
    }),
    { numRuns: 500 },
  )
})
