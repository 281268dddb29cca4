import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { builtTransformer, type Outcome } from './project.js'

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const host = fileURLToPath(new URL('command-host.mjs', import.meta.url))

export type Environment = Readonly<Record<string, string>>

/** No colours, and nothing that Node is told to load. */
function plainEnvironment(more: Environment): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env
  return { ...inherited, NODE_OPTIONS: '', ...more }
}

/** `deche` in a process of its own, as people run it. */
export function runCommand(cwd: string, args: readonly string[], environment: Environment = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', command, ...args], {
    cwd,
    encoding: 'utf8',
    env: plainEnvironment(environment),
  })
  return { status, stdout, stderr }
}

/**
 * `deche` in one process for all tests of a file, so that they wait for a compiler to be loaded and warm only once. Each
 * run has a directory, an environment and modules of deche of its own. What Node reads when it starts (NODE_OPTIONS),
 * colours, which a package decides when it is loaded, and a store elsewhere, whose part of deche is loaded by `require`,
 * need `runCommand`.
 */
export function warmCommand(): (cwd: string, args: readonly string[], environment?: Environment) => Promise<Outcome> {
  builtTransformer()
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  afterAll(() => {
    child?.kill()
  })

  function ask(cwd: string, args: readonly string[], environment: Environment): Promise<Outcome> {
    child ??= fork(host, [command], { execArgv: ['--no-warnings'], env: plainEnvironment({}), stdio: 'inherit' })
    const asked = child
    return new Promise((done, failed) => {
      const ended = (status: number | null) => failed(new Error(`the process of the command ended with ${status}`))
      asked.once('exit', ended)
      asked.once('message', ({ failure, ...outcome }: Outcome & { readonly failure?: string }) => {
        asked.off('exit', ended)
        if (failure === undefined) done(outcome)
        else failed(new Error(failure))
      })
      asked.send({ args, cwd, environment: plainEnvironment(environment) })
    })
  }

  return (cwd, args, environment = {}) => {
    const next = last.then(() => ask(cwd, args, environment))
    last = next.catch(() => {})
    return next
  }
}
