// Calls cached functions whose results prove themselves, for ever or for `rounds` calls; prints what was wrong.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { Cache, cached } from './index.js'

const { prefix, memory, rounds = Number.POSITIVE_INFINITY, keys = 6, removing = true } = JSON.parse(process.argv[2])
const cache = new Cache({ prefix, ...(memory && { memory }) })
const SIZES = [200, 200, 200, 256 * 1024]
const pick = (list) => list[Math.floor(Math.random() * list.length)]

const digest = (text) => createHash('sha256').update(text).digest('hex')
const textOf = (name, n, size) =>
  digest(`${name} ${n}`)
    .repeat(Math.ceil(size / 64))
    .slice(0, size)
const recordOf = (name, n, size) => ({ name, n, of: new Map([[n, textOf(name, n, size)]]), at: new Date(n) })

const wrap = (name, body) => cache.wrap(body, { name: `check.${name}`, params: ['n', 'size'] })
const functions = {
  sync: wrap('sync', (n, size) => recordOf('sync', n, size)),
  async: wrap('async', async (n, size) => {
    await new Promise((resolve) => setImmediate(resolve))
    return recordOf('async', n, size)
  }),
  text: wrap('text', (n, size) => textOf('text', n, size)),
  throws: wrap('throws', (n, size) => {
    throw Object.assign(new RangeError(textOf('throws', n, size)), { n })
  }),
}

const right = {
  sync: (value, n, size) => isDeepStrictEqual(value, recordOf('sync', n, size)),
  async: (value, n, size) => isDeepStrictEqual(value, recordOf('async', n, size)),
  text: (value, n, size) => value === textOf('text', n, size),
  throws: (error, n, size) =>
    error instanceof RangeError && error.n === n && error.message === textOf('throws', n, size),
}

const wrong = []
async function check(name, n, size) {
  let came
  try {
    came = await functions[name](n, size)
  } catch (error) {
    came = error
  }
  if (!right[name](came, n, size)) wrong.push(`${name}(${n}, ${size}) came to ${String(came).slice(0, 200)}`)
}

process.on('warning', ({ message }) => wrong.push(message))
process.send?.('calling')
for (let round = 0; round < rounds; round++) {
  await check(pick(Object.keys(functions)), Math.floor(Math.random() * keys), pick(SIZES))
  if (wrong.length > 0) process.send?.({ wrong })
  // What is never removed is written once, and then only read.
  const turn = Math.random()
  if (!removing) continue
  if (turn < 0.1) cached(pick(Object.values(functions))).removeAllSync()
  else if (turn < 0.2) await cached(pick(Object.values(functions))).removeAll()
}
const stats = Object.values(functions).map((fn) => cached(fn).stats)
process.send?.({ stats, wrong }, () => process.disconnect())
