import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtTransformer, Project } from '../helpers/project.js'

/** examples/vitest-recordings, by the Vitest that its reader would run: replayed, with a recording less, recorded. */

const repository = join(import.meta.dirname, '../..')
const example = join(repository, 'examples/vitest-recordings')

let project: Project

beforeAll(() => {
  builtTransformer()
  project = new Project({
    package: JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')),
    files: {
      // All by Vitest's own loader, deche too.
      'inlined.config.js': `import deche from 'deche/vite'
export default { plugins: [deche()], test: { server: { deps: { inline: true } } } }`,
    },
  })
  project.link('vitest', join(repository, 'node_modules/vitest'))
  for (const part of ['vitest.config.ts', 'src', 'test', 'recordings'])
    cpSync(join(example, part), project.path(part), { recursive: true })
})

afterAll(() => project.dispose())

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[]
  }[]
}

/** The outcome of each test. `npm_lifecycle_event` would say how these tests themselves were started. */
async function vitest(env: Readonly<Record<string, string>> = {}, ...options: readonly string[]): Promise<string[]> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--no-color', ...options]
  const { stdout, stderr } = await project.node(args, { npm_lifecycle_event: '', DECHE_MODE: '', ...env })
  expect(stderr).toBe('')
  const { testResults } = JSON.parse(stdout) as Report
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ status, failureMessages }) => `${status} ${failureMessages[0]?.split('\n')[0] ?? ''}`),
  )
}

const PASSED = ['passed ', 'passed ', 'passed ']

/** The recordings by what was asked; their files. */
function recorded(): Map<string, string> {
  const [id] = readdirSync(project.path('recordings')).filter((name) => !name.startsWith('.'))
  const files = Object.entries(project.tree(`recordings/${id}`)).filter(([name]) => name.endsWith('.inputs'))
  return new Map(
    files.map(([name, text]) => [
      (JSON.parse(text.split('\n')[1] ?? '') as { review: string }).review,
      `recordings/${id}/${name.replace('.inputs', '')}`,
    ]),
  )
}

/** All recordings, without what their .gitignore leaves out. */
function committed(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(project.tree('recordings')).filter(([name]) => !basename(name).startsWith('.deche-')),
  )
}

it('replays what is committed; a missing recording fails with the command that records it, and only it is recorded', async () => {
  expect(await vitest()).toEqual(PASSED)

  const lost = recorded().get('It never came') ?? ''
  const before = committed()
  rmSync(project.path(lost))
  const outcome = await vitest()
  expect(outcome.slice(1)).toEqual(PASSED.slice(1))
  expect(outcome[0]).toBe(
    'failed CacheMissError: DECHE2003: recordings-example.src.reviews.classify has no recording in recordings for ' +
      "{ review: 'It never came' }. Record it: DECHE_MODE=on npx vitest run test/reviews.test.ts",
  )
  expect(Object.keys(project.tree('recordings'))).not.toContain(lost)

  expect(await vitest({ DECHE_MODE: 'on' })).toEqual(PASSED)
  const after = committed()
  expect(Object.keys(after)).toEqual(Object.keys(before))
  const changed = Object.keys(after).filter((name) => after[name] !== before[name])
  expect(changed.map((name) => `recordings/${name}`)).toEqual([lost])
  expect(await vitest()).toEqual(PASSED)
})

it.for([['--config=inlined.config.js'], ['--pool=vmThreads'], ['--no-isolate']])(
  'deche/testing and the compiled code share one state under %s',
  async (options) => {
    expect(await vitest({}, ...options)).toEqual(PASSED)
  },
)

it('no key of the service is in the recordings', () => {
  expect(Object.values(project.tree('recordings')).filter((text) => text.includes('demo-key'))).toEqual([])
})
