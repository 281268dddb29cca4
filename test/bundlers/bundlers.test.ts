import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome, Project } from '../helpers/project.js'
import { BUILDS, build, bundlerProject, run } from './builds.js'
import { COLD, SOURCES, WARM } from './sources.js'

/** Two errors in one file. */
const WRONG = {
  'src/main.ts': `/** @deche tll=7d */
export const first = (city: string) => city

/** @deche ignore=town */
export const second = (city: string) => city
`,
}

const ERRORS = [
  `src/main.ts:1:12 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?
  1 | /** @deche tll=7d */
    |            ^^^`,
  `src/main.ts:4:19 error DECHE1004: ignore: second has no parameter 'town'. Use city.
  4 | /** @deche ignore=town */
    |                   ^^^^`,
]
const WARNING = `src/main.ts:2:27 warning DECHE1061: home reads process.env.HOME, which is not in its key.`

describe.each(Object.keys(BUILDS))('%s', (bundler) => {
  let project: Project
  let built: Outcome
  beforeAll(async () => {
    project = bundlerProject(bundler, SOURCES)
    built = await build(project, bundler, '[deche(), deche()]')
  })
  afterAll(() => project?.dispose())

  test('what it builds remembers, with the plugin listed twice, and a thrown error points at line and column of the source', async () => {
    expect(built).toMatchObject({ status: 0 })
    expect(built.stderr).not.toContain('DECHE')
    expect(await run(project)).toEqual({ status: 0, stdout: COLD, stderr: '' })
    expect(await run(project)).toEqual({ status: 0, stdout: WARM, stderr: '' })
  })

  test('all that is wrong with a file is told at once, with the lines, and fails the build', async () => {
    project.write(WRONG)
    const { status, stdout, stderr } = await build(project, bundler)
    const said = printed(stdout + stderr)
    expect(status).not.toBe(0)
    for (const error of ERRORS) expect(said).toContain(printed(error))
  })

  test('a warning is told, and the build goes on', async () => {
    project.write({
      'src/main.ts': '/** @deche */\nexport const home = () => process.env.HOME\nconsole.log(typeof home())\n',
    })
    const { status, stdout, stderr } = await build(project, bundler)
    expect(printed(stdout + stderr)).toContain(WARNING)
    expect(status).toBe(0)
  })

  test('what cannot be parsed is left to the bundler', async () => {
    project.write({ 'src/main.ts': '/** @deche */\nexport const f = (a => \n' })
    const { status, stdout, stderr } = await build(project, bundler)
    expect(status).not.toBe(0)
    expect(stdout + stderr).toContain('main.ts')
    expect(stdout + stderr).not.toContain('DECHE')
  })
})

/** Without colours, and without the margin that a bundler draws. */
function printed(text: string): string {
  return text
    .replace(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g'), '')
    .split('\n')
    .map((line) => line.replace(/^[\s│]+/, ''))
    .join('\n')
}
