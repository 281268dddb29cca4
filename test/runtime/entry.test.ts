import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  decodeEntry,
  type EntryHeader,
  encodeEntry,
  entryNames,
  historyName,
  kindOf,
} from '../../runtime/value/entry.js'
import { encodeException } from '../../runtime/value/exception.js'
import { encodeValue } from '../../runtime/value/value.js'

const key = createHash('sha256').update('one').digest('hex')
const otherKey = createHash('sha256').update('two').digest('hex')
const header: EntryHeader = { id: 'demo.mod.fn', at: 1_764_000_000_123, took: 12.345678, codec: 'json' }
const utf8 = (text: string) => new TextEncoder().encode(text)

const files: [name: string, header: EntryHeader, body: Uint8Array][] = [
  ['a plain result', header, utf8(encodeValue({ city: 'Oslo', days: [1, 2, 3] }, {}).text)],
  [
    'a rich result',
    { ...header, codec: 'devalue6', promise: true },
    utf8(encodeValue(new Map([[new Date(1), 2n]]), {}).text),
  ],
  ['inputs', { ...header, kind: 'inputs' }, utf8('{"city":"Oslo"}')],
  ['an exception', { ...header, kind: 'exception', codec: 'exception' }, utf8(encodeException(new Error('no'), {}))],
  [
    'bytes of a codec',
    { ...header, codec: 'parquet', code: 'abc' },
    Uint8Array.from({ length: 300 }, (_, at) => at % 256),
  ],
  ['more bytes than fit in one piece', { ...header, codec: 'own' }, new Uint8Array(20_000).fill(10)],
  ['a codec whose name JSON escapes', { ...header, codec: 'm\u00fcller "2" \\' }, utf8('1')],
  ['nothing', { ...header, codec: 'own' }, new Uint8Array()],
]

describe.each(files)('%s', (_, made, body) => {
  const expected = { id: made.id, key, ...(made.kind && { kind: made.kind }) }
  const file = encodeEntry(made, key, body)

  test('comes back with its header and exactly its bytes', () => {
    const entry = decodeEntry(file, expected)
    expect(entry).toMatchObject({ header: { ...made, took: 12.346 } })
    expect(entry !== 'other' && entry && [...entry.body]).toStrictEqual([...body])
    expect(decodeEntry(new Uint8Array(file), { ...expected })).toStrictEqual(entry)
  })

  test('cut off anywhere, it is none', () => {
    for (let length = 0; length < file.length; length++)
      expect(decodeEntry(file.subarray(0, length), expected)).toBeUndefined()
  })

  test('with any byte changed, it is none', () => {
    const changes = Math.max(2000, file.length)
    for (let change = 0; change < changes; change++) {
      const at = change % file.length
      const altered = Buffer.from(file)
      // Every bit of every byte has its turn; long runs also meet other values.
      altered[at] = (file[at] ?? 0) ^ (change < file.length ? 1 << (change % 8) : 1 + ((change * 7919) % 255))
      expect(decodeEntry(altered, expected)).toBeUndefined()
    }
  })

  test('with bytes added, it is none', () => {
    for (const more of [[0], [10], [32]]) {
      expect(decodeEntry(Buffer.concat([file, Buffer.from(more)]), expected)).toBeUndefined()
      expect(decodeEntry(Buffer.concat([Buffer.from(more), file]), expected)).toBeUndefined()
    }
  })

  test('under another key or kind, it is none', () => {
    expect(decodeEntry(file, { ...expected, key: otherKey })).toBeUndefined()
    for (const kind of ['data', 'inputs', 'exception'] as const) {
      if (kind !== (made.kind ?? 'data')) expect(decodeEntry(file, { ...expected, kind })).toBeUndefined()
    }
  })

  test('of another function, it is other', () => {
    expect(decodeEntry(file, { ...expected, id: 'demo.mod.Fn' })).toBe('other')
    expect(decodeEntry(file, { key, ...(made.kind && { kind: made.kind }) })).toMatchObject({
      header: { id: 'demo.mod.fn' },
    })
  })
})

