import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { compilerWithoutPlugins } from '../build/typescript.js'
import { buildInfoFiles } from '../init/build-info.js'
import { bundlerConfigs } from '../init/bundlers.js'
import { type CompilerCall, compilerCalls, emits } from '../init/commands.js'
import type { JsonText } from '../init/json-text.js'
import { propertyOf } from '../init/json-text.js'
import { missingCompiler, versionOf } from '../init/packages.js'
import { shownPath } from '../init/paths.js'
import { Tsconfig } from '../init/tsconfig.js'
import { type Finding, note, right, wrong } from './finding.js'

/** How the project gets from source texts to JavaScript, and whether deche is on the way. */
export function compilingFindings(manifest: JsonText): Finding[] {
  const directory = path.dirname(manifest.file)
  const without = compilerWithoutPlugins(directory)
  const { configs, findings } = configsIn(directory)
  const bundlers = bundlersIn(directory)
  const calls = scriptCalls(manifest)
  const buildsWithDeche = scriptLines(manifest).some(([, line]) => /\bdeche build\b/.test(line))
  const runsWithDeche = scriptLines(manifest).some(([, line]) => /\bdeche\/register\b/.test(line))
  const withPlugin = configs.filter((config) => config.hasDeche)
  const usesTspc = withPlugin.length > 0 || calls.some(({ call }) => call.word === 'tspc')
  return [
    ...findings,
    ...compilerFindings(manifest, without, usesTspc && !buildsWithDeche),
    ...(without === undefined ? pluginFindings(withPlugin, usesTspc) : ignoredFindings(withPlugin, without)),
    ...scriptFindings(calls, without, withPlugin.length > 0),
    ...bundlers,
    ...(without === undefined ? staleFindings(directory, withPlugin) : []),
    ...(usesTspc && without === undefined ? [] : wayFinding(bundlers, buildsWithDeche || runsWithDeche)),
  ]
}

function configsIn(directory: string): {
  readonly configs: readonly Tsconfig[]
  readonly findings: readonly Finding[]
} {
  const configs: Tsconfig[] = []
  const findings: Finding[] = []
  for (const name of readdirSync(directory).filter((each) => /^tsconfig(?:\..+)?\.json$/.test(each))) {
    try {
      const config = new Tsconfig(path.join(directory, name))
      // What it extends is read when it is asked.
      void config.plugins
      configs.push(config)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      findings.push(
        wrong(name, message.replace(/; nothing was changed$/, ''), 'Mend it: nothing can be compiled with it.'),
      )
    }
  }
  return { configs, findings }
}

function compilerFindings(manifest: JsonText, without: string | undefined, usesTspc: boolean): Finding[] {
  const version = versionOf('typescript', manifest)
  if (version === undefined) return [note('typescript', 'it is not installed')]
  if (without !== undefined)
    return [right('typescript', `${without}, which runs no plugins: 'deche build' compiles with it`)]
  const missing = usesTspc ? missingCompiler(manifest) : []
  const patch = versionOf('ts-patch', manifest)
  const pair = patch === undefined ? version : `${version} with ts-patch ${patch}`
  if (missing.length === 0) return [right('typescript', pair)]
  return missing.map((fix) => wrong('typescript', pair, fix))
}

function pluginFindings(withPlugin: readonly Tsconfig[], usesTspc: boolean): Finding[] {
  if (withPlugin.length > 0) return withPlugin.map(({ file }) => right(shownPath(file), 'deche is among its plugins'))
  if (!usesTspc) return []
  return [wrong('tsconfig.json', 'no configuration has deche among its "plugins"', "Run 'npx deche init'.")]
}

function ignoredFindings(withPlugin: readonly Tsconfig[], version: string): Finding[] {
  return withPlugin.map(({ file }) =>
    wrong(
      shownPath(file),
      `TypeScript ${version} ignores deche among its "plugins" in silence`,
      "Build with 'deche build' or a bundler's plugin, and remove the entry.",
    ),
  )
}

interface ScriptCall {
  readonly name: string
  readonly call: CompilerCall
}

function scriptFindings(calls: readonly ScriptCall[], without: string | undefined, hasPlugin: boolean): Finding[] {
  return calls.flatMap(({ name, call }): Finding[] => {
    const subject = `script '${name}'`
    if (!emits(call)) return []
    if (call.word === 'tspc')
      return without === undefined
        ? [right(subject, 'compiles with tspc')]
        : [wrong(subject, `tspc cannot run TypeScript ${without}`, "Let it run 'deche build'.")]
    if (without !== undefined)
      return [
        wrong(subject, 'tsc writes JavaScript without cached functions', "Let it run 'deche build' instead of 'tsc'."),
      ]
    return hasPlugin
      ? [wrong(subject, 'tsc ignores plugins in silence', "Let it run 'tspc' instead of 'tsc'.")]
      : [note(subject, 'tsc writes JavaScript without cached functions')]
  })
}

function scriptLines(manifest: JsonText): [name: string, line: string][] {
  return (propertyOf(manifest.root, 'scripts')?.children ?? []).flatMap(({ children = [] }) => {
    const [name, line] = children.map((each): unknown => each.value)
    return typeof name === 'string' && typeof line === 'string' ? [[name, line] as [string, string]] : []
  })
}

function scriptCalls(manifest: JsonText): ScriptCall[] {
  const lines = scriptLines(manifest)
  const names = new Set(lines.map(([name]) => name))
  return lines.flatMap(([name, line]) => compilerCalls(line, names).map((call) => ({ name, call })))
}

function bundlersIn(directory: string): Finding[] {
  return bundlerConfigs(directory).map(({ file, plugin, namesDeche }) =>
    namesDeche
      ? right(file, 'names deche')
      : note(
          file,
          'does not name deche, so what is built or run with it may be uncached',
          `Add the plugin of '${plugin}'.`,
        ),
  )
}

/** An incremental build does not write a file again because a plugin is new. */
function staleFindings(directory: string, withPlugin: readonly Tsconfig[]): Finding[] {
  const newest = Math.max(0, ...withPlugin.map(({ file }) => statSync(file).mtimeMs))
  const files = buildInfoFiles(directory, withPlugin).filter(
    (file) => existsSync(file) && statSync(file).mtimeMs < newest,
  )
  return files.map((file) =>
    wrong(
      shownPath(file),
      'it is older than the configuration with the plugin, so files may not be written again',
      'Delete it, and build.',
    ),
  )
}

function wayFinding(bundlers: readonly Finding[], isOnTheWay: boolean): Finding[] {
  if (isOnTheWay || bundlers.some(({ state }) => state === 'right')) return []
  return [
    wrong(
      'build',
      'nothing that compiles tagged functions was found',
      "Let a script run 'deche build', or add deche's plugin to the bundler; 'npx deche init' sets up tspc.",
    ),
  ]
}
