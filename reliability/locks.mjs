// One cold key and many processes, under `lock`: who runs, how soon a killed holder is followed, and whether one that blocks
// its event loop keeps its lock. On files, Redis and S3; run it as `test/servers/with npm run reliability -- locks`.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { pause, ready, start } from './children.mjs'

const CALLERS = 8
const ROUNDS = 100
const KILLS = 100
const MEDIAN = 100
const BLOCKED = 60_000
const WAYS = ['later', 'sync']

/** `store`: files, redis or s3. */
export async function run(directory, store) {
  const place = join(directory, 'watch')
  mkdirSync(place)
  return watch(await STORES[store](directory), place)
}

/** What each store is opened with. A machine that eight processes and a server share may be slow, which is not what is tried here. */
const STORES = {
  files: async (directory) => ({ prefix: join(directory, 'files') }),
  async redis() {
    const url = server('TEST_REDIS')
    return { protocol: 'redis', prefix: newName(), storageOptions: { url, timeout: '60s' } }
  },
  async s3() {
    const s3 = {
      endpoint: server('TEST_S3'),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    }
    const name = newName()
    const client = new S3Client(s3)
    await client.send(new CreateBucketCommand({ Bucket: name }))
    client.destroy()
    return { protocol: 's3', prefix: name, storageOptions: { ...s3, timeout: '60s' } }
  },
}

const newName = () => `locks-${randomBytes(6).toString('hex')}`

function server(variable) {
  const address = process.env[variable]
  if (!address) throw new Error('the server is not there: test/servers/with npm run reliability -- locks')
  return address
}

async function watch(options, directory) {
  const log = new Log(join(directory, 'log'))
  const settings = { options, directory }
  const killed = new Map()
  let warned = 0
  const begin = async () => {
    const child = start('locker.mjs', settings)
    child.on('message', (told) => {
      warned += told.warned ?? 0
    })
    await ready(child)
    // Clients are loaded, and connected.
    for (const how of WAYS) await answerOf(child, { how, key: `warm-${child.pid}`, ms: 0 })
    return child
  }
  let callers = await Promise.all(Array.from({ length: CALLERS }, begin))
  const callAll = (children, call) => Promise.all(children.map((child) => answerOf(child, call)))

  const executions = []
  for (let round = 0; round < ROUNDS; round++) {
    const call = { how: WAYS[round % 2], key: `r${round}`, ms: 20 }
    const answers = await callAll(callers, call)
    const ran = log.of(call.key).filter(({ what }) => what === 'begin')
    executions.push(answers.every((pid) => pid === ran[0]?.pid) ? ran.length : ran.length + CALLERS)
  }

  const takeovers = []
  for (let round = 0; takeovers.length < KILLS; round++) {
    const call = { how: WAYS[round % 2], key: `k${round}`, ms: 250 }
    const answers = callers.map((child) => [child.pid, answerOf(child, call).catch(() => undefined)])
    // Half of the successors are killed too, as long as others wait.
    for (let deaths = 0; deaths < 1 || (deaths < CALLERS / 2 && Math.random() < 0.5); deaths++) {
      const holder = await log.next(call.key, deaths)
      await pause(Math.random() * 150)
      const isThrough = () => log.of(call.key).some(({ what, pid }) => what === 'end' && pid === holder.pid)
      if (isThrough()) break
      const child = callers.find(({ pid }) => pid === holder.pid)
      const exited = once(child, 'exit')
      const at = process.hrtime.bigint()
      child.kill('SIGKILL')
      await exited
      // It may have come to its end in the same moment.
      if (isThrough()) break
      killed.set(holder.pid, at)
      const next = await log.next(call.key, deaths + 1)
      takeovers.push(Number(next.at - at) / 1e6)
    }
    await Promise.all(answers.map(([, answer]) => answer))
    callers = callers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    callers.push(...(await Promise.all(Array.from({ length: CALLERS - callers.length }, begin))))
  }
  takeovers.sort((a, b) => a - b)

  const [holder, ...others] = callers
  const held = answerOf(holder, { how: 'blocking', key: 'blocked', ms: BLOCKED })
  await log.next('blocked', 0)
  const answers = await callAll(others, { how: 'blocking', key: 'blocked', ms: 0 })
  const kept = [await held, ...answers].every((pid) => pid === holder.pid) && log.of('blocked').length === 2
  for (const child of callers) child.disconnect()

  const overlaps = log.overlaps(killed)
  const most = Math.max(...executions)
  const median = Math.round(takeovers[Math.floor(takeovers.length / 2)])
  return [
    {
      what: `rounds of ${CALLERS} processes on a cold key`,
      promised: `≥ ${ROUNDS}`,
      value: executions.length,
      holds: executions.length >= ROUNDS,
    },
    {
      what: 'executions in a round, at most',
      promised: '1',
      value: most,
      holds: most === 1 && Math.min(...executions) === 1,
    },
    {
      what: 'holders killed while others waited',
      promised: `≥ ${KILLS}`,
      value: takeovers.length,
      holds: takeovers.length >= KILLS,
    },
    { what: 'two inside at a time', promised: '0', value: overlaps, holds: overlaps === 0 },
    {
      what: 'from the kill to the next begin, median',
      promised: `≤ ${MEDIAN} ms`,
      value: `${median} ms`,
      holds: median <= MEDIAN,
    },
    {
      what: 'from the kill to the next begin, the longest',
      promised: '',
      value: `${Math.round(takeovers.at(-1))} ms`,
      holds: true,
    },
    {
      what: `a holder that blocked its event loop for ${BLOCKED / 1000} s kept its lock`,
      promised: 'yes',
      value: kept ? 'yes' : 'no',
      holds: kept,
    },
    { what: 'warnings', promised: '0', value: warned, holds: warned === 0 },
  ]
}

