import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, Project, TAGGED_PROGRAM } from '../helpers/project.js'
import { COLD, SOURCES, WARM } from './sources.js'

/** This engine points at the class behind `new`. */
const inBun = (printed: string) => printed.replace('lib.ts:6:33', 'lib.ts:6:37')

const PRELOADED = "import { plugin } from 'bun'\nimport deche from 'deche/bun'\nplugin(deche())\n"
const BUILD = `import deche from 'deche/bun'
await Bun.build({ entrypoints: ['src/main.ts'], outdir: 'out', target: 'bun', packages: 'external', sourcemap: 'linked',
  plugins: [deche()] })
`

/** How a program is run by Bun, and what has to be done before. */
const WAYS = {
  'Bun, while it runs': { args: ['--preload', './deche.ts', 'src/main.ts'], before: [] },
  'Bun.build': { args: ['out/main.js'], before: ['build.ts'] },
}

describe.each(Object.entries(WAYS))('%s', (_, { args, before }) => {
  let project: Project
  const go = async () => {
    for (const script of before) {
      const built = await project.bun([script])
      if (built.status !== 0) return built
    }
    return project.bun(args)
  }
  beforeAll(() => {
    builtTransformer()
    project = new Project({
      files: { 'tsconfig.json': TAGGED_PROGRAM, 'deche.ts': PRELOADED, 'build.ts': BUILD, ...SOURCES },
    })
  })
  afterAll(() => project?.dispose())

  test('remembers, and a thrown error points at line and column of the source', async () => {
    expect(await go()).toEqual({ status: 0, stdout: inBun(COLD), stderr: '' })
    expect(await go()).toEqual({ status: 0, stdout: inBun(WARM), stderr: '' })
  })

  test('says what is wrong with a tag, with its line, and runs nothing', async () => {
    project.write({
      'src/main.ts': "/** @deche tll=7d */\nexport const first = (city: string) => city\nconsole.log('ran')\n",
    })
    const { status, stdout, stderr } = await go()
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain("src/main.ts:1:12 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?")
  })
})
