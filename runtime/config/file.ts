import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { ConfigError } from '../errors.js'
import type { Layer } from './types.js'
import { isPlainObject, show } from './values.js'

const NAMES = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map(
  (extension) => `deche.config.${extension}`,
)

export interface Project {
  /** The directory of the nearest package.json; without one, the working directory. */
  readonly root: string
  /** What its `deche` key or its `deche.config.*` says, unchecked. */
  readonly layer?: Layer
}

/** Finds and reads the project's configuration. Throws ConfigError for two of them, and for one that cannot be read. */
export function readProject(cwd: string): Project {
  const manifest = nearestManifest(cwd)
  const root = manifest === undefined ? cwd : dirname(manifest)
  const own = manifest === undefined ? undefined : manifestKey(manifest)
  const files = NAMES.map((name) => join(root, name)).filter((file) => existsSync(file))
  const sources = [...(own === undefined ? [] : [`the 'deche' key of ${manifest}`]), ...files]
  if (sources.length > 1)
    throw new ConfigError(sources.join(' and '), 'there must be one configuration; keep one of them')
  const [source] = sources
  if (source === undefined) return { root }
  const value = own === undefined ? readFile(source, root) : own
  if (isPlainObject(value)) return { root, layer: { source, options: value, directory: root } }
  throw new ConfigError(source, `it must be an object of options, and is ${show(value)}`)
}

function nearestManifest(cwd: string): string | undefined {
  for (let directory = cwd; ; directory = dirname(directory)) {
    const file = join(directory, 'package.json')
    if (existsSync(file)) return file
    if (directory === dirname(directory)) return undefined
  }
}

function manifestKey(file: string): unknown {
  const manifest = json(file)
  if (!isPlainObject(manifest)) throw new ConfigError(file, `it must be an object, and is ${show(manifest)}`)
  return manifest.deche
}

function readFile(file: string, root: string): unknown {
  switch (extname(file)) {
    case '.json':
      return json(file)
    case '.yaml':
    case '.yml':
      return yaml(file, root)
    default:
      return code(file, root)
  }
}

function json(file: string): unknown {
  const source = text(file)
  return attempt(file, 'it is not JSON', () => JSON.parse(source))
}

function yaml(file: string, root: string): unknown {
  const source = text(file)
  const { parse } = peer<{ parse(source: string): unknown }>(file, root, 'yaml')
  // A file whose every line is a comment is null.
  return attempt(file, 'it is not YAML', () => parse(source)) ?? {}
}

/** JavaScript by `require`, which on the Node versions we support also loads ES modules. */
function code(file: string, root: string): unknown {
  const native = requireFrom(root)
  const isTypeScript = /ts$/.test(extname(file))
  const strips = Boolean((process.features as { readonly typescript?: unknown }).typescript)
  const load = isTypeScript && !strips ? peer<Jiti>(file, root, 'jiti').createJiti(join(root, 'package.json')) : native
  const loaded = attempt(file, 'it cannot be loaded', () => load(file))
  const isModule = typeof loaded === 'object' && loaded !== null && ('default' in loaded || '__esModule' in loaded)
  return isModule ? (loaded as { readonly default?: unknown }).default : loaded
}

/** Asked for when a project has a file to load: no program should wait for `node:module` at its start. */
function requireFrom(root: string): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(join(root, 'package.json'))
}

interface Jiti {
  createJiti(parent: string): (file: string) => unknown
}

function text(file: string): string {
  return attempt(file, 'it cannot be read', () => readFileSync(file, 'utf8')).replace(/^\uFEFF/, '')
}

/** An optional peer dependency, from where the project has it. */
function peer<T>(file: string, root: string, name: string): T {
  try {
    return requireFrom(root)(name)
  } catch (cause) {
    throw new ConfigError(file, `reading it takes the package ${name}: npm install ${name}`, { cause })
  }
}

function attempt<T>(file: string, problem: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_REQUIRE_ASYNC_MODULE') {
      throw new ConfigError(
        file,
        'it uses top-level await, and configuration is read synchronously; await in the program and call configure()',
        { cause },
      )
    }
    throw new ConfigError(
      file,
      `${problem}: ${cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)}`,
      {
        cause,
      },
    )
  }
}
