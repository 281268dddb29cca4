import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cache, cached } from '../runtime/index.js'
import { RuntimePrograms, type Surroundings } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

let programs: RuntimePrograms

beforeAll(() => {
  programs = new RuntimePrograms('calls.mjs', 'once.mjs', 'modules.mjs')
})

afterAll(() => programs.remove())

type CallOf = readonly [name: string, ...args: readonly unknown[]]

interface Report {
  readonly came: readonly unknown[]
  readonly ran: readonly string[]
}

async function run(prefix: string, calls: readonly CallOf[], surroundings: Surroundings = {}): Promise<Report> {
  const ended = await programs.run('calls.mjs', [JSON.stringify({ options: { prefix }, calls })], surroundings)
  expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(ended.stdout)
}

/** Every file below a directory with its bytes. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(directory.length + 1), readFileSync(path, 'latin1')]
    }),
  )
}

const CALLS: readonly CallOf[] = [
  ['double', 1],
  ['square', 2],
  ['fail', 3],
]
const CAME = [2, { n: 2, square: 4, at: new Date(2).toISOString() }, 'RangeError: no 3']
const ALL = ['double', 'square', 'fail']

describe('from one process to the next', () => {
  it('what one made is a hit in the next, results and exceptions, and nothing is written again', async () => {
    const prefix = temporaryDirectory()
    expect(await run(prefix, CALLS)).toEqual({ came: CAME, ran: ALL })
    const before = contents(prefix)
    expect(await run(prefix, CALLS)).toEqual({ came: CAME, ran: [] })
    expect(contents(prefix)).toEqual(before)
  })

  it('what another process removes or replaces is seen within a second by one that has it in memory', async () => {
    const prefix = temporaryDirectory()
    const runs = { count: 0 }
    const wrap = () =>
      new Cache({ prefix }).wrap(
        (n: number) => {
          runs.count++
          return n * 2
        },
        { name: 'demo.double', params: ['n'] },
      )
    const double = wrap()
    expect([double(1), double(1)]).toEqual([2, 2])
    const { came } = await run(prefix, [['refresh', 1]])
    expect(came).toEqual([2])
    // Another process's answer for the same call: one that this process would never compute.
    cached(wrap()).writeCachedDataSync({ args: [1] }, 77)
    const start = performance.now()
    await expect.poll(() => double(1), { timeout: 10_000, interval: 20 }).toBe(77)
    expect(runs.count).toBe(1)
    await cached(wrap()).removeAll()
    await expect.poll(() => double(1), { timeout: 10_000, interval: 20 }).toBe(2)
    expect(runs.count).toBe(2)
    expect(performance.now() - start).toBeLessThan(8_000)
  })

  it('concurrent processes on one key all get the answer, and one entry is left', async () => {
    const prefix = temporaryDirectory()
    const children: ChildProcess[] = []
    const callers = Array.from({ length: 4 }, async () => {
      const child = fork(programs.path('once.mjs'), [JSON.stringify({ prefix, key: 9 })], { execArgv: [] })
      children.push(child)
      await once(child, 'message')
      return child
    })
    try {
      const ready = await Promise.all(callers)
      const answers = await Promise.all(
        ready.map(async (child) => {
          const answer = once(child, 'message')
          child.send('call')
          return (await answer)[0] as { n: number; length: number; ran: boolean }
        }),
      )
      for (const answer of answers) expect(answer).toMatchObject({ n: 9, length: 100_000 })
      expect(answers.some(({ ran }) => ran)).toBe(true)
    } finally {
      for (const child of children) child.kill('SIGKILL')
    }
    const names = readdirSync(join(prefix, 'demo.slow')).filter((name) => !name.startsWith('.deche-swept'))
    expect(names.map((name) => name.replace(/^[0-9a-f]{64}/, '<key>')).sort()).toEqual(['<key>', '<key>.inputs'])
  })
})

describe('DECHE_MODE', () => {
  /** A store that knows double(1), square(2) and fail(3); what a process in this mode did, and what it left. */
  async function under(mode: string, calls: readonly CallOf[]) {
    const prefix = temporaryDirectory()
    await run(prefix, CALLS)
    const before = contents(prefix)
    const report = await run(prefix, calls, { env: { DECHE_MODE: mode } })
    return { ...report, before, after: contents(prefix) }
  }

  it('on: what is stored answers, what is new is added, and no byte of the rest changes', async () => {
    const { came, ran, before, after } = await under('on', [...CALLS, ['double', 5], ['double', 5]])
    expect({ came, ran }).toEqual({ came: [...CAME, 10, 10], ran: ['double'] })
    expect(after).toMatchObject(before)
    expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 2)
  })

  it('off: everything runs each time, nothing is read, nothing is written', async () => {
    const { came, ran, before, after } = await under('off', [...CALLS, ...CALLS, ['double', 5]])
    expect({ came, ran }).toEqual({ came: [...CAME, ...CAME, 10], ran: [...ALL, ...ALL, 'double'] })
    expect(after).toEqual(before)
  })

  it('refresh: everything runs each time, and replaces what was stored under the same names', async () => {
    const { came, ran, before, after } = await under('refresh', [...CALLS, ...CALLS])
    expect({ came, ran }).toEqual({ came: [...CAME, ...CAME], ran: [...ALL, ...ALL] })
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort())
    const changed = Object.keys(before).filter((name) => before[name] !== after[name] && !name.endsWith('.inputs'))
    expect(changed.map((name) => name.replace(/[0-9a-f]{64}/, '<key>')).sort()).toEqual([
      'demo.double/<key>',
      'demo.fail/<key>.exc',
      'demo.square/<key>',
    ])
  })

  it('readonly: what is stored answers, what is new runs, nothing is written', async () => {
    const { came, ran, before, after } = await under('readonly', [...CALLS, ['double', 5], ['square', 6], ['fail', 7]])
    const square = { n: 6, square: 36, at: new Date(6).toISOString() }
    expect({ came, ran }).toEqual({ came: [...CAME, 10, square, 'RangeError: no 7'], ran: ALL })
    expect(after).toEqual(before)
  })

  it('readonly: a broken entry costs a run and stays where it is', async () => {
    const prefix = temporaryDirectory()
    await run(prefix, [['double', 1]])
    const [name = ''] = Object.keys(contents(prefix)).filter((each) => /[0-9a-f]{64}$/.test(each))
    writeFileSync(join(prefix, name), 'broken')
    const before = contents(prefix)
    expect(await run(prefix, [['double', 1]], { env: { DECHE_MODE: 'readonly' } })).toEqual({
      came: [2],
      ran: ['double'],
    })
    expect(contents(prefix)).toEqual(before)
  })

  it('offline: what is stored answers, what is not throws, nothing runs, nothing is written', async () => {
    const { came, ran, before, after } = await under('offline', [...CALLS, ['double', 5], ['square', 6]])
    const missing = (id: string) =>
      expect.stringMatching(
        new RegExp(
          `^CacheMissError: DECHE2003: ${id} has no entry [0-9a-f]{64} in .+, and DECHE_MODE=offline forbids running it\\. Record it once with DECHE_MODE=on\\.$`,
        ),
      )
    expect({ came, ran }).toEqual({ came: [...CAME, missing('demo.double'), missing('demo.square')], ran: [] })
    expect(after).toEqual(before)
  })
})

