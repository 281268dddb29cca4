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
  readonly sync?: boolean
  /** How long its body takes. */
  readonly ms: number
  /** An asynchronous body blocks the event loop. */
  readonly blocks?: boolean
  readonly options?: object
}

/** A line of its log. */
export interface Note {
  readonly what: string
  readonly key: string
  readonly pid: number
}

/** Processes that call one function under `lock`, and a log of when its body ran. */
export class LockPrograms {
  readonly programs = new RuntimePrograms('locked.mjs')
  readonly #children: ChildProcess[] = []

  /** Processes that wait for the keys to call with. */
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

export function notes(log: string): Note[] {
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const [what = '', key = '', pid] = line.split(' ')
    return { what, key, pid: Number(pid) }
  })
}

/** Waits until so many lines are there. */
export async function noted(log: string, count: number): Promise<Note[]> {
  await expect.poll(() => notes(log).length, { timeout: 60_000, interval: 5 }).toBe(count)
  return notes(log)
}

/** What each answers when all call at once. */
export async function callAll(processes: readonly ChildProcess[], key: string): Promise<unknown[]> {
  return Promise.all(
    processes.map(async (child) => {
      const answer = once(child, 'message')
      child.send(key)
      const [{ came }] = await answer
      return came
    }),
  )
}
