/**
 * One subject of the benchmark on disk: `subject.mjs COMPILED NAME DIRECTORY COUNT LENGTH`. For each line `DAYS EXPECTED` it calls
 * the function once for each city, checks the answers, sees that EXPECTED bodies ran, and prints the microseconds of processor
 * time of a call, of all threads.
 */
import { createInterface } from 'node:readline'
import { setTimeout as rest } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { peers } from '../peers/disk.mjs'
import { byHand } from './limits.mjs'

const [compiled, name, directory, ...sizes] = process.argv.slice(2)
const [count, length] = sizes.map(Number)
/** Libraries put off writing for a tenth of a second. */
const PUT_OFF = 150

process.env.DECHE_FS__PREFIX = directory
const { compute, onDisk, onDiskLater, ran } = await import(pathToFileURL(compiled).href)
const call = await open()
const cities = Array.from({ length: count }, (_, index) => `city ${index}`)

const few = cities.slice(0, 100)
let warmed = 0

/** Untimed misses and hits, until the compiler has seen the code; of what is slow for other reasons it sees less. */
async function warm(times) {
  const started = performance.now()
  for (let time = 0; time < times && performance.now() - started < 300; time++) {
    warmed++
    for (let again = 0; again < 4; again++) for (const city of few) await call(city, -warmed, length)
  }
}

await warm(10)
console.log('ready')

for await (const line of createInterface({ input: process.stdin })) {
  const [days, expected] = line.split(' ').map(Number)
  // While the others had their turns, the engine has dropped compiled code and shrunk its heap.
  await warm(6)
  const before = ran.times
  const started = process.cpuUsage()
  for (const city of cities) {
    const answer = call(city, days, length)
    const value = answer instanceof Promise ? await answer : answer
    const isRight = value.city === city && value.days === days && value.text.length === length
    if (!isRight) throw new Error('it answered wrongly')
  }
  if (expected > 0) await rest(PUT_OFF)
  const { user, system } = process.cpuUsage(started)
  if (ran.times - before !== expected) throw new Error(`${ran.times - before} computations, not ${expected}`)
  console.log((user + system) / count)
}
// Some of the libraries keep timers.
process.exit()

async function open() {
  if (name === 'by hand') return byHand(compute, directory)
  if (name === 'deche') return onDisk
  if (name === 'deche, async') return onDiskLater
  const { wrap, get, set } = await peers[name](directory)
  return wrap ? wrap(compute) : around(get, set)
}

/** The function with a cache of which its caller makes the key. */
function around(get, set) {
  return async (city, days, size) => {
    const key = `${city}|${days}|${size}`
    const found = await get(key)
    if (found !== undefined && found !== null) return found
    const value = compute(city, days, size)
    await set(key, value)
    return value
  }
}
