/**
 * What a store elsewhere costs: the requests of a call, counted by a server that answers as S3 does; and what a synchronous
 * function waits for beyond an asynchronous one, on a Redis of its own. Without `redis-server` that part is left out.
 * `npm run bench stores`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cache } from '../dist/index.js'
import { median, round } from './numbers.mjs'
import { repository } from './project.mjs'

/** @param {number} reads How many of each kind. */
export async function stores(reads) {
  return { requests: await requests(), ...(await bridge(reads)) }
}

async function requests() {
  const server = spawn(process.execPath, [join(repository, 'test/servers/fake-s3.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [port] = await once(server.stdout, 'data')
    const endpoint = `http://127.0.0.1:${String(port).trim()}`
    const asked = async () => (await (await fetch(`${endpoint}/requests`)).text()).split('\n').filter(Boolean).length
    const storageOptions = {
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }
    const cache = new Cache({ protocol: 's3', prefix: 'ok-bench/cache', storageOptions, memory: 'off' })
    let beforeBody = 0
    const body = async (n) => {
      beforeBody = await asked()
      return n
    }
    const call = cache.wrap(body, { name: 'bench.asynchronous', params: ['n'] })
    const callSync = cache.wrap((n) => n, { name: 'bench.synchronous', params: ['n'] })
    await call(1)
    const afterBody = await asked()
    await call(1)
    const hit = await asked()
    callSync(1)
    await asked()
    callSync(1)
    return { hit, syncHit: await asked(), beforeBody, afterBody }
  } finally {
    server.kill()
  }
}

async function bridge(reads) {
  if (spawnSync('redis-server', ['--version']).status !== 0) return {}
  const directory = mkdtempSync(join(tmpdir(), 'deche-bench-'))
  const port = await freePort()
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
  const server = spawn('redis-server', options.map(String), { stdio: 'ignore' })
  try {
    const storageOptions = { url: `redis://127.0.0.1:${port}`, pause: '1ms' }
    const { store } = new Cache({ protocol: 'redis', storageOptions })
    const bytes = Buffer.alloc(200, 'x')
    for (let tries = 0; tries < 100; tries++) {
      const written = await store.async.write('bench/entry', bytes).catch(() => undefined)
      if (written !== undefined) break
      await sleep(50)
    }
    const first = performance.now()
    store.sync.read('bench/entry')
    const firstMs = round(performance.now() - first)
    const times = { asynchronous: [], synchronous: [] }
    // In turns, so that what else the machine does falls on both.
    for (let count = 0; count < reads; count++) {
      const started = performance.now()
      await store.async.read('bench/entry')
      const between = performance.now()
      store.sync.read('bench/entry')
      times.asynchronous.push((between - started) * 1000)
      times.synchronous.push((performance.now() - between) * 1000)
    }
    const [asynchronous, synchronous] = [median(times.asynchronous), median(times.synchronous)]
    return {
      redisReadMicros: {
        asynchronous: round(asynchronous),
        synchronous: round(synchronous),
        bridge: round(synchronous - asynchronous),
      },
      firstSynchronousMs: firstMs,
    }
  } finally {
    server.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function freePort() {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address()
  holder.close()
  await once(holder, 'close')
  return port
}
