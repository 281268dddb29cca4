/**
 * Hits, and misses with what they store, of values of one length, on the disk of the working directory. Everybody's rounds take
 * turns. Prints JSON: microseconds of processor time of a call, of all threads, for each round.
 *
 * Each subject is a process of its own: in one, they would pay for each other's garbage, and for what others put off.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peers } from '../peers/disk.mjs'
import { start } from './start.mjs'

const [compiled, length, rounds, count, most] = process.argv.slice(2)
const here = dirname(fileURLToPath(import.meta.url))

/**
 * ext4 makes files near the directory that they stand in, and first passes over each inode there that was freed within the
 * last minutes: a subject that removes files makes creating one ten times as dear for its neighbours. Below a directory with
 * the flag T, each directory gets another part of the disk. Other file systems know neither.
 */
const places = join(process.cwd(), 'places')
mkdirSync(places, { recursive: true })
spawnSync('chattr', ['+T', places], { stdio: 'ignore' })
const at = (name) => join(mkdtempSync(join(places, `${name.replace(/\W+/g, '-')}-`)), 'cache')

const LIMIT = 'by hand'
const names = [LIMIT, 'deche', 'deche, async', ...(most === 'deche' ? [] : Object.keys(peers))]
const processes = names.map((name) => ({
  name,
  start: () => start(name, process.execPath, [join(here, 'subject.mjs'), compiled, name, at(name), count, length]),
}))
if (most !== 'deche') {
  const [python, program] = [process.env.PYTHON ?? 'python3', join(here, '../peers/disk.py')]
  for (const library of ['deche', 'joblib', 'diskcache']) {
    const name = `Python: ${library}`
    processes.push({ name, start: () => start(name, python, [program, library, at(name), count, length]) })
  }
}

const subjects = []
for (const { name, start } of processes) {
  const time = await start()
  if (time !== undefined) subjects.push({ name, time, hits: [], misses: [] })
}
for (let round = 0; round < Number(rounds); round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
    subject.misses.push(await subject.time(round, count))
  }
}
for (let round = 0; round < Number(rounds) * 2; round++) {
  for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
    subject.hits.push(await subject.time(round % Number(rounds), 0))
  }
}
const measured = subjects.map(({ name, hits, misses }) => ({
  name,
  ...(name === LIMIT && { isLimit: true }),
  hits,
  misses,
}))
console.log(JSON.stringify(measured))
process.exit()
