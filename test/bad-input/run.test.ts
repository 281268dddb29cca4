import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, RuntimePrograms, type Surroundings } from '../helpers/runtime-programs.js'

/** What a user reads in the terminal when a running program meets something wrong, and what the program does then. */

const POSIX = process.platform !== 'win32'
const ROOT = POSIX && process.getuid?.() === 0
const NOBODY = 65_534

let programs: RuntimePrograms
const root = mkdtempSync(join(tmpdir(), 'deche-bad-'))

beforeAll(() => {
  chmodSync(root, 0o755)
  programs = new RuntimePrograms('calls.mjs')
})

afterAll(() => {
  programs.remove()
  rmSync(root, { recursive: true })
})

type CallOf = readonly [name: string, ...args: readonly unknown[]]

interface Report extends Ended {
  readonly came: readonly unknown[]
  readonly ran: readonly string[]
}

async function run(options: object, calls: readonly CallOf[], surroundings: Surroundings = {}): Promise<Report> {
  const ended = await programs.run('calls.mjs', [JSON.stringify({ options, calls })], surroundings)
  expect(ended.status, ended.stderr).toBe(0)
  return { ...ended, ...JSON.parse(ended.stdout) }
}

let made = 0
/** A directory of its own, which every user can enter. */
function directory(): string {
  const path = join(root, String(++made))
  mkdirSync(path, { mode: 0o755 })
  return path
}

/** Every file below a directory, by its path, with its bytes; keys and the like as they are. */
function contents(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((file) => {
      const name = join(file.parentPath, file.name)
      return [name.slice(path.length + 1), readFileSync(name, 'latin1')]
    }),
  )
}

/** Names of the entries below a directory, keys left out. */
const entries = (path: string) =>
  Object.keys(contents(path))
    .filter((name) => !name.includes('.deche-'))
    .map((name) => name.replace(/[0-9a-f]{64}/, '<key>'))
    .sort()

/** Temporary names differ each time. */
const steady = (stderr: string) => stderr.replace(/\.deche-tmp-[0-9a-z-]+/g, '<temporary>')

const configProblem = (source: string, problem: string) => `ConfigError: DECHE2006: ${source}: ${problem}`

describe('arguments and results', () => {
  const UNKEYABLE =
    "UnkeyableArgumentError: DECHE2001: demo.send cannot make a key of its argument 'options': options.client.socket is a " +
    'function. Add ignore=options to its tag if the result does not depend on it, pass plain data instead, or register a ' +
    'codec for the class with configure({ classes }).'

  it('an argument without a key ends a program that does not catch it, and says where in the argument', async () => {
    const prefix = directory()
    const surroundings = { env: { UNCAUGHT: '1' } }
    const args = [JSON.stringify({ options: { prefix }, calls: [['double', 1], ['socket']] })]
    const { status, stdout, stderr } = await programs.run('calls.mjs', args, surroundings)
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.split('\n')).toContain(UNKEYABLE)
    expect(entries(prefix)).toEqual(['demo.double/<key>', 'demo.double/<key>.inputs'])
  })

  it('under bypass the function answers, and a warning says the same once', async () => {
    const prefix = directory()
    const { came, stderr } = await run({ prefix, unkeyable: 'bypass' }, [['socket'], ['socket']])
    expect(came).toEqual(['hi', 'hi'])
    expect(stderr).toBe(
      `${UNKEYABLE.replace('UnkeyableArgumentError: DECHE2001:', '[DECHE3003] DecheWarning: DECHE2001:')} It ran without its cache.\n`,
    )
    expect(entries(prefix)).toEqual([])
  })

  it('a result that cannot be stored is returned each time, and told of once, with the path', async () => {
    const prefix = directory()
    const { came, ran, stderr } = await run({ prefix }, [
      ['open', 1],
      ['open', 1],
      ['open', 2],
    ])
    expect(came).toEqual([1, 1, 2].map((n) => ({ rows: [{ n }, { n }] })))
    expect(ran).toEqual(['open', 'open', 'open'])
    expect(stderr).toBe(
      '[DECHE3002] DecheWarning: The result of demo.open cannot be kept, so it runs each time: result.rows[1].close is a function\n',
    )
    expect(entries(prefix)).toEqual(['demo.open/<key>.inputs', 'demo.open/<key>.inputs'])
  })
})

