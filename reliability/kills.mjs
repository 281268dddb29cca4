// Writers are killed in the middle while others read; then every file that is left is looked at.
import { kill, pause, ready, start, stop } from './children.mjs'
import { lastLook } from './last-look.mjs'

const KILLS = 1000
const READS = 100_000
const WRITERS = 3
const KEYS = 40

export async function run(directory) {
  const seen = { kills: 0, wrong: [], reads: 0, warned: 0 }
  const note = (child) => child.on('message', (told) => typeof told.wrong === 'string' && seen.wrong.push(told.wrong))
  // Writers replace what is there; the reader runs nothing but reads what stands in files, each time anew.
  const writes = { prefix: directory, memory: 'off', mode: 'refresh' }
  const readers = [1, 2].map(() =>
    start('caller.mjs', { options: { prefix: directory, memory: 'off', mode: 'readonly' }, keys: KEYS }),
  )
  const reads = new Map()
  for (const reader of readers) {
    note(reader)
    reader.on('message', ({ read }) => read !== undefined && reads.set(reader, read))
    await ready(reader)
  }
  const isEnough = () => seen.kills >= KILLS && [...reads.values()].reduce((sum, read) => sum + read, 0) >= READS
  const killing = async () => {
    while (!isEnough()) {
      const writer = start('caller.mjs', { options: writes, keys: KEYS })
      note(writer)
      await ready(writer)
      await pause(Math.random() * 60)
      await kill(writer)
      seen.kills++
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, killing))
  for (const { hits, warned } of await Promise.all(readers.map(stop))) {
    seen.reads += hits
    seen.warned += warned
  }
  const { left, answered, wrong } = await lastLook(directory, KEYS)
  seen.wrong.push(...wrong)
  return [
    {
      what: 'processes killed while they wrote',
      promised: `≥ ${KILLS}`,
      value: seen.kills,
      holds: seen.kills >= KILLS,
    },
    { what: 'live hits meanwhile', promised: `≥ ${READS}`, value: seen.reads, holds: seen.reads >= READS },
    {
      what: `torn or wrong answers, then and afterwards${seen.wrong.length > 0 ? `: ${seen.wrong.slice(0, 3)}` : ''}`,
      promised: '0',
      value: seen.wrong.length,
      holds: seen.wrong.length === 0,
    },
    { what: 'warnings of the readers', promised: '0', value: seen.warned, holds: seen.warned === 0 },
    {
      what: 'entries that were left; of them whole',
      promised: 'all',
      value: `${left}; ${answered}`,
      holds: left > 0 && answered === left,
    },
  ]
}
