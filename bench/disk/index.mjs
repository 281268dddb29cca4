/** Hits and misses on disk, beside the same work by hand and the libraries. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spread } from '../numbers.mjs'
import { installPeers } from '../peers/install.mjs'
import { node, withProject } from '../project.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** Most libraries hold a megabyte as they hold a small value; only the limit is of interest there. */
const SIZES = [
  { size: '200 B', length: 150, count: 200 },
  { size: '1 MB', length: 1_000_000, count: 4, most: 'deche' },
]

export function disk(rounds) {
  installPeers()
  const places = [
    { place: 'disk', parent: tmpdir() },
    { place: 'tmpfs', parent: '/dev/shm' },
  ].filter(({ parent }) => existsSync(parent))
  return Promise.all(
    places.map(({ place, parent }) =>
      withProject(here, (directory) => SIZES.map((size) => ({ place, ...run(directory, rounds, size) })), parent),
    ),
  ).then((found) => found.flat())
}

/** What the parts of a hit and of a store take, on tmpfs where it is there. */
export function diskSteps(rounds) {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const lengths = SIZES.map(({ length }) => String(length))
  const measured = (directory) => JSON.parse(node(directory, join(here, 'steps.mjs'), String(rounds), ...lengths))
  return withProject(
    here,
    (directory) => {
      const steps = measured(directory)
      return SIZES.map(({ size, length }) => ({ size, steps: steps[length] }))
    },
    parent,
  )
}

function run(directory, rounds, { size, length, count, most = 'all' }) {
  const compiled = join(directory, 'out/functions.js')
  const args = [join(here, 'measure.mjs'), compiled, length, rounds, count, most].map(String)
  const subjects = JSON.parse(node(directory, ...args))
  const limit = subjects.find(({ isLimit }) => isLimit)
  const ratio = (times, by) => Math.round((spread(times).median / spread(by).median) * 100) / 100
  return {
    size,
    subjects: subjects.map(({ name, isLimit, hits, misses }) => ({
      name,
      ...(isLimit && { isLimit }),
      hit: { us: spread(hits).median, low: spread(hits).low, high: spread(hits).high, ratio: ratio(hits, limit.hits) },
      miss: {
        us: spread(misses).median,
        low: spread(misses).low,
        high: spread(misses).high,
        ratio: ratio(misses, limit.misses),
      },
    })),
  }
}
