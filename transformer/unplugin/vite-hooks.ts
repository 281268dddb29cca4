import path from 'node:path'
import type { Plugin, UserConfig } from 'vite'

/** What Vite needs besides: `readersOf` tells the files whose output a changed file may change. */
export function viteHooks(readersOf: (file: string) => readonly string[]): Partial<Plugin> {
  return {
    config: () => VITEST as UserConfig,
    // Importers are told softly, which keeps what was made of them, and with it the hash of the helper's old code.
    hotUpdate({ file, modules, timestamp }) {
      const { moduleGraph } = this.environment
      const readers = readersOf(path.normalize(file)).flatMap((each) => [
        ...(moduleGraph.getModulesByFile(each.replaceAll('\\', '/')) ?? []),
      ])
      if (readers.length === 0) return undefined
      for (const reader of readers) moduleGraph.invalidateModule(reader, new Set(), timestamp, true)
      return [...new Set([...modules, ...readers])]
    },
  }
}

/**
 * Vitest takes code outside of `node_modules` for the project's own. The runtime is Node's to load also where it is
 * linked from elsewhere, as in a workspace.
 */
const VITEST = { test: { server: { deps: { external: [folder(path.resolve(import.meta.dirname, '../..'))] } } } }

function folder(directory: string): RegExp {
  const parts = directory.split(path.sep).map((part) => part.replace(/[^\w-]/g, '\\$&'))
  return new RegExp(`^(?:file://)?${parts.join('[\\\\/]')}[\\\\/]`)
}
