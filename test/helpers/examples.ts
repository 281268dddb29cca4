import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../transformer/analyse.js'
import type { Block } from './markdown.js'
import { builtTransformer, type Outcome, Project } from './project.js'

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    module: 'nodenext',
    moduleDetection: 'force',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    rootDir: '.',
    outDir: 'out',
    plugins: [{ transform: 'deche/transformer' }],
  },
}

/** The examples of the guide as programs: each is `src/main.ts` of a package `demo` of its own. */
export class Examples {
  readonly #project: Project
  readonly #groups: readonly (readonly Block[])[]

  constructor(blocks: readonly Block[]) {
    builtTransformer()
    this.#project = new Project({
      allNodeTypes: true,
      package: { private: true, type: 'module' },
      files: {},
    })
    this.#groups = grouped(blocks)
    for (const [index, group] of this.#groups.entries())
      this.#project.write({
        [configOf(index)]: { ...TSCONFIG, files: group.map((each) => `${directoryOf(each)}/src/main.ts`) },
      })
    for (const name of ['hyparquet', 'hyparquet-writer']) this.#link(name)
    for (const block of blocks) {
      this.#project.write({
        [`${directoryOf(block)}/package.json`]: { name: 'demo', type: 'module' },
        [`${directoryOf(block)}/src/main.ts`]: block.text,
      })
    }
  }

  #link(name: string): void {
    this.#project.link(name, join(import.meta.dirname, '../../node_modules', name))
  }

  dispose(): Promise<void> {
    return this.#project.dispose()
  }

  compile(): Promise<Outcome> {
    return this.#project.tspc('-b', ...Array.from(this.#groups.keys(), configOf))
  }

  /** Runs a compiled example. */
  run(block: Block): Promise<Outcome> {
    const directory = this.#project.path(directoryOf(block))
    const program = join(directory, 'dist/main.js')
    cpSync(this.#project.path(`out/${directoryOf(block)}/src`), join(directory, 'dist'), { recursive: true })
    // Nothing of this process's settings: an example does the same for everyone. What it leaves in TMPDIR goes with it.
    const env = { PATH: process.env.PATH, TMPDIR: directory }
    return new Promise((done) => {
      execFile(process.execPath, [program], { cwd: directory, env, timeout: 120_000 }, (error, stdout, stderr) => {
        done({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr })
      })
    })
  }
}

const configOf = (group: number) => `tsconfig.${group}.json`

/** As few groups as there can be in which no two functions have one id. Each is a program, which takes a compiler longest. */
function grouped(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const groups: { readonly ids: Set<string>; readonly blocks: Block[] }[] = []
  for (const block of blocks) {
    const ids = analyse(block.text, { file: 'main.ts', module: 'demo.src.main' }).sites.map(({ id }) => id)
    const group = groups.find((each) => !ids.some((id) => each.ids.has(id)))
    if (group === undefined) groups.push({ ids: new Set(ids), blocks: [block] })
    else {
      group.blocks.push(block)
      for (const id of ids) group.ids.add(id)
    }
  }
  return groups.map((group) => group.blocks)
}

/** What an example says that it prints: its `// → …` comments, in their order. */
export function expectedOutput(block: Block): string[] {
  return Array.from(block.text.matchAll(/\/\/ → (.*)$/gm), ([, shown = '']) => shown.trimEnd())
}

/** The codes of the warnings that an example says it emits when it runs: its `// ⚠ …` comments, in their order. */
export function expectedWarnings(block: Block): string[] {
  return warningsIn(block).filter((code) => !isOfBuild(code))
}

/** The same of its compilation, with the example's directory in front. */
export function expectedBuildWarnings(block: Block): string[] {
  return warningsIn(block)
    .filter(isOfBuild)
    .map((code) => `${directoryOf(block)} ${code}`)
}

function warningsIn(block: Block): string[] {
  return Array.from(block.text.matchAll(/\/\/ ⚠ (\S+)/gm), ([, code = '']) => code)
}

function isOfBuild(code: string): boolean {
  return code.startsWith('DECHE1')
}

/** What `tspc` printed: directory and code of each warning, and whatever else there is as it stands. */
export function buildWarningsOf(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) =>
    line.replace(/^([^/]+)\/src\/main\.ts\(\d+,\d+\): warning TS99\d+: (DECHE\d+): .*$/, '$1 $2'),
  )
}

export function warningsOf(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('(Use `node --trace-warnings'))
    .map((line) => /^\(node:\d+\) \[(DECHE\d{4})\] DecheWarning: /.exec(line)?.[1] ?? line)
}

function directoryOf(block: Block): string {
  return block.place.replace(/\.md:/, '-').replaceAll('/', '-')
}
