// Calls so many times beside a disk that fails, and prints how the answers were and what was warned of.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { remountDisk } from '../test/helpers/small-disk.mjs'
import { functionsOf } from './functions.mjs'

const { prefix, keys, uid, halfway } = JSON.parse(process.argv[2])
const warnings = []
process.on(
  'warning',
  ({ name, message }) => name === 'DecheWarning' && message.includes(prefix) && warnings.push(message),
)

// What is loaded on first use is there before there are no descriptors or permissions to load it with.
const first = mkdtempSync(join(tmpdir(), 'deche-first-'))
for (const call of Object.values(functionsOf({ prefix: first, memory: 'off' }).calls)) await call(0)
rmSync(first, { recursive: true })
if (uid !== undefined) {
  process.setgid(uid)
  process.setuid(uid)
}

const descriptors = []
const happens = {
  'read-only': () => remountDisk(dirname(prefix), 'ro'),
  // Others remove with the tools of the system.
  removed: () => spawnSync('rm', ['-r', prefix]),
  'a file': () => {
    rmSync(prefix, { recursive: true })
    writeFileSync(prefix, '')
  },
  'no descriptors': () => {
    try {
      for (;;) descriptors.push(openSync('/dev/null', 'r'))
    } catch {
      // All are taken.
    }
  },
}

const { calls, hits } = functionsOf({ prefix, memory: 'off' })
const wrong = []
let count = 0
for (let n = 0; n < keys; n++) {
  if (n === keys >> 1) happens[halfway]?.()
  for (const call of Object.values(calls)) {
    const problem = await call(n).catch(String)
    count++
    if (problem !== undefined) wrong.push(problem)
  }
}
for (const each of descriptors) closeSync(each)
await new Promise((turn) => setImmediate(turn))
process.stdout.write(JSON.stringify({ count, hits: hits(), wrong, warnings }))
