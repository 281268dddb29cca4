import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type Loader, transformSync } from 'esbuild'

interface Site {
  readonly id: string
  readonly refs?: () => Readonly<Record<string, unknown>>
}
type Factory = () => Site

/** What stands in for `deche/runtime`. */
export interface Runtime {
  readonly site: (spec: Site) => Site
  readonly register: (...factories: Factory[]) => void
  readonly run: (site: Site, values: unknown[], body: () => unknown) => unknown
  readonly runAsync: (site: Site, values: unknown[], body: () => Promise<unknown>) => unknown
}

/** Runs each body as if there were no cache, after looking at all that the site tells. */
export function transparent(): Runtime {
  const run = (site: Site, _values: unknown[], body: () => unknown) => {
    for (const [name, value] of Object.entries(site.refs?.() ?? {})) {
      if (value === undefined) throw new Error(`${site.id}: ${name} leads nowhere`)
    }
    return body()
  }
  return { site: (spec) => spec, register: () => {}, run, runAsync: run }
}

/** Keeps what each body did, by id and JSON of the values. */
export function memoizing(): Runtime {
  const kept = new Map<string, () => unknown>()
  const run = (site: Site, values: unknown[], body: () => unknown) => {
    const key = JSON.stringify([site.id, values], (_, value) => (value === undefined ? { undefined: true } : value))
    const known = kept.get(key)
    if (known) return known()
    try {
      const result = body()
      kept.set(key, () => result)
      return result
    } catch (error) {
      kept.set(key, () => {
        throw error
      })
      throw error
    }
  }
  return { site: (spec) => spec, register: () => {}, run, runAsync: run }
}

/** Runs a module's text with types stripped, and answers its exports. */
export function load(text: string, file: string, runtime?: Runtime): Record<string, unknown> {
  const { code } = transformSync(withoutHashbang(text), {
    format: 'cjs',
    loader: (/\.[cm]?js$/.test(file) ? 'jsx' : path.extname(file).replace(/^\.[cm]?/, '')) as Loader,
    target: 'es2022',
    jsxFactory: 'h',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: true } },
  })
  const module = { exports: {} as Record<string, unknown> }
  const nodeRequire = createRequire(file)
  const require = (id: string): unknown => {
    if (id === 'deche/runtime') return runtime
    const source = path.resolve(path.dirname(file), id.replace(/\.js$/, '.ts'))
    return existsSync(source) ? load(readFileSync(source, 'utf8'), source) : nodeRequire(id)
  }
  new Function('require', 'module', 'exports', code)(require, module, module.exports)
  return module.exports
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
