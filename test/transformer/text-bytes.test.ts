import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextBytes } from '../../transformer/text-bytes.js'

const text = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300, unit: 'binary' }))
const part = fc.record({ text, isQuoted: fc.boolean() })

test('a text of many parts is hashed like the same text as one string, whatever was hashed before', () => {
  const bytes = new TextBytes()
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      bytes.clear()
      for (const { text, isQuoted } of parts) {
        if (isQuoted) bytes.addQuoted(text)
        else bytes.add(text)
      }
      const whole = parts.map(({ text, isQuoted }) => (isQuoted ? JSON.stringify(text) : text)).join('')
      expect(bytes.sha256()).toBe(createHash('sha256').update(whole).digest('hex'))
    }),
  )
})
