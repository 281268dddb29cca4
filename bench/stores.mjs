/**
 * What a store elsewhere costs: the requests of a call, counted by a server that answers as S3 does; and what a synchronous
 * function waits for beyond an asynchronous one: on a client that answers at once, and on a Redis of its own, where there is
 * `redis-server`. `echo` is what waking another thread and being woken takes, which no bridge can undercut.
 * `npm run bench stores`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { Cache } from '../dist/index.js'
import { workerSource } from '../scripts/worker-source.mjs'
import { median, round } from './numbers.mjs'
import { repository } from './project.mjs'

/** @param {number} reads How many of each kind. */
export async function stores(reads) {
  return {
    requests: await requests(),
    instantMicros: { ...(await timesOf(await instantStore(), reads)), echo: round(echo(reads)) },
    ...(await redis(reads)),
  }
}

/** Medians, by turns, so that what else the machine does is the same for both. First comes a third more, for the compilers of both threads. */
async function timesOf(store, reads) {
  const synchronous = []
  const asynchronous = []
  const warmUp = Math.ceil(reads / 3)
  for (let read = -warmUp; read < reads; read++) {
    const started = performance.now()
    store.sync.read('bench/entry')
    const between = performance.now()
    await store.async.read('bench/entry')
    const ended = performance.now()
    if (read < 0) continue
    synchronous.push((between - started) * 1000)
    asynchronous.push((ended - between) * 1000)
  }
  const [ofAsynchronous, ofSynchronous] = [median(asynchronous), median(synchronous)]
  return {
    asynchronous: round(ofAsynchronous),
    synchronous: round(ofSynchronous),
    bridge: round(ofSynchronous - ofAsynchronous),
  }
}

/** A store whose client answers at once: what is left is the way to the worker and back. */
async function instantStore() {
  const directory = mkdtempSync(join(tmpdir(), 'deche-bench-'))
  try {
    const outfile = join(directory, 'store.mjs')
    const program = { name: 'worker-program', setup: ({ onLoad }) => onLoad({ filter: /worker-source\.ts$/ }, load) }
    const load = async () => ({ contents: await workerSource(repository), loader: 'js' })
    const entry = join(repository, 'runtime/store/remote/remote-store.ts')
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', plugins: [program] })
    const { createRemoteStore } = await import(outfile)
    const client = join(repository, 'test/servers/fake-client.cjs')
    const spec = {
      protocol: 's3',
      location: 's3://bench',
      client,
      prefix: 'bench',
      options: {},
      timeout: 5000,
      scans: true,
    }
    return createRemoteStore(spec, 5000)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
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

async function redis(reads) {
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
    return { redisMicros: await timesOf(store, reads), firstSynchronousMs: firstMs }
  } finally {
    server.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What the machine takes to wake another thread and be woken by it, microseconds: no bridge can be faster. */
function echo(rounds) {
  const state = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const program = `const { workerData: { port, state } } = require('node:worker_threads')
port.on('message', (message) => { port.postMessage(message); Atomics.add(state, 0, 1); Atomics.notify(state, 0) })`
  const worker = new Worker(program, { eval: true, workerData: { port: port2, state }, transferList: [port2] })
  const times = []
  for (let count = 0; count < rounds; count++) {
    const started = performance.now()
    const before = Atomics.load(state, 0)
    port1.postMessage(count)
    Atomics.wait(state, 0, before, 5000)
    receiveMessageOnPort(port1)
    times.push((performance.now() - started) * 1000)
  }
  void worker.terminate()
  return median(times)
}

async function freePort() {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address()
  holder.close()
  await once(holder, 'close')
  return port
}
