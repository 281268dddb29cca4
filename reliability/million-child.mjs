// One step of million.mjs, in a process of its own.
import { Cache, cached } from '../dist/index.js'

const [what, prefix, most, part] = process.argv.slice(2)
const [ENTRIES, PART] = [Number(most), Number(part)]
const fn = new Cache({ prefix, memory: 'off' }).wrap((n) => ({ n, text: 'x'.repeat(150) }), {
  name: 'reliability.million',
  params: ['n'],
})

/** Memory at its highest while `work` runs, above what it was before. */
async function measured(work) {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss)
  }, 20)
  const started = performance.now()
  const answer = await work()
  const ms = performance.now() - started
  clearInterval(watch)
  return { ms, grown: Math.max(highest, process.memoryUsage().rss) - before, ...answer }
}

const steps = {
  store() {
    const times = []
    for (let at = 0; at < ENTRIES; at += PART) {
      const started = performance.now()
      for (let n = at; n < at + PART; n++) fn(n)
      times.push(performance.now() - started)
    }
    return { first: times[0], last: times.at(-1), times }
  },
  list: () =>
    measured(async () => {
      let count = 0
      for (const _ of cached(fn).iterCachedDataSync()) count++
      return { count }
    }),
  prune: () =>
    measured(async () => {
      process.argv = [
        process.argv[0],
        'deche',
        'prune',
        '--prefix',
        prefix,
        '--max-entries',
        String(ENTRIES / 2),
        '--json',
      ]
      let text = ''
      const write = process.stdout.write
      process.stdout.write = (chunk) => {
        text += chunk
        return true
      }
      await import('../dist/cli/main.js')
      process.stdout.write = write
      return { left: JSON.parse(text).left.entries }
    }),
}
process.stdout.write(JSON.stringify(await steps[what]()))
