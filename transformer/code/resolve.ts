import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import type { ResolverFactory } from 'oxc-resolver'

/** What an import leads to. */
export type Resolved =
  /** A source file of the project: also of a workspace package that is linked into `node_modules`. */
  | { readonly kind: 'source'; readonly file: string }
  /** A file of the project that is no source: JSON, text. `order` is what a bundler shall make of it. */
  | { readonly kind: 'asset'; readonly file: string; readonly order?: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string; readonly manifest: string }
  /** A module of Node, or deche itself: what stays the same however it is installed. */
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'missing' }

const SOURCE = /\.[cm]?[jt]sx?$/i
const DECLARATION = /\.d(?:\.[^./\\]+)?\.[cm]?ts$/i

/**
 * Both conditions of a package with two builds, so that the answer does not depend on the format that is compiled to.
 * The extensions are TypeScript's: `./a.js` is what `./a.ts` will be.
 */
const OPTIONS = {
  conditionNames: ['node', 'import', 'require', 'default'],
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js', '.jsx'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  mainFields: ['module', 'main'],
  nodePath: false,
}

/** Follows imports as TypeScript does, from the files alone. What it found stays found: make a new one for each build. */
export class Resolver {
  #resolver: ResolverFactory | undefined
  #plain: ResolverFactory | undefined

  resolve(file: string, specifier: string): Resolved {
    if (isBuiltin(specifier)) return this.#mapped(file, specifier) ?? { kind: 'builtin', name: nodeName(specifier) }
    if (/^deche(?:\/|$)/.test(specifier)) return { kind: 'builtin', name: specifier }
    // Bundlers take what follows a question mark as an order (`?raw`); the file is an asset then.
    const [request = '', order] = specifier.split('?', 2)
    const found = this.#find(file, request)
    if (found === undefined) return packageNamed(file, specifier) ?? { kind: 'missing' }
    if (/[\\/]node_modules[\\/]/.test(found)) return packageAround(found) ?? { kind: 'asset', file: found }
    const isSource = order === undefined && SOURCE.test(found) && !DECLARATION.test(found)
    if (isSource) return { kind: 'source', file: found }
    return { kind: 'asset', file: found, ...(order !== undefined && { order }) }
  }

  /** `events` may be a file of the project by `paths`, or by what a bundler makes of them. */
  #mapped(file: string, specifier: string): Resolved | undefined {
    if (specifier.startsWith('node:')) return undefined
    const found = this.#find(file, specifier)
    const isProjects = found !== undefined && SOURCE.test(found) && !DECLARATION.test(found)
    return isProjects && !/[\\/]node_modules[\\/]/.test(found) ? { kind: 'source', file: found } : undefined
  }

  /** Without tsconfig.json, if it cannot be read, or leads to declarations: they say nothing about what runs. */
  #find(file: string, specifier: string): string | undefined {
    this.#resolver ??= resolver({ ...OPTIONS, tsconfig: 'auto' })
    const found = this.#resolver.resolveFileSync(file, specifier).path
    if (found !== undefined && !DECLARATION.test(found)) return found
    this.#plain ??= resolver(OPTIONS)
    return this.#plain.sync(path.dirname(file), specifier).path ?? found
  }
}

function nodeName(specifier: string): string {
  return `node:${specifier.replace(/^node:/, '')}`
}

/** Most builds follow no import, and do without the library. */
function resolver(options: ConstructorParameters<typeof ResolverFactory>[0]): ResolverFactory {
  const library: typeof import('oxc-resolver') = createRequire(import.meta.url)('oxc-resolver')
  return new library.ResolverFactory(options)
}

/** The package that a file in `node_modules` belongs to. A package.json without name and version ends no package. */
function packageAround(file: string): Resolved | undefined {
  for (let at = path.dirname(file); path.basename(at) !== 'node_modules'; at = path.dirname(at)) {
    const found = readPackage(at)
    if (found) return found
    if (path.dirname(at) === at) return undefined
  }
  return undefined
}

/** An installed package whose entry cannot be found, because it has types alone or conditions that nobody knows here. */
function packageNamed(file: string, specifier: string): Resolved | undefined {
  const name = /^(?:@[^/]+\/)?[^./@#][^/]*/.exec(specifier)?.[0]
  if (name === undefined) return undefined
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    const found = readPackage(path.join(at, 'node_modules', name))
    if (found) return found
    if (path.dirname(at) === at) return undefined
  }
}

function readPackage(directory: string): Resolved | undefined {
  const manifest = path.join(directory, 'package.json')
  if (!existsSync(manifest)) return undefined
  try {
    const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const [name, version]: unknown[] = [Reflect.get(parsed, 'name'), Reflect.get(parsed, 'version')]
    if (typeof name !== 'string' || typeof version !== 'string') return undefined
    return { kind: 'package', name, version, manifest }
  } catch {
    return undefined
  }
}
