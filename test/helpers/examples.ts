import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Project as TypeScriptProject, ts } from 'ts-morph'
import type { Block } from './markdown.js'
import { builtTransformer, type Outcome, Project } from './project.js'

const OPTIONS = {
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
} as const

/** The examples of the guide as programs: each is `src/main.ts` of a package `demo` of its own. */
export class Examples {
  readonly #project: Project
  readonly #blocks: readonly Block[]

  constructor(blocks: readonly Block[]) {
    builtTransformer()
    this.#blocks = blocks
    this.#project = new Project({ package: { private: true, type: 'module' }, files: {} })
    for (const name of ['hyparquet', 'hyparquet-writer']) this.#link(name)
    for (const block of blocks) {
      const directory = directoryOf(block)
      this.#project.write({
        [`${directory}/package.json`]: { name: 'demo', type: 'module' },
        [`${directory}/src/main.ts`]: block.text,
        [`${directory}/tsconfig.json`]: {
          // Types are checked over all examples at once, with `typeErrors`.
          compilerOptions: { ...OPTIONS, noCheck: true, types: [], rootDir: 'src', outDir: 'dist', ...PLUGINS },
          include: ['src'],
        },
      })
    }
  }

  #link(name: string): void {
    this.#project.link(name, join(import.meta.dirname, '../../node_modules', name))
  }

  dispose(): Promise<void> {
    return this.#project.dispose()
  }

  /** What a strict compiler says, by the line of the page: `docs/keys.md:12: …`. */
  typeErrors(): string[] {
    const program = new TypeScriptProject({
      compilerOptions: { ...ts.convertCompilerOptionsFromJson(OPTIONS, '.').options, noEmit: true },
    })
    // Each is a module, also without import or export: the library does not do what `moduleDetection` asks for.
    for (const block of this.#blocks) program.createSourceFile(this.#main(block), `${block.text}export {}\n`, REPLACE)
    return program.getPreEmitDiagnostics().map((diagnostic) => {
      const file = diagnostic.getSourceFile()?.getFilePath()
      const block = this.#blocks.find((each) => this.#main(each) === file)
      const line = (block?.line ?? 1) + (diagnostic.getLineNumber() ?? 1) - 1
      const text = ts.flattenDiagnosticMessageText(diagnostic.compilerObject.messageText, ' ')
      return `${block?.page ?? file}:${line}: ${text}`
    })
  }

  /** One run of `tspc` over these. */
  compile(blocks: readonly Block[]): Promise<Outcome> {
    return this.#project.tspc('-b', ...blocks.map(directoryOf))
  }

  /** Runs a compiled example, or one that Node needs only the types taken from. */
  run(block: Block): Promise<Outcome> {
    const directory = this.#project.path(directoryOf(block))
    const program = join(directory, 'dist/main.js')
    if (!isTagged(block)) {
      mkdirSync(dirname(program), { recursive: true })
      writeFileSync(program, ts.transpile(block.text, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }))
    }
    // Nothing of this process's settings: an example does the same for everyone. What it leaves in TMPDIR goes with it.
    const env = { PATH: process.env.PATH, TMPDIR: directory }
    return new Promise((done) => {
      execFile(process.execPath, [program], { cwd: directory, env, timeout: 30_000 }, (error, stdout, stderr) => {
        done({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr })
      })
    })
  }

  #main(block: Block): string {
    return this.#project.path(`${directoryOf(block)}/src/main.ts`)
  }
}

const REPLACE = { overwrite: true }

const PLUGINS = { plugins: [{ transform: 'deche/transformer' }] }

export function isTagged(block: Block): boolean {
  return /^\s*(?:\/\*)?\*+ @deche\b/m.test(block.text)
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
