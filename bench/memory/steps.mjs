/**
 * What the parts of a hit take that the limit has not, written by hand one upon the other: why deche is not as fast as its
 * limit. Nanoseconds of processor time, in rounds that take turns. Prints JSON.
 */
import { spread } from '../numbers.mjs'

const rounds = Number(process.argv[2])
const KEYS = 100
/** As many hits share a look at the clock: runtime/call/coarse-clock.ts. */
const SHARED = 256

const known = (make) => new Map(Array.from({ length: KEYS }, (_, n) => [n, make(n * 2 + 1)]))
const answer = (value) => ({ left: SHARED, value })
const seen = { at: 0 }

const W1 = {
  'a Map': () => {
    const answers = known((value) => value)
    return (n) => answers.get(n)
  },
  'with objects in it': () => {
    const answers = known(answer)
    return (n) => answers.get(n)?.value
  },
  'that count the hit': () => {
    const answers = known((value) => ({ left: 2 ** 30, value }))
    return (n) => {
      const found = answers.get(n)
      if (found === undefined || found.left === 0) return undefined
      found.left--
      return found.value
    }
  },
  [`and look at the clock after ${SHARED}`]: () => {
    const answers = known(answer)
    return (n) => {
      const found = answers.get(n)
      if (found === undefined) return undefined
      if (found.left === 0) {
        seen.at = Date.now()
        found.left = SHARED
      }
      found.left--
      return found.value
    }
  },
}

const W3 = {
  'reading a, b and c': () => (p) => p.a + p.b.length + p.c,
  'for … in': () => (p) => {
    let count = 0
    for (const name in p) count += name.length
    return count
  },
  'Object.getPrototypeOf': () => (p) => (Object.getPrototypeOf(p) === Object.prototype ? 1 : 0),
  'Object.getOwnPropertyNames': () => (p) => Object.getOwnPropertyNames(p).length,
  'Object.getOwnPropertySymbols': () => (p) => Object.getOwnPropertySymbols(p).length,
  'Reflect.ownKeys': () => (p) => Reflect.ownKeys(p).length,
}

const numbers = Array.from({ length: KEYS }, (_, n) => n)
const places = numbers.map((n) => ({ a: n, b: `city ${n % 10}`, c: n % 7 }))
console.log(JSON.stringify({ W1: measure(W1, numbers), W3: measure(W3, places) }))

function measure(steps, args) {
  const subjects = Object.entries(steps).map(([name, make]) => ({ name, call: make(), loop: loopFor(name), times: [] }))
  const turns = 4000
  for (let round = -5; round < rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const started = process.cpuUsage()
      subject.sum = subject.loop(subject.call, args, turns)
      const { user, system } = process.cpuUsage(started)
      if (round >= 0) subject.times.push(((user + system) * 1000) / turns / args.length)
    }
  }
  return subjects.map(({ name, times }) => ({ name, ns: spread(times).median }))
}

/** One for each, of a text of its own: V8 shares what it learns between functions of the same text. */
function loopFor(name) {
  const body = `// ${name}
    let sum = 0
    for (let turn = 0; turn < turns; turn++) for (let index = 0; index < args.length; index++) sum += call(args[index])
    return sum`
  return new Function('call', 'args', 'turns', body)
}
