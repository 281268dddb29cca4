import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { builtTransformer } from './project.js'
import { type Outcome, warmProcess } from './warm-process.js'

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

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

let warm: ReturnType<typeof warmProcess> | undefined

/**
 * `deche` in one process for all tests of a worker. Each run has a directory, an environment and modules of deche of its
 * own. What Node reads when it starts (NODE_OPTIONS), colours, which a package decides when it is loaded, and a store
 * elsewhere, whose part of deche is loaded by `require`, need `runCommand`.
 */
export function warmCommand(): (cwd: string, args: readonly string[], environment?: Environment) => Promise<Outcome> {
  builtTransformer()
  warm ??= warmProcess('command-host.mjs', command)
  const run = warm
  return (cwd, args, environment = {}) => run({ cwd, args, environment: plainEnvironment(environment) })
}
