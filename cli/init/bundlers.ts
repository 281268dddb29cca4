import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Configurations of tools that compile TypeScript, and what of deche each takes. */
const PLUGINS: Readonly<Record<string, string>> = {
  vite: 'deche/vite',
  vitest: 'deche/vite',
  rollup: 'deche/rollup',
  rolldown: 'deche/rolldown',
  webpack: 'deche/webpack',
  rspack: 'deche/rspack',
  rsbuild: 'deche/rsbuild',
  next: 'deche/loader',
}

export interface BundlerConfig {
  readonly file: string
  /** The module of deche that it wants. */
  readonly plugin: string
  readonly namesDeche: boolean
}

/** The configurations of bundlers in a directory. */
export function bundlerConfigs(directory: string): BundlerConfig[] {
  return readdirSync(directory).flatMap((file) => {
    const [, name = ''] = /^(\w+)\.config\.[cm]?[jt]s$/.exec(file) ?? []
    const plugin = Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined
    if (plugin === undefined) return []
    return [{ file, plugin, namesDeche: readFileSync(path.join(directory, file), 'utf8').includes('deche') }]
  })
}

/** What is left to do in those that do not name deche, as sentences. */
export function missingPlugins(configs: readonly BundlerConfig[]): string[] {
  return configs
    .filter(({ namesDeche }) => !namesDeche)
    .map(({ file, plugin }) => `Add the plugin of '${plugin}' to ${file}: what it builds or runs is uncached without.`)
}
