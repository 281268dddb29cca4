import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { getNodeValue } from 'jsonc-parser'
import { type JsonText, propertyOf } from './json-text.js'

/** How a package manager installs: by the lock file it leaves. */
const MANAGERS = {
  npm: { locks: ['package-lock.json', 'npm-shrinkwrap.json'], add: 'npm install', dev: 'npm install --save-dev' },
  pnpm: { locks: ['pnpm-lock.yaml'], add: 'pnpm add', dev: 'pnpm add --save-dev' },
  yarn: { locks: ['yarn.lock'], add: 'yarn add', dev: 'yarn add --dev' },
  bun: { locks: ['bun.lock', 'bun.lockb'], add: 'bun add', dev: 'bun add --dev' },
} as const

type Manager = keyof typeof MANAGERS

/** The release of ts-patch for each release of TypeScript that tspc works with. */
const TS_PATCH: Readonly<Record<string, string>> = { '5.9': '3.3', '6': '4' }

/** What compiled programs need. */
export function missingDeche(manifest: JsonText): string[] {
  const directory = path.dirname(manifest.file)
  const { add } = commandsOf(managerOf(directory, manifest), directory)
  if (versionOf('deche', manifest) === undefined) return [`Install deche: ${add} deche`]
  if (dependencies(manifest, 'devDependencies').deche === undefined) return []
  return [`Move deche to "dependencies", unless a bundler packs it in: compiled functions import it.`]
}

/** Whether the project's compiler is one that runs no plugins. */
export function hasNoPlugins(manifest: JsonText): boolean {
  return releaseOf(versionOf('typescript', manifest)) === 7
}

/** A compiler that takes plugins, and the tspc that fits it. */
export function missingCompiler(manifest: JsonText): string[] {
  const directory = path.dirname(manifest.file)
  const { dev } = commandsOf(managerOf(directory, manifest), directory)
  const typescript = versionOf('typescript', manifest)
  const patch = versionOf('ts-patch', manifest)
  const left: string[] = []

  const release = releaseOf(typescript)
  if (release === 7) {
    left.push(
      `Use TypeScript 6.0 for tspc: ${dev} typescript@6 ts-patch@4. TypeScript 7 has no plugins, and passes by tags in silence; ` +
        `it can stay under another name: ${dev} typescript-7@npm:typescript@7. Or keep it, and build with 'deche build' instead of tspc`,
    )
  } else if (typescript === undefined) left.push(`Install the compiler: ${dev} typescript@6 ts-patch@4`)
  else if (release === undefined)
    left.push(`Use TypeScript 6.0 or 5.9 (this is ${typescript}): ${dev} typescript@6 ts-patch@4`)
  else {
    const wanted = TS_PATCH[release === 6 ? '6' : '5.9'] ?? ''
    if (patch === undefined) left.push(`Install tspc: ${dev} ts-patch@${wanted}`)
    else if (major(patch) !== major(wanted))
      left.push(`Use the ts-patch that fits TypeScript ${typescript}: ${dev} ts-patch@${wanted}`)
  }
  return left
}

/** In the root of a workspace, pnpm adds nothing unless it is told that the root is meant. */
function commandsOf(manager: Manager, directory: string): { readonly add: string; readonly dev: string } {
  const { add, dev } = MANAGERS[manager]
  const isRoot = manager === 'pnpm' && existsSync(path.join(directory, 'pnpm-workspace.yaml'))
  return isRoot ? { add: `${add} -w`, dev: `${dev} -w` } : { add, dev }
}

/** `undefined` for a release that tspc does not work with; 7 for all that have no plugins. */
function releaseOf(version: string | undefined): 5 | 6 | 7 | undefined {
  const [, first = 0, second = 0] = (/(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? []).map(Number)
  if (first >= 7) return 7
  if (first === 6) return 6
  return first === 5 && second >= 9 ? 5 : undefined
}

function major(version: string): string | undefined {
  return /\d+/.exec(version)?.[0]
}

/** Of the installed package, or as package.json asks for it; `undefined` if there is neither. */
export function versionOf(name: string, manifest: JsonText): string | undefined {
  return installed(name, manifest.file) ?? declared(name, manifest)
}

/** A range without a number (`latest`, `workspace:*`) says nothing: the newest that works is meant. */
function declared(name: string, manifest: JsonText): string | undefined {
  const range = { ...dependencies(manifest, 'devDependencies'), ...dependencies(manifest, 'dependencies') }[name]
  if (typeof range !== 'string') return undefined
  return /\d/.test(range) ? range : ({ typescript: '6.0', 'ts-patch': '4.0' }[name] ?? range)
}

function dependencies(manifest: JsonText, kind: string): Readonly<Record<string, unknown>> {
  const node = propertyOf(manifest.root, kind)
  return node?.type === 'object' ? (getNodeValue(node) as Record<string, unknown>) : {}
}

function installed(name: string, from: string): string | undefined {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const file = path.join(folder, name, 'package.json')
    if (!existsSync(file)) continue
    try {
      const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
      const version: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : ''
      return typeof version === 'string' ? version : undefined
    } catch {
      return undefined
    }
  }
  return undefined
}

/** What package.json says, or else the nearest lock file. */
function managerOf(directory: string, manifest: JsonText): Manager {
  const said: unknown = propertyOf(manifest.root, 'packageManager')?.value
  const managers = Object.keys(MANAGERS) as Manager[]
  const named = managers.find((name) => typeof said === 'string' && said.startsWith(`${name}@`))
  if (named !== undefined) return named
  for (let at = directory; ; at = path.dirname(at)) {
    const found = managers.find((name) => MANAGERS[name].locks.some((lock) => existsSync(path.join(at, lock))))
    if (found !== undefined) return found
    if (path.dirname(at) === at) return 'npm'
  }
}
