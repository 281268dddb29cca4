/** Stores elsewhere: loaded by a program that has one. See on-first-use.ts. */
import { provideStores } from './on-first-use.js'
import { openStore } from './store/remote/open.js'

const parts = { openStore }

export type Remote = typeof parts

provideStores(parts)
