// Eight processes call for ten minutes, synchronously and not: hits, misses, expiry, limits, prune, and death.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kill, pause, ready, start, stop } from './children.mjs'

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10)
const CALLERS = 8
const KEYS = 2000

export async function run(directory) {
  const wrong = []
  const end = Date.now() + MINUTES * 60_000
  const options = { prefix: directory, ttl: '20s', maxEntries: 3000 }
  const begin = async (memory) => {
    const child = start('caller.mjs', { options: { ...options, ...(memory && { memory }) }, keys: KEYS })
    child.on('message', (told) => typeof told.wrong === 'string' && wrong.push(told.wrong))
    await ready(child)
    return child
  }
  let kills = 0
  let prunes = 0
  // Half of them live through, whose memory and handles are looked at; the others die again and again.
  const living = await Promise.all(
    Array.from({ length: CALLERS / 2 }, (_, index) => begin(index % 2 ? 'off' : undefined)),
  )
  const dying = Array.from({ length: CALLERS / 2 }, async () => {
    while (Date.now() < end) {
      const child = await begin()
      await pause(1000 + Math.random() * 10_000)
      await kill(child)
      kills++
    }
  })
  const pruning = (async () => {
    while (Date.now() < end) {
      await pause(15_000)
      await prune(directory)
      prunes++
    }
  })()
  const memory = () => living.map(({ pid }) => facts(pid))
  await pause(MINUTES * 60_000 * 0.3)
  const early = memory()
  await Promise.all([...dying, pruning])
  const late = memory()
  const reports = await Promise.all(living.map(stop))
  const temporary = leftIn(directory)
  const grown = Math.max(...late.map(({ rss }, index) => rss - early[index].rss))
  const handles = Math.max(...late.map(({ handles }) => handles))
  const calls = reports.reduce((sum, { count }) => sum + count, 0)
  return [
    { what: 'calls of the processes that lived through', promised: '', value: calls, holds: calls > 0 },
    {
      what: 'of them hits',
      promised: '',
      value: `${Math.round((reports.reduce((sum, { hits }) => sum + hits, 0) / calls) * 100)} %`,
      holds: true,
    },
    { what: 'processes killed; runs of prune', promised: '', value: `${kills}; ${prunes}`, holds: kills > 0 },
    { what: 'wrong answers', promised: '0', value: wrong.length, holds: wrong.length === 0 },
    {
      what: 'warnings of failures',
      promised: '0',
      value: reports.reduce((sum, { warned }) => sum + warned, 0),
      holds: reports.every(({ warned }) => warned === 0),
    },
    {
      what: 'memory gained between minute 3 and the end, at most',
      promised: '≤ 50 MB',
      value: `${(grown / 1e6).toFixed(1)} MB`,
      holds: grown <= 50e6,
    },
    { what: 'open files of a process at the end, at most', promised: '≤ 40', value: handles, holds: handles <= 40 },
    {
      what: 'unfinished files left, for each killed process',
      promised: '≤ 1',
      value: `${temporary} of ${kills}`,
      holds: temporary <= kills + 1,
    },
  ]
}

function facts(pid) {
  const status = readFileSync(`/proc/${pid}/statm`, 'utf8')
  return { rss: Number(status.split(' ')[1]) * 4096, handles: readdirSync(`/proc/${pid}/fd`).length }
}

function leftIn(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(directory, name)))
    .filter((name) => name.startsWith('.deche-tmp-')).length
}

function prune(directory) {
  const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
  const child = spawn(process.execPath, [command, 'prune', '--prefix', directory, '--max-age', '30s'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((done, failed) => {
    child.once('exit', (code) => (code === 0 ? done() : failed(new Error(`prune ended with ${code}`))))
  })
}
