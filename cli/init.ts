import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Palette } from './colours.js'
import { buildInfoFiles } from './init/build-info.js'
import { bundlerConfigs, missingPlugins } from './init/bundlers.js'
import { type Change, Edits } from './init/edits.js'
import { ignoreEntries } from './init/gitignore.js'
import { hasNoPlugins, missingCompiler, missingDeche } from './init/packages.js'
import { shownPath } from './init/paths.js'
import { addPlugin, emittingConfigs } from './init/plugins.js'
import { addCheck, configsOfScripts, editScripts } from './init/scripts.js'
import { showChange } from './init/show.js'
import { writeChanges } from './init/write.js'

export interface InitOptions {
  /** Show what would change, and write nothing. */
  readonly dryRun: boolean
}

interface Plan {
  readonly changes: readonly Change[]
  /** What only people can do, as sentences. */
  readonly left: readonly string[]
}

/**
 * Sets a project up for deche: the plugin in tsconfig.json, scripts that compile with it, `.gitignore`. Answers what
 * there is to say, the plugins of bundlers among it. Throws, with nothing written, for a project that it cannot read, or in
 * which nothing is found that compiles.
 */
export function init(directory: string, { dryRun }: InitOptions, colours: Palette): string {
  const { changes, left } = plan(path.resolve(directory))
  if (!dryRun) writeChanges(changes)
  const done = changes.length === 0 ? 'Nothing to change.' : dryRun ? 'This would change:' : 'Changed:'
  const blocks = [`${done}\n`, ...changes.map((change) => showChange(change, colours))]
  if (left.length > 0) blocks.push(`Left to do:\n${left.map((each) => `  - ${each}\n`).join('')}`)
  return blocks.join('\n')
}

function plan(directory: string): Plan {
  const { manifest, tsconfig } = findProject(directory)
  const edits = new Edits()
  const json = edits.read(manifest, 'json')
  const configs = emittingConfigs([tsconfig, ...configsOfScripts(json)], directory, edits)
  const bundlers = bundlerConfigs(directory)
  if (configs.length === 0 && bundlers.length === 0) {
    throw new Error(
      `no tsconfig.json in ${shownPath(directory)} makes the compiler write JavaScript ("noEmit" or "emitDeclarationOnly" is set), and there is no ` +
        'configuration of a bundler. What compiles this project, or runs it, needs deche on its way: docs/recipes has a page ' +
        'for each tool. Nothing was changed',
    )
  }
  const left = missingDeche(json)
  if (configs.length > 0) left.push(...planCompiler(directory, { manifest, tsconfig, configs }, edits))
  left.push(...missingPlugins(bundlers))
  addCheck(manifest, edits)
  const ignored = ignoreEntries(directory)
  return { changes: [...edits.changes(), ...(ignored === undefined ? [] : [ignored])], left }
}

interface Compiled {
  readonly manifest: string
  readonly tsconfig: string
  readonly configs: readonly string[]
}

/** The compiler's part. One that runs no plugins takes none: there, `deche build` compiles. Answers what is left to do. */
function planCompiler(directory: string, { manifest, tsconfig, configs }: Compiled, edits: Edits): string[] {
  if (hasNoPlugins(edits.read(manifest, 'json'))) {
    const ignored = configs.filter((file) => edits.tsconfig(file).hasDeche)
    return [
      ...ignored.map((file) => `Remove deche from the "plugins" of ${shownPath(file)}: TypeScript 7 runs none.`),
      ...editScripts(manifest, tsconfig, 'deche build', edits),
    ]
  }
  const left = missingCompiler(edits.read(manifest, 'json'))
  for (const file of configs) left.push(...addPlugin(file, edits))
  const isNew = edits.changes().length > 0
  left.push(...editScripts(manifest, tsconfig, 'tspc', edits))
  const emitted = configs.map((file) => edits.tsconfig(file))
  const stale = isNew ? buildInfoFiles(directory, emitted).map(shownPath) : []
  if (stale.length === 0) return left
  return [
    ...left,
    `Delete ${stale.join(', ')}: an incremental build does not write a file again because a plugin is new.`,
  ]
}

function findProject(directory: string): { readonly manifest: string; readonly tsconfig: string } {
  const shown = shownPath(directory)
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`there is no directory '${shown}'`)
  const [manifest, tsconfig] = ['package.json', 'tsconfig.json'].map((name) => path.join(directory, name))
  if (manifest === undefined || !existsSync(manifest))
    throw new Error(`there is no package.json in '${shown}': 'npm init' makes one. Nothing was changed`)
  if (tsconfig === undefined || !existsSync(tsconfig)) {
    const others = readdirSync(directory).filter((name) => /^(?:tsconfig\..+|jsconfig)\.json$/.test(name))
    throw new Error(
      `there is no tsconfig.json in '${shown}'${others.length > 0 ? ` (only ${others.join(', ')})` : ''}: ` +
        "'npx tsc --init' makes one. Nothing was changed",
    )
  }
  return { manifest, tsconfig }
}