function answerOf(child, call) {
  return new Promise((done, failed) => {
    const heard = (told) => {
      if (told.key !== call.key) return
      child.off('message', heard)
      child.off('exit', failed)
      done(told.came)
    }
    child.on('message', heard)
    child.once('exit', failed)
    child.send(call)
  })
}

/** The log that all write to, line by line; times are those of one clock of the machine. */
class Log {
  #file
  #read = 0
  #rest = ''
  #notes = new Map()

  constructor(path) {
    writeFileSync(path, '')
    this.#file = openSync(path, 'r')
  }

  /** All notes of a key, in the order in which they were written. */
  of(key) {
    const buffer = Buffer.alloc(65_536)
    for (let count = 1; count > 0; ) {
      count = readSync(this.#file, buffer, 0, buffer.length, this.#read)
      this.#read += count
      this.#rest += buffer.toString('utf8', 0, count)
    }
    const lines = this.#rest.split('\n')
    this.#rest = lines.pop()
    for (const line of lines) {
      const [what, of, pid, at, other] = line.split(' ')
      const notes = this.#notes.get(of) ?? []
      this.#notes.set(of, notes)
      notes.push({ what, pid: Number(pid), at: BigInt(at), other: Number(other) })
    }
    return this.#notes.get(key) ?? []
  }

  /** The body's begin after so many others. */
  async next(key, before) {
    for (;;) {
      const found = this.of(key).filter(({ what }) => what === 'begin')[before]
      if (found !== undefined) return found
      await pause(2)
    }
  }

  /** How often a body began, or met the mark of another one, while that other one was neither through nor killed. */
  overlaps(killed) {
    this.of('')
    let count = 0
    for (const [key, notes] of this.#notes) {
      const before = count
      const inside = new Set()
      for (const { what, pid, at, other } of notes) {
        const lives = (one) => one !== pid && !(killed.has(one) && killed.get(one) < at)
        if (what === 'end') inside.delete(pid)
        else if (what === 'found') count += lives(other) ? 1 : 0
        else {
          for (const one of inside) count += lives(one) ? 1 : 0
          inside.add(pid)
        }
      }
      if (count > before) console.error(`two inside at ${key}:`, notes, killed)
    }
    closeSync(this.#file)
    return count
  }
}
