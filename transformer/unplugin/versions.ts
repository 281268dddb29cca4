import type { UnpluginContextMeta } from 'unplugin'

/** The oldest version of each bundler that the plugin is tested with or known to work on: its major number. */
const OLDEST: Readonly<Record<string, number>> = { vite: 5, rollup: 4, rolldown: 1, webpack: 5, rspack: 1, rsbuild: 1 }

/** Throws for a bundler that is too old: it would fail later, with words that tell nobody why. */
export function requireSupported({ framework, versions }: UnpluginContextMeta): void {
  const [oldest, version] = [OLDEST[framework], versions[framework]]
  const major = Number.parseInt(version ?? '', 10)
  if (oldest === undefined || Number.isNaN(major) || major >= oldest) return
  throw new Error(`deche needs ${framework} ${oldest} or newer and runs in ${version}. Update ${framework}.`)
}
