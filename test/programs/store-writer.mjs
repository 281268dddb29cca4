// Writes the same keys again and again, small and large, by both faces, until it is killed.
import { createFileStore } from './file-store.mjs'
import { make } from './self-verifying.mjs'

const [directory, keys] = process.argv.slice(2)
const { sync, async } = createFileStore({ directory })
process.send('writing')
for (;;) {
  const name = `k${Math.floor(Math.random() * Number(keys))}`
  const bytes = make(name, Math.random() < 0.5 ? 200 : 256 * 1024)
  if (Math.random() < 0.5) sync.write(`dir/${name}`, bytes)
  else await async.write(`dir/${name}`, bytes)
}
