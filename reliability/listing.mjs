// A directory of 10,000 objects of a real S3, with others beside it. Run it as `test/servers/with npm run reliability -- listing-s3`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const OBJECTS = 10_000

export async function run() {
  const program = fileURLToPath(new URL('../bench/s3-listing.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(OBJECTS)], { encoding: 'utf8' })
  if (status !== 0) console.error(stderr)
  return [
    {
      what: `a directory of ${OBJECTS} objects: each once, synchronously and not, with facts, and none of others`,
      promised: 'right',
      value: status === 0 ? stdout.trim() : 'wrong',
      holds: status === 0,
    },
  ]
}
