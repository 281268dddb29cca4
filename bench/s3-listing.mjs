/**
 * Whether 10,000 objects in one directory of a real S3 are listed right, once each, with other directories beside it:
 * `test/servers/with node bench/s3-listing.mjs [COUNT]`. Ends with 1 if not.
 */
import assert from 'node:assert/strict'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { Cache } from '../dist/index.js'
import { round } from './numbers.mjs'

const count = Number(process.argv[2] ?? 10_000)
const endpoint = process.env.TEST_S3
if (endpoint === undefined)
  throw new Error('there is no S3 server: run it as test/servers/with node bench/s3-listing.mjs')

const storageOptions = {
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
  timeout: '30s',
}
const bucket = `deche-listing-${process.pid}-${Date.now()}`
await new S3Client(storageOptions).send(new CreateBucketCommand({ Bucket: bucket }))
const { sync, async } = new Cache({ protocol: 's3', prefix: `${bucket}/cache`, storageOptions }).store

const names = Array.from({ length: count }, (_, index) => `n${index}`)
for (const path of ['di/n1', 'dir/below/n1', 'dir2/n1']) await async.write(path, Uint8Array.of(1))
const started = performance.now()
for (let at = 0; at < count; at += 20)
  await Promise.all(names.slice(at, at + 20).map((name) => async.write(`dir/${name}`, Buffer.from(name))))
const written = performance.now()
const listed = await collect(async.list('dir'))
const read = performance.now()
assert.deepEqual(listed.toSorted(), names.toSorted())
assert.deepEqual([...sync.list('dir')].sort(), names.toSorted())
const facts = await collect(async.scan('dir'))
assert.ok(facts.every(({ name, size }) => size === name.length) && facts.length === count)
assert.deepEqual((await collect(async.directories())).sort(), ['di', 'dir', 'dir/below', 'dir2'])
console.log(
  `${count} objects: written in ${round((written - started) / 1000)} s, listed right in ${round((read - written) / 1000)} s`,
)

async function collect(items) {
  const all = []
  for await (const item of items) all.push(item)
  return all
}
