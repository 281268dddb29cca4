// Functions whose answers prove themselves: small and large, synchronous and not, and one that throws.
import { createHash } from 'node:crypto'
import { Cache, cached } from '../dist/index.js'

const digest = (text) => createHash('sha256').update(text).digest('hex')

/** Of 200 bytes and of 256 KiB. */
const answer = (kind, n) => {
  const proof = digest(`${kind} ${n}`)
  return { n, proof, text: proof.repeat(kind === 'large' ? 4096 : 2) }
}

const isRight = (kind, n, value) =>
  value?.n === n &&
  value.proof === digest(`${kind} ${n}`) &&
  value.text === value.proof.repeat(kind === 'large' ? 4096 : 2)

/** A cache's functions; each call answers `undefined` if all was right, else what was wrong. `hits` counts. */
export function functionsOf(options) {
  const cache = new Cache(options)
  const wrap = (name, fn) => cache.wrap(fn, { name: `reliability.${name}`, params: ['n'] })
  const small = wrap('small', (n) => answer('small', n))
  const large = wrap('large', (n) => answer('large', n))
  const later = wrap('later', async (n) => answer('later', n))
  const thrown = wrap('thrown', (n) => {
    throw new RangeError(digest(`thrown ${n}`))
  })
  const told = (name, n, isTrue) => (isTrue ? undefined : `${name}(${n})`)
  const hits = () => [small, large, later, thrown].reduce((sum, fn) => sum + cached(fn).stats.hits, 0)
  const calls = {
    small: async (n) => told('small', n, isRight('small', n, small(n))),
    large: async (n) => told('large', n, isRight('large', n, large(n))),
    later: async (n) => told('later', n, isRight('later', n, await later(n))),
    thrown: async (n) => {
      try {
        thrown(n)
      } catch (error) {
        // Offline, with nothing stored: no answer, as of the others.
        if (error?.code === 'DECHE2003') throw error
        return told('thrown', n, error instanceof RangeError && error.message === digest(`thrown ${n}`))
      }
      return `thrown(${n}) did not throw`
    },
  }
  return { calls, hits }
}
