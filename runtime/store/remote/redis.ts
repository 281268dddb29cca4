import { randomBytes } from 'node:crypto'
import type * as Sdk from 'redis'
import type { StoreFailure } from '../../errors.js'
import { LOCKS } from '../paths.js'
import type { Stat } from '../store.js'
import { requireClient } from './client.js'
import type { Driver, DriverSpec, Part } from './driver.js'
import { networkFailure, storeError, textOf } from './failure.js'
import { redisLocks } from './redis-locks.js'

/** What the driver needs of a client, of one server or of a cluster. */
interface Commands {
  get(key: string): Promise<Buffer | null>
  set(key: string, value: Buffer, options: object): Promise<unknown>
  getRange(key: string, start: number, end: number): Promise<Buffer>
  del(key: string): Promise<number>
  eval(script: string, given: { keys: string[]; arguments: string[] }): Promise<unknown>
}

interface Scanner {
  scan(cursor: string, options: { MATCH: string; COUNT: number }): Promise<{ cursor: unknown; keys: unknown[] }>
}

interface Connection {
  readonly commands: Commands
  /** The servers whose keys together are all keys. */
  scanners(): Promise<readonly Scanner[]>
  /** Lets the process end: only operations that are under way keep it. */
  rest(): void
  end(): void
}

/** Keys that one SCAN looks at. */
const COUNT = 1000

/**
 * Redis and Valkey, one server or a cluster. The value of the key `<prefix>/<path>` is a line of text (when it was
 * written by the writer's clock, how many bytes follow, a revision) and then the bytes, so that each operation is
 * one command.
 */
