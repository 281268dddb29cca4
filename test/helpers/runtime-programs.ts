import { type SpawnOptions, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  /** Without process ids, and without Node's hint at --trace-warnings. */
  readonly stderr: string
}

export interface Surroundings {
  /** Added to an environment without any DECHE_ variable. */
  readonly env?: Readonly<Record<string, string>>
  /** Default: a directory of its own, which has a package.json. */
  readonly cwd?: string
  /** To run as. */
  readonly uid?: number
  /** A shell command before it, `umask 000` say. */
  readonly before?: string
  /** Options of node. */
  readonly node?: readonly string[]
}

/** The files of the runtime in dist/, without ending. */
const RUNTIME = ['index', 'runtime', 'way', 'cold', 'remote']

/** The built runtime and programs of test/programs in a directory that every user can read. */
export class RuntimePrograms {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-programs-')))

  constructor(...programs: readonly string[]) {
    chmodSync(this.directory, 0o755)
    mkdirSync(join(this.directory, 'package'), { mode: 0o755 })
    const built = builtRuntime()
    for (const file of RUNTIME) copyFileSync(join(built, `${file}.js`), this.path(`${file}.js`))
    writeFileSync(this.path('package.json'), '{ "type": "module" }')
    for (const program of programs) copyFileSync(join(repository, 'test/programs', program), this.path(program))
    for (const file of ['package.json', ...RUNTIME.map((name) => `${name}.js`), ...programs])
      chmodSync(this.path(file), 0o644)
    copyFileSync(join(repository, 'test/programs/package.json'), join(this.directory, 'package/package.json'))
  }

  path(file: string): string {
    return join(this.directory, file)
  }

  /** Runs a program to its end. */
  run(program: string, args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
    const { env, cwd = join(this.directory, 'package'), uid, before = ':', node = [] } = surroundings
    const own = Object.entries(process.env).filter(([name]) => !/^(DECHE_|NODE_OPTIONS|VITEST)/.test(name))
    const options: SpawnOptions = {
      cwd,
      env: { ...Object.fromEntries(own), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    }
    const command = [process.execPath, ...node, this.path(program), ...args]
    const child = spawn('sh', ['-c', `${before} && exec "$@"`, 'sh', ...command], options)
    const texts = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        texts[stream] += text
      })
    }
    return new Promise((done, failed) => {
      child.once('error', failed)
      child.once('close', (status) => done({ status, stdout: texts.stdout, stderr: plain(texts.stderr) }))
    })
  }

  remove(): void {
    rmSync(this.directory, { recursive: true })
  }
}

function plain(stderr: string): string {
  return stderr.replace(/\(node:\d+\) /g, '').replace(/\(Use `node --trace-warnings[^\n]*\n/g, '')
}

/** dist/, whose runtime is not older than its sources. Throws otherwise: a test of it would test yesterday's program. */
export function builtRuntime(): string {
  const dist = join(repository, 'dist')
  const stale = ['runtime', 'way', 'cold', 'remote'].flatMap((file) => {
    const built = join(dist, `${file}.js`)
    const { sources } = JSON.parse(readFileSync(`${built}.map`, 'utf8')) as { sources: string[] }
    return sources
      .filter((source) => /^\.\.\/runtime\/.*\.ts$/.test(source))
      .map((source) => resolve(dist, source))
      .filter((source) => statSync(source).mtimeMs > statSync(built).mtimeMs)
  })
  if (stale.length > 0) throw new Error(`dist/ is older than ${stale.join(', ')}: run 'npm run build'`)
  return dist
}
