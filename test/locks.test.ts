import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Cache } from '../runtime/index.js'
import { askAll, emptyLog, firstNote, killTheFirst, LockPrograms, notes } from './helpers/lock-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

let programs: LockPrograms

beforeAll(() => {
  programs = new LockPrograms()
})

afterEach(() => programs.kill())

afterAll(() => programs.programs.remove())

/** Lock files and what else is not an entry. */
function leftOver(prefix: string, id: string): string[] {
  return readdirSync(join(prefix, id)).filter((name) => /^\.deche-(?:lock|tmp)/.test(name))
}

it('a function runs in one of eight processes that call it at once, and goes on in another when that is killed', async () => {
  const [prefix, log] = [temporaryDirectory(), emptyLog()]
  const processes = await programs.start(8, { prefix, log })
  for (const how of ['async', 'sync'] as const) {
    const keys = ['a', 'b', 'c'].map((key) => `${how}-${key}`)
    for (const key of keys) expect(new Set(await askAll(processes, { how, key, ms: 30 })).size).toBe(1)
    expect(notes(log, new RegExp(`^${how}-`)).map(({ what, key }) => `${what} ${key}`)).toEqual(
      keys.flatMap((key) => [`start ${key}`, `end ${key}`]),
    )
    expect(leftOver(prefix, `demo.${how}`)).toEqual([])
  }
  for (const how of ['async', 'sync'] as const) {
    const { killed, came, notes } = await killTheFirst(processes, { how, key: `${how}-k`, ms: 700 }, log)
    processes.splice(
      processes.findIndex(({ pid }) => pid === killed),
      1,
    )
    expect(notes.map(({ what }) => what)).toEqual(['start', 'start', 'end'])
    const [, second, third] = notes
    expect(second?.pid).not.toBe(killed)
    expect(third?.pid).toBe(second?.pid)
    expect(new Set(came)).toEqual(new Set([second?.pid]))
    expect(leftOver(prefix, `demo.${how}`)).toEqual([])
  }
})

it('waits no longer than it may, then runs itself and says so', async () => {
  const [prefix, log] = [temporaryDirectory(), emptyLog()]
  const [holder] = await programs.start(1, { prefix, log })
  holder?.send({ how: 'async', key: 'k', ms: 60_000 })
  await firstNote(log, 'k')
  const warned: Error[] = []
  const listen = (warning: Error) => warned.push(warning)
  process.on('warning', listen)
  const options = { name: 'demo.async', params: ['key'], lock: '50ms' } as const
  expect(new Cache({ prefix }).wrap((key: string) => `${key} here`, options)('k')).toBe('k here')
  await expect.poll(() => warned.map(({ message }) => message).join()).toContain('waited 50 ms for another process')
  process.off('warning', listen)
})

it('a function that throws, or whose result cannot be kept, lets go of its lock', async () => {
  const prefix = temporaryDirectory()
  const cache = new Cache({ prefix, lock: true, errors: 'off' })
  const fail = cache.wrap(
    () => {
      throw new RangeError('no')
    },
    { name: 'demo.slow', params: [] },
  )
  expect(fail).toThrow(new RangeError('no'))
  expect(fail).toThrow(new RangeError('no'))
  const failLater = cache.wrap(async () => Promise.reject(new RangeError('no')), { name: 'demo.slow', params: [] })
  await expect(failLater()).rejects.toThrow(RangeError)
  await expect(failLater()).rejects.toThrow(RangeError)
  expect(leftOver(prefix, 'demo.slow')).toEqual([])
})

it('a body may call its own function with the same arguments, or another one under lock', async () => {
  const cache = new Cache({ prefix: temporaryDirectory(), lock: true })
  let depth = 0
  const again: (n: number) => number = cache.wrap((n: number) => (depth++ < 3 ? again(n) : n), {
    name: 'demo.again',
    params: ['n'],
  })
  const outer = cache.wrap(async (n: number) => again(n) + 1, { name: 'demo.outer', params: ['n'] })
  expect(await outer(1)).toBe(2)
  const retry: (n: number) => Promise<number> = cache.wrap(
    async (n: number): Promise<number> => (depth++ < 6 ? retry(n) : n),
    { name: 'demo.retry', params: ['n'] },
  )
  expect(await retry(1)).toBe(1)
})

it('a thread that ends with a lock in its hands is dead, though its process lives', async () => {
  const prefix = temporaryDirectory()
  const source = `
    import(${JSON.stringify(`file://${programs.programs.path('index.js')}`)}).then(({ Cache }) => {
      const { parentPort } = require('node:worker_threads')
      const never = () => { parentPort.postMessage('inside'); return new Promise(() => setInterval(() => {}, 1000)) }
      new Cache({ prefix: ${JSON.stringify(prefix)}, lock: true }).wrap(async () => never(), { name: 'demo.slow', params: [] })()
    })`
  const worker = new Worker(source, { eval: true })
  await once(worker, 'message')
  expect(leftOver(prefix, 'demo.slow').length).toBe(1)
  await worker.terminate()
  const here = new Cache({ prefix, lock: true }).wrap(async () => 'here', { name: 'demo.slow', params: [] })
  expect(await here()).toBe('here')
  expect(leftOver(prefix, 'demo.slow')).toEqual([])
})

it('nobody takes over from a holder that cannot be seen from here', async () => {
  const prefix = temporaryDirectory()
  const wrap = () =>
    new Cache({ prefix, lock: '50ms' }).wrap((n: number) => n, { name: 'demo.elsewhere', params: ['n'] })
  wrap()(1)
  const [key] = readdirSync(join(prefix, 'demo.elsewhere')).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const lock = join(prefix, 'demo.elsewhere', `.deche-lock-${key}`)
  const text = JSON.stringify({ machine: 'another', pid: process.pid, nonce: 'n' })
  writeFileSync(lock, text)
  await new Cache({ prefix }).open('demo.elsewhere').removeAllCachedData()
  expect(wrap()(1)).toBe(1)
  expect(existsSync(lock) && readFileSync(lock, 'utf8')).toBe(text)
})

it('what is never kept asks for no lock, and a generator cannot have one', () => {
  const prefix = temporaryDirectory()
  const cache = new Cache({ prefix, lock: true, mode: 'readonly' })
  expect(cache.wrap(() => 5, { name: 'demo.slow', params: [] })()).toBe(5)
  expect(existsSync(join(prefix, 'demo.slow'))).toBe(false)
  function* numbers() {
    yield 1
  }
  const locked = cache.replace({ mode: 'on' }).wrap(numbers, { name: 'demo.numbers', params: [] })
  expect(() => [...locked()]).toThrow('lock for demo.numbers: a generator runs as long as its consumer takes')
})
