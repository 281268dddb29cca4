/** Times hits and misses of a small value beside the same work by hand. Prints JSON. */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs'

interface Weather {
  readonly city: string
  readonly days: number
  readonly degrees: readonly number[]
}

let computed = 0

function compute(city: string, days: number): Weather {
  computed += 1
  return { city, days, degrees: Array.from({ length: 30 }, (_, index) => index + days / 10) }
}

/** @deche memory=off */
function onDisk(city: string, days: number): Weather {
  return compute(city, days)
}

/** @deche memory=4000 */
function inMemory(city: string, days: number): Weather {
  return compute(city, days)
}

/** @deche memory=4000 share */
function shared(city: string, days: number): Weather {
  return compute(city, days)
}

const raw = 'raw'
mkdirSync(raw, { recursive: true })

function keyOf(city: string, days: number): string {
  return createHash('sha256').update(JSON.stringify({ city, days })).digest('hex')
}

function rawHit(city: string, days: number): Weather {
  const fd = openSync(`${raw}/${keyOf(city, days)}`, 'r')
  const bytes = Buffer.allocUnsafe(fstatSync(fd).size)
  readSync(fd, bytes, 0, bytes.length, null)
  closeSync(fd)
  return JSON.parse(bytes.toString())
}

function rawMiss(city: string, days: number): Weather {
  const path = `${raw}/${keyOf(city, days)}`
  const value = compute(city, days)
  writeFileSync(`${path}.tmp`, JSON.stringify(value))
  renameSync(`${path}.tmp`, path)
  return value
}

const texts = new Map<string, string>()

function rawMemory(city: string, days: number): Weather {
  const key = JSON.stringify([city, days])
  const text = texts.get(key)
  if (text !== undefined) return JSON.parse(text)
  const value = compute(city, days)
  texts.set(key, JSON.stringify(value))
  return value
}

const ROUNDS = 15
const CALLS = 1000
const cities = Array.from({ length: CALLS }, (_, index) => `city ${index}`)

type Call = (city: string, days: number) => Weather

function microseconds(call: Call, days: number, computations: number): number {
  const before = computed
  const started = performance.now()
  for (const city of cities) call(city, days)
  const took = performance.now() - started
  if (computed - before !== computations) throw new Error(`${call.name}: ${computed - before} computations`)
  return (took * 1000) / CALLS
}

const misses: readonly [string, Call][] = [
  ['miss on disk, limit: sha256, write, rename', rawMiss],
  ['miss on disk', onDisk],
]
const hits: readonly [string, Call][] = [
  ['hit on disk, limit: sha256, open, read, JSON.parse', rawHit],
  ['hit on disk', onDisk],
  ['hit in memory, limit: Map, JSON.parse', rawMemory],
  ['hit in memory', inMemory],
  ['hit in memory, share', shared],
]
const times = new Map<string, number[]>()

function note(name: string, time: number): void {
  times.set(name, [...(times.get(name) ?? []), time])
}

for (let round = 0; round < ROUNDS; round++)
  for (const [name, call] of misses) note(name, microseconds(call, round, CALLS))
for (const [, call] of hits) for (const city of cities) call(city, 0)
for (let round = 0; round < ROUNDS; round++) for (const [name, call] of hits) note(name, microseconds(call, 0, 0))

const medians = Array.from(times, ([name, list]) => ({
  name,
  us: list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN,
}))
let limit = Number.NaN
const rows = medians.map(({ name, us }) => {
  if (name.includes('limit')) limit = us
  return { name, us: Math.round(us * 100) / 100, ratio: Math.round((us / limit) * 100) / 100 }
})
console.log(JSON.stringify(rows))
