// Runs operations of a file store, given as JSON, and prints what each answered, or the code of its error.
import { closeSync, openSync } from 'node:fs'
import { createFileStore } from './file-store.mjs'

const [directory, operations] = process.argv.slice(2)
const { sync, async } = createFileStore({ directory })
const held = []

/** `<size> of <byte>`, or `torn`. */
function summary(stored) {
  if (stored === undefined) return null
  const [first] = stored.bytes
  return stored.bytes.every((byte) => byte === first) ? `${stored.bytes.length} of ${first}` : 'torn'
}

const run = {
  write: (path, size, byte) => sync.write(path, new Uint8Array(size).fill(byte))?.size,
  writeAsync: async (path, size, byte) => (await async.write(path, new Uint8Array(size).fill(byte)))?.size,
  read: (path) => summary(sync.read(path)),
  readAsync: async (path) => summary(await async.read(path)),
  remove: (path) => sync.remove(path),
  list: (path) => [...sync.list(path)].sort(),
  exhaust() {
    for (;;) held.push(openSync('/dev/null', 'r'))
  },
  release: () => held.splice(0).map((fd) => closeSync(fd)).length > 0,
}

const answers = []
for (const [name, ...args] of JSON.parse(operations)) {
  try {
    answers.push(await run[name](...args))
  } catch (error) {
    answers.push(error.code ?? String(error))
  }
}
console.log(JSON.stringify(answers))
