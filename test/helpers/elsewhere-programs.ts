import { spawn } from 'node:child_process'

export interface ProgramEnd {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** Codes of deche's warnings. */
  readonly warnings: readonly string[]
}

export interface HowToRun {
  readonly env?: Readonly<Record<string, string>>
  /** Options of node. */
  readonly node?: readonly string[]
  readonly file?: string
  readonly args?: readonly string[]
}

/** Runs `main.js` of a directory, or another file there, to its end. `stderr` is not enumerable, so that outcomes compare without it. */
export async function runIn(
  directory: string,
  { env = {}, node = [], file = 'main.js', args = [] }: HowToRun,
): Promise<ProgramEnd> {
  const own = Object.entries(process.env).filter(([name]) => !/^(DECHE_|AWS_|NODE_OPTIONS|VITEST)/.test(name))
  const child = spawn(process.execPath, [...node, file, ...args], {
    cwd: directory,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const status = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  })
  const warnings = [...stderr.matchAll(/\[(DECHE\d+)\]/g)].map(([, code = '']) => code)
  return Object.defineProperty({ status, stdout, warnings } as unknown as ProgramEnd, 'stderr', { value: stderr })
}