describe('surroundings', () => {
  it('a program that changes its working directory keeps its store', async () => {
    const project = temporaryDirectory()
    writeFileSync(join(project, 'package.json'), '{ "name": "there" }')
    const elsewhere = join(project, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'package.json'), '{ "name": "elsewhere" }')
    const calls = (options: object) => [
      JSON.stringify({
        options,
        calls: [
          ['double', 1],
          ['chdir', elsewhere],
          ['double', 1],
          ['square', 2],
        ],
      }),
    ]
    for (const [options, store] of [
      [{ memory: 'off' }, '.deche'],
      [{ memory: 'off', prefix: 'cache' }, 'cache'],
    ] as const) {
      const { stdout, stderr } = await programs.run('calls.mjs', calls(options), { cwd: project })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).ran).toEqual(['double', 'square'])
      expect(readdirSync(join(project, store)).sort()).toEqual(['demo.double', 'demo.square'])
    }
    expect(readdirSync(elsewhere)).toEqual(['package.json'])
  })

  it.skipIf(process.platform === 'win32').each(['000', '022', '077'])(
    'under umask %s entries are for their owner alone',
    async (umask) => {
      const prefix = join(temporaryDirectory(), 'store')
      await run(prefix, CALLS, { before: `umask ${umask}` })
      const paths = ['', ...(readdirSync(prefix, { recursive: true }) as string[])]
      const modes = paths.map((path) => {
        const facts = statSync(join(prefix, path))
        return `${facts.isDirectory() ? 'directory' : 'file'} ${(facts.mode & 0o777).toString(8)}`
      })
      expect([...new Set(modes)].sort()).toEqual(['directory 700', 'file 600'])
    },
  )

  it('neither a miss nor a hit loads a package, not even those that other configurations need', async () => {
    const project = temporaryDirectory()
    writeFileSync(join(project, 'package.json'), '{ "name": "there", "deche": { "ttl": "1d" } }')
    for (let turn = 0; turn < 2; turn++) {
      const { stdout, stderr } = await programs.run('modules.mjs', [], { cwd: project })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({ came: 2, loaded: [] })
    }
    expect(Object.keys(contents(join(project, '.deche'))).filter((name) => name.endsWith('.inputs'))).toHaveLength(1)
  })
})
