import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimePrograms } from './helpers/runtime-programs.js'
import { temporaryDirectory } from './helpers/temporary.js'

let programs: RuntimePrograms

beforeAll(() => {
  programs = new RuntimePrograms('refreshing.mjs')
})

afterAll(() => programs.remove())

/** The stored result's bytes. */
function result(prefix: string): string {
  const folder = join(prefix, 'demo.refreshed')
  const [name] = readdirSync(folder).filter((file) => /^[0-9a-f]{64}$/.test(file))
  return readFileSync(join(folder, name ?? ''), 'latin1')
}

/** Bodies take ten minutes unless they end the process. */
describe.each(['async', 'sync'])('a process that ends while a result is refreshed in the background (%s)', (kind) => {
  it.each([
    { how: 'exits', status: 0 },
    { how: 'exits within its body', status: 0 },
    { how: 'is killed', status: null },
    { how: 'comes to its end', status: 0 },
    { how: 'fails elsewhere', status: 1 },
  ])('and $how does not wait, has its answer, and leaves the old result', async ({ how, status }) => {
    const prefix = temporaryDirectory()
    const run = (way: string) => programs.run('refreshing.mjs', [prefix, kind, way])
    expect(await run('fill')).toMatchObject({ stdout: 'old' })
    const before = result(prefix)
    const ended = await run(how)
    expect(ended).toMatchObject({ stdout: 'old', status })
    if (how !== 'fails elsewhere') expect(ended.stderr).toBe('')
    expect(result(prefix)).toBe(before)
    expect(await run('read')).toEqual({ stdout: 'old', stderr: '', status: 0 })
    // Nor does it leave a lock that the next one waits for.
    expect(await run('renew')).toEqual({ stdout: 'old', stderr: '', status: 0 })
    expect(await run('read')).toEqual({ stdout: 'new', stderr: '', status: 0 })
  })
})
