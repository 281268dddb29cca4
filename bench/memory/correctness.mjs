/** Which caches answer a call with the answer to another call, and which hand out an object twice. Prints JSON. */
import { pathToFileURL } from 'node:url'
import { peers } from '../peers/memory.mjs'

const { cachedAnything, cachedDefaults, cachedTwo } = await import(pathToFileURL(process.argv[2]).href)

/** Arguments that differ: one answer for both is a wrong answer. */
const DIFFERENT = {
  '1 and "1"': [[1], ['1']],
  '0 and -0': [[0], [-0]],
  'null and undefined': [[null], [undefined]],
  'NaN and null': [[Number.NaN], [null]],
  'Map{1} and Map{2}': [[new Map([[1, 1]])], [new Map([[2, 2]])]],
  'Set{1} and Set{2}': [[new Set([1])], [new Set([2])]],
  '{ a: NaN } and { a: null }': [[{ a: Number.NaN }], [{ a: null }]],
  'a Date and its text': [[{ at: new Date(0) }], [{ at: new Date(0).toISOString() }]],
  '("a|b", "c") and ("a", "b|c")': [
    ['a|b', 'c'],
    ['a', 'b|c'],
  ],
  '("a,b", "c") and ("a", "b,c")': [
    ['a,b', 'c'],
    ['a', 'b,c'],
  ],
  'an object changed between the calls': 'changed',
}

/** Arguments that are the same call: a miss is no wrong answer, but work done twice. */
const SAME = {
  'equal objects': [[{ a: 1, b: 2 }], [{ a: 1, b: 2 }]],
  'properties in another order': [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }]],
  'a default, given and not': 'default',
}

let runs = 0
const one = (value) => {
  runs++
  return { of: typeof value, runs }
}
const two = (a, b) => {
  runs++
  return { of: [typeof a, typeof b], runs }
}
const withDefault = (a, b = 2) => {
  runs++
  return { sum: a + b, runs }
}

const rows = [
  {
    name: 'deche',
    ...examine(
      () => cachedAnything,
      () => cachedTwo,
      () => cachedDefaults,
    ),
  },
  ...Object.entries(peers).map(([name, { wrap }]) => ({
    name,
    ...examine(
      (objects) => wrap(one, { arity: 1, objects }) ?? wrap(one, { arity: 1, objects, async: true }),
      () => wrap(two, { arity: 2 }) ?? wrap(two, { arity: 2, async: true }),
      () => wrap(withDefault, { arity: 2 }) ?? wrap(withDefault, { arity: 2, async: true }),
    ),
  })),
]
console.log(JSON.stringify(await Promise.all(rows.map(async ({ name, found }) => ({ name, ...(await found) })))))
process.exit()

function examine(makeOne, makeTwo, makeDefault) {
  return { found: findings(makeOne, makeTwo, makeDefault) }
}

async function findings(makeOne, makeTwo, makeDefault) {
  const wrong = []
  const missed = []
  for (const [title, lists] of Object.entries(DIFFERENT)) {
    if (lists === 'changed') {
      const call = makeOne(true)
      const argument = { a: 1 }
      const first = await identity(call, [argument])
      argument.a = 2
      if (first === (await identity(call, [argument]))) wrong.push(title)
      continue
    }
    const call = lists[0].length === 2 ? makeTwo() : makeOne(typeof lists[0][0] === 'object')
    if ((await identity(call, lists[0])) === (await identity(call, lists[1]))) wrong.push(title)
  }
  for (const [title, lists] of Object.entries(SAME)) {
    const call = lists === 'default' ? makeDefault() : makeOne(true)
    const [first, second] = lists === 'default' ? [[1], [1, 2]] : lists
    if ((await identity(call, first)) !== (await identity(call, second))) missed.push(title)
  }
  const call = makeOne(false)
  const answer = await call(77)
  answer.of = 'changed by its caller'
  return { wrong, missed, sharesAnswers: (await call(77)).of === 'changed by its caller' }
}

/** Which run of the body the answer is of. */
async function identity(call, list) {
  const { run, runs: own = run } = await call(...list)
  return own
}
