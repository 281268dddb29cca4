/** Caches written by hand for one function each: what nobody can be faster than who answers the same. */

const byValue = (compute) => {
  const known = new Map()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = compute(key)
    known.set(key, value)
    return value
  }
}

const level = (map, key) => {
  let next = map.get(key)
  if (next === undefined) {
    next = new Map()
    map.set(key, next)
  }
  return next
}

/** An hour, and the clock read for each hit. */
const byValueForAnHour = (compute) => {
  const known = new Map()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined && Date.now() - found.at < 3_600_000) return found.value
    const value = compute(key)
    known.set(key, { at: Date.now(), value })
    return value
  }
}

const pair = (compute) => {
  const known = new Map()
  return (city, days) => {
    const found = known.get(city)?.get(days)
    if (found !== undefined) return found
    const value = compute(city, days)
    level(known, city).set(days, value)
    return value
  }
}

const place = (compute) => {
  const known = new Map()
  return (p) => {
    const found = known.get(p.a)?.get(p.b)?.get(p.c)
    if (found !== undefined) return found
    const value = compute(p)
    level(level(known, p.a), p.b).set(p.c, value)
    return value
  }
}

const five = (compute) => {
  const known = new Map()
  return (city, days, unit, digits = 2, metric = true) => {
    const found = known.get(city)?.get(days)?.get(unit)?.get(digits)?.get(metric)
    if (found !== undefined) return found
    const value = compute(city, days, unit, digits, metric)
    level(level(level(level(known, city), days), unit), digits).set(metric, value)
    return value
  }
}

const later = (compute) => {
  const known = new Map()
  return async (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = await compute(key)
    known.set(key, value)
    return value
  }
}

/** A fresh copy for each caller. */
const copied = (compute) => {
  const known = new Map()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return clone(found)
    const value = compute(key)
    known.set(key, clone(value))
    return value
  }
}

function clone(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(clone)
  const copy = {}
  for (const name of Object.keys(value)) copy[name] = clone(value[name])
  return copy
}

export const limits = {
  number: { name: 'Map', wrap: byValue },
  ttl: { name: 'Map and Date.now()', wrap: byValueForAnHour },
  pair: { name: 'nested Map', wrap: pair },
  place: { name: 'nested Map', wrap: place },
  five: { name: 'nested Map', wrap: five },
  later: { name: 'Map in an async function', wrap: later },
  report: { name: 'Map and a recursive clone', wrap: copied },
}
