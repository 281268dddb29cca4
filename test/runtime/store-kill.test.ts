import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFileStore } from '../../runtime/store/file.js'
import { StorePrograms } from '../helpers/store-programs.js'

const KEYS = Array.from({ length: 8 }, (_, index) => `k${index}`)
const WRITERS = 3
/** `npm run reliability -- kills` makes 1,000. */
const KILLS = 24

describe(`${WRITERS} processes write the same keys, ${KILLS} of them or more die by SIGKILL, another reads`, () => {
  const root = mkdtempSync(join(tmpdir(), 'deche-kill-'))
  const entries = join(root, 'dir')
  const running = new Set<ChildProcess>()
  let programs: StorePrograms

  interface Proofs {
    make(key: string, size: number): Uint8Array
    judge(key: string, bytes: Uint8Array): string
  }
  interface Seen {
    readonly whole: number
    readonly torn: number
    readonly wrong: number
    readonly absent: number
    readonly failed: number
    readonly listed: readonly string[]
  }
  let seen: Seen
  let proofs: Proofs
  let kills = 0

  function start(program: string): ChildProcess {
    const child = fork(programs.path(program), [root, String(KEYS.length)], { execArgv: [] })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }

  async function killWriters(): Promise<void> {
    // Not each of them dies within a write.
    while (kills < KILLS || temporaries().length === 0) {
      const child = start('store-writer.mjs')
      const exited = once(child, 'exit')
      await Promise.race([
        once(child, 'message'),
        exited.then(() => Promise.reject(new Error('a writer failed by itself'))),
      ])
      await sleep(Math.random() * 20)
      child.kill('SIGKILL')
      const [, signal] = await exited
      if (signal === 'SIGKILL') kills++
    }
  }

  beforeAll(async () => {
    programs = new StorePrograms()
    proofs = await import(programs.path('self-verifying.mjs'))
    // From here on, each key always has an entry.
    for (const key of KEYS) createFileStore({ directory: root }).sync.write(`dir/${key}`, proofs.make(key, 200))
    const reader = start('store-reader.mjs')
    await Promise.all(Array.from({ length: WRITERS }, killWriters))
    const report = once(reader, 'message')
    const exited = once(reader, 'exit')
    reader.send('stop')
    ;[seen] = await report
    await exited
  }, 240_000)

  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
    programs.remove()
    rmSync(root, { recursive: true })
  })

  const temporaries = () => readdirSync(entries).filter((name) => name.startsWith('.deche-tmp-'))

  it('every read was whole and of its own key', () => {
    expect(kills).toBeGreaterThanOrEqual(KILLS)
    expect(seen).toMatchObject({ torn: 0, wrong: 0, absent: 0, failed: 0 })
    expect(seen.whole).toBeGreaterThan(1_000)
  })

  it('every entry is there and whole, and nothing else was ever listed', () => {
    const { sync } = createFileStore({ directory: root })
    expect([...sync.list('dir')].sort()).toEqual(KEYS)
    expect(seen.listed.filter((name) => !KEYS.includes(name))).toEqual([])
    for (const key of KEYS)
      expect(proofs.judge(key, sync.read(`dir/${key}`)?.bytes ?? new Uint8Array(0)), key).toBe('whole')
  })

  it('what the killed left behind is there until it is an hour old, then a write removes it', () => {
    const left = temporaries()
    expect(left.length).toBeGreaterThan(0)
    const write = () => createFileStore({ directory: root }).sync.write('dir/k0', new Uint8Array(1))
    write()
    expect(temporaries()).toEqual(left)
    const twoHoursAgo = Date.now() / 1000 - 7200
    for (const name of [...left, '.deche-swept']) utimesSync(join(entries, name), twoHoursAgo, twoHoursAgo)
    write()
    expect(temporaries()).toEqual([])
    expect(existsSync(join(entries, 'k1'))).toBe(true)
  })
})
