/** What calls need: the way of a call, and what lies on it as far as to a hit on disk. See on-first-use.ts. */
import { run, runAsync, runAsyncGenerator, runGenerator } from './call/call.js'
import { siteMadeBy } from './call/compiled-sites.js'
import { values } from './call/values.js'
import { provideWay } from './on-first-use.js'

const parts = { run, runAsync, runAsyncGenerator, runGenerator, siteMadeBy, values }

export type Way = typeof parts

provideWay(parts)
