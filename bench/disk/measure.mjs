/**
 * Hits, and misses with what they store, of values of one length, on the disk of the working directory. Everybody's rounds take turns, and
 * every answer is checked. Prints JSON: microseconds of processor time of a call, of all threads, for each round.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { peers } from '../peers/disk.mjs'
import { startPython } from '../peers/python.mjs'
import { byHand } from './limits.mjs'

const [compiled, length, rounds, count, most] = process.argv.slice(2)
const { compute, onDisk, onDiskLater, ran } = await import(pathToFileURL(compiled).href)
const at = (name) => join(process.cwd(), name.replace(/\W+/g, '-'))

const subjects = [
  { name: 'by hand', isLimit: true, call: byHand(compute, at('raw')) },
  { name: 'deche', call: onDisk },
  { name: 'deche, async', call: onDiskLater },
]
if (most !== 'deche') {
  for (const [name, open] of Object.entries(peers)) {
    try {
      const { wrap, get, set } = await open(at(name))
      subjects.push({ name, call: wrap ? await wrap(compute) : around(get, set) })
    } catch (error) {
      console.error(`${name}: ${error}`)
    }
  }
  for (const library of ['deche', 'joblib', 'diskcache']) {
    const python = await startPython(library, at(`python-${library}`), { count, length })
    if (python) subjects.push({ name: `Python: ${library}`, time: python })
  }
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

const cities = Array.from({ length: Number(count) }, (_, index) => `city ${index}`)
for (const subject of subjects) Object.assign(subject, { hits: [], misses: [] })
// Untimed, until the compiler has seen the code of each.
for (const subject of subjects) {
  if (subject.call === undefined) continue
  const few = cities.slice(0, 100)
  for (let warm = 1; warm <= (most === 'deche' ? 2 : 10); warm++) {
    for (const city of few) await subject.call(city, -warm, Number(length))
    for (let again = 0; again < 3; again++) for (const city of few) await subject.call(city, -warm, Number(length))
  }
}
for (let round = 0; round < Number(rounds); round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
    subject.misses.push(await time(subject, round, cities.length))
  }
}
for (let round = 0; round < Number(rounds) * 2; round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
    subject.hits.push(await time(subject, round % Number(rounds), 0))
  }
}
console.log(JSON.stringify(subjects.map(({ name, isLimit, hits, misses }) => ({ name, isLimit, hits, misses }))))
process.exit()

async function time({ name, call, time }, days, expected) {
  if (time) return time(days, expected)
  const before = ran.times
  const started = process.cpuUsage()
  for (const city of cities) {
    const answer = call(city, days, Number(length))
    const value = answer instanceof Promise ? await answer : answer
    const isRight = value.city === city && value.days === days && value.text.length === Number(length)
    if (!isRight) throw new Error(`${name} answered wrongly`)
  }
  const { user, system } = process.cpuUsage(started)
  if (ran.times - before !== expected) throw new Error(`${name}: ${ran.times - before} computations, not ${expected}`)
  return (user + system) / cities.length
}
