import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RuntimePrograms } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

/** Compiled generators, in processes of their own. */
describe('compiled generators', () => {
  let programs: RuntimePrograms
  beforeAll(() => {
    programs = new RuntimePrograms('generators.mjs')
  })
  afterAll(() => programs.remove())

  const run = async (task: string, prefix: string, env: Readonly<Record<string, string>> = {}, node: string[] = []) => {
    const ended = await programs.run('generators.mjs', [task], { env: { DECHE_FS__PREFIX: prefix, ...env }, node })
    const printed: { answer?: unknown; ran?: string[] } = ended.stdout === '' ? {} : JSON.parse(ended.stdout)
    return { ...printed, status: ended.status, stderr: ended.stderr }
  }

  test('one process records, the next one replays', async () => {
    const prefix = temporaryDirectory()
    const answer = {
      items: [1, 2].map((page) => ({ book: 'tea', page, at: new Date(page).toJSON() })),
      lines: ['news 1', 'news 2'],
      returned: { value: 'end', done: true },
    }
    expect(await run('drain', prefix)).toMatchObject({ answer, ran: ['pages', 'lines'], status: 0, stderr: '' })
    const second = await run('drain', prefix)
    expect(second).toMatchObject({
      answer: { ...answer, stats: { hits: 2, misses: 0 } },
      ran: [],
      status: 0,
      stderr: '',
    })
    expect(await run('drain', prefix, { DECHE_MODE: 'offline' })).toMatchObject({ answer, ran: [] })
    expect(await run('drain', prefix, { DECHE_MODE: 'off' })).toMatchObject({
      answer,
      ran: ['pages', 'lines', 'pages'],
    })
    expect(await run('manage', prefix)).toMatchObject({
      answer: {
        pages: 2,
        key: true,
        hasLines: true,
        isValid: true,
        inputs: { count: 2, 'this.name': 'news' },
        bare: 1,
        refreshed: 2,
      },
      ran: ['pages', 'pages'],
      stderr: '',
    })
  })

  test('a process that ends in the middle of a recording keeps nothing of it', async () => {
    const prefix = temporaryDirectory()
    expect(await run('die', prefix)).toMatchObject({ status: 3, stderr: '' })
    expect(await run('drain', prefix)).toMatchObject({ answer: { stats: { misses: 1 } }, ran: ['pages', 'lines'] })
  })

  test('recordings that nobody finishes are forgotten with their consumers', async () => {
    const forgotten = await run('abandon', temporaryDirectory(), { DECHE_MODE: 'readonly' }, ['--expose-gc'])
    expect(forgotten).toMatchObject({ answer: true, stderr: '' })
  })

  test('a function whose captured variable does not exist yet runs without its cache, and says so once', async () => {
    const prefix = temporaryDirectory()
    const { answer, ran, stderr } = await run('early', prefix)
    expect(answer).toEqual({
      answers: [1, 1],
      message: 'the inputs of demo.src.main.upTo could not be read: a variable around it does not exist yet',
    })
    expect(ran).toEqual(['upTo', 'upTo'])
    expect(stderr.match(/DECHE3006/g)).toHaveLength(1)
    expect(stderr).toContain("Cannot access 'limit' before initialization")
    const offline = await run('early', prefix, { DECHE_MODE: 'offline' })
    expect(offline.status).toBe(1)
    expect(offline.stderr).toContain("ReferenceError: Cannot access 'limit' before initialization")
  })
})
