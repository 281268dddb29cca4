import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtTransformer, Project, TAGGED_PROGRAM } from '../helpers/project.js'

/** Compiled programs and test runners of their own, with deche as it is built. */

const repository = join(import.meta.dirname, '../..')

let project: Project

beforeAll(async () => {
  builtTransformer()
  project = new Project({
    files: {
      'tsconfig.json': TAGGED_PROGRAM,
      'src/forecast.ts': `import { Cache } from 'deche'

export const world = { runs: 0 }
const pages = new Cache({ prefix: 'pages' })

/** @deche */
export function forecast(city: string): string {
  return \`rain in \${city}, run \${++world.runs}\`
}

/** @deche cache=pages */
export async function page(city: string): Promise<string> {
  return \`page of \${city}, run \${++world.runs}\`
}
`,
      'src/isolated.test.ts': `import assert from 'node:assert/strict'
import * as hooks from 'node:test'
import { test } from 'node:test'
import { useTestCache } from 'deche/testing'
import { forecast, page, world } from './forecast.js'

useTestCache(hooks)

for (const first of [1, 3]) {
  test(\`from run \${first}\`, async () => {
    assert.equal(forecast('Oslo'), \`rain in Oslo, run \${first}\`)
    assert.equal(await page('Oslo'), \`page of Oslo, run \${first + 1}\`)
    forecast('Oslo')
    await page('Oslo')
    assert.equal(world.runs, first + 1)
  })
}
`,
      'src/recorded.test.ts': `import assert from 'node:assert/strict'
import * as hooks from 'node:test'
import { test } from 'node:test'
import { useRecordings } from 'deche/testing'
import { forecast, page } from './forecast.js'

useRecordings('recordings', { hooks })

test('recorded', async () => {
  assert.equal(forecast('Oslo'), 'rain in Oslo, run 1')
  assert.equal(await page('Oslo'), 'page of Oslo, run 2')
})
`,
      'src/program.ts': `import { recordings } from 'deche/testing'
import { forecast, world } from './forecast.js'

const tape = recordings('recordings')
console.log(forecast('Oslo'), tape.unused().length)
tape.restore()
console.log(forecast('Oslo'), world.runs)
`,
      'required.cjs': `const { isolate } = require('deche/testing')
const { Cache } = require('deche')
const inc = new Cache().wrap((n) => n + 1, { name: 'demo.inc' })
const restore = isolate()
console.log(inc(1), new Cache().store.protocol)
restore()
console.log(new Cache().store.protocol)
`,
      'warm.mjs': `import { forecast } from './out/forecast.js'
import { isolate } from './copy/testing.js'
for (let turn = 0; turn < 100; turn++) forecast('Bergen')
const restore = isolate()
console.log(forecast('Bergen'))
restore()
console.log(forecast('Bergen'))
`,
      'copies.mjs': `import { Cache } from './copy/index.js'
import { isolate } from 'deche/testing'
const inc = new Cache().wrap((n) => n + 1, { name: 'demo.inc' })
const restore = isolate()
console.log(inc(1), new Cache().store.protocol)
restore()
console.log(new Cache().store.protocol)
`,
    },
  })
  cpSync(join(repository, 'dist'), project.path('copy'), { recursive: true })
  const compiled = await project.tspc()
  expect(compiled.stdout).toBe('')
})

afterAll(() => project.dispose())

/** As somebody would in a shell: without what tells how these tests themselves were started. */
const SHELL = { VITEST: '', JEST_WORKER_ID: '', npm_lifecycle_event: '', DECHE_MODE: '' }

function node(args: readonly string[], mode = '') {
  return project.node(args, { ...SHELL, DECHE_MODE: mode })
}

describe('node:test', () => {
  it('each test has an empty cache, also of functions whose tag names a cache; nothing is written', async () => {
    const { status, stdout } = await node(['--test', '--test-reporter=tap', 'out/isolated.test.js'])
    expect(status, stdout).toBe(0)
    expect(stdout).toContain('# pass 2')
    expect(['.deche', 'pages'].filter((name) => existsSync(project.path(name)))).toEqual([])
  })

  it('records and replays; a missing recording says how node --test records it', async () => {
    const missing = await node(['--test', '--test-reporter=tap', 'out/recorded.test.js'])
    expect(missing.status).toBe(1)
    expect(missing.stdout).toContain('demo.src.forecast.forecast has no recording in recordings for { city:')
    expect(missing.stdout).toContain('DECHE_MODE=on node --test out/recorded.test.js')

    const recording = await node(['--test', '--test-reporter=tap', 'out/recorded.test.js'], 'on')
    expect(recording.status, recording.stdout).toBe(0)
    const replay = await node(['--test', '--test-reporter=tap', 'out/recorded.test.js'])
    expect(replay.status, replay.stdout).toBe(0)

    const program = await node(['out/program.js'])
    expect(program).toEqual({ status: 0, stdout: 'rain in Oslo, run 1 1\nrain in Oslo, run 1 1\n', stderr: '' })
  })
})

describe('one state', () => {
  it('deche/testing and the runtime that CommonJS requires are one', async () => {
    const isRequired = process.versions.node.localeCompare('20.19', undefined, { numeric: true }) >= 0
    expect(isRequired).toBe(true)
    const { stdout, stderr } = await node(['required.cjs'])
    expect({ stdout, stderr }).toEqual({ stdout: '2 memory\nfile\n', stderr: '' })
  })

  it('isolates every copy of deche that the program brings', async () => {
    expect(await node(['copies.mjs'])).toEqual({ status: 0, stdout: '2 memory\nfile\n', stderr: '' })
  })

  it('isolates functions that already find their answers in memory', async () => {
    const stdout = 'rain in Bergen, run 2\nrain in Bergen, run 1\n'
    expect(await node(['warm.mjs'], 'on')).toEqual({ status: 0, stdout, stderr: '' })
  })
})