export function openRedis({ client: file, location, prefix, options }: DriverSpec): Driver {
  const sdk = requireClient<typeof Sdk>(file)
  let connecting: Promise<Connection> | undefined

  /** Asks on the present connection, or a new one. One that does not answer in time is given up. */
  async function ask<T>(signal: AbortSignal, operation: (connection: Connection) => Promise<T>): Promise<T> {
    connecting ??= connect(sdk, options, forget)
    const mine = connecting
    function forget() {
      if (connecting === mine) connecting = undefined
    }
    const giveUp = () => {
      forget()
      mine.then((connection) => connection.end()).catch(() => {})
    }
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      const connection = await mine
      const answer = await operation(connection)
      connection.rest()
      return answer
    } catch (error) {
      const failure = failureOf(error)
      if (failure === 'unreachable') forget()
      throw storeError(location, failure, error)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  const at = (path: string) => `${prefix}/${path}`

  /** A part of all keys that begin with `start`, without it. `from`: which server, and its cursor. */
  async function scan(start: string, from: string | undefined, signal: AbortSignal): Promise<Part<string>> {
    const [server = 0, cursor = '0'] = from === undefined ? [] : [Number(from.split(' ')[0]), from.split(' ')[1]]
    return ask(signal, async ({ scanners }) => {
      const servers = await scanners()
      const found = await servers[server]?.scan(cursor, { MATCH: `${escaped(start)}*`, COUNT })
      const items = (found?.keys ?? []).map((key) => String(key).slice(start.length))
      const next = String(found?.cursor ?? '0')
      if (next !== '0') return { items, next: `${server} ${next}`, repeats: true }
      return { items, next: server + 1 < servers.length ? `${server + 1} 0` : undefined, repeats: true }
    })
  }

  async function namesIn(directory: string, from: string | undefined, signal: AbortSignal): Promise<Part<string>> {
    const { items, ...rest } = await scan(at(`${directory}/`), from, signal)
    return { items: items.filter((name) => !name.includes('/')), ...rest }
  }

  return {
    read: (path, signal) =>
      ask(signal, async ({ commands }) => {
        const value = await commands.get(at(path))
        const stat = value === null ? undefined : parseHead(value)
        // A copy: what the client hands out may be a view of its own buffer.
        return value === null || stat === undefined
          ? undefined
          : { ...stat, bytes: new Uint8Array(value.subarray(HEAD)) }
      }),
    write: (path, bytes, { ifAbsent, expires, modified = Date.now() }, signal) =>
      ask(signal, async ({ commands }) => {
        const stat = { size: bytes.length, modified, revision: randomBytes(8).toString('hex') }
        // A duration and no instant: the server's clock may be another one.
        const lifetime = expires === undefined ? undefined : Math.max(1, Math.ceil(expires - Date.now()))
        const done = await commands.set(at(path), Buffer.concat([head(stat), bytes]), {
          ...(ifAbsent && { condition: 'NX' }),
          ...(lifetime !== undefined && { expiration: { type: 'PX', value: lifetime } }),
        })
        return done === null ? undefined : stat
      }),
    stat: (path, signal) =>
      ask(signal, async ({ commands }) => parseHead(await commands.getRange(at(path), 0, HEAD - 1))),
    remove: (path, signal) => ask(signal, async ({ commands }) => (await commands.del(at(path))) > 0),
    names: namesIn,
    async facts(directory, from, signal) {
      const { items, ...rest } = await namesIn(directory, from, signal)
      const found = await ask(signal, ({ commands }) =>
        Promise.all(
          items.map(async (name) => {
            const stat = parseHead(await commands.getRange(at(`${directory}/${name}`), 0, HEAD - 1))
            return stat && { ...stat, name }
          }),
        ),
      )
      return { items: found.filter((item) => item !== undefined), ...rest }
    },
    async directories(from, signal) {
      const { items, ...rest } = await scan(at(''), from, signal)
      const inDirectories = items.filter((path) => path.includes('/') && !path.startsWith(`${LOCKS}/`))
      return { items: inDirectories.map((path) => path.slice(0, path.lastIndexOf('/'))), ...rest }
    },
    locks: redisLocks(
      (script, key, given, signal) =>
        ask(signal, async ({ commands }) =>
          String(await commands.eval(script, { keys: [key], arguments: [...given] })),
        ),
      (path) => at(`${LOCKS}/${path}`),
    ),
    // The server does.
    sweep: async () => ({ items: [], next: undefined }),
  }
}

/** `1764230400000 0000000300 0123456789abcdef` and a line end. */
const HEAD = 13 + 1 + 10 + 1 + 16 + 1

function head({ modified, size, revision }: Stat): Buffer {
  return Buffer.from(`${String(modified).padStart(13, '0')} ${String(size).padStart(10, '0')} ${revision}\n`)
}

/** `undefined` for what is not there, and for a value that is none of ours. */
function parseHead(value: Buffer): Stat | undefined {
  const [, modified, size, revision] =
    /^(\d{13}) (\d{10}) ([0-9a-f]{16})\n$/.exec(value.toString('latin1', 0, HEAD)) ?? []
  if (revision === undefined) return undefined
  return { modified: Number(modified), size: Number(size), revision }
}

/** Text of a pattern in which nothing is a wildcard. */
function escaped(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&')
}

/**
 * `options` are those of the client; with `cluster` or `rootNodes`, the defaults of a cluster's. It makes no new
 * connection by itself: the next operation does. `forget` is called when the connection is lost.
 */
async function connect(
  sdk: typeof Sdk,
  { cluster: isCluster, rootNodes, url, socket, ...others }: DriverSpec['options'],
  forget: () => void,
): Promise<Connection> {
  const own = { ...others, socket: { ...Object(socket), reconnectStrategy: false }, disableOfflineQueue: true }
  const types = { [sdk.RESP_TYPES.BLOB_STRING]: Buffer }
  if (!isCluster && rootNodes === undefined) {
    const client = sdk.createClient({ ...own, ...(url !== undefined && { url: String(url) }) } as object)
    client.on('error', forget)
    client.unref()
    const commands = client.withTypeMapping(types) as unknown as Commands
    const end = () => client.destroy()
    await client.connect()
    return { commands, scanners: async () => [client as unknown as Scanner], rest() {}, end }
  }
  const cluster = sdk.createCluster({ rootNodes: rootNodes ?? [{ url }], defaults: own } as never)
  cluster.on('error', forget)
  const rest = () => {
    for (const node of [...cluster.masters, ...cluster.replicas]) node.client?.unref()
  }
  await cluster.connect()
  rest()
  return {
    commands: cluster.withTypeMapping(types) as unknown as Commands,
    scanners: async () =>
      Promise.all(cluster.masters.map(async (node) => (await cluster.nodeClient(node)) as unknown as Scanner)),
    rest,
    end: () => cluster.destroy(),
  }
}

/** Classes of the client's errors that say that there is no connection. */
const LOST = new Set([
  'ClientClosedError',
  'ClientOfflineError',
  'ConnectionTimeoutError',
  'DisconnectsClientError',
  'ReconnectStrategyError',
  'RootNodesUnavailableError',
  'SocketClosedUnexpectedlyError',
  'SocketTimeoutError',
])

function failureOf(error: unknown): StoreFailure {
  if (error instanceof Error && LOST.has(error.constructor.name)) return 'unreachable'
  const [word = ''] = textOf(error, 'message').split(' ')
  if (['NOAUTH', 'WRONGPASS', 'NOPERM'].includes(word)) return 'refused'
  if (['LOADING', 'BUSY', 'CLUSTERDOWN', 'MASTERDOWN', 'TRYAGAIN'].includes(word)) return 'unavailable'
  return networkFailure(error) ?? 'failed'
}
