import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cache, cached } from '../../runtime/index.js'
import { problem } from '../helpers/problem.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { collectWarnings } from '../helpers/warnings.js'

const [ONE, TWO] = ['1'.repeat(32), '2'.repeat(32)]
const before = { ...process.env }
let prefix: string
beforeEach(() => {
  prefix = temporaryDirectory()
})
afterEach(() => {
  for (const name of ['DECHE_SIGN_KEY', 'DECHE_REDACT_KEY']) delete process.env[name]
  Object.assign(process.env, before)
})

let ids = 0
/** A function of a fresh process, as it were, with these keys in the environment. */
function started(keys: string, name = 'signed.fn', options = {}) {
  if (keys === '') delete process.env.DECHE_SIGN_KEY
  else process.env.DECHE_SIGN_KEY = keys
  let runs = 0
  const fn = new Cache({ prefix, memory: 'off', ...options }).wrap(
    (n: number) => {
      runs++
      if (n < 0) throw new RangeError('negative')
      return n + 1
    },
    { name, params: ['n'] },
  )
  const call = (n: number) => {
    const earlier = runs
    let answer: unknown
    try {
      answer = fn(n)
    } catch (error) {
      answer = String(error)
    }
    return [answer, runs - earlier]
  }
  return { call, entries: cached(fn), path: (n: number) => join(prefix, name, cached(fn).tokenize(n)) }
}

describe('signed entries', () => {
  it('answer whoever has the key: results, exceptions, inputs', () => {
    expect(started(ONE).call(1)).toEqual([2, 1])
    expect(started(ONE).call(-1)).toEqual(['RangeError: negative', 1])
    const again = started(ONE)
    expect([again.call(1), again.call(-1)]).toEqual([
      [2, 0],
      ['RangeError: negative', 0],
    ])
    expect(again.entries.loadCachedInputsSync({ args: [1] })).toEqual({ n: 1 })
  })

  it('are read by those who ask for no signature', () => {
    started(ONE).call(1)
    expect(started('').call(1)).toEqual([2, 0])
    expect(started(ONE, 'signed.fn', { sign: false }).call(1)).toEqual([2, 0])
  })

  it('of no key, or of another, are a miss with a warning, stay as they are until the answer is stored anew', async () => {
    const warnings = collectWarnings()
    for (const [name, keys] of [
      ['signed.none', ''],
      ['signed.other', TWO],
    ] as const) {
      started(keys, name).call(1)
      const reader = started(ONE, name, { mode: 'readonly' })
      const file = readFileSync(reader.path(1))
      expect(reader.call(1)).toEqual([2, 1])
      expect(readFileSync(reader.path(1))).toEqual(file)
      expect(() => reader.entries.loadCachedInputsSync({ args: [1] })).toThrow('has no inputs')
      expect(started(ONE, name).call(1)).toEqual([2, 1])
      expect(started(ONE, name).call(1)).toEqual([2, 0])
    }
    expect(await warnings.codes()).toEqual(['DECHE3016', 'DECHE3016'])
  })

  it('of an older key are accepted while it is in the list, and new ones are signed with the first', () => {
    started(ONE).call(1)
    const rotated = started(`${TWO}, ${ONE}`)
    expect(rotated.call(1)).toEqual([2, 0])
    rotated.call(2)
    expect(started(TWO).call(2)).toEqual([3, 0])
    expect(started(ONE).call(2)).toEqual([3, 1])
  })

  it('cannot be moved to another call, another function or another kind, nor changed', () => {
    const { call, path } = started(ONE)
    call(1)
    call(2)
    const file = readFileSync(path(1))
    writeFileSync(path(2), file)
    expect(call(2)).toEqual([3, 1])
    const other = started(ONE, 'signed.copy')
    other.call(1)
    writeFileSync(other.path(1), file)
    expect(other.call(1)).toEqual([2, 1])
    for (let at = 0; at < file.length; at += 3) {
      const changed = Buffer.from(file)
      changed[at] = (file[at] ?? 0) ^ 1
      writeFileSync(path(1), changed)
      expect(call(1), `byte ${at}`).toEqual([2, 1])
    }
  })

  it('need keys that cannot be guessed, which no message shows', () => {
    const short = () =>
      started('hunter2-hunter2', `signed.short${ids++}`).entries.store && started('hunter2-hunter2').entries.path
    expect(problem(short)).toContain('DECHE_SIGN_KEY: a key must have 32 characters')
    expect(problem(short)).not.toContain('hunter2')
    expect(problem(() => started('', 'signed.must', { sign: true }).entries.path)).toContain('no key in DECHE_SIGN_KEY')
  })

  it('are refused for files that have no place for a signature', () => {
    const output = { name: 'text', raw: true, encode: String, decode: String }
    expect(problem(() => started(ONE, 'signed.raw', { output }).entries.path)).toContain('sign=false')
  })
})

describe('redacted inputs', () => {
  const keyOf = (secret: string | undefined, password: string) => {
    if (secret === undefined) delete process.env.DECHE_REDACT_KEY
    else process.env.DECHE_REDACT_KEY = secret
    const fn = new Cache({ prefix, redact: ['password'] }).wrap((user: string, password: string) => user + password, {
      name: 'redacted.fn',
      params: ['user', 'password'],
    })
    return cached(fn).tokenize('ann', password)
  }

  it('make a key that nobody can guess without the secret, the same wherever the secret is', () => {
    const keys = [keyOf(undefined, 'a'), keyOf(ONE, 'a'), keyOf(TWO, 'a'), keyOf(ONE, 'b')]
    expect(new Set(keys).size).toBe(4)
    expect(keyOf(ONE, 'a')).toBe(keys[1])
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
  })

  it('of a function without any, the secret changes nothing', () => {
    const plain = (secret: string) => {
      process.env.DECHE_REDACT_KEY = secret
      return cached(new Cache({ prefix }).wrap((n: number) => n, { name: 'redacted.not', params: ['n'] })).tokenize(1)
    }
    expect(plain(ONE)).toBe(plain(TWO))
  })
})
