import path from 'node:path'
import type { Edits } from './edits.js'
import { addFirst, addProperty, problemAt, propertyOf } from './json-text.js'
import { shownPath } from './paths.js'
import { isDeche, type Tsconfig } from './tsconfig.js'

const PLUGIN = '{ "transform": "deche/transformer" }'

/**
 * The configurations that these stand for and that make the compiler write JavaScript, each once. One that only has references stands
 * for the projects that it refers to, as far as they are below the directory.
 */
export function emittingConfigs(files: readonly string[], directory: string, edits: Edits): string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file) || path.relative(directory, file).startsWith('..')) return
    seen.add(file)
    const config = edits.tsconfig(file)
    if (config.isSolution) config.references.forEach(visit)
    else if (config.emits) found.add(file)
  }
  files.forEach(visit)
  return [...found]
}

/** Adds the plugin to a configuration that has not got it. Answers what a reader of the change should know. */
export function addPlugin(file: string, edits: Edits): string[] {
  const config = edits.tsconfig(file)
  if (config.hasDeche) return orderOf(config)
  const options = propertyOf(config.json.root, 'compilerOptions')
  if (options !== undefined && options.type !== 'object')
    throw problemAt(config.json, options.offset, '"compilerOptions" must be an object')
  const own = config.ownPlugins
  if (own !== undefined) {
    if (own.type !== 'array') throw problemAt(config.json, own.offset, '"plugins" must be an array')
    edits.set(addFirst(config.json, own, PLUGIN))
    return []
  }
  const inherited = config.plugins
  const list = `[${[PLUGIN, ...inherited.map(oneLine)].join(', ')}]`
  const { indent, eol } = config.json
  edits.set(
    options === undefined
      ? addProperty(config.json, config.json.root, 'compilerOptions', (at) =>
          [`{`, `${at}${indent}"plugins": ${list}`, `${at}}`].join(eol),
        )
      : addProperty(config.json, options, 'plugins', () => list),
  )
  if (inherited.length === 0) return []
  return [
    `"plugins" in ${shownPath(file)} replaces the list of the file that it extends, so what is in that list is repeated here.`,
  ]
}

/** Another transformer in front of deche may replace what deche looks for. */
function orderOf({ plugins, file }: Tsconfig): string[] {
  const first = plugins.find((plugin) => isTransformer(plugin))
  if (first === undefined || isDeche(first)) return []
  return [`Put ${PLUGIN} in front of the other transformers of ${shownPath(file)}.`]
}

function isTransformer(plugin: unknown): boolean {
  return typeof plugin === 'object' && plugin !== null && 'transform' in plugin
}

/** `{ "name": "x" }`, with the spaces that people write. */
function oneLine(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ')
}
