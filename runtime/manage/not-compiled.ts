import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledIds } from '../call/compiled-sites.js'
import { encodeIdPart } from '../names.js'
import type { AnyFunction } from './types.js'

/** What can be known of a function without a site, and of the program that it runs in. */
export interface Facts {
  /** What `cached()` was given is a function. */
  readonly isFunction: boolean
  readonly name: string
  /** The function's text calls the runtime, so the compiler did its work. */
  readonly looksCompiled: boolean
  /** Of all compiled functions of this process, and whether their modules can name them. */
  readonly ids: ReadonlyMap<string, boolean>
  /** What runs the program, if that reads TypeScript sources: `tsx`, `Vitest`, `Node itself`. */
  readonly runner: string | undefined
  /** Version of the package `typescript` that the program's project has: `7.0.2`. */
  readonly typescript: string | undefined
  /** The `.tsbuildinfo` file nearest to the file that called `cached()`, within its package. */
  readonly buildInfo: string | undefined
}

/** Why a function may have no cache, the likeliest cause first, and what to do: whole sentences. */
export function whyNotCompiled(facts: Facts): string {
  const { isFunction, name, looksCompiled, ids, runner } = facts
  if (!isFunction) return 'cached() takes a tagged function.'
  if (name.startsWith('bound ')) {
    return 'It is what bind() made of another function. Give cached() that one; for a method also its object, as in cached(client.get, client).'
  }
  const namesakes = [...ids].filter(([id]) => isCalled(id, name))
  const [nameless] = namesakes.filter(([, reachable]) => !reachable)
  if (nameless !== undefined) {
    return (
      `Its module cannot name ${nameless[0]}: each call of the function around it, or each instance, makes another one, ` +
      `or it is private. Reach its entries by the id: new Cache().open('${nameless[0]}').`
    )
  }
  const [namesake] = namesakes
  if (namesake !== undefined) {
    return (
      `deche knows ${namesake[0]}, but this is another function object: a wrapper, what a decorator made, or a function of ` +
      `that name without a tag. Give cached() the tagged function itself, or use new Cache().open('${namesake[0]}').`
    )
  }
  if (looksCompiled) {
    return (
      'It was compiled, but for another copy of deche than the one that is asked: the program has two ' +
      "(see 'npm ls deche'), or a bundle holds one of its own. Import 'deche' where its functions do."
    )
  }
  if (runner !== undefined) {
    return (
      `This program runs TypeScript sources by ${runner}, which knows no compiler plugins. Compile with 'npx tspc' and run ` +
      "the JavaScript that it writes ('npx deche init' sets that up), or cache without a compiler: new Cache().wrap(fn, { name })."
    )
  }
  return `${compiledBy(facts)} ${HOW}`
}

const HOW =
  'Put /** @deche */ above it, add { "transform": "deche/transformer" } to "plugins" in tsconfig.json, and compile with ' +
  "'npx tspc' in place of 'npx tsc': 'npx deche init' sets that up. 'npx deche check --built dist' lists what is not compiled."

function compiledBy({ ids, typescript, buildInfo }: Facts): string {
  if (buildInfo !== undefined) {
    return (
      'Most likely plain tsc compiled it, or an incremental build has not written its file again since the plugin ' +
      `or the tag is there: delete ${buildInfo}, then build with tspc.`
    )
  }
  if (ids.size > 0) {
    return 'Other functions of this program were compiled, so most likely this one has no tag, or its file was compiled by another tsconfig.json or at another time.'
  }
  if (Number.parseInt(typescript ?? '', 10) >= 7) {
    return `TypeScript ${typescript} is installed, which has no plugins and passes by the tag in silence: compile with 'npx deche build', or have TypeScript 6.0 or 5.9 for tspc.`
  }
  return 'Most likely plain tsc compiled it, which ignores plugins in silence.'
}

