import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { RuntimePrograms } from './runtime-programs.js'
import { temporaryDirectory } from './temporary.js'

/** What test/programs/locked.mjs is given. */
export interface LockProgram {
  readonly prefix: string
  readonly log: string
  readonly options?: object
}

/** What a process is asked to call: `demo.sync`, `demo.async`, or `demo.blocking`, which is asynchronous and blocks its event loop. */
export interface LockedCall {
  readonly how: 'sync' | 'async' | 'blocking'
  readonly key: string
  /** How long its body takes. */
  readonly ms: number
}

/** A line of its log. */
export interface Note {
  readonly what: string
  readonly key: string
  readonly pid: number
}

/** Processes that call functions under `lock`, and a log of when their bodies ran. */
export class LockPrograms {
  readonly programs = new RuntimePrograms('locked.mjs')
  readonly #children: ChildProcess[] = []

  /** Processes that wait for calls. */
  async start(count: number, program: LockProgram): Promise<ChildProcess[]> {
    const file = this.programs.path('locked.mjs')
    const started = Array.from({ length: count }, () => fork(file, [JSON.stringify(program)]))
    this.#children.push(...started)
    await Promise.all(started.map((child) => once(child, 'message')))
    return started
  }

  kill(): void {
    for (const child of this.#children.splice(0)) child.kill('SIGKILL')
  }
}

export function emptyLog(): string {
  const log = join(temporaryDirectory(), 'log')
  writeFileSync(log, '')
  return log
}

/** The lines of some keys, or of all. */
export function notes(log: string, keys = /./): Note[] {
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean)
  const all = lines.map((line) => {
    const [what = '', key = '', pid] = line.split(' ')
    return { what, key, pid: Number(pid) }
  })
  return all.filter(({ key }) => keys.test(key))
}

/** The first line of a key, as soon as it is there. */
export async function firstNote(log: string, key: string): Promise<Note> {
  const own = () => notes(log).find((note) => note.key === key)
  await expect.poll(own, { timeout: 60_000, interval: 5 }).toBeDefined()
  return own() as Note
}

/** What a process answers: the process in which the body ran. */
export async function ask(child: ChildProcess, call: LockedCall): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(call)
  const [{ came }] = await answer
  return came
}

/** What each answers when all call at once. */
export function askAll(processes: readonly ChildProcess[], call: LockedCall): Promise<unknown[]> {
  return Promise.all(processes.map((child) => ask(child, call)))
}

/**
 * All call at once, and the one in which the body begins is killed. Answers who that was, what the others got, and what
 * the log says.
 */
export async function killTheFirst(processes: readonly ChildProcess[], call: LockedCall, log: string) {
  const answers = processes.map((child) => ask(child, call))
  // The one that is killed never answers.
  const others = (pid: number) => answers.filter((_, index) => processes[index]?.pid !== pid)
  const { pid } = await firstNote(log, call.key)
  process.kill(pid, 'SIGKILL')
  const came = await Promise.all(others(pid))
  return { killed: pid, came, notes: notes(log).filter(({ key }) => key === call.key) }
}
