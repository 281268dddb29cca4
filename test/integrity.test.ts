import { type ChildProcess, fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cache, cached, type Stats } from '../runtime/index.js'
import { RuntimePrograms } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

/** Each a run and a write. `npm run reliability -- mutations` makes 10,000. */
const RANDOM_CHANGES = 1_000

/** Results of the kinds that entry files hold: plain JSON, the graph of devalue, exceptions, stored inputs. */
const RESULTS: Readonly<Record<string, () => unknown>> = {
  json: () => ({ list: [1, 2.5, 'drei', null, true], text: 'ä€😀' }),
  number: () => 7,
  devalue: () => ({ at: new Date(0), of: new Map([['k', new Set([1n, undefined])]]), bytes: Uint8Array.of(0, 255) }),
  exception: () => {
    throw Object.assign(new RangeError('no'), { code: 'E_NO', cause: new TypeError('because') })
  },
}

/** What a call comes to, in a form that can be compared; a stack differs between the run and the hit only in its copy. */
function outcome(call: () => unknown): unknown {
  try {
    return { value: call() }
  } catch (error) {
    if (!(error instanceof RangeError)) return { surprise: error }
    return { thrown: error.message, code: Reflect.get(error, 'code'), cause: String(error.cause) }
  }
}

describe.each(Object.entries(RESULTS))('the file of one entry, %s', (kind, body) => {
  /** A stored call without memory, its file, and what the call must come to. */
  function stored() {
    const prefix = temporaryDirectory()
    const runs = { count: 0 }
    const fn = new Cache({ prefix, memory: 'off' }).wrap(
      (_: { readonly n: number }) => {
        runs.count++
        return body()
      },
      { name: `integrity.${kind}`, params: ['_'] },
    )
    const call = () => outcome(() => fn({ n: 1 }))
    const expected = outcome(body)
    call()
    const key = cached(fn).tokenize({ n: 1 })
    const path = join(prefix, `integrity.${kind}`, kind === 'exception' ? `${key}.exc` : key)
    return { call, expected, path, runs, entries: cached(fn), whole: readFileSync(path) }
  }

  it('every truncation costs one run, and nothing else', () => {
    const { call, expected, path, runs, whole } = stored()
    expect(call()).toEqual(expected)
    expect(runs.count).toBe(1)
    const otherwise: string[] = []
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length))
      const right = isDeepStrictEqual(call(), expected)
      if (!right || runs.count !== length + 2) otherwise.push(`${length} bytes: ${right}, ${runs.count} runs`)
    }
    expect(otherwise).toEqual([])
    expect(call()).toEqual(expected)
    expect(runs.count).toBe(whole.length + 1)
  })

  it(`each of ${RANDOM_CHANGES / 4} random changes of one byte costs one run, and nothing else`, () => {
    const { call, expected, path, runs, whole } = stored()
    const changed = Buffer.from(whole)
    const otherwise: string[] = []
    for (let change = 1; change <= RANDOM_CHANGES / 4; change++) {
      const at = randomInt(whole.length)
      changed[at] = (whole[at] ?? 0) ^ randomInt(1, 256)
      writeFileSync(path, changed)
      const right = isDeepStrictEqual(call(), expected)
      if (!right || runs.count !== change + 1) otherwise.push(`${changed[at]} at ${at}: ${right}, ${runs.count} runs`)
      changed[at] = whole[at] ?? 0
    }
    expect(otherwise).toEqual([])
    expect(runs.count).toBe(RANDOM_CHANGES / 4 + 1)
  })

  it('a byte more costs one run too', () => {
    const { call, expected, path, runs, whole } = stored()
    for (const longer of [
      [whole, Buffer.of(10)],
      [whole, Buffer.of(0)],
      [Buffer.of(32), whole],
      [whole, whole],
    ]) {
      writeFileSync(path, Buffer.concat(longer))
      expect(call()).toEqual(expected)
    }
    expect(runs.count).toBe(5)
  })
})

