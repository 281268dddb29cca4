import { basename, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of a process tells how it was started. */
export interface Started {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly argv: readonly string[]
  readonly execArgv: readonly string[]
  readonly platform: string
  readonly cwd: string
  /** The file of tests, where the runner says it. */
  readonly testFile: string | undefined
}

/** The command that runs these tests again and records what is missing, for a shell of this system. */
export function recordingCommand(command: string | undefined, started: Started = ofThisProcess()): string {
  const run = command ?? again(started)
  return started.platform === 'win32' ? `set "DECHE_MODE=on" && ${run}` : `DECHE_MODE=on ${run}`
}

function ofThisProcess(): Started {
  const { env, argv, execArgv, platform } = process
  return { env, argv, execArgv, platform, cwd: process.cwd(), testFile: testFileOfVitest() }
}

function again(started: Started): string {
  const { env, argv, execArgv, testFile } = started
  const file = (path: string | undefined) => (path === undefined ? [] : [shown(path, started.cwd)])
  if (env.npm_lifecycle_event && env.npm_command !== 'exec') {
    const manager = /^(?:npm|pnpm|yarn|bun)(?=\/)/.exec(env.npm_config_user_agent ?? '')?.[0] ?? 'npm'
    return words([manager, 'run', env.npm_lifecycle_event])
  }
  const [, program, ...rest] = argv
  if (env.VITEST) return words(['npx', 'vitest', 'run', ...file(testFile)])
  if (env.JEST_WORKER_ID) return words(['npx', 'jest'])
  if (env.NODE_TEST_CONTEXT) return words(['node', ...loading(execArgv), '--test', ...file(program)])
  const tool = /[\\/]node_modules[\\/](?:\.bin[\\/])?((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(program ?? '')?.[1]
  if (tool !== undefined) return words(['npx', basename(tool), ...rest])
  return words(['node', ...execArgv, ...file(program), ...rest])
}

const LOADING = /^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C|--env-file)(=|$)/

/** The options that a program needs: node:test hands the process of each file all that there are, with their defaults. */
function loading(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((option, at) => {
    const [, sign] = LOADING.exec(option) ?? []
    if (sign === undefined) return []
    return sign === '=' ? [option] : [option, ...execArgv.slice(at + 1, at + 2)]
  })
}

function shown(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return (short.startsWith('..') ? path : short).replaceAll(sep, '/')
}

function words(all: readonly string[]): string {
  return all.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}

/** Vitest tells its workers, in no documented way: without it the command runs all tests. */
function testFileOfVitest(): string | undefined {
  const worker: unknown = Reflect.get(globalThis, '__vitest_worker__')
  const path: unknown = typeof worker === 'object' && worker !== null ? Reflect.get(worker, 'filepath') : undefined
  if (typeof path !== 'string') return undefined
  return path.startsWith('file:') ? fileURLToPath(path) : path
}
