import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** The compiler of a project. */
export interface ProjectCompiler {
  readonly version: string
  /** What it lets others do: `library` (5.9, 6), `server` (7.1 and later), `command` (7.0). */
  readonly kind: 'library' | 'server' | 'command'
  /** The script behind its `tsc`. */
  readonly tsc: string
  /** From where its parts are to be required. */
  readonly from: string
}

/**
 * The `typescript` that is installed for a directory.
 *
 * @throws an Error that says what to install, where there is none or one that is too old.
 */
export function projectCompiler(directory: string): ProjectCompiler {
  const from = path.join(directory, 'x.js')
  const manifest = (createRequire(from).resolve.paths('typescript') ?? [])
    .map((folder) => path.join(folder, 'typescript', 'package.json'))
    .find((file) => existsSync(file))
  if (manifest === undefined) throw new Error('this project has no typescript: npm install --save-dev typescript')
  const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly version: string
    readonly bin: { readonly tsc: string }
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 5 || (major === 5 && minor < 9))
    throw new Error(`typescript ${version} is too old: deche build works with 5.9 and later`)
  const kind = major < 7 ? 'library' : major === 7 && minor === 0 ? 'command' : 'server'
  return { version, kind, tsc: path.join(path.dirname(manifest), bin.tsc), from }
}

/** The version of the `typescript` of a directory, if it is one that runs no transformers: 7 and later. */
export function compilerWithoutPlugins(directory: string): string | undefined {
  try {
    const { kind, version } = projectCompiler(directory)
    return kind === 'library' ? undefined : version
  } catch {
    return undefined
  }
}