describe('the files beside it', () => {
  function add() {
    const prefix = temporaryDirectory()
    const fn = new Cache({ prefix, memory: 'off' }).wrap((a: number, b: number) => a + b, {
      name: 'integrity.add',
      params: ['a', 'b'],
    })
    fn(1, 2)
    fn(1, 3)
    const path = (b: number, suffix = '') => join(prefix, 'integrity.add', cached(fn).tokenize(1, b) + suffix)
    return { fn, entries: cached(fn), path }
  }

  it('stored inputs that were changed in any byte are not there, and the result still answers', () => {
    const { fn, entries, path } = add()
    const whole = readFileSync(path(2, '.inputs'))
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (whole[at] ?? 0) ^ 1
      writeFileSync(path(2, '.inputs'), changed)
      expect(() => entries.loadCachedInputsSync({ args: [1, 2] }), `byte ${at}`).toThrow('has no inputs under')
    }
    expect(fn(1, 2)).toBe(3)
    expect(entries.stats).toMatchObject({ hits: 1, misses: 2 })
  })

  it('a file under another name is no entry: not of another call, not of another kind', () => {
    const { fn, entries, path } = add()
    writeFileSync(path(2), readFileSync(path(3)))
    expect(fn(1, 2)).toBe(3)
    writeFileSync(path(2), readFileSync(path(2, '.inputs')))
    expect(fn(1, 2)).toBe(3)
    writeFileSync(path(2, '.exc'), readFileSync(path(2)))
    entries.removeCachedDataSync({ args: [1, 2] })
    expect(fn(1, 2)).toBe(3)
    expect(entries.stats).toMatchObject({ hits: 0, misses: 5 })
    expect(existsSync(path(2, '.exc'))).toBe(false)
  })
})

describe('processes that call the same functions and are killed in the middle', () => {
  /** `npm run reliability -- kills` makes 1,000. */
  const KILLS = 18
  const CALLERS = 3
  let programs: RuntimePrograms
  let prefix: string
  const running = new Set<ChildProcess>()
  const seen = { kills: 0, wrong: [] as string[] }

  function start(settings: object): ChildProcess {
    const child = fork(programs.path('self-checking.mjs'), [JSON.stringify({ prefix, ...settings })], { execArgv: [] })
    running.add(child)
    child.once('exit', () => running.delete(child))
    child.on('message', (message) => {
      if (typeof message === 'object' && 'wrong' in message) seen.wrong.push(...(message.wrong as string[]))
    })
    return child
  }

  async function callAndDie(memory: string | undefined): Promise<void> {
    while (seen.kills < KILLS) {
      const child = start({ memory })
      const exited = once(child, 'exit')
      await Promise.race([
        once(child, 'message'),
        exited.then(() => Promise.reject(new Error('a caller failed by itself'))),
      ])
      await sleep(Math.random() * 60)
      child.kill('SIGKILL')
      const [, signal] = await exited
      if (signal === 'SIGKILL') seen.kills++
    }
  }

  beforeAll(async () => {
    programs = new RuntimePrograms('self-checking.mjs')
    prefix = join(programs.directory, 'store')
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => callAndDie(index === 0 ? 'off' : undefined)))
  })

  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
    programs.remove()
  })

  it('no process ever got a wrong answer, nor a warning', () => {
    expect(seen.wrong).toEqual([])
    expect(seen.kills).toBeGreaterThanOrEqual(KILLS)
  })

  it('a fresh process finds right entries, and none that is broken', async () => {
    const child = start({ rounds: 300, removing: false })
    const [{ stats }] = (await once(child, 'message', { signal: AbortSignal.timeout(120_000) }).then(() =>
      once(child, 'message'),
    )) as [{ stats: Stats[] }]
    expect(seen.wrong).toEqual([])
    expect(stats.map(({ errors }) => errors)).toEqual([0, 0, 0, 0])
    expect(stats.every(({ hits, misses }) => hits > misses)).toBe(true)
  })
})
