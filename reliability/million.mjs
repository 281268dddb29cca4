// A million entries of one function: storing, listing, and removing half of them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ENTRIES = 1_000_000
const PART = 100_000

export async function run(directory) {
  const stored = child('store', directory)
  const listed = child('list', directory)
  const pruned = child('prune', directory)
  const slope = stored.last / stored.first
  const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
  const seconds = ({ ms, cpu }) => `${(ms / 1000).toFixed(2)} s (processor: ${(cpu / 1000).toFixed(2)} s)`
  return [
    {
      what: `storing the first ${PART}`,
      promised: '',
      value: `${((stored.first / PART) * 1000).toFixed(1)} µs each`,
      holds: true,
    },
    {
      what: `storing the last ${PART} of ${ENTRIES}, to the first`,
      promised: '≤ 1.5',
      value: slope.toFixed(2),
      holds: slope <= 1.5,
    },
    {
      what: 'listing all keys, median of 5',
      promised: '≤ 2 s',
      value: `${seconds(listed)} for ${listed.count}`,
      holds: listed.ms <= 2000 && listed.count === ENTRIES,
    },
    {
      what: 'the same names (and those of the inputs) by opendir alone',
      promised: '',
      value: `${seconds(listed.bare)} for ${listed.bare.count}`,
      holds: true,
    },
    { what: 'memory that listing takes', promised: '≤ 20 MB', value: mib(listed.grown), holds: listed.grown <= 20e6 },
    {
      what: 'removing half of them',
      promised: '',
      value: `${seconds(pruned)}, ${pruned.left} left`,
      holds: pruned.left === ENTRIES / 2,
    },
    {
      what: 'memory that removing takes',
      promised: 'bounded: ≤ 64 MB',
      value: mib(pruned.grown),
      holds: pruned.grown <= 64e6,
    },
  ]
}

/** Each in a process of its own, whose memory is its own. */
function child(what, directory) {
  const program = fileURLToPath(new URL('million-child.mjs', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [program, what, directory, String(ENTRIES), String(PART)],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
