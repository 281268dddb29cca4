import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FEW_NODE_TYPES } from './node-types.js'
import { type Outcome, warmProcess } from './warm-process.js'

export type { Outcome } from './warm-process.js'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const transformer = join(repository, 'dist/transformer/index.js')

/** The compilers that run for this worker, each in a process of its own. */
const warm = new Map<string, ReturnType<typeof warmProcess>>()

/** A TypeScript and a ts-patch, by where npm puts them in this repository. */
export interface Compiler {
  readonly label: string
  readonly typescript: string
  readonly tsPatch: string
}

/** The pairs of TypeScript and ts-patch that deche supports. */
export const compilers = [
  { label: 'TypeScript 6.0', typescript: 'typescript', tsPatch: 'ts-patch' },
  { label: 'TypeScript 5.9', typescript: 'typescript-5.9', tsPatch: 'ts-patch-3.3' },
] as const satisfies readonly Compiler[]

export interface ProjectOptions {
  /** Default: TypeScript 6.0. */
  readonly compiler?: Compiler
  /** Written as package.json. Default: `{ name: 'demo', type: 'module' }`. */
  readonly package?: Readonly<Record<string, unknown>>
  /** By path within the project. Objects are written as JSON. */
  readonly files: Readonly<Record<string, string | object>>
  /** Whether @types/node is the real one. Default: one with what most programs of the tests use. */
  readonly allNodeTypes?: boolean
  /** What `deche` is: files of a package. Default: this repository, as `npm run build` left it. */
  readonly deche?: Readonly<Record<string, string>>
}

/** tsconfig.json of a program that runs on Node, in src/, with the transformer. */
export const TAGGED_PROGRAM = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    lib: ['es2023'],
    types: ['node'],
    rootDir: 'src',
    outDir: 'out',
    plugins: [{ transform: 'deche/transformer' }],
  },
  include: ['src'],
}

/** A package in a temporary directory, with a compiler and deche in its node_modules. */
export class Project {
  readonly directory: string
  readonly #compiler: Compiler
  readonly #running = new Set<ChildProcess>()

  constructor(options: ProjectOptions) {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-project-')))
    this.#compiler = options.compiler ?? compilers[0]
    this.write({ 'package.json': options.package ?? { name: 'demo', type: 'module' }, ...options.files })
    this.link('typescript', join(repository, 'node_modules', this.#compiler.typescript))
    this.link('ts-patch', join(repository, 'node_modules', this.#compiler.tsPatch))
    if (options.allNodeTypes) this.link('@types/node', join(repository, 'node_modules/@types/node'))
    else this.write(FEW_NODE_TYPES)
    if (!options.deche) this.link('deche', repository)
    for (const [file, text] of Object.entries(options.deche ?? {})) this.write({ [`node_modules/deche/${file}`]: text })
  }

  /** Makes `node_modules/<name>` a link to a directory. */
  link(name: string, target: string): void {
    const path = this.path(`node_modules/${name}`)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path, 'junction')
  }

  path(file: string): string {
    return join(this.directory, file)
  }

  write(files: Readonly<Record<string, string | object>>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(this.path(file)), { recursive: true })
      writeFileSync(this.path(file), typeof content === 'string' ? content : JSON.stringify(content, null, 2))
    }
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8')
  }

  /** Every file under a directory, by its path in there, sorted. */
  tree(directory: string): Record<string, string> {
    const names = readdirSync(this.path(directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    return Object.fromEntries(
      names.map((name) => [
        name.slice(this.path(directory).length + 1).replaceAll(sep, '/'),
        readFileSync(name, 'utf8'),
      ]),
    )
  }

  /** The patched compiler, warm: in a process where it ran before, remembering nothing. */
  tspc(...args: string[]): Promise<Outcome> {
    return this.#compile(join(repository, 'node_modules', this.#compiler.tsPatch, 'bin/tspc.js'), args)
  }

  /** The patched compiler in a process of its own, as people run it. */
  ownTspc(...args: string[]): Promise<Outcome> {
    return finished(this.startTspc(...args))
  }

  /** The compiler as it is: warm, or in a process of its own where it is a native program. */
  tsc(...args: string[]): Promise<Outcome> {
    const compiler = join(repository, 'node_modules', this.#compiler.typescript)
    const program = join(compiler, 'bin/tsc')
    return existsSync(join(compiler, 'lib/_tsc.js')) ? this.#compile(program, args) : this.node([program, ...args])
  }

  #compile(program: string, args: readonly string[]): Promise<Outcome> {
    const key = [program, this.#compiler.typescript].join(' ')
    const run = warm.get(key) ?? warmProcess('compiler-host.mjs', program, transformer)
    warm.set(key, run)
    return run({ cwd: this.directory, args, environment: { ...process.env, NODE_OPTIONS: '', ...this.#patched() } })
  }

  /** ts-patch would look for `typescript` from where the link leads. */
  #patched(): Readonly<Record<string, string>> {
    return { TSP_COMPILER_TS_PATH: join(repository, 'node_modules', this.#compiler.typescript) }
  }

  node(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return finished(this.start(args, environment))
  }

  bun(args: readonly string[]): Promise<Outcome> {
    return finished(this.start(args, {}, join(repository, 'node_modules/.bin/bun')))
  }

  startTspc(...args: string[]): ChildProcess {
    return this.start([this.path('node_modules/ts-patch/bin/tspc.js'), ...args], this.#patched())
  }

  start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    program = process.execPath,
  ): ChildProcess {
    const child = spawn(program, args, {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return child
  }

  async dispose(): Promise<void> {
    await Promise.all(
      Array.from(this.#running, (child) => {
        const gone = new Promise((done) => child.once('exit', done))
        child.kill('SIGKILL')
        return gone
      }),
    )
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function finished(child: ChildProcess): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (status) => done({ status, stdout, stderr }))
  })
}

/** The transformer in dist/. Throws if it is older than its sources: a test of it would test yesterday's program. */
export function builtTransformer(): string {
  const built = transformer
  const { sources } = JSON.parse(readFileSync(`${built}.map`, 'utf8')) as { sources: string[] }
  const stale = sources
    .map((source) => resolve(dirname(built), source))
    .filter((source) => statSync(source).mtimeMs > statSync(built).mtimeMs)
  if (stale.length > 0) throw new Error(`dist/ is older than ${stale.join(', ')}: run 'npm run build'`)
  return built
}
