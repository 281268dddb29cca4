import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runIn } from './helpers/elsewhere-programs.js'
import { builtRuntime } from './helpers/runtime-programs.js'
import { type FakeS3, fakeS3, needing, servers } from './helpers/servers.js'
import { temporaryDirectory } from './helpers/temporary.js'

/** Programs that keep entries elsewhere, each a process of its own, on dist/. */

let server: FakeS3
beforeAll(async () => {
  server = await fakeS3()
})
afterAll(() => server.end())

const repository = resolve(builtRuntime(), '..')

const PRELUDE = `
import { Cache } from 'deche'
let runs = 0
const wrap = (cache) => cache.wrap((n) => (runs++, n * 2), { name: 'demo.double', params: ['n'] })
const double = wrap(new Cache({ memory: 'off' }))
`

const environment = (bucket: string) => ({
  DECHE_FS__PROTOCOL: 's3',
  DECHE_FS__PREFIX: `ok-${bucket}/cache`,
  DECHE_FS__STORAGE_OPTIONS__ENDPOINT: server.endpoint,
  DECHE_FS__STORAGE_OPTIONS__FORCE_PATH_STYLE: 'true',
  AWS_ACCESS_KEY_ID: 'AK',
  AWS_SECRET_ACCESS_KEY: 'SK',
  AWS_REGION: 'us-east-1',
})

/** A project of one program, which has deche and the clients. */
function project(source: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
  writeFileSync(join(directory, 'package.json'), '{ "name": "demo", "type": "module" }')
  for (const [name, text] of Object.entries({ 'main.js': PRELUDE + source, ...files }))
    writeFileSync(join(directory, name), text)
  return directory
}

it('the next process hits, and nothing keeps either from ending', async () => {
  const directory = project(`console.log(double(1), runs)`)
  for (const runs of [1, 0]) {
    expect(await runIn(directory, { env: environment('next') })).toEqual({
      status: 0,
      stdout: `2 ${runs}\n`,
      warnings: [],
    })
  }
})

it('works while the process ends, be it for the first time', async () => {
  const later = project(`console.log(double(1)); process.on('exit', () => console.log(double(1), double(2), runs))`)
  expect(await runIn(later, { env: environment('exit') })).toMatchObject({ stdout: '2\n2 4 2\n', warnings: [] })
  const first = project(`process.on('exit', () => console.log(double(1), double(2), runs))`)
  expect(await runIn(first, { env: environment('exit') })).toMatchObject({ stdout: '2 4 0\n', warnings: [] })
})

it('works in worker threads', async () => {
  const directory = project(
    `import { Worker, isMainThread } from 'node:worker_threads'
if (isMainThread) for (const _ of [1, 2]) new Worker(new URL(import.meta.url))
else console.log(double(7), double(7))`,
  )
  expect(await runIn(directory, { env: environment('threads') })).toEqual({
    status: 0,
    stdout: '14 14\n14 14\n',
    warnings: [],
  })
})

it('what Node is told to load for the program is not loaded again for the worker', async () => {
  const directory = project(`console.log(double(1), runs)`, { 'loud.mjs': `console.log('loaded')` })
  const env = environment('loader')
  const asOption = await runIn(directory, { env, node: ['--import', './loud.mjs'] })
  expect(asOption.stdout).toBe('loaded\n2 1\n')
  const asVariable = await runIn(directory, { env: { ...env, NODE_OPTIONS: '--import ./loud.mjs' } })
  expect(asVariable.stdout).toBe('loaded\n2 0\n')
})

it('the worker sees what the environment is when a store is first used', async () => {
  const directory = project(
    `console.log(wrap(new Cache({ protocol: 's3', storageOptions: { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } } }))(1))
process.env.AWS_ACCESS_KEY_ID = 'AK'
process.env.AWS_SECRET_ACCESS_KEY = 'SK'
console.log(double(1), runs)`,
  )
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = environment('late')
  const nothing = { AWS_EC2_METADATA_DISABLED: 'true', HOME: directory }
  expect(await runIn(directory, { env: { ...env, ...nothing } })).toEqual({
    status: 0,
    stdout: '2\n2 1\n',
    warnings: [],
  })
})

