import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../../errors.js'

/**
 * The file of a client library, looked up from here (a peer lies beside deche), from the project, and from the working
 * directory (a bundle may lie anywhere). Throws ConfigError that says what to install.
 */
export function findClient(source: string, name: string, install: string, root: string): string {
  for (const from of [here(), join(root, 'package.json'), join(process.cwd(), 'package.json')]) {
    if (from === undefined) continue
    try {
      return createRequire(from).resolve(name)
    } catch {
      // Not there.
    }
  }
  throw new ConfigError(source, `it needs the package ${name}, which is not installed: npm install ${install}`)
}

/** What a bundler made of this file may not know where it is. */
function here(): string | undefined {
  try {
    return fileURLToPath(import.meta.url)
  } catch {
    return undefined
  }
}
