// Calls cached functions as told by JSON, and prints what each call came to and which bodies ran.
import { rmSync } from 'node:fs'
import { Cache, cached } from './index.js'

const { options = {}, calls } = JSON.parse(process.argv[2])
const cache = new Cache(options)
const ran = []

function wrap(name, params, body, more = {}) {
  const noted = (...args) => {
    ran.push(name)
    return body(...args)
  }
  return cache.wrap(noted, { name: `demo.${name}`, params, ...more })
}

const functions = {
  double: wrap('double', ['n'], (n) => n * 2),
  square: wrap('square', ['n'], async (n) => ({ n, square: n * n, at: new Date(n) })),
  fail: wrap('fail', ['n'], (n) => {
    throw Object.assign(new RangeError(`no ${n}`), { code: 'E_NO' })
  }),
  open: wrap('open', ['n'], (n) => ({ rows: [{ n }, { n, close: () => n }] })),
  big: wrap('big', ['n'], (n) => 'x'.repeat(n)),
  send: wrap('send', ['text', 'options'], (text) => text),
  coded: wrap('coded', ['n'], (n) => n, { output: 'parquet' }),
}

/** Calls that are no call of a function. */
const others = {
  socket: async () => functions.send('hi', { client: { socket: () => {} } }),
  chdir: async (directory) => process.chdir(directory),
  removeStore: async () => rmSync(cache.store.location, { recursive: true }),
  refresh: async (n) => cached(functions.double).refresh(n),
}

const came = []
for (const [name, ...args] of calls) {
  try {
    const value = await (functions[name] ?? others[name])(...args)
    came.push(typeof value === 'string' && value.length > 1000 ? `${value.length} characters` : value)
  } catch (error) {
    if (process.env.UNCAUGHT) throw error
    came.push(`${error.name}: ${error.message}`)
  }
}
console.log(JSON.stringify({ came, ran }))
