// Calls everything that modules export, with generated arguments, and prints what came of it: one JSON line per call.
// node exercise.mjs <seed> <mode of the caches, or "plain"> <names that are not called, as JSON> <modules…>
import { Cache, cached, configure } from 'deche'
import { describe } from './describe.mjs'
import { valuesFrom } from './generated-values.mjs'

const [, , seed, mode, without, ...modules] = process.argv
const notCalled = new Set(JSON.parse(without))
const CALLS = 14
const DEPTH = 3
const CALLS_PER_EXPORT = 500

// What tags name. Programs differ by clock and chance, so there is one of each; timers run when a call is over.
const kept = new Cache({ protocol: 'memory', unkeyable: 'bypass', mode: mode === 'plain' ? 'off' : mode })
const bare = new Cache({ mode: 'off' })
configure({ caches: { kept, bare } })
const turn = globalThis.setImmediate
const source = Function.prototype.toString
const timers = []
fixTheWorld()

const outcomes = []
const tagged = new Set()
let values
let budget = 0

// What the modules leave behind may fail at any time, and is not asked; what goes wrong in here is.
main().catch((error) => {
  process.stderr.write(`${error.stack}\n`, () => process.exit(1))
})

async function main() {
  const loaded = []
  for (const module of modules) loaded.push(await import(module))
  values = valuesFrom(seed, loaded)
  for (const [index, exports] of loaded.entries()) {
    for (const name of Object.keys(exports).sort()) {
      budget = CALLS_PER_EXPORT
      await visit(`${index}.${name}`, exports[name], undefined, 0)
    }
  }
  const stats = { hits: 0, misses: 0 }
  for (const { hits, misses } of Array.from(tagged, (fn) => cached(fn).stats)) {
    stats.hits += hits
    stats.misses += misses
  }
  const text = `${outcomes.map((each) => JSON.stringify(each)).join('\n')}\n${JSON.stringify({ stats })}\n`
  process.stdout.write(text, () => process.exit(0))
}

/** Calls a function, makes and explores an instance of a class, explores the methods of an object. */
async function visit(path, value, receiver, depth) {
  if (notCalled.has(path.slice(path.lastIndexOf('.') + 1)) || budget <= 0) return
  if (typeof value === 'function') {
    note(path, value)
    const calls = depth === 0 ? CALLS : depth === 1 ? 4 : 2
    for (let call = 0; call < calls; call++) await callTwice(`${path}(${call})`, value, receiver, depth)
  }
  if (depth < DEPTH && (typeof value === 'function' || (typeof value === 'object' && value !== null))) {
    for (const key of methodsOf(value)) await visit(`${path}.${String(key)}`, read(value, key), value, depth + 1)
  }
}

/** What a program can see of a function without calling it. */
function note(path, value) {
  outcomes.push([path, [value.name, value.length, Reflect.ownKeys(value).map(String), describe(value.prototype)]])
  try {
    cached(value)
    tagged.add(value)
  } catch {}
}

/** Twice with equal arguments: the second time is a hit where there is a cache. */
async function callTwice(path, fn, receiver, depth) {
  let first
  for (const time of ['first', 'second']) {
    if (budget-- <= 0) return
    resetTheWorld()
    const { args, log } = values.arguments(path, fn.length)
    const outcome = await outcomeOf(() => (isClass(fn) ? new fn(...args) : Reflect.apply(fn, receiver, args)))
    await runTimers(log)
    outcomes.push([`${path} ${time}`, outcome.text, describe(args), log.splice(0)])
    first ??= outcome
  }
  if (depth < DEPTH && first.value !== receiver) await visit(`${path}→`, first.value, undefined, depth + 1)
}

async function outcomeOf(run) {
  try {
    let value = run()
    if (value instanceof Promise) {
      const pending = { pending: true }
      const late = (async () => {
        for (let turns = 0; turns < 5; turns++) await new Promise((done) => turn(done))
        return pending
      })()
      value = await Promise.race([value, late])
    }
    return { value, text: describe(value) }
  } catch (error) {
    return { value: undefined, text: `throws ${describe(error)}` }
  }
}

function isClass(fn) {
  return /^class\b/.test(Reflect.apply(source, fn, []))
}

/** Functions that an object or its own classes hold; not what every function and object has. None of a proxy that throws. */
function methodsOf(value) {
  const keys = new Set()
  try {
    addMethods(keys, value)
  } catch {}
  return [...keys].slice(0, 60)
}

function addMethods(keys, value) {
  for (let at = value; at !== null && !BUILT_IN.has(at); at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const isMethod = typeof Object.getOwnPropertyDescriptor(at, key).value === 'function'
      if (isMethod && key !== 'constructor' && key !== 'prototype') keys.add(key)
    }
  }
}

const BUILT_IN = new Set(
  [Object, Function, Array, Map, Set, Date, RegExp, Promise, Error, String, Number, Symbol, BigInt, Uint8Array]
    .map((each) => each.prototype)
    .flatMap((each) => [each, Object.getPrototypeOf(each)])
    .concat(Object.getPrototypeOf(async () => {})),
)

function read(object, key) {
  try {
    return object[key]
  } catch {
    return undefined
  }
}

const OWN = new Map(
  [Object.prototype, Function.prototype, Array.prototype].map((each) => [each, Object.getOwnPropertyDescriptors(each)]),
)

function fixTheWorld() {
  // A function's source is the one thing that a tag may change.
  Function.prototype.toString = function () {
    return `function ${this.name}`
  }
  const time = 1_750_000_000_000
  Date.now = () => time
  performance.now = () => 1000
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    globalThis[name] = (callback, delay, ...args) => timers.push({ run: () => callback(...args), name, delay })
  }
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) {
    globalThis[name] = (id) => {
      if (timers[id - 1]) timers[id - 1].run = () => {}
    }
  }
  // Node calls handlers by their apply, and what is called here may give all functions another one.
  const ignore = Object.assign(() => {}, { apply: Function.prototype.apply })
  process.on('unhandledRejection', ignore)
  process.on('uncaughtException', ignore)
}

function resetTheWorld() {
  // A package that is given objects to fill may be given those of the language.
  for (const [prototype, own] of OWN) {
    for (const key of Reflect.ownKeys(prototype)) {
      if (!Object.hasOwn(own, key)) delete prototype[key]
      else if ('value' in own[key] && prototype[key] !== own[key].value) Object.defineProperty(prototype, key, own[key])
    }
  }
  let state = 42
  Math.random = () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  crypto.getRandomValues = (array) => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).forEach((_, index, bytes) => {
      bytes[index] = Math.random() * 256
    })
    return array
  }
}

async function runTimers(log) {
  for (let index = 0; index < Math.min(timers.length, 10); index++) {
    const { run, name, delay } = timers[index]
    log.push(`${name} ${delay}`)
    try {
      run()
    } catch (error) {
      log.push(`timer throws ${describe(error)}`)
    }
  }
  timers.length = 0
}
