// Says that it is ready; for each key that it is sent, calls one function under `lock`, and tells what came and when its body ran.
import { appendFileSync } from 'node:fs'
import { Cache } from './index.js'

const { prefix, log, sync, ms, blocks, options } = JSON.parse(process.argv[2])
const note = (what, key) => appendFileSync(log, `${what} ${key} ${process.pid} ${process.hrtime.bigint()}\n`)
const cache = new Cache({ prefix, lock: true, ...options })

function block() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const slow = sync
  ? cache.wrap(
      (key) => {
        note('start', key)
        block()
        note('end', key)
        return process.pid
      },
      { name: 'demo.slow', params: ['key'] },
    )
  : cache.wrap(
      async (key) => {
        note('start', key)
        if (blocks) block()
        else await new Promise((resolve) => setTimeout(resolve, ms))
        note('end', key)
        return process.pid
      },
      { name: 'demo.slow', params: ['key'] },
    )

process.on('message', async (key) => process.send({ key, came: await slow(key) }))
process.send('ready')
