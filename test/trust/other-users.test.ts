import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimePrograms } from '../helpers/runtime-programs.js'
import { temporaryDirectory } from '../helpers/temporary.js'

const ROOT = process.platform !== 'win32' && process.getuid?.() === 0
/** Two users, neither of whom is root. */
const [NOBODY, ANOTHER] = [65_534, 12_345]

let programs: RuntimePrograms

beforeAll(() => {
  programs = new RuntimePrograms('calls.mjs')
})

afterAll(() => programs.remove())

const CALLS = [
  ['double', 1],
  ['double', 1],
]

/** A directory that others can get to. */
function directory(owner: number, mode: number): string {
  const above = temporaryDirectory()
  chmodSync(above, 0o755)
  const prefix = join(above, 'cache')
  mkdirSync(prefix)
  chownSync(prefix, owner, owner)
  chmodSync(prefix, mode)
  return prefix
}

async function runsOf(prefix: string, uid: number, storageOptions = {}) {
  const options = { prefix, memory: 'off', storageOptions }
  const { status, stdout, stderr } = await programs.run('calls.mjs', [JSON.stringify({ options, calls: CALLS })], {
    uid,
  })
  expect({ status, came: JSON.parse(stdout).came }).toEqual({ status: 0, came: [2, 2] })
  return { runs: JSON.parse(stdout).ran.length as number, stderr, files: readdirSync(prefix) }
}

describe.skipIf(!ROOT)('for a user who is not root, a directory of entries', () => {
  it('of its own is used, whatever its group may read', async () => {
    for (const mode of [0o700, 0o755]) {
      const { runs, stderr } = await runsOf(directory(NOBODY, mode), NOBODY)
      expect({ runs, stderr }).toEqual({ runs: 1, stderr: '' })
    }
  })

  it.each([
    { what: 'that everybody can write to', owner: NOBODY, mode: 0o777, why: 'everybody can write to it' },
    { what: 'that everybody can write to, sticky as /tmp', owner: 0, mode: 0o1777, why: 'everybody can write to it' },
    {
      what: 'of another user, even one that it can read',
      owner: ANOTHER,
      mode: 0o755,
      why: `it belongs to another user (${ANOTHER}; this process runs as ${NOBODY})`,
    },
  ])('$what is refused with one warning, and left as it is', async ({ owner, mode, why }) => {
    const prefix = directory(owner, mode)
    const { runs, stderr, files } = await runsOf(prefix, NOBODY)
    expect({ runs, files }).toEqual({ runs: 2, files: [] })
    expect(stderr.match(/\[DECHE\d+\]/g)).toEqual(['[DECHE3017]'])
    expect(stderr).toContain(`The cache in ${prefix} is not used: ${why}`)
  })

  it('that everybody can write to is used when it is trusted', async () => {
    expect(await runsOf(directory(0, 0o1777), NOBODY, { trust: true })).toMatchObject({ runs: 1, stderr: '' })
  })

  it('of root is used as far as its mode allows: what root put there answers, nothing is added', async () => {
    const prefix = directory(0, 0o755)
    expect((await runsOf(prefix, 0)).runs).toBe(1)
    chmodSync(join(prefix, 'demo.double'), 0o755)
    const files = readdirSync(join(prefix, 'demo.double'))
    for (const file of files) chmodSync(join(prefix, 'demo.double', file), 0o644)
    expect((await runsOf(prefix, NOBODY)).runs).toBe(0)
    expect(readdirSync(join(prefix, 'demo.double'))).toEqual(files)
  })
})