it('where no worker may be started, functions run without the store, and say so once', async () => {
  const directory = project(`console.log(double(1), double(1), runs)`)
  const node = ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*']
  const { status, stdout, warnings } = await runIn(directory, { env: environment('permission'), node })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '2 2 2\n' })
  expect(warnings).toEqual(['DECHE3011'])
})

it('a bundle has all that it needs but the client', async () => {
  const source = project(`console.log(double(1), runs)`)
  const bundle = async (directory: string) => {
    writeFileSync(join(directory, 'package.json'), '{ "name": "demo", "type": "module" }')
    const outfile = join(directory, 'main.js')
    await build({ entryPoints: [join(source, 'main.js')], outfile, bundle: true, platform: 'node', format: 'esm' })
    return directory
  }
  const bare = await bundle(temporaryDirectory())
  const refused = await runIn(bare, { env: environment('bundle') })
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain(
    "ConfigError: DECHE2006: protocol 's3': it needs the package @aws-sdk/client-s3, which is not installed: npm install @aws-sdk/client-s3",
  )
  const equipped = await bundle(temporaryDirectory())
  mkdirSync(join(equipped, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/@aws-sdk'), join(equipped, 'node_modules/@aws-sdk'), 'junction')
  for (const runs of [1, 0]) {
    expect(await runIn(equipped, { env: environment('bundle') })).toMatchObject({ stdout: `2 ${runs}\n`, warnings: [] })
  }
})

const redis = {
  Redis: { DECHE_FS__STORAGE_OPTIONS__URL: servers.redis },
  'a cluster of Redis': {
    DECHE_FS__STORAGE_OPTIONS__URL: servers.redisCluster,
    DECHE_FS__STORAGE_OPTIONS__CLUSTER: 'true',
  },
}

for (const [kind, { DECHE_FS__STORAGE_OPTIONS__URL: url, ...others }] of Object.entries(redis)) {
  it.skipIf(!url)(`connections to ${kind} keep no process from ending${needing(url, 'Redis server')}`, async () => {
    const directory = project(
      `const triple = new Cache({ memory: 'off' }).wrap(async (n) => (runs++, n * 3), { name: 'demo.triple', params: ['n'] })
console.log(double(1), await triple(1), runs)`,
    )
    const env = {
      ...others,
      DECHE_FS__PROTOCOL: 'redis',
      DECHE_FS__PREFIX: `test-${process.pid}`,
      DECHE_FS__STORAGE_OPTIONS__URL: url ?? '',
    }
    for (const runs of [2, 0])
      expect(await runIn(directory, { env })).toEqual({ status: 0, stdout: `2 3 ${runs}\n`, warnings: [] })
  })
}

it.skipIf(!servers.redis)(`deche ls lists a store elsewhere${needing(servers.redis, 'Redis server')}`, async () => {
  const directory = project(
    `const cache = new Cache()
const half = cache.wrap(async (n) => n / 2, { name: 'demo.half', params: ['n'] })
const fail = cache.wrap(async (n) => { throw new Error('no') }, { name: 'demo.fail', params: ['n'] })
for (const n of [1, 2, 3]) await half(n)
await fail(1).catch(() => {})`,
  )
  const env = {
    DECHE_FS__PROTOCOL: 'redis',
    DECHE_FS__PREFIX: `test-ls-${process.pid}`,
    DECHE_FS__STORAGE_OPTIONS__URL: servers.redis ?? '',
  }
  await runIn(directory, { env })
  const { status, stdout } = await runIn(directory, { env, file: join(repository, 'dist/cli/main.js'), args: ['ls'] })
  expect(status).toBe(0)
  expect(stdout.replace(/ +/g, ' ').trim().split('\n').slice(1)).toEqual([
    expect.stringMatching(/^ 0 1 \d+ demo\.fail$/),
    expect.stringMatching(/^ 3 0 \d+ demo\.half$/),
  ])
})

it('deche ls says which store it cannot list', async () => {
  const directory = project('')
  const env = { DECHE_FS__PROTOCOL: 'fs', DECHE_FS__STORAGE_OPTIONS__ROOT: join(directory, 'store') }
  const outcome = await runIn(directory, { env, file: join(repository, 'dist/cli/main.js'), args: ['ls'] })
  expect(outcome.status).not.toBe(0)
  expect(outcome.stderr).toContain("the configured store is 'fs', which cannot list what it holds with facts")
})
