/** Hits in memory, beside caches by hand and the libraries. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spread } from '../numbers.mjs'
import { installPeers } from '../peers/install.mjs'
import { node, nodeWith, withProject } from '../project.mjs'
import { WORKLOADS } from './workloads.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** Every workload with 100 keys; the first with one and with 100,000 too; and with libraries that have met everything. */
const RUNS = [
  ...Object.keys(WORKLOADS).map((workload) => ({ workload, keys: 100 })),
  { workload: 'W1', keys: 1 },
  { workload: 'W2', keys: 1 },
  { workload: 'W1', keys: 100_000 },
  { workload: 'W2', keys: 100_000 },
  ...['W1', 'W2', 'W3', 'W4', 'W5'].map((workload) => ({ workload, keys: 100, shape: 'megamorphic' })),
]

/** Medians and quartiles in nanoseconds of a hit, and ratios to the limit of the same run. */
export async function memory(rounds) {
  installPeers()
  return withProject(here, (directory) => {
    const compiled = join(directory, 'out/functions.js')
    if (!existsSync(compiled)) throw new Error('the functions were not compiled')
    const runs = RUNS.map(({ workload, keys, shape = 'monomorphic' }) => {
      const args = [join(here, 'measure.mjs'), compiled, workload, String(keys), String(rounds), shape]
      // So many files would measure the disk; without them memory holds the same.
      const env = keys > 1000 ? { DECHE_MODE: 'readonly' } : {}
      const subjects = JSON.parse(nodeWith(env, directory, ...args))
      const limit = spread(subjects.find(({ isLimit }) => isLimit).times)
      return {
        workload,
        title: WORKLOADS[workload].title,
        keys,
        shape,
        subjects: subjects.map(({ name, isLimit, times }) => {
          const { median, low, high } = spread(times)
          return { name, ...(isLimit && { isLimit }), ns: median, low, high, ratio: ratio(median, limit.median) }
        }),
      }
    })
    return {
      runs,
      correctness: JSON.parse(node(directory, join(here, 'correctness.mjs'), compiled)),
      steps: JSON.parse(node(directory, join(here, 'steps.mjs'), String(rounds))),
    }
  })
}

function ratio(ns, limit) {
  return Math.round((ns / limit) * 100) / 100
}
