// Says that it is ready; for each call that it is sent, calls a function under `lock`, and tells what came and when its body ran.
import { appendFileSync } from 'node:fs'
import { Cache } from './index.js'

const { prefix, log, options } = JSON.parse(process.argv[2])
const cache = new Cache({ prefix, lock: true, ignore: ['ms'], ...options })
const note = (what, key) => appendFileSync(log, `${what} ${key} ${process.pid} ${process.hrtime.bigint()}\n`)
const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const functions = {
  sync(key, ms) {
    note('start', key)
    block(ms)
    note('end', key)
    return process.pid
  },
  async async(key, ms) {
    note('start', key)
    await wait(ms)
    note('end', key)
    return process.pid
  },
  async blocking(key, ms) {
    note('start', key)
    block(ms)
    note('end', key)
    return process.pid
  },
}
for (const [how, body] of Object.entries(functions))
  functions[how] = cache.wrap(body, { name: `demo.${how}`, params: ['key', 'ms'] })

process.on('message', async ({ how, key, ms }) => process.send({ key, came: await functions[how](key, ms) }))
process.send('ready')
