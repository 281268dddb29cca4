import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { compilerWithoutPlugins } from '../build/typescript.js'
import { shownPath } from '../init/paths.js'
import { Tsconfig, tsconfigAbove } from '../init/tsconfig.js'

/** What to do so that a function of this source is compiled: the cause that can be seen, or else the usual ones. */
export function adviceFor(source: string, output: string, someAreCompiled: boolean): string {
  const version = compilerWithoutPlugins(path.dirname(path.resolve(source)))
  if (version !== undefined && !someAreCompiled)
    return `TypeScript ${version} runs no plugins: build with 'deche build', or with a bundler and deche's plugin.`
  const config = configOf(source)
  if (config === undefined) return 'Compile with tspc and a tsconfig.json that has deche in its "plugins".'
  if (!config.hasDeche) {
    return `Add { "transform": "deche/transformer" } to "plugins" in ${shownPath(config.file)}, and build with tspc.`
  }
  const buildInfo = buildInfoOf(config, output)
  if (buildInfo !== undefined) {
    return `Delete ${shownPath(buildInfo)}, for which an incremental build does not write the file again, and build with tspc, not with tsc.`
  }
  if (someAreCompiled)
    return `Build again with tspc: other functions are compiled there. See that it writes to ${output}.`
  return `Build with tspc, not with tsc, which ignores plugins in silence. See that it writes to ${output}.`
}

/**
 * The one in the nearest folder that has deche, or else its tsconfig.json. None that cannot be read: the compiler tells
 * why.
 */
function configOf(source: string): Tsconfig | undefined {
  const file = tsconfigAbove(path.dirname(path.resolve(source)))
  if (file === undefined) return undefined
  const folder = path.dirname(file)
  const others = namesIn(folder).filter((name) => /^tsconfig\..+\.json$/.test(name))
  const configs = ['tsconfig.json', ...others].flatMap((name) => readable(path.join(folder, name)) ?? [])
  return configs.find((config) => config.hasDeche) ?? configs[0]
}

function readable(file: string): Tsconfig | undefined {
  try {
    return new Tsconfig(file)
  } catch {
    return undefined
  }
}

/** Where the compiler puts it: where the configuration says, beside that, or in the output. */
function buildInfoOf(config: Tsconfig, output: string): string | undefined {
  const folder = path.dirname(config.file)
  const file = config.pathOption('tsBuildInfoFile')
  if (file !== undefined && existsSync(file)) return file
  const folders = [path.resolve(output), path.dirname(path.resolve(output)), folder]
  const files = folders.flatMap((each) => namesIn(each).map((name) => path.join(each, name)))
  return files.find((each) => each.endsWith('.tsbuildinfo'))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
