import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Starts the process of a subject. What it answers asks it for a round of calls, and gets the microseconds of processor time
 * of one. `undefined`, with a word why, without the program or the library.
 */
export async function start(name, program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (text) => {
    complaint += text
  })
  child.on('error', (error) => {
    complaint += error.message
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value
  if ((await next()) !== 'ready') {
    console.error(`${name}: ${complaint.trim().split('\n').at(-1)}`)
    return undefined
  }
  return async (days, expected) => {
    child.stdin.write(`${days} ${expected}\n`)
    const answer = await next()
    if (answer === undefined) throw new Error(`${name}: ${complaint}`)
    return Number(answer)
  }
}