/** An id ends with the name of its function, behind `static~` or `~`; a getter's function is called `get x`. */
function isCalled(id: string, name: string): boolean {
  const last = id.slice(id.lastIndexOf('.') + 1).replace(/^(?:static)?~/, '')
  return last === encodeIdPart(name.replace(/^[gs]et /, ''))
}

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/i.test(file)
}

/** Asks the process and the disk about `fn`, which code outside deche gave to `callee`. Never throws. */
export function factsOf(fn: unknown, callee: AnyFunction): Facts {
  const isFunction = typeof fn === 'function'
  const name = isFunction && typeof fn.name === 'string' ? fn.name : ''
  const caller = callerOf(callee)
  return {
    isFunction,
    name,
    looksCompiled: isFunction && /\$deche[\w$]*\.run/.test(Function.prototype.toString.call(fn)),
    ids: compiledIds(),
    runner:
      caller !== undefined && isTypeScript(caller)
        ? runnerOf(process.execArgv, process.env, process.versions)
        : undefined,
    typescript: caller === undefined ? undefined : installedTypeScript(caller),
    buildInfo: caller === undefined ? undefined : buildInfoAbove(path.dirname(caller)),
  }
}

/** Packages that a program's sources are loaded by, as they stand in `--import`, `--require` and `--loader`. */
const LOADERS =
  /(?:^|[\\/=:])((?:@swc-node|@oxc-node|@swc|@babel|sucrase|esbuild-register|tsimp|tsm|tsx|ts-node|jiti)(?:\/\w[\w-]*)?)(?=$|[\\/.])/

/** Who reads the TypeScript sources of this process. */
export function runnerOf(
  execArgv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  versions: Readonly<Record<string, string | undefined>>,
): string {
  if (versions.bun !== undefined) return 'Bun'
  if (versions.deno !== undefined) return 'Deno'
  const words = [...execArgv, ...(environment.NODE_OPTIONS ?? '').split(/\s+/)]
  const loader = words.map((word) => LOADERS.exec(word)?.[1]).find((found) => found !== undefined)
  if (loader !== undefined) return /^@(?:swc|babel)\//.test(loader) ? loader : loader.replace(/\/.*$/, '')
  // Programs that tests start inherit these: what their own command line says comes first.
  if (environment.VITEST !== undefined) return 'Vitest'
  if (environment.JEST_WORKER_ID !== undefined) return 'Jest'
  // Since 22.10 Node says here whether it strips types.
  return Reflect.get(process.features, 'typescript') ? 'Node itself' : 'a loader'
}

/** The file whose code called `callee`, as Node loaded it: source maps do not show here. */
function callerOf(callee: AnyFunction): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 10
    Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName())
    const trace: { stack?: unknown } = {}
    Error.captureStackTrace(trace, callee)
    const files: readonly unknown[] = Array.isArray(trace.stack) ? trace.stack : []
    const file = [...files, process.argv[1]].find(isFile)
    return file === undefined ? undefined : pathOf(file)
  } catch {
    return undefined
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

function isFile(frame: unknown): frame is string {
  return typeof frame === 'string' && /^(?:file:|[\\/]|[A-Za-z]:)/.test(frame)
}

function pathOf(file: string): string {
  return (file.startsWith('file:') ? fileURLToPath(file.replace(/[?#].*$/, '')) : file).replace(/\?.*$/, '')
}

function installedTypeScript(caller: string): string | undefined {
  for (const folder of createRequire(caller).resolve.paths('typescript') ?? []) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'typescript/package.json'), 'utf8'))
      return typeof manifest === 'object' && manifest !== null ? String(Reflect.get(manifest, 'version')) : undefined
    } catch {
      // Not in this one.
    }
  }
  return undefined
}

/** Looks in the folders from here up to that of the nearest package.json. */
function buildInfoAbove(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    let names: readonly string[]
    try {
      names = readdirSync(at)
    } catch {
      return undefined
    }
    const found = names.find((name) => name.endsWith('.tsbuildinfo'))
    if (found !== undefined) return path.relative('', path.join(at, found)) || found
    if (names.includes('package.json') || path.dirname(at) === at) return undefined
  }
}
