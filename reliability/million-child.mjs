// One step of million.mjs, in a process of its own.
import { mkdtempSync, opendirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cache, cached } from '../dist/index.js'

const [what, prefix, most, part] = process.argv.slice(2)
const [ENTRIES, PART] = [Number(most), Number(part)]
const LISTINGS = 5
/** Entries of the cache on which a step is tried first: what it loads is no memory that a million entries take. */
const FEW = 1000

const functionIn = (prefix) =>
  new Cache({ prefix, memory: 'off' }).wrap((n) => ({ n, text: 'x'.repeat(150) }), {
    name: 'reliability.million',
    params: ['n'],
  })

/** Memory at its highest while `work` runs, above what it was before, and the processor's time of it. */
async function measured(work) {
  const before = process.memoryUsage.rss()
  // The kernel begins anew to note the highest (proc(5)).
  writeFileSync('/proc/self/clear_refs', '5')
  const cpu = process.cpuUsage()
  const started = performance.now()
  const answer = await work()
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const grown = process.resourceUsage().maxRSS * 1024 - before
  return { ms, cpu: (user + system) / 1000, grown, ...answer }
}

/** That of several runs that took the median of their times. */
function middle(runs) {
  return runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1]
}

async function withFew(work) {
  const few = mkdtempSync(join(tmpdir(), 'deche-few-'))
  const fn = functionIn(few)
  for (let n = 0; n < FEW; n++) fn(n)
  await work(few)
  rmSync(few, { recursive: true })
}

function list(prefix) {
  let count = 0
  for (const _ of cached(functionIn(prefix)).iterCachedDataSync()) count++
  return { count }
}

/** What the system and Node take for the same names, with nothing done about them. */
function bare(prefix) {
  const directory = opendirSync(join(prefix, 'reliability.million'), { bufferSize: 64 })
  let count = 0
  while (directory.readSync() !== null) count++
  directory.closeSync()
  return { count }
}

/** Runs the command in this process. Each name is a module of its own. */
async function prune(prefix, entries, name) {
  process.argv = [process.argv[0], 'deche', 'prune', '--prefix', prefix, '--max-entries', String(entries), '--json']
  let text = ''
  const write = process.stdout.write
  process.stdout.write = (chunk) => {
    text += chunk
    return true
  }
  await import(`../dist/cli/main.js?${name}`)
  process.stdout.write = write
  return { left: JSON.parse(text).left.entries }
}

const steps = {
  store() {
    const fn = functionIn(prefix)
    const times = []
    for (let at = 0; at < ENTRIES; at += PART) {
      const started = performance.now()
      for (let n = at; n < at + PART; n++) fn(n)
      times.push(performance.now() - started)
    }
    return { first: times[0], last: times.at(-1), times }
  },
  async list() {
    await withFew(list)
    await withFew(bare)
    const lists = []
    const bares = []
    for (let count = 0; count < LISTINGS; count++) {
      lists.push(await measured(() => list(prefix)))
      bares.push(await measured(() => bare(prefix)))
    }
    return { ...middle(lists), grown: Math.max(...lists.map(({ grown }) => grown)), bare: middle(bares) }
  },
  async prune() {
    await withFew((few) => prune(few, FEW / 2, 'few'))
    return await measured(() => prune(prefix, ENTRIES / 2, 'all'))
  },
}
process.stdout.write(JSON.stringify(await steps[what]()))
