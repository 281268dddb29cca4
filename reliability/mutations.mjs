// Stored entries are changed by a bit, a byte, a piece; each time the function must run again and answer rightly.
import { createHash, randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cache, cached } from '../dist/index.js'

const MUTATIONS = 10_000

export async function run(prefix) {
  let runs = 0
  const proof = (n) => createHash('sha256').update(`${n}`).digest('hex')
  const answer = (n) => ({ n, proof: proof(n), at: new Date(0), more: new Map([[n, [proof(n)]]]) })
  const fn = new Cache({ prefix, memory: 'off' }).wrap((n) => ++runs && answer(n), {
    name: 'reliability.mutated',
    params: ['n'],
  })
  const failing = new Cache({ prefix, memory: 'off' }).wrap(
    (n) => {
      runs++
      throw new RangeError(proof(n))
    },
    { name: 'reliability.thrown', params: ['n'] },
  )
  let wrong = 0
  let recomputed = 0
  for (let count = 0; count < MUTATIONS; count++) {
    const n = count % 8
    const throws = count % 2 === 1
    const call = () => {
      try {
        return JSON.stringify((throws ? failing : fn)(n))
      } catch (error) {
        return `${error}`
      }
    }
    const expected = throws ? `RangeError: ${proof(n)}` : JSON.stringify(answer(n))
    if (call() !== expected) wrong++
    const of = throws ? failing : fn
    const path = join(prefix, cached(of).id, cached(of).tokenize(n) + (throws ? '.exc' : ''))
    writeFileSync(path, mutated(readFileSync(path), count))
    const before = runs
    if (call() !== expected) wrong++
    if (runs === before + 1) recomputed++
  }
  return [
    { what: 'entries changed', promised: `≥ ${MUTATIONS}`, value: MUTATIONS, holds: true },
    {
      what: 'computed anew',
      promised: '100 %',
      value: `${(recomputed / MUTATIONS) * 100} %`,
      holds: recomputed === MUTATIONS,
    },
    { what: 'wrong answers', promised: '0', value: wrong, holds: wrong === 0 },
  ]
}

/** A bit turned, the end cut off, a piece doubled, two bytes exchanged or a byte more: never the same bytes. */
function mutated(file, count) {
  const changed = Buffer.from(file)
  const at = randomInt(file.length)
  const kind = count % 5
  if (kind === 1) return changed.subarray(0, at)
  if (kind === 2) return Buffer.concat([changed.subarray(0, at + 1), changed.subarray(at)])
  if (kind === 3) return Buffer.concat([changed, Buffer.of(randomInt(256))])
  const other = randomInt(file.length)
  if (kind === 4 && changed[at] !== changed[other]) {
    changed[at] = file[other]
    changed[other] = file[at]
    return changed
  }
  changed[at] ^= 1 << randomInt(8)
  return changed
}
