// Processes that call, and die.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a program of this folder. Its `message` events are what it reports. */
export function start(program, settings) {
  const file = fileURLToPath(new URL(program, import.meta.url))
  return fork(file, [JSON.stringify(settings)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** Waits for the first report, or fails if the program ends before it. */
export async function ready(child) {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a child ended by itself, with ${code}`)))
  ended.catch(() => {})
  return (await Promise.race([once(child, 'message'), ended]))[0]
}

export async function kill(child) {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Lets a caller come to its end, and answers its report. */
export async function stop(child) {
  const exited = once(child, 'exit')
  const reported = new Promise((done) => child.on('message', (told) => told.count !== undefined && done(told)))
  child.send('stop')
  const report = await reported
  await exited
  return report
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))
