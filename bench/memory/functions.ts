/** The functions of the workloads, as a user writes them: with a tag, and without one for everybody else to wrap. */

export interface Place {
  readonly a: number
  readonly b: string
  readonly c: number
}

/** Ten flat fields. */
export interface Report {
  id: number
  name: string
  lat: number
  lon: number
  open: boolean
  grade: string
  count: number
  ratio: number
  note: string | null
  seen: number
}

/** How often a body ran: a timed call that is no hit shows here. */
export const ran = { times: 0 }

function number(n: number): number {
  ran.times++
  return n * 2 + 1
}

function pair(city: string, days: number): number {
  ran.times++
  return city.length + days
}

function place(p: Place): number {
  ran.times++
  return p.a + p.b.length + p.c
}

function five(city: string, days: number, unit: string, digits = 2, metric = true): number {
  ran.times++
  return city.length + days + unit.length + digits + (metric ? 1 : 0)
}

async function later(n: number): Promise<number> {
  ran.times++
  return n * 2 + 1
}

function report(n: number): Report {
  ran.times++
  const name = `station ${n}`
  return { id: n, name, lat: 59.9, lon: 10.7, open: true, grade: 'A', count: n % 7, ratio: 0.5, note: null, seen: 3 }
}

export const plain = { number, pair, place, five, later, report }

/** @deche memory=200000 */
function cachedNumber(n: number): number {
  return number(n)
}

/** @deche memory=200000 ttl=1h */
function cachedNumberWithTtl(n: number): number {
  return number(n)
}

/** @deche memory=200000 */
function cachedPair(city: string, days: number): number {
  return pair(city, days)
}

/** @deche memory=200000 */
function cachedPlace(p: Place): number {
  return place(p)
}

/** @deche memory=200000 */
function cachedFive(city: string, days: number, unit: string, digits = 2, metric = true): number {
  return five(city, days, unit, digits, metric)
}

/** @deche memory=200000 */
async function cachedLater(n: number): Promise<number> {
  return later(n)
}

/** @deche memory=200000 */
function cachedReport(n: number): Report {
  return report(n)
}

/** @deche memory=200000 share */
function cachedSharedReport(n: number): Report {
  return report(n)
}

export const tagged = {
  number: cachedNumber,
  numberWithTtl: cachedNumberWithTtl,
  pair: cachedPair,
  place: cachedPlace,
  five: cachedFive,
  later: cachedLater,
  report: cachedReport,
  sharedReport: cachedSharedReport,
}

/** @deche */
export function cachedAnything(value: unknown): unknown {
  ran.times++
  return { of: value === undefined ? 'undefined' : typeof value, run: ran.times }
}

/** @deche */
export function cachedTwo(a: unknown, b: unknown): unknown {
  ran.times++
  return { of: [typeof a, typeof b], run: ran.times }
}

/** @deche */
export function cachedDefaults(a: number, b = 2): unknown {
  ran.times++
  return { sum: a + b, run: ran.times }
}
