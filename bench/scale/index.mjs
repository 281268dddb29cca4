/** What calls cost where there is much: entries in memory and on disk, calls at once. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeWith, withProject } from '../project.mjs'

const here = dirname(fileURLToPath(import.meta.url))

export function scale() {
  return withProject(here, (directory) => {
    const compiled = join(directory, 'out/functions.js')
    const measure = (what, count, env = {}) =>
      JSON.parse(nodeWith(env, directory, '--expose-gc', join(here, 'measure.mjs'), what, compiled, String(count)))
    return {
      // So many files would measure the disk; without them memory holds the same.
      hits: [100, 10_000, 1_000_000].map((count) => measure('hits', count, { DECHE_MODE: 'readonly' })),
      stores: [1000, 10_000, 100_000].map((count) =>
        measure('stores', count, { DECHE_PREFIX: join(directory, `of-${count}`) }),
      ),
      delay: measure('delay', 1000, { DECHE_PREFIX: join(directory, 'at-once') }),
    }
  })
}
