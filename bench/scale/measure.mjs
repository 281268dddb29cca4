/** One measurement in a process of its own; prints JSON. */
import { pathToFileURL } from 'node:url'
import { median, round } from '../numbers.mjs'

const [what, compiled, given] = process.argv.slice(2)
const { later, ran, remembered, stored, storedLater, warm } = await import(pathToFileURL(compiled).href)
const count = Number(given)

const measurements = {
  /** Hits in an order that no cache of the processor can guess, beside a Map with as many. */
  hits() {
    const map = new Map()
    const byHand = (n) => {
      const found = map.get(n)
      if (found !== undefined) return found
      map.set(n, n * 2 + 1)
      return n * 2 + 1
    }
    // Before anything is counted, so that what they need to run is not taken for memory of entries.
    for (let n = -1000; n < 0; n++) byHand(n) + remembered(n)
    const bytes = { byHand: grown(() => fill(byHand)), deche: grown(() => fill(remembered)) }
    const order = Array.from({ length: Math.min(count, 100_000) }, (_, index) => (index * 7_919) % count)
    const loop = (name) =>
      new Function('call', 'order', `/* ${name} */ let sum = 0; for (const n of order) sum += call(n); return sum`)
    const subjects = [
      { call: byHand, run: loop('by hand'), times: [] },
      { call: remembered, run: loop('deche'), times: [] },
    ]
    const before = ran.times
    for (let turn = 0; turn < 30; turn++) {
      for (const { call, run, times } of subjects) {
        const repeated = Math.ceil(100_000 / order.length)
        const started = process.cpuUsage()
        for (let again = 0; again < repeated; again++) run(call, order)
        const { user, system } = process.cpuUsage(started)
        if (turn >= 10) times.push(((user + system) * 1000) / order.length / repeated)
      }
    }
    if (ran.times !== before) throw new Error(`${ran.times - before} calls were no hits`)
    const [limit, deche] = subjects.map(({ times }) => median(times))
    return {
      entries: count,
      limitNs: round(limit),
      ns: round(deche),
      ratio: round(deche / limit),
      limitBytes: bytes.byHand,
      bytes: bytes.deche,
    }
  },

  /** The last 1,000 stores of a function that has so many entries then. */
  stores() {
    const last = count - 1000
    // The first ones are slow, since the compiler has not seen them yet.
    for (let n = 0; n < 2000; n++) warm(n)
    for (let n = 0; n < last; n++) stored(n)
    const started = process.cpuUsage()
    for (let n = last; n < count; n++) stored(n)
    const { user, system } = process.cpuUsage(started)
    return { entries: count, us: round((user + system) / 1000) }
  },

  /** How late timers are while so many calls miss at once, beside the bodies alone. */
  async delay() {
    await Promise.all(Array.from({ length: 10 }, (_, n) => storedLater(-n - 1)))
    return {
      calls: count,
      bodiesMs: await longestGap(later),
      missesMs: await longestGap(storedLater),
    }
  },
}

function fill(call) {
  for (let n = 0; n < count; n++) call(n)
}

/** Bytes of the heap for each entry. */
function grown(work) {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  work()
  globalThis.gc()
  return Math.round((process.memoryUsage().heapUsed - before) / count)
}

/** The longest time between two ticks of a timer of one millisecond, from before the calls until after them. */
async function longestGap(call) {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 1)
  await Promise.all(Array.from({ length: count }, (_, n) => call(n)))
  await new Promise((done) => setTimeout(done, 5))
  clearInterval(timer)
  return round(longest)
}

console.log(JSON.stringify(await measurements[what]()))
process.exit()
