import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Run {
  readonly cwd: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

/**
 * One process for all tests of a worker, so that they wait for a compiler to be loaded and warm only once. `host` is a file
 * beside this one that calls `serve`. It starts with the first run and ends with the worker.
 */
export function warmProcess(host: string, ...settings: string[]): (run: Run) => Promise<Outcome> {
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()

  function started(): ChildProcess {
    const program = fileURLToPath(new URL(host, import.meta.url))
    const { NODE_OPTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env
    const made = fork(program, settings, {
      execArgv: ['--no-warnings'],
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    // Tests do not wait for its end.
    made.unref()
    made.channel?.unref()
    return made
  }

  function ask(run: Run): Promise<Outcome> {
    child ??= started()
    const asked = child
    return new Promise((done, failed) => {
      const ended = (status: number | null) => failed(new Error(`the process of ${host} ended with ${status}`))
      asked.channel?.ref()
      asked.once('exit', ended)
      asked.once('message', ({ failure, ...outcome }: Outcome & { readonly failure?: string }) => {
        asked.off('exit', ended)
        asked.channel?.unref()
        if (failure === undefined) done(outcome)
        else failed(new Error(failure))
      })
      asked.send(run)
    })
  }

  return (run) => {
    const next = last.then(() => ask(run))
    last = next.catch(() => {})
    return next
  }
}
