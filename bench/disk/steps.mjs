/**
 * What the parts of a hit and of a store take, for a value of each length: why deche is not as fast on disk as its limit,
 * and what else could read a megabyte. Microseconds of processor time, in rounds that take turns. Prints JSON.
 */
import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { spread } from '../numbers.mjs'

const [rounds, ...lengths] = process.argv.slice(2).map(Number)
/** So many bytes are worth a measurement of their own. */
const BYTES_PER_ROUND = 4_000_000
const CALLS_PER_ROUND = 1000

console.log(JSON.stringify(Object.fromEntries(lengths.map((length) => [length, measure(length)]))))

function measure(length) {
  const value = { city: 'city 1', days: 1, text: 'x'.repeat(length) }
  const text = JSON.stringify(value)
  const bytes = Buffer.from(text)
  const packed = serialize(value)
  const header = JSON.stringify({
    deche: 1,
    id: 'bench.functions.onDisk',
    at: 1e12,
    took: 0.002,
    codec: 'json',
    sum: 'f'.repeat(64),
  })
  const file = join(process.cwd(), `steps-${length}`)
  const sha256 = (data) => hash('sha256', data)
  writeFileSync(file, bytes)
  const steps = {
    'sha256 of the arguments': () => sha256('{"city":"city 1","days":1,"length":150}'),
    'opening, reading, closing': () => read(file),
    'sha256 of the file': () => sha256(bytes),
    'JSON.parse of its header': () => JSON.parse(header),
    'JSON.parse of its value': () => JSON.parse(bytes.toString()),
    'the same of bytes taken as latin1': () => JSON.parse(bytes.latin1Slice()),
    structuredClone: () => structuredClone(value),
    'v8.deserialize': () => deserialize(packed),
    'JSON.stringify': () => JSON.stringify(value),
    'writing a temporary file and renaming it': () => {
      writeFileSync(`${file}.tmp`, bytes)
      renameSync(`${file}.tmp`, file)
    },
    'asking for a file that is not there': () => statSync(`${file}.exc`, { throwIfNoEntry: false }),
  }
  const subjects = Object.entries(steps).map(([name, call]) => ({ name, call, times: [] }))
  const turns = Math.max(1, Math.min(CALLS_PER_ROUND, Math.floor(BYTES_PER_ROUND / length)))
  for (let round = -3; round < rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const started = process.cpuUsage()
      for (let turn = 0; turn < turns; turn++) subject.last = subject.call()
      const { user, system } = process.cpuUsage(started)
      if (round >= 0) subject.times.push((user + system) / turns)
    }
  }
  unlinkSync(file)
  return subjects.map(({ name, times }) => ({ name, us: spread(times).median }))
}

function read(file) {
  const fd = openSync(file, 'r')
  const bytes = new Uint8Array(fstatSync(fd).size)
  readSync(fd, bytes, 0, bytes.length, null)
  closeSync(fd)
  return bytes
}
