import { readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { encodeIdPart } from '../runtime/names.js'

/** Which module a source file is, wherever its project lies on this machine. */
export interface ModuleOf {
  /** The file that all links lead to. */
  readonly file: string
  /** The front of the ids of its functions: `weather.src.forecast`, `%40acme%2Fweather.src.index`. */
  readonly module: string
  /** The directory that paths count from. */
  readonly root: string
  /** `undefined` if no package.json above the file has a name: then the path alone makes the id. */
  readonly packageName: string | undefined
}

interface Package {
  readonly root: string
  readonly name: string | undefined
}

const packages = new Map<string, Package>()

/**
 * The module id of a source file: the name of its package, then its path from the package's root without extension,
 * joined by dots. `.mts` and `.cts` (`.mjs`, `.cjs`) add `~mjs` and `~cjs`, since they may stand beside a `.ts`.
 *
 * The package is the nearest package.json with a name, for one that only says `{"type":"module"}` ends no package.
 * Without any name the root is where the topmost package.json lies, or else the root of the file system: a nearer one
 * could give two files the same id.
 */
export function moduleOf(file: string): ModuleOf {
  const source = realPath(file)
  const { root, name } = packageAbove(path.dirname(source))
  const parts = path.relative(root, source).split(path.sep)
  const [, stem = '', kind = ''] = /^(.*?)(?:\.([cm]?)[jt]sx?)?$/is.exec(parts.pop() ?? '') ?? []
  const mark = kind ? `~${kind.toLowerCase()}js` : ''
  const ids = [...(name === undefined ? [] : [name]), ...parts, stem].map(encodeIdPart)
  return { file: source, module: `${ids.join('.')}${mark}`, root, packageName: name }
}

/** Forgets which packages were found: for long-lived compilers, when a package.json changed. */
export function forgetPackages(): void {
  packages.clear()
}

/** A link is the file it leads to: two ways to one file must not be two. A file that does not exist is where it says. */
export function realPath(file: string): string {
  const absolute = path.resolve(file)
  try {
    return realpathSync.native(absolute)
  } catch {
    const parent = path.dirname(absolute)
    return parent === absolute ? absolute : path.join(realPath(parent), path.basename(absolute))
  }
}

function packageAbove(directory: string): Package {
  const known = packages.get(directory)
  if (known) return known
  const found = findPackage(directory)
  packages.set(directory, found)
  return found
}

function findPackage(directory: string): Package {
  let topmost: string | undefined
  for (let at = directory; ; at = path.dirname(at)) {
    const manifest = readManifest(at)
    if (manifest?.name !== undefined) return { root: at, name: manifest.name }
    if (manifest) topmost = at
    if (path.dirname(at) === at) return { root: topmost ?? at, name: undefined }
  }
}

/** A package.json that cannot be read as one has no name; other tools report it. */
function readManifest(directory: string): { readonly name: string | undefined } | undefined {
  let text: string
  try {
    text = readFileSync(path.join(directory, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const name: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'name') : undefined
    return { name: typeof name === 'string' && name !== '' ? name : undefined }
  } catch {
    return { name: undefined }
  }
}
