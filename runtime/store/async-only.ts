import { ConfigError } from '../errors.js'
import type { GivenStore, Store, SyncStore } from './store.js'

const completed = new WeakMap<GivenStore, Store>()
const asyncOnly = new WeakSet<Store>()

/** A store of the user's own; one without a synchronous face gets one that says so. */
export function completeStore(given: GivenStore): Store {
  if (given.sync !== undefined) return given as Store
  let store = completed.get(given)
  if (store === undefined) {
    store = { ...given, sync: refusing(given) }
    completed.set(given, store)
    asyncOnly.add(store)
  }
  return store
}

/** Whether only its asynchronous face can be used. */
export function isAsyncOnly(store: Store): boolean {
  return asyncOnly.has(store)
}

/** Throws ConfigError for a synchronous function: an object of the program cannot be asked in a worker. */
export function refuseSync(store: Store, id: string): void {
  if (asyncOnly.has(store)) throw refusal(store, `declare ${id} async`)
}

function refusing(store: GivenStore): SyncStore {
  const refuse = () => {
    throw refusal(store, 'use what answers promises')
  }
  return { read: refuse, write: refuse, stat: refuse, remove: refuse, list: refuse }
}

function refusal({ location }: GivenStore, instead: string): ConfigError {
  const problem = `${location} has no 'sync', which a synchronous function needs: give it one, or ${instead}`
  return new ConfigError('store', problem)
}
