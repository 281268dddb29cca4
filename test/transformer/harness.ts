import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Loader, transformSync } from 'esbuild'

type Factory = () => readonly [
  id: string,
  params: unknown,
  code: string,
  self: unknown,
  options: unknown,
  more?: { readonly refs?: () => Readonly<Record<string, unknown>> },
]
type Values = readonly unknown[] | undefined
type Body<T> = (...values: unknown[]) => T
type Items = Generator<unknown, unknown, unknown>
type AsyncItems = AsyncGenerator<unknown, unknown, unknown>

/** What stands in for `deche/runtime`. */
export interface Runtime {
  readonly register: (...factories: Factory[]) => void
  readonly values: (factory: Factory, read: () => unknown[]) => Values
  readonly run: (factory: Factory, values: Values, body: Body<unknown>) => unknown
  readonly runAsync: (factory: Factory, values: Values, body: Body<Promise<unknown>>) => unknown
  readonly runGenerator: (factory: Factory, values: Values, body: () => Items) => Items
  readonly runAsyncGenerator: (factory: Factory, values: Values, body: () => AsyncItems) => AsyncItems
}

const basics = {
  register: () => {},
  values: (_factory: Factory, read: () => unknown[]) => {
    try {
      return read()
    } catch {
      return undefined
    }
  },
}

/** Runs each body as if there were no cache, after looking at all that the site tells. */
export function transparent(): Runtime {
  const run = <T>(factory: Factory, values: Values, body: Body<T>) => {
    const [id, , , , , { refs } = {}] = factory()
    for (const [name, value] of Object.entries(refs?.() ?? {})) {
      if (value === undefined) throw new Error(`${id}: ${name} leads nowhere`)
    }
    return body(...(values ?? []))
  }
  return { ...basics, run, runAsync: run, runGenerator: run, runAsyncGenerator: run }
}

/** Keeps what each body did, by id and JSON of the values. */
export function memoizing(): Runtime {
  const kept = new Map<string, () => unknown>()
  const keyOf = (factory: Factory, values: Values) =>
    JSON.stringify([factory()[0], values], (_, value) => (value === undefined ? { undefined: true } : value))
  const run = (factory: Factory, values: Values, body: Body<unknown>) => {
    if (values === undefined) return body()
    const key = keyOf(factory, values)
    const known = kept.get(key)
    if (known) return known()
    try {
      const result = body(...values)
      kept.set(key, () => result)
      return result
    } catch (error) {
      kept.set(key, () => {
        throw error
      })
      throw error
    }
  }
  const recordings = new Map<string, { readonly items: unknown[]; readonly result: unknown }>()
  function* runGenerator(factory: Factory, values: Values, body: () => Items): Items {
    const known = recordings.get(keyOf(factory, values))
    if (known) {
      yield* known.items
      return known.result
    }
    const items: unknown[] = []
    const source = body()
    for (let turn = source.next(); ; turn = source.next()) {
      if (turn.done) {
        recordings.set(keyOf(factory, values), { items, result: turn.value })
        return turn.value
      }
      items.push(turn.value)
      yield turn.value
    }
  }
  async function* runAsyncGenerator(factory: Factory, values: Values, body: () => AsyncItems): AsyncItems {
    const known = recordings.get(keyOf(factory, values))
    if (known) {
      yield* known.items
      return known.result
    }
    const items: unknown[] = []
    const source = body()
    for (let turn = await source.next(); ; turn = await source.next()) {
      if (turn.done) {
        recordings.set(keyOf(factory, values), { items, result: turn.value })
        return turn.value
      }
      items.push(turn.value)
      yield turn.value
    }
  }
  return { ...basics, run, runAsync: run, runGenerator, runAsyncGenerator }
}

/** Runs a module's text with types stripped, and answers its exports. */
export async function load(text: string, file: string, runtime?: Runtime): Promise<Record<string, unknown>> {
  return file.endsWith('.mts') ? loadEsm(text, file, runtime) : loadCommonJs(text, file, runtime, new Map())
}

type Module = { exports: Record<string, unknown> }

function loadCommonJs(text: string, file: string, runtime: Runtime | undefined, loaded: Map<string, Module>) {
  const module: Module = { exports: {} }
  loaded.set(file, module)
  const nodeRequire = createRequire(file)
  const require = (id: string): unknown => {
    if (id === 'deche/runtime') return runtime
    const source = path.resolve(path.dirname(file), id.replace(/\.js$/, '.ts'))
    if (!existsSync(source)) return nodeRequire(id)
    return loaded.get(source)?.exports ?? loadCommonJs(readFileSync(source, 'utf8'), source, runtime, loaded)
  }
  new Function('require', 'module', 'exports', stripped(text, file, 'cjs'))(require, module, module.exports)
  return module.exports
}

const RUNTIME = Symbol.for('deche.test.runtime')

/** For what only an ES module can do. The stand-in for the runtime reaches it over `globalThis`. */
async function loadEsm(text: string, file: string, runtime: Runtime | undefined): Promise<Record<string, unknown>> {
  Reflect.set(globalThis, RUNTIME, runtime)
  const names = Object.keys(runtime ?? {}).join(', ')
  const stub = `data:text/javascript,export const { ${names} } = globalThis[Symbol.for('deche.test.runtime')] // ${Math.random()}`
  const directory = mkdtempSync(path.join(tmpdir(), 'deche-fixture-'))
  try {
    const emitted = path.join(directory, 'fixture.mjs')
    writeFileSync(emitted, stripped(text, file, 'esm').replaceAll('"deche/runtime"', JSON.stringify(stub)))
    return await import(/* @vite-ignore */ pathToFileURL(emitted).href)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function stripped(text: string, file: string, format: 'cjs' | 'esm'): string {
  return transformSync(withoutHashbang(text), {
    format,
    loader: (/\.[cm]?js$/.test(file) ? 'jsx' : path.extname(file).replace(/^\.[cm]?/, '')) as Loader,
    target: 'es2022',
    jsxFactory: 'h',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
  }).code
}

/** What a program can see of a module: what its functions are called and take, and what its `observe` answers. */
export async function observe(exports: Record<string, unknown>): Promise<unknown> {
  const shapes = Object.entries<unknown>({ ...exports, itself: exports }).flatMap(([key, value]) =>
    typeof value === 'function' ? [[key, value.name, value.length, Object.getOwnPropertyNames(value)]] : [],
  )
  const run = exports.observe
  const results = typeof run === 'function' ? [await run(), await run()] : []
  return { shapes, results }
}

/** Node takes it off before it compiles; `new Function` does not. */
function withoutHashbang(text: string): string {
  return text.replace(/^\uFEFF?(?:#!.*\n)?/, '')
}
