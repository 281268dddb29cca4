import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary.js'

/**
 * Real servers, where `test/servers/with` started them. Tests of a store whose server is not there are skipped, and
 * counted as that.
 */
export const servers = {
  s3: process.env.TEST_S3,
  redis: process.env.TEST_REDIS,
  redisCluster: process.env.TEST_REDIS_CLUSTER,
  azure: process.env.TEST_AZURE,
}

/** Behind the name of what is tested. */
export function needing(server: string | undefined, what: string): string {
  return server === undefined ? ` (skipped: no ${what}; run it as test/servers/with npm test)` : ''
}

/** What the server of `test/servers/radosgw-up` wants of a client. */
export const s3Options = {
  endpoint: servers.s3,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
}

/** A new bucket. */
export async function newBucket(): Promise<string> {
  const name = `deche-${randomBytes(8).toString('hex')}`
  const client = new S3Client(s3Options as ConstructorParameters<typeof S3Client>[0] & object)
  await client.send(new CreateBucketCommand({ Bucket: name }))
  client.destroy()
  return name
}

/** An S3 that misbehaves on purpose, in a process of its own: this one sleeps while a synchronous function waits. */
export async function fakeS3(): Promise<FakeS3> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../servers/fake-s3.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  const endpoint = `http://127.0.0.1:${String(port).trim()}`
  return {
    endpoint,
    requests: async () => (await (await fetch(`${endpoint}/requests`)).text()).split('\n').filter(Boolean),
    end: () => child.kill(),
  }
}

export interface FakeS3 {
  readonly endpoint: string
  /** What it was asked since the last time: method, path and status. */
  requests(): Promise<string[]>
  end(): void
}

/** One that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as { port: number }
  await new Promise((resolve) => holder.close(resolve))
  return port
}

/** A server of a test's own, until it ends. */
export async function startRedis(port: number, ...options: readonly string[]): Promise<ChildProcess> {
  const common = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', temporaryDirectory()]
  const server = spawn('redis-server', ['--port', String(port), ...common, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => endServer(server))
  for await (const line of server.stdout) if (String(line).includes('Ready to accept connections')) break
  return server
}

export async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill()
  await ended
}
