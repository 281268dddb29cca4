// Calls one function under `lock` with the keys that it is told, and writes down when its body ran. It lives until it is killed.
import { appendFileSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cache } from '../dist/index.js'

const { options, directory } = JSON.parse(process.argv[2])
const cache = new Cache({ ...options, lock: true, memory: 'off' })
const log = join(directory, 'log')
const note = (what, key, more = '') =>
  appendFileSync(log, `${what} ${key} ${process.pid} ${process.hrtime.bigint()} ${more}\n`)

/** A file that says who it is, to be linked: no marker is ever half written. */
const mine = join(directory, `pid-${process.pid}`)
writeFileSync(mine, String(process.pid))

/** Milliseconds that the next body takes. */
let takes = 0

/** A marker that only one can make. Whose it is that is found, a live one's or a dead one's, the parent looks up. */
function begin(key) {
  const marker = join(directory, `inside-${key}`)
  note('begin', key)
  try {
    linkSync(mine, marker)
  } catch {
    note('found', key, readFileSync(marker, 'utf8'))
    rmSync(marker, { force: true })
    linkSync(mine, marker)
  }
}

function end(key) {
  rmSync(join(directory, `inside-${key}`), { force: true })
  note('end', key)
  return process.pid
}

const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

const calls = {
  later: cache.wrap(
    async (key) => {
      begin(key)
      await new Promise((resolve) => setTimeout(resolve, takes))
      return end(key)
    },
    { name: 'reliability.later', params: ['key'] },
  ),
  blocking: cache.wrap(
    async (key) => {
      begin(key)
      block(takes)
      return end(key)
    },
    { name: 'reliability.blocking', params: ['key'] },
  ),
  sync: cache.wrap(
    (key) => {
      begin(key)
      block(takes)
      return end(key)
    },
    { name: 'reliability.sync', params: ['key'] },
  ),
}

let warned = 0
process.on('warning', ({ name, message }) => {
  if (name !== 'DecheWarning') return
  console.error(message)
  warned++
})
process.on('message', async ({ how, key, ms }) => {
  takes = ms
  process.send({ key, came: await calls[how](key), warned })
})
process.on('disconnect', () => process.exit())
process.send('ready')
