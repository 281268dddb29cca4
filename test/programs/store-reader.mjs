// Reads the same keys again and again, by both faces, until it is told to stop; then reports what it saw.
import { createFileStore } from './file-store.mjs'
import { judge } from './self-verifying.mjs'

const [directory, keys] = process.argv.slice(2)
const { sync, async } = createFileStore({ directory })
const seen = { whole: 0, torn: 0, wrong: 0, absent: 0, failed: 0, listed: [] }
const listed = new Set()
let stopped = false
process.once('message', () => {
  stopped = true
})
while (!stopped) {
  const name = `k${Math.floor(Math.random() * Number(keys))}`
  try {
    const stored = Math.random() < 0.5 ? sync.read(`dir/${name}`) : await async.read(`dir/${name}`)
    seen[stored === undefined ? 'absent' : judge(name, stored.bytes)]++
    if (Math.random() < 0.05) for (const found of sync.list('dir')) listed.add(found)
  } catch {
    seen.failed++
  }
  if (Math.random() < 0.01) await new Promise((resolve) => setImmediate(resolve))
}
process.send({ ...seen, listed: [...listed].sort() }, () => process.disconnect())