describe('places that take nothing', () => {
  const CALLS: readonly CallOf[] = [
    ['double', 1],
    ['double', 1],
    ['square', 2],
    ['fail', 3],
    ['fail', 3],
  ]
  const CAME = [2, 2, { n: 2, square: 4, at: new Date(2).toISOString() }, 'RangeError: no 3', 'RangeError: no 3']

  it.skipIf(!POSIX)(
    'an unwritable directory: every answer as it should be, memory still works, one warning',
    async () => {
      const prefix = directory()
      chmodSync(prefix, 0o555)
      const { came, ran, stderr } = await run({ prefix }, CALLS, ROOT ? { uid: NOBODY } : {})
      expect(came).toEqual(CAME)
      expect(ran).toEqual(['double', 'square', 'fail'])
      expect(stderr).toBe(
        `[DECHE3001] DecheWarning: The cache in ${prefix} could not be written; functions run without it: EACCES: permission denied, mkdir '${prefix}/demo.double'\n`,
      )
      expect(readdirSync(prefix)).toEqual([])
      chmodSync(prefix, 0o755)
    },
  )

  it.skipIf(!POSIX)(
    'a directory that may not be entered is told of once, though reading and writing fail',
    async () => {
      const prefix = directory()
      await run({ prefix }, [['double', 1]])
      const before = contents(prefix)
      chmodSync(prefix, 0o000)
      const { came, ran, stderr } = await run({ prefix, memory: 'off' }, CALLS, ROOT ? { uid: NOBODY } : {})
      chmodSync(prefix, 0o755)
      expect(came).toEqual(CAME)
      expect(ran).toEqual(['double', 'double', 'square', 'fail', 'fail'])
      const key = Object.keys(before).find((name) => /[0-9a-f]{64}$/.test(name))
      expect(steady(stderr)).toBe(
        `[DECHE3001] DecheWarning: The cache in ${prefix} could not be read; functions run without it: EACCES: permission denied, stat '${prefix}/${key}'\n`,
      )
      expect(contents(prefix)).toEqual(before)
    },
  )

  it('a prefix that is a file: every answer as it should be, one warning, the file as it was', async () => {
    const prefix = join(directory(), 'file')
    writeFileSync(prefix, 'mine')
    const { came, ran, stderr } = await run({ prefix }, CALLS)
    expect(came).toEqual(CAME)
    expect(ran).toEqual(['double', 'square', 'fail'])
    expect(steady(stderr)).toBe(
      `[DECHE3001] DecheWarning: The cache in ${prefix} could not be written; functions run without it: ENOTDIR: not a directory, open '${prefix}/demo.double/<temporary>'\n`,
    )
    expect(readFileSync(prefix, 'utf8')).toBe('mine')
  })

  it('a store that is removed while the program runs is made again', async () => {
    const prefix = join(directory(), 'store')
    const { came, ran, stderr } = await run({ prefix, memory: 'off' }, [
      ['double', 1],
      ['removeStore'],
      ['double', 1],
      ['double', 1],
      ['removeStore'],
      ['square', 2],
    ])
    expect(came.filter((each) => each !== null)).toEqual([2, 2, 2, CAME[2]])
    expect(ran).toEqual(['double', 'double', 'square'])
    expect(stderr).toBe('')
    expect(entries(prefix)).toEqual(['demo.square/<key>', 'demo.square/<key>.inputs'])
    expect(statSync(prefix).mode & 0o777).toBe(0o700)
  })

  const disk = join(root, 'disk')
  const whyNoDisk = mount(disk)

  it.skipIf(whyNoDisk !== undefined)(
    `a full disk: every answer as it should be, one warning, and what was stored before still answers${whyNoDisk ? ` (skipped: ${whyNoDisk})` : ''}`,
    async () => {
      const before = await run({ prefix: disk }, [
        ['double', 1],
        ['big', 100_000],
      ])
      expect(before).toMatchObject({ came: [2, '100000 characters'], stderr: '' })
      const kept = contents(disk)
      const calls: CallOf[] = [
        ['big', 300_000],
        ['big', 300_000],
        ['big', 100_000],
        ['double', 1],
        ['big', 400_000],
      ]
      const { came, ran, stderr } = await run({ prefix: disk, memory: 'off' }, calls)
      expect(came).toEqual(['300000 characters', '300000 characters', '100000 characters', 2, '400000 characters'])
      expect(ran).toEqual(['big', 'big', 'big'])
      expect(stderr).toBe(
        `[DECHE3001] DecheWarning: The cache in ${disk} could not be written; functions run without it: ENOSPC: no space left on device, write\n`,
      )
      const after = contents(disk)
      expect(after).toMatchObject(kept)
      expect(Object.keys(after).filter((name) => !(name in kept) && !name.endsWith('.inputs'))).toEqual([])
    },
  )

  afterAll(() => {
    if (whyNoDisk === undefined) spawnSync('umount', ['-l', disk])
  })
})