test('no bytes at all make decodeEntry throw or find an entry', () => {
  const pieces = fc.oneof(
    fc.uint8Array(),
    fc.string().map(utf8),
    fc.constant(utf8(`{"deche":1,"sum":"${'0'.repeat(64)}"}\n`)),
  )
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      expect(decodeEntry(Buffer.concat(parts), { key })).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
})

test('a header and body cannot be split differently, whatever the body says', () => {
  const inner = encodeEntry(header, key, utf8('inner'))
  const outer = encodeEntry(header, key, inner)
  const entry = decodeEntry(outer, { key })
  expect(entry !== 'other' && entry && Buffer.from(entry.body).equals(inner)).toBe(true)
})

describe('a header that is whole but says something else', () => {
  function withHeader(head: string): Buffer {
    const sum = createHash('sha256').update(`${head}\n${key}\n1`).digest('hex')
    return Buffer.from(`${head},"sum":"${sum}"}\n1`)
  }
  const good = '{"deche":1,"id":"a","at":1,"took":1,"codec":"json"'

  test('unknown fields are no fault', () => {
    expect(decodeEntry(withHeader(`${good},"sig":"x","__proto__":{"polluted":1}`), { key })).toMatchObject({
      header: { id: 'a' },
    })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  test.each([
    good.replace('1', '2'),
    good.replace('"deche":1,', ''),
    good.replace('"a"', '7'),
    good.replace('"at":1', '"at":"1"'),
    good.replace('"took":1', '"took":null'),
    good.replace('"json"', 'null'),
    `${good},"promise":false`,
    `${good},"kind":"data"`,
    `${good},"code":1`,
    '[1',
    '{"deche"',
    'null',
  ])('%s is no entry', (head) => expect(decodeEntry(withHeader(head), { key })).toBeUndefined())
})

describe('in the shell', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'deche-entry-'))
    writeFileSync(join(directory, key), encodeEntry(header, key, utf8('{"city":"Oslo"}')))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  const shell = (script: string) => execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' })

  test('head gives the header, tail the result', () => {
    expect(JSON.parse(shell(`head -1 ${key}`))).toMatchObject({ deche: 1, id: 'demo.mod.fn', at: 1_764_000_000_123 })
    expect(shell(`tail -n +2 ${key}`)).toBe('{"city":"Oslo"}')
  })

  test('the documented formula gives the checksum', () => {
    const script = `f=${key}; { head -1 $f | sed 's/,"sum":"[0-9a-f]*"}$//'; echo $f; tail -n +2 $f; } | sha256sum | cut -d' ' -f1`
    expect(shell(script).trim()).toBe(JSON.parse(shell(`head -1 ${key}`)).sum)
  })
})

describe('names', () => {
  test('say what a file holds', () => {
    const names = entryNames(key)
    expect(names).toStrictEqual({ data: key, inputs: `${key}.inputs`, exception: `${key}.exc` })
    expect(kindOf(names.data)).toStrictEqual({ kind: 'data', key })
    expect(kindOf(names.inputs)).toStrictEqual({ kind: 'inputs', key })
    expect(kindOf(names.exception)).toStrictEqual({ kind: 'exception', key })
    expect(historyName(key, 1_764_000_000_123.456)).toBe(`${key}-1764000000123456`)
    expect(kindOf(historyName(key, 1_764_000_000_123))).toStrictEqual({ kind: 'history', key, at: 1_764_000_000_123 })
  })

  test('of a path, only the last part counts', () => {
    expect(kindOf(`/x/run-1/demo.inc/${key}`)).toStrictEqual({ kind: 'data', key })
    expect(kindOf(`/x/${key}-1/readme`)).toBeUndefined()
  })

  test.each([
    '',
    key.slice(1),
    `${key}0`,
    key.toUpperCase(),
    `${key}.tmp`,
    `.${key}`,
    `${key}-`,
    `${key}-1.exc`,
    `${key}-1x`,
  ])('%s is no entry', (name) => expect(kindOf(name)).toBeUndefined())
})
