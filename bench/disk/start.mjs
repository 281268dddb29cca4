import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = join(dirname(fileURLToPath(import.meta.url)), 'disk.py')

/**
 * Starts Python with one of its libraries. What it answers asks it for a round of calls, and gets the microseconds of
 * processor time of one. `undefined`, with a word why, without Python (`$PYTHON`, or `python3`) or the library.
 */
export async function startPython(library, directory, { count, length }) {
  const child = spawn(process.env.PYTHON ?? 'python3', [program, library, directory, count, length], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
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
    console.error(`Python's ${library}: ${complaint.trim().split('\n').at(-1)}`)
    return undefined
  }
  return async (days, expected) => {
    child.stdin.write(`${days} ${expected}\n`)
    const answer = await next()
    if (answer === undefined) throw new Error(`Python's ${library}: ${complaint}`)
    return Number(answer)
  }
}
