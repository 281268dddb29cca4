// Calls at random until it is killed or told to stop, and reports what was wrong and what it read.
import { functionsOf } from './functions.mjs'

const { options, keys } = JSON.parse(process.argv[2])
const { calls: byName, hits } = functionsOf(options)
const calls = Object.values(byName)
let warned = 0
process.on('warning', (warning) => {
  if (warning.code !== 'DECHE3018') warned++
})
let stopped = false
process.once('message', () => {
  stopped = true
})
const wrong = []
let count = 0
process.send('ready')
while (!stopped) {
  const call = calls[Math.floor(Math.random() * calls.length)]
  const problem = await call(Math.floor(Math.random() * keys))
  count++
  if (problem !== undefined && wrong.push(problem) === 1) process.send({ wrong: problem })
  if (count % 64 === 0) {
    process.send({ read: hits() })
    await new Promise((turn) => setImmediate(turn))
  }
}
process.send({ count, hits: hits(), wrong, warned, rss: process.memoryUsage().rss }, () => process.disconnect())
