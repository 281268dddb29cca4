import { dirname } from 'node:path'
import { ConfigError } from '../errors.js'
import { warnOnce } from '../warn.js'
import { ENVIRONMENT, readEnvironment } from './env.js'
import { readProject } from './file.js'
import {
  type ConfigureOptions,
  isOptionName,
  type Layer,
  type Mode,
  OPTIONS,
  REGISTRIES,
  type Registry,
  readOption,
  STORE_OPTIONS,
} from './options.js'
import { checkRegistries, mergeRegistries } from './registry.js'
import { checkStoreOptions, resolveMode, resolveStore, type StoreSettings } from './store.js'
import { isPlainObject, show } from './values.js'

/** The configuration that every cache starts from. */
export interface Config {
  /** The directory of the nearest package.json; without one, `cwd`. */
  readonly root: string
  /** The working directory when configuration was first needed: what relative prefixes in code are relative to. */
  readonly cwd: string
  /** File, environment, `configure()`: rising priority. A Cache and a tag append theirs. */
  readonly layers: readonly Layer[]
  readonly registry: Registry
  /** Of a Cache without options of its own. */
  readonly store: StoreSettings
  readonly mode: Mode
}

/** Where options may stand: `new Cache`, `replace` · `configure`, files · `wrap`. */
export type Where = 'cache' | 'configure' | 'wrap'

let project: Config | undefined
let calls: readonly Layer[] = []
let current: Config | undefined
let generation = 0
let reading = false

/**
 * Options and registered names for all caches. Later calls win, key by key; functions that are bound already follow.
 * Throws ConfigError, and changes nothing, for an unknown option or a wrong value.
 */
export function configure(options: ConfigureOptions): void {
  checkOptions('configure()', options, 'configure')
  const layer: Layer = { source: 'configure()', options: { ...options } }
  const next = [...calls.filter((earlier) => !isCovered(earlier, layer)), layer]
  mergeRegistries(next)
  calls = next
  current = undefined
  change()
}

/** The configuration of the moment. Files and environment are read once, when it is first needed. Throws ConfigError. */
export function currentConfig(): Config {
  project ??= readOnce()
  current ??= calls.length === 0 ? project : complete(project, [...project.layers, ...calls])
  return current
}

/** Changes whenever `currentConfig()` may answer differently. */
export function configGeneration(): number {
  return generation
}

/** Forgets all that was read and configured. For tests. */
export function resetConfig(): void {
  project = undefined
  calls = []
  current = undefined
  change()
}

/** Calls `listener` whenever `configGeneration()` changes. */
export function followConfig(listener: () => void): void {
  followers.push(listener)
}

const followers: (() => void)[] = []

function change(): void {
  generation += 1
  for (const follower of followers) follower()
}

/** What files and environment say. Throws ConfigError. */
export function loadConfig(cwd: string, env: Readonly<Record<string, string | undefined>>): Config {
  const { root, layer } = readProject(cwd)
  if (layer) checkOptions(layer.source, layer.options, 'configure')
  const { layers, unknown } = readEnvironment(env)
  for (const { source, options } of layers) checkOptions(source, options, 'configure')
  for (const variable of unknown) {
    warnOnce('DECHE3005', variable, `${variable} is no setting of deche; settings are ${ENVIRONMENT}`)
  }
  return complete({ root, cwd }, layer ? [layer, ...layers] : layers)
}

/** Throws ConfigError for an option that has no place here, or whose value is wrong. */
export function checkOptions(source: string, options: unknown, where: Where = 'cache'): void {
  if (!isPlainObject(options)) throw new ConfigError(source, `it must be an object of options, and is ${show(options)}`)
  const accepted = ACCEPTED[where]
  for (const [name, value] of Object.entries(options)) {
    if (!accepted.includes(name))
      throw new ConfigError(source, `'${name}' is no option here; options are ${accepted.join(', ')}`)
    if (isOptionName(name) && value !== undefined && value !== null) readOption(source, name, value)
  }
  if (where === 'wrap') checkWrap(source, options)
  else checkStoreOptions(source, options)
  if (where === 'configure') checkRegistries(source, options)
}

const FUNCTION_OPTIONS = Object.keys(OPTIONS).filter(isOptionName)
const CACHE_OPTIONS = [...FUNCTION_OPTIONS.filter((name) => OPTIONS[name].allowed !== 'tag'), ...STORE_OPTIONS]
const ACCEPTED: Readonly<Record<Where, readonly string[]>> = {
  cache: CACHE_OPTIONS,
  configure: [...CACHE_OPTIONS, ...REGISTRIES],
  wrap: ['params', ...FUNCTION_OPTIONS.filter((name) => OPTIONS[name].allowed !== 'cache' && name !== 'cache')],
}

function checkWrap(source: string, options: Readonly<Record<string, unknown>>): void {
  const { name, params = ['...args'] } = options
  if (typeof name !== 'string') throw new ConfigError(source, `name: it must be ${OPTIONS.name.accepts}`)
  const names: unknown[] = Array.isArray(params) ? [...params] : [params]
  if (typeof names.at(-1) === 'string') names.push(String(names.pop()).replace(/^\.{3}/, ''))
  const fits =
    names.every((item) => typeof item === 'string' && IDENTIFIER.test(item)) && new Set(names).size === names.length
  if (!Array.isArray(params) || !fits) {
    throw new ConfigError(
      source,
      `params: ${show(params)} must be a list of different parameter names, the last perhaps as '...rest'`,
    )
  }
  for (const option of ['ignore', 'redact'] as const) {
    if (options[option] === undefined || options[option] === null) continue
    const unknown = readOption(source, option, options[option]).find((word) => !names.includes(word) && !isAttr(word))
    if (unknown === undefined) continue
    throw new ConfigError(source, `${option}: '${unknown}' is no parameter; it has ${names.join(', ') || 'none'}`)
  }
}

/** Attributes may come from the cache, which this check does not see. */
function isAttr(word: string): boolean {
  return word.startsWith('this.')
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u

function readOnce(): Config {
  // A configuration file that calls a cached function would wait for itself.
  if (reading)
    throw new ConfigError('configuration', 'a cached function was called while the configuration was being read')
  reading = true
  try {
    return loadConfig(workingDirectory(), process.env)
  } finally {
    reading = false
  }
}

/** A directory that was removed under the program must not break its functions: then that of the program counts. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return dirname(process.argv[1] ?? process.execPath)
  }
}

function complete(places: { readonly root: string; readonly cwd: string }, layers: readonly Layer[]): Config {
  const { root, cwd } = places
  return {
    root,
    cwd,
    layers,
    registry: mergeRegistries(layers),
    store: resolveStore(layers, places),
    mode: resolveMode(layers),
  }
}

/** Whether a later call says all that an earlier one said, so that programs may call `configure` without end. */
function isCovered(earlier: Layer, later: Layer): boolean {
  return Object.entries(earlier.options).every(([name, value]) => {
    const next = later.options[name]
    if (value === undefined) return true
    if (name === 'storageOptions' || next === undefined) return false
    return !REGISTRIES.some((registry) => registry === name) || hasNamesOf(next, value)
  })
}

/** What is registered is merged by name. */
function hasNamesOf(later: unknown, earlier: unknown): boolean {
  return Object.keys(Object(earlier)).every((name) => Object.hasOwn(Object(later), name))
}
