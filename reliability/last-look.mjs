// What is left at the end: every entry that is there must answer, and rightly, to who may run nothing.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { functionsOf } from './functions.mjs'

/** Of the calls with 0 to `keys`: entries, those of them that answer, wrong answers, and unfinished files. */
export async function lastLook(directory, keys) {
  const { calls } = functionsOf({ prefix: directory, memory: 'off', mode: 'offline' })
  const seen = { left: 0, answered: 0, unfinished: 0, wrong: [] }
  for (const [name, call] of Object.entries(calls)) {
    const files = namesIn(join(directory, `reliability.${name}`))
    seen.left += files.filter((file) => /^[0-9a-f]{64}(?:\.exc)?$/.test(file)).length
    seen.unfinished += files.filter((file) => file.startsWith('.deche-tmp')).length
    for (let n = 0; n < keys; n++) {
      const problem = await call(n).then(
        (told) => {
          seen.answered++
          return told
        },
        (error) => (error.code === 'DECHE2003' ? undefined : String(error)),
      )
      if (problem !== undefined) seen.wrong.push(problem)
    }
  }
  return seen
}

function namesIn(directory) {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  }
}
