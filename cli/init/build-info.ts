import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Tsconfig } from './tsconfig.js'

/** Files by which an incremental build knows what it need not write again: below a directory, and where a configuration puts its own. */
export function buildInfoFiles(directory: string, configs: readonly Tsconfig[]): string[] {
  const named = configs.flatMap((config) => config.pathOption('tsBuildInfoFile') ?? [])
  return [...new Set([...below(directory), ...named.filter((file) => existsSync(file))])].sort()
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === '.git' ? [] : below(full)
    return entry.name.endsWith('.tsbuildinfo') ? [full] : []
  })
}
