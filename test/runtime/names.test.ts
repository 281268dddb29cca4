import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directoryName, encodeIdPart, NAME_PATTERN } from '../../runtime/names.js'
import { checkDirectory } from '../../runtime/store/paths.js'

/** Every string a function can be called, lone surrogates among them, and often what the encoding itself is made of. */
const part = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', 'A', '.', '%', '~', '2', 'E', '/', '\\', '@', '\ud800', '\udc00', '\ufffd'),
    maxLength: 6,
  }),
  fc.constantFrom(
    '',
    '.',
    '..',
    'con',
    'NUL',
    '__proto__',
    '~con',
    'aux.js',
    'x'.repeat(250),
    `${'y'.repeat(250)}1`,
    'é'.repeat(99),
  ),
)
const parts = fc.array(part, { minLength: 1, maxLength: 5 })
const idOf = (from: readonly string[]) => from.map(encodeIdPart).join('.')

describe('an id', () => {
  it('is different for different parts', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(idOf(one) === idOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { numRuns: 5_000 },
    )
  })

  it('has nothing in it but what is safe everywhere', () => {
    fc.assert(
      fc.property(parts, (from) => {
        expect(idOf(from)).toMatch(/^[A-Za-z0-9_$~%-][A-Za-z0-9_$~%.-]*$/)
      }),
      { numRuns: 3_000 },
    )
  })

  it('tells apart the names that are hardest to tell apart', () => {
    const hard = [
      ['a.b'],
      ['a', 'b'],
      ['a%2Eb'],
      ['a', '', 'b'],
      ['a', 'b', ''],
      ['', 'a', 'b'],
      ['a', '~', 'b'],
      ['', ''],
      [''],
      ['\ud800'],
      ['\ud801'],
      ['\udc00'],
      ['\ufffd'],
      ['\ud800\udc00'],
      ['\ud800', '\udc00'],
      ['\u00e9'],
      ['e\u0301'],
    ]
    expect(new Set(hard.map(idOf)).size).toBe(hard.length)
  })

  it('is readable for ordinary names', () => {
    expect(idOf(['src', 'weather', 'Forecast', 'next_day$'])).toBe('src.weather.Forecast.next_day$')
    expect(idOf(['a/b', 'é', '😀'])).toBe('a%2Fb.%C3%A9.%F0%9F%98%80')
  })
})

describe('the directory of an id', () => {
  it('is different for different ids', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(directoryName(idOf(one)) === directoryName(idOf(other))).toBe(idOf(one) === idOf(other))
      }),
      { numRuns: 5_000 },
    )
  })

  it('is one every store and system accepts: at most 200 bytes, no device, no dot at either end', () => {
    fc.assert(
      fc.property(parts, (from) => {
        const name = directoryName(idOf(from))
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
        expect(name).not.toMatch(/^\.|\.$|^(?:con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(?:\.|$)/i)
        checkDirectory(name)
      }),
      { numRuns: 3_000 },
    )
  })

  it('is the id itself where that is possible', () => {
    for (const id of ['demo.inc', 'console.log', 'a'.repeat(200), '@scope.pkg.fn', 'nullable.x', 'x.con']) {
      expect(directoryName(id)).toBe(id)
    }
  })

  it('differs for long ids that share a beginning, an end, or the first 200 bytes', () => {
    const long = 'x'.repeat(183)
    const ids = [
      `${long}${'y'.repeat(18)}`,
      `${long}${'y'.repeat(19)}`,
      `${long}${'y'.repeat(17)}z`,
      `z${long}${'y'.repeat(18)}`,
    ]
    const names = ids.map(directoryName)
    expect(new Set(names).size).toBe(ids.length)
    for (const name of names) expect(name).toMatch(/^.{183}~[0-9a-f]{16}$/)
  })

  it('sets devices of Windows apart, whatever their case and extension', () => {
    for (const id of ['con', 'CON', 'con.fn', 'Nul.x.y', 'com1', 'LPT9.fn', 'conin$', 'CONOUT$.x'])
      expect(directoryName(id)).toBe(`~${id}`)
    expect(directoryName(`aux.${'x'.repeat(300)}`)).toMatch(/^~aux\.x+~[0-9a-f]{16}$/)
  })

  it('of a name that the user gave is accepted by every store', () => {
    fc.assert(
      fc.property(fc.stringMatching(NAME_PATTERN), (name) => checkDirectory(directoryName(name))),
      { numRuns: 2_000 },
    )
    for (const name of ['.', '..', '.a', 'a.', '', 'a/b', 'a b', '~a', 'a%2Eb']) expect(name).not.toMatch(NAME_PATTERN)
  })
})
