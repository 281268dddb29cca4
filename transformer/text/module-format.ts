import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Format } from '../generate.js'
import type { Analysis } from '../types.js'

/**
 * How a source text must load modules, for those who compile it further: with `import`, if it is written as an ES module
 * (compilers turn ours into `require` with the rest, if they want CommonJS). A file without `import` and `export` is what
 * Node takes it for: by its extension, else by the `type` of the nearest package.json.
 *
 * @param runsAs What the file is once its types are gone, where somebody knows: decides if it imports and exports nothing
 * else.
 */
export function moduleFormat(file: string, { moduleSyntax }: Analysis, runsAs?: Format): Format {
  if (moduleSyntax === 'types') return runsAs ?? 'esm'
  return moduleSyntax ?? runsAs ?? packageFormat(file)
}

/** What Node takes a file for by its name and its place. */
export function packageFormat(file: string): Format {
  if (/\.m[jt]s$/i.test(file)) return 'esm'
  if (/\.c[jt]s$/i.test(file)) return 'cjs'
  return isModulePackage(path.dirname(path.resolve(file))) ? 'esm' : 'cjs'
}

/** As Node does, the nearest package.json decides, whatever else it says. */
function isModulePackage(directory: string): boolean {
  for (let at = directory; ; at = path.dirname(at)) {
    const type = typeIn(path.join(at, 'package.json'))
    if (type !== undefined) return type === 'module'
    if (path.dirname(at) === at) return false
  }
}

/** `undefined` where there is none to read. */
function typeIn(manifest: string): unknown {
  try {
    const { type = 'commonjs' } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly type?: unknown }
    return type
  } catch {
    return undefined
  }
}
