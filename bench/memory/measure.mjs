/**
 * One workload with one number of keys, in a process of its own: so each library meets one type of arguments, unless the
 * process is told to show it all of them before (`megamorphic`). Everybody's rounds take turns. Prints JSON.
 */
import { pathToFileURL } from 'node:url'
import { peers } from '../peers/memory.mjs'
import { limits } from './limits.mjs'
import { WORKLOADS } from './workloads.mjs'

const [compiled, name, count, rounds, shape] = process.argv.slice(2)
const { plain, ran, tagged } = await import(pathToFileURL(compiled).href)
const keys = Number(count)
const { fn, kind, args, limit = fn, tagged: cached = fn, also = {} } = WORKLOADS[name]

const subjects = [
  { name: limits[limit].name, isLimit: true, call: limits[limit].wrap(plain[fn]) },
  { name: 'deche', call: tagged[cached] },
  ...Object.entries(also).map(([title, each]) => ({ name: title, call: tagged[each] })),
  ...Object.entries(peers)
    .filter(([, { most }]) => most === undefined || keys <= most(kind))
    .map(([title, { wrap }]) => ({ name: title, call: wrap(plain[fn], kind) }))
    .filter(({ call }) => call !== undefined),
]

if (shape === 'megamorphic') await meetEverything()
const lists = Array.from({ length: keys }, (_, n) => args(n))
// Two of each, so that no cache can know an argument by its identity from the call before.
const others = Array.from({ length: keys }, (_, n) => args(n))
for (const subject of subjects) await prepare(subject)
for (let round = 0; round < Number(rounds); round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
    subject.times.push(await time(subject, round % 4 < 2 ? lists : others))
  }
}
console.log(JSON.stringify(subjects.map(({ name: title, isLimit, times }) => ({ name: title, isLimit, times }))))
// Some of the libraries keep a timer for each entry, for as long as it is valid.
process.exit()

/** Fills the cache, finds out how many calls make a round, and lets the compiler see them. */
async function prepare(subject) {
  subject.times = []
  // A loop of its own: what the compiler learns of one subject must not slow down the next.
  subject.loop = loopFor(subject.name, lists[0].length)
  for (const list of lists) await subject.call(...list)
  subject.expected = 0
  for (const list of lists) subject.expected += numberIn(await subject.call(...list))
  subject.turns = 1
  // What a call takes shows only when the compiler is done with it, so the first guesses are too large.
  for (let warm = 0; warm < 6; warm++) {
    const ns = Math.min(await time(subject, lists), await time(subject, others)) * keys
    subject.turns = Math.max(1, Math.min(1_000_000, Math.round(4e6 / ns)))
  }
}

/** Nanoseconds of a call: of the processor's time, so that others who use the machine do not count. Throws if one was no hit, or answered something else. */
async function time({ name: title, call, loop, turns, expected }, list) {
  const before = ran.times
  const started = process.cpuUsage()
  const sum = await loop(call, list, turns)
  const { user, system } = process.cpuUsage(started)
  if (ran.times !== before) throw new Error(`${title}, ${name}, ${keys} keys: ${ran.times - before} calls were no hits`)
  if (sum !== expected * turns) throw new Error(`${title}, ${name}: it answered ${sum}, not ${expected * turns}`)
  return ((user + system) * 1000) / turns / list.length
}

/**
 * The sum of all answers is checked: no call can be left out. V8 takes functions of the same text for one, and what it has
 * learnt of the first subject's calls would then be the first's advantage: hence the name in the text.
 */
function loopFor(title, length) {
  const list = Array.from({ length }, (_, index) => `args[${index}]`).join(', ')
  const answer = kind.async ? `await call(${list})` : `call(${list})`
  const value = fn === 'report' ? `${answer}.id` : answer
  const body = `// ${title}
    let sum = 0
    for (let turn = 0; turn < turns; turn++) {
      for (let index = 0; index < lists.length; index++) { const args = lists[index]; sum += ${value} }
    }
    return sum`
  const { constructor: Make } = kind.async ? async function any() {} : function any() {}
  return new Make('call', 'lists', 'turns', body)
}

function numberIn(answer) {
  return typeof answer === 'object' ? answer.id : answer
}

/** Shows each library, and the code around its caches, functions with every kind of arguments and answers. */
async function meetEverything() {
  for (const { fn: each, kind: other, args: argsOf, limit: by = each, tagged: own = each } of Object.values(
    WORKLOADS,
  )) {
    const calls = [
      limits[by].wrap(plain[each]),
      tagged[own],
      ...Object.values(peers).map(({ wrap }) => wrap(plain[each], other)),
    ]
    for (const call of calls) {
      if (call === undefined) continue
      for (let turn = 0; turn < 300; turn++) for (let n = 0; n < 20; n++) await call(...argsOf(n))
    }
  }
}
