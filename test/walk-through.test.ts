import { spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Block, isOfWalk, readPages, repository } from './helpers/markdown.js'
import { builtTransformer, type Compiler, compilers, Project } from './helpers/project.js'

/**
 * The pages that lead from an empty folder to a running program, step by step as they stand there: a block with a file
 * name is that file, `sh` is typed in, `text` behind it is what appears. What npm installs is there already.
 */
const [newest, oldest] = compilers
const WALKS = [
  { file: 'README.md', compiler: newest, until: 'What it is' },
  { file: 'docs/getting-started.md', compiler: newest, until: undefined },
  { file: 'docs/getting-started.md', compiler: oldest, until: 'What was kept' },
]
const pages = readPages()

for (const { file, compiler, until } of WALKS) {
  describe(`${file} with ${compiler.label}`, () => {
    const blocks = pages.find((page) => page.file === file)?.blocks ?? []
    const end = blocks.findIndex(({ heading }) => heading === until)
    const steps = blocks
      .slice(0, end === -1 ? undefined : end)
      .filter((block) => isOfWalk(block) || block.language === 'sh' || block.language === 'text')
    let project: Project
    beforeAll(() => {
      builtTransformer()
      project = emptyFolder(compiler)
    })
    afterAll(() => project.dispose())

    test.for(steps.map((step, index) => [step.place, step, steps[index + 1]] as const))(
      '%s',
      async ([, step, next]) => {
        if (isOfWalk(step)) project.write({ [step.info]: step.text })
        else if (step.language === 'sh' && !isOfClone(step)) {
          const { status, output } = await type(project, step.text, compiler)
          if (next?.language === 'text') expect(output.trimEnd()).toBe(next.text.trimEnd())
          else expect([status, output]).toEqual([0, ''])
        }
      },
    )
  })
}

function isOfClone(step: Block): boolean {
  return step.text.includes('npm ci')
}

function emptyFolder(compiler: Compiler): Project {
  const run = (program: string) => `exec node node_modules/${program} "$@"`
  const project = new Project({
    compiler,
    allNodeTypes: true,
    package: {},
    files: {
      'bin/npm': '#!/bin/sh\n',
      'bin/npx': [
        '#!/bin/sh',
        'command=$1',
        'shift',
        'case $command in',
        `  tspc) ${run('ts-patch/bin/tspc.js')} ;;`,
        `  tsc) ${run('typescript/bin/tsc')} ;;`,
        `  deche) ${run('deche/dist/cli/main.js')} ;;`,
        'esac',
        'echo "npx cannot find $command"; exit 1',
        '',
      ].join('\n'),
    },
  })
  for (const name of ['npm', 'npx']) chmodSync(project.path(`bin/${name}`), 0o755)
  return project
}

/** What a shell shows of these commands, standard output and standard error as they come. */
function type(project: Project, text: string, compiler: Compiler): Promise<{ status: number | null; output: string }> {
  const shell = spawn('sh', ['-c', `exec 2>&1\n${text}`], {
    cwd: project.directory,
    env: {
      PATH: [project.path('bin'), process.env.PATH].join(delimiter),
      // ts-patch would look for `typescript` from where the link leads.
      TSP_COMPILER_TS_PATH: join(repository, 'node_modules', compiler.typescript),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  return new Promise((done, failed) => {
    shell.once('error', failed)
    shell.once('close', (status) => done({ status, output }))
  })
}
