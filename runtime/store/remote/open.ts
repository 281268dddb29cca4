import { join } from 'node:path'
import { type Parsed, parseDuration } from '../../config/duration.js'
import { show } from '../../config/values.js'
import { ConfigError } from '../../errors.js'
import { reason } from '../../warn.js'
import { checkDirectory, OWN_PREFIX } from '../paths.js'
import type { Store } from '../store.js'
import type { DriverSpec } from './driver.js'
import { findClient } from './find-client.js'
import { checkService } from './opendal.js'
import { createRemoteStore } from './remote-store.js'

/** What a configuration says of a store elsewhere. */
export interface RemoteSettings {
  readonly protocol: string
  readonly prefix: string
  readonly storageOptions: Readonly<Record<string, unknown>>
}

/** Stores by what they were opened with: all functions of a program share the client, its connections and its pauses. */
const stores = new Map<string, Store>()
const objects = new WeakMap<object, number>()
let known = 0

/**
 * The store of a configuration. `root`: the project's directory, whence the client is looked up. Throws ConfigError for a
 * client that is not installed and for options that cannot be meant.
 */
export function openStore(settings: RemoteSettings, root: string): Store {
  const { protocol, prefix, storageOptions } = settings
  const identity = JSON.stringify([protocol, prefix, storageOptions], (_, value: unknown) => named(value))
  let store = stores.get(identity)
  if (store === undefined) {
    const { timeout, pause, lease, ...options } = storageOptions
    const { locks, ...spec } = specOf({ protocol, prefix, storageOptions: options }, root)
    const limits = { timeout: duration('timeout', timeout ?? '5s'), ...(locks && { lease: leaseOf(lease) }) }
    store = createRemoteStore({ ...spec, ...limits }, duration('pause', pause ?? '5s'))
    stores.set(identity, store)
  }
  return store
}

/** What is known of each protocol before its client is loaded. Throws ConfigError. */
function specOf(
  { protocol, prefix, storageOptions: options }: RemoteSettings,
  root: string,
): Omit<DriverSpec, 'timeout' | 'lease'> & { readonly locks: boolean } {
  const source = `protocol '${protocol}'`
  switch (protocol) {
    case 's3': {
      const meant = 'the bucket, and perhaps a directory in it: my-bucket/cache'
      if (prefix === '') throw new ConfigError('prefix', `under protocol s3 it names ${meant}`)
      checkPrefix(prefix, meant)
      const client = findClient(source, '@aws-sdk/client-s3', '@aws-sdk/client-s3', root)
      return { protocol, location: `s3://${prefix}`, client, prefix, options, scans: true, locks: true }
    }
    case 'redis': {
      checkPrefix(prefix, "what the keys begin with, and the server's address as storageOptions.url")
      const client = findClient(source, 'redis', 'redis', root)
      const name = prefix === '' ? 'deche' : prefix
      const location = `${serverOf(options)}/${name}`
      return { protocol, location, client, prefix: name, options, scans: true, locks: true }
    }
    default: {
      checkPrefix(prefix, 'a directory in the service, and its address as it wants it in storageOptions')
      const client = findClient(`${source} is a service of Apache OpenDAL, and`, 'opendal', 'opendal@0.49.2', root)
      const settings = serviceSettings(protocol, options)
      try {
        checkService(client, protocol, settings)
      } catch (cause) {
        throw new ConfigError(source, reason(cause), { cause })
      }
      const place = ['bucket', 'container', 'filesystem', 'endpoint', 'root'].map((name) => settings[name])
      const at = String(place.find((name) => name !== undefined) ?? '').replace(/^https?:\/\//, '')
      const location = `${protocol}://${[at, prefix].filter((part) => part !== '').join('/')}`
      return { protocol, location, client, prefix, options: settings, scans: false, locks: false }
    }
  }
}

/** Else a file that is only half written could be read: the service on disk gets a folder to write in, whence it moves. */
function serviceSettings(protocol: string, options: DriverSpec['options']): DriverSpec['options'] {
  if (protocol !== 'fs' || typeof options.root !== 'string') return options
  return { atomicWriteDir: join(options.root, `${OWN_PREFIX}unfinished`), ...options }
}

/** A Redis server's address without user and password. Throws ConfigError for an address that is none. */
function serverOf({ url = 'redis://localhost:6379', rootNodes, socket }: DriverSpec['options']): string {
  const [first]: unknown[] = Array.isArray(rootNodes) ? rootNodes : []
  if (typeof first === 'object' && first !== null) return serverOf(first as DriverSpec['options'])
  if (typeof socket === 'object' && socket !== null && 'host' in socket)
    return `redis://${String(socket.host)}:${'port' in socket ? String(socket.port) : '6379'}`
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol))
    throw new ConfigError('storageOptions', `url: ${show(url)} must be redis://host:port, or rediss:// for TLS`)
  return `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/$/, '')}`
}

function checkPrefix(prefix: string, meant: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(prefix))
    throw new ConfigError('prefix', `${show(prefix)} is a URL; write ${meant}`)
  if (prefix !== '') checkDirectory(prefix)
}

/** What was left behind is removed when it is an hour old: a lock must have been renewed by then. */
function leaseOf(value: unknown): number {
  const lease = duration('lease', value ?? '15s')
  if (lease > LONGEST_LEASE)
    throw new ConfigError('storageOptions', `lease: ${show(value)} must be half an hour at most`)
  return lease
}

const LONGEST_LEASE = 1_800_000

function duration(name: string, value: unknown): number {
  const parsed: Parsed<number> | undefined = typeof value === 'string' ? parseDuration(value) : undefined
  if (parsed?.ok && parsed.value > 0) return parsed.value
  const problem = parsed?.ok === false ? parsed.problem : 'must be a duration such as 500ms or 5s'
  throw new ConfigError('storageOptions', `${name}: ${show(value)} ${problem}`)
}

/** What has no text of its own (functions, agents, clients) is told apart by which one it is. */
function named(value: unknown): unknown {
  const isOpaque =
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlain(value))
  if (!isOpaque) return typeof value === 'bigint' ? `${value}n` : value
  const number = objects.get(value) ?? ++known
  objects.set(value, number)
  return `object ${number}`
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
