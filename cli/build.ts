import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { TextTransformer } from '../transformer/text/transform.js'
import { type BuildArguments, buildArguments } from './build/arguments.js'
import type { Compilation } from './build/compilation.js'
import { libraryCompilation } from './build/library.js'
import { mirrorCompilation } from './build/mirror.js'
import { replacementOf, replaceOutputs } from './build/rewrite-outputs.js'
import { serverCompilation } from './build/server.js'
import { asCompilers, type FileDiagnostic, isPretty } from './build/show.js'
import { type ProjectCompiler, projectCompiler } from './build/typescript.js'
import { watchBuild } from './build/watch.js'
import { configAt, tsconfigAbove } from './init/tsconfig.js'

/**
 * `deche build`: the project's own compiler does all that it does, and then the JavaScript of files with tagged
 * functions is replaced by what the same compiler makes of their rewritten texts. Answers the exit code: the compiler's,
 * or 2 where deche alone found errors.
 *
 * @throws an Error for arguments that it cannot follow, and for a compiler that is missing or too old.
 */
export async function build(given: readonly string[]): Promise<number> {
  const args = buildArguments(given)
  const configs = configsOf(args)
  const compiler = projectCompiler(path.dirname(configs[0] ?? path.resolve('tsconfig.json')))
  if (args.watch && !args.compilesNothing) return watchBuild(args.all)
  const started = Date.now()
  const status = await finished(spawn(process.execPath, [compiler.tsc, ...args.all], { stdio: 'inherit' }))
  // Without a configuration the compiler has said so.
  if (args.compilesNothing || configs.length === 0) return status
  const outcome = await replaceAll(compiler, configs, args, { started, failed: status !== 0 })
  process.send?.({ inputs: outcome.inputs } satisfies BuildReport)
  return outcome.failed && status === 0 ? FAILED : status
}

/** What a build tells the one that watches. */
export interface BuildReport {
  readonly inputs: readonly string[]
}

/** As the compiler ends when it found errors and wrote its files all the same. */
const FAILED = 2

/** Clocks of file systems may lag behind, by milliseconds. */
const LAG = 50

interface Round {
  readonly started: number
  readonly failed: boolean
}

async function replaceAll(
  compiler: ProjectCompiler,
  configs: readonly string[],
  args: BuildArguments,
  { started, failed }: Round,
): Promise<{ readonly inputs: readonly string[]; readonly failed: boolean }> {
  const transformer = new TextTransformer()
  const diagnostics: FileDiagnostic[] = []
  const inputs: string[] = []
  // Grows while it is walked through: `-b` builds what a project refers to.
  const queue = [...configs]
  let pretty: boolean | undefined
  for (const config of queue) {
    const compilation = await compilationOf(compiler, config, args.overrides)
    if (compilation === undefined) continue
    try {
      const references = compilation.references.flatMap((each) => configAt(each) ?? [])
      if (args.isBuild) queue.push(...references.filter((each) => !queue.includes(each)))
      const replacement = await replacementOf(compilation, transformer)
      const { noEmitOnError, pretty: said } = compilation.options
      replaceOutputs(replacement, failed && noEmitOnError === true ? started - LAG : 0)
      pretty ??= said
      diagnostics.push(...replacement.diagnostics)
      inputs.push(config, ...compilation.files, ...replacement.reads)
    } finally {
      compilation.close()
    }
  }
  for (const each of diagnostics) process.stdout.write(asCompilers(each, isPretty(args.pretty ?? pretty)))
  return { inputs, failed: diagnostics.some(({ diagnostic }) => diagnostic.severity === 'error') }
}

function compilationOf(
  compiler: ProjectCompiler,
  config: string,
  overrides: readonly string[],
): Promise<Compilation | undefined> | Compilation | undefined {
  switch (compiler.kind) {
    case 'library':
      return libraryCompilation(compiler, config, overrides)
    case 'server':
      return serverCompilation(compiler, config, overrides)
    case 'command':
      return mirrorCompilation(compiler, config, overrides)
    default:
      return compiler.kind satisfies never
  }
}

/** The configurations that the compiler takes, as absolute paths; those that do not exist it complains about. */
function configsOf({ projects, isBuild }: BuildArguments): string[] {
  if (projects.length > 0) return projects.flatMap((given) => configAt(path.resolve(given)) ?? [])
  // `-b` looks nowhere else.
  return [(isBuild ? configAt(path.resolve('tsconfig.json')) : tsconfigAbove(process.cwd())) ?? []].flat()
}

/** A compiler that was ended by a signal ends the command likewise. */
function finished(child: ChildProcess): Promise<number> {
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('exit', (status, signal) => {
      if (signal !== null) process.kill(process.pid, signal)
      done(status ?? FAILED)
    })
  })
}