describe('configuration', () => {
  /** Of one call, what was thrown; nothing ran, and nothing was written. */
  async function refusal(
    files: Readonly<Record<string, string>>,
    { env = {}, call = ['double', 1] as CallOf, options = {} } = {},
  ): Promise<{ readonly message: unknown; readonly project: string }> {
    const project = directory()
    writeFileSync(join(project, 'package.json'), '{}')
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
    const before = contents(project)
    const { came, ran, stderr } = await run(options, [call], { cwd: project, env })
    expect({ ran, stderr }).toEqual({ ran: [], stderr: '' })
    expect(contents(project)).toEqual(before)
    return { message: came[0], project }
  }

  it('a configuration file that is not JSON', async () => {
    const { message, project } = await refusal({ 'deche.config.json': '{ "ttl": ' })
    expect(message).toBe(
      configProblem(join(project, 'deche.config.json'), 'it is not JSON: Unexpected end of JSON input'),
    )
  })

  it('a package.json that is not JSON', async () => {
    const { message, project } = await refusal({ 'package.json': '' })
    expect(message).toBe(configProblem(join(project, 'package.json'), 'it is not JSON: Unexpected end of JSON input'))
  })

  it('a configuration file that says something unknown, or something wrong', async () => {
    const unknown = await refusal({ 'deche.config.json': '{ "tll": "7d" }' })
    const list =
      'ttl, expiry, ignore, redact, attrs, output, input, validate, valid, path, errors, version, memory, share, stale, lock, maxSize, maxAge, maxEntries, sign, unkeyable, ' +
      'protocol, storageOptions, prefix, store, tiers, mode, caches, codecs, functions, classes'
    expect(unknown.message).toBe(
      configProblem(join(unknown.project, 'deche.config.json'), `'tll' is no option here; options are ${list}`),
    )
    const wrong = await refusal({ 'package.json': '{ "deche": { "ttl": 7 } }' })
    expect(wrong.message).toBe(
      configProblem(
        `the 'deche' key of ${join(wrong.project, 'package.json')}`,
        'ttl: 7 must be a duration such as 500ms, 90s, 1.5h or 7d, or an instant such as 2027-01-01 or 2027-01-01T00:00Z',
      ),
    )
  })

  it('a codec that nobody registered', async () => {
    const { message } = await refusal({}, { call: ['coded', 1] })
    expect(message).toBe(
      configProblem(
        'cache.wrap of demo.coded',
        "output: no codec is registered as 'parquet' with configure({ codecs }); registered: none",
      ),
    )
  })

  it('a DECHE_MODE that does not exist, and a DECHE_TTL without a unit', async () => {
    expect((await refusal({}, { env: { DECHE_MODE: 'onn' } })).message).toBe(
      configProblem('DECHE_MODE', "mode: 'onn' must be on, off, refresh, readonly or offline"),
    )
    expect((await refusal({}, { env: { DECHE_TTL: '7' } })).message).toBe(
      configProblem('DECHE_TTL', "ttl: '7' needs a unit: write 7s, 7m, 7h or 7d"),
    )
  })

  it('a DECHE_ variable that is no setting is told of, and changes nothing', async () => {
    const { came, stderr } = await run(
      { prefix: directory() },
      [
        ['double', 1],
        ['double', 2],
      ],
      {
        env: { DECHE_MOOD: 'on' },
      },
    )
    expect(came).toEqual([2, 4])
    expect(stderr).toBe(
      '[DECHE3005] DecheWarning: DECHE_MOOD is no setting of deche; settings are DECHE_FS__PROTOCOL, DECHE_FS__PREFIX, DECHE_MODE, ' +
        'DECHE_TTL, DECHE_EXPIRY, DECHE_ERRORS, DECHE_MEMORY, DECHE_SHARE, DECHE_UNKEYABLE, DECHE_MAX_SIZE, DECHE_MAX_AGE, DECHE_MAX_ENTRIES, DECHE_FS__STORAGE_OPTIONS__…\n',
    )
  })
})

/** Mounts a small disk; answers why it cannot. */
function mount(path: string): string | undefined {
  if (!ROOT) return 'mounting needs root'
  mkdirSync(path)
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', path])
  return status === 0 ? undefined : `mount failed: ${error?.message ?? stderr.toString().trim()}`
}
