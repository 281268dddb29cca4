import { checkDirectory, checkPath } from '../paths.js'
import type { AsyncStore, Store, SyncStore } from '../store.js'
import { bridge } from './bridge.js'
import type { Answer, Driver, DriverSpec, Given, Operation, Part } from './driver.js'
import { openDriver } from './drivers.js'
import { Guard } from './guard.js'
import { createLocks } from './remote-locks.js'

/**
 * A store elsewhere. The asynchronous face asks its client in this thread; the synchronous one asks the same client in a
 * worker and waits. Both stop asking together when the store is dead. `pause`: for how long at first, milliseconds.
 */
export function createRemoteStore(spec: DriverSpec, pause: number): Store {
  const guard = new Guard({ location: spec.location, timeout: spec.timeout, pause })
  let opened: Promise<Driver> | undefined

  function open(): Promise<Driver> {
    opened ??= openDriver(spec)
    return opened
  }

  async function ask<O extends Operation>(name: O, ...given: Given<O>): Promise<Answer<O>> {
    // Loading the client is no part of what the deadline is for.
    const driver = await open()
    const operation = driver[name] as (...given: unknown[]) => Promise<Answer<O>>
    return guard.run(name, (signal) => operation.call(driver, ...given, signal))
  }

  function askSync<O extends Operation>(name: O, ...given: Given<O>): Answer<O> {
    return guard.runSync(name, (timeout) => bridge.ask(spec, name, given, timeout) as Answer<O>)
  }

  const { lease } = spec
  const locks = lease === undefined ? undefined : createLocks(spec, lease, guard, open)

  const sync: SyncStore = {
    read: (path) => askSync('read', checked(path)),
    write: (path, bytes, options = {}) => askSync('write', checked(path), bytes, options),
    stat: (path) => askSync('stat', checked(path)),
    remove: (path) => askSync('remove', checked(path)),
    list: (directory) => once(partsSync((from) => askSync('names', checkedDirectory(directory), from))),
    ...(spec.scans && {
      scan: (directory: string) =>
        once(
          partsSync((from) => askSync('facts', checkedDirectory(directory), from)),
          ({ name }) => name,
        ),
      directories: () => once(partsSync((from) => askSync('directories', from))),
    }),
    ...(locks && {
      tryLock: locks.sync,
      sweep() {
        for (const _ of partsSync((from) => askSync('sweep', from)));
      },
    }),
  }

  const async: AsyncStore = {
    read: async (path) => ask('read', checked(path)),
    write: async (path, bytes, options = {}) => ask('write', checked(path), bytes, options),
    stat: async (path) => ask('stat', checked(path)),
    remove: async (path) => ask('remove', checked(path)),
    list: (directory) => onceAsync(parts((from) => ask('names', checkedDirectory(directory), from))),
    ...(spec.scans && {
      scan: (directory: string) =>
        onceAsync(
          parts((from) => ask('facts', checkedDirectory(directory), from)),
          ({ name }) => name,
        ),
      directories: () => onceAsync(parts((from) => ask('directories', from))),
    }),
    ...(locks && {
      tryLock: locks.async,
      async sweep() {
        for await (const _ of parts((from) => ask('sweep', from)));
      },
    }),
  }

  return { protocol: spec.protocol, location: spec.location, sync, async }
}

function checked(path: string): string {
  checkPath(path)
  return path
}

function checkedDirectory(directory: string): string {
  checkDirectory(directory)
  return directory
}

function* partsSync<T>(ask: (from: string | undefined) => Part<T>): Generator<Part<T>> {
  let part: Part<T> | undefined
  do {
    part = ask(part?.next)
    yield part
  } while (part.next !== undefined)
}

async function* parts<T>(ask: (from: string | undefined) => Promise<Part<T>>): AsyncGenerator<Part<T>> {
  let part: Part<T> | undefined
  do {
    part = await ask(part?.next)
    yield part
  } while (part.next !== undefined)
}

/** The items of all parts, each once where the service may repeat one. */
function* once<T>(found: Iterable<Part<T>>, nameOf: (item: T) => unknown = (item) => item): Generator<T> {
  const seen = new Set<unknown>()
  for (const { items, repeats } of found) {
    for (const item of items) {
      if (repeats && seen.has(nameOf(item))) continue
      if (repeats) seen.add(nameOf(item))
      yield item
    }
  }
}

async function* onceAsync<T>(
  found: AsyncIterable<Part<T>>,
  nameOf: (item: T) => unknown = (item) => item,
): AsyncGenerator<T> {
  const seen = new Set<unknown>()
  for await (const { items, repeats } of found) {
    for (const item of items) {
      if (repeats && seen.has(nameOf(item))) continue
      if (repeats) seen.add(nameOf(item))
      yield item
    }
  }
}
