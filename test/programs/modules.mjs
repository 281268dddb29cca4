// Makes one call, and prints which files of packages the program loaded by require.
import { createRequire } from 'node:module'
import { Cache } from './index.js'

const inc = new Cache().wrap((n) => n + 1, { name: 'demo.inc', params: ['n'] })
const came = inc(1)
const loaded = Object.keys(createRequire(import.meta.url).cache)
console.log(JSON.stringify({ came, loaded }))
