/** Files of languages with scripts in them, which are compiled by others; what they say of deche is not heard. */
const HOSTS = /\.(?:vue|svelte|astro|mdx)$/i

const SOURCE = /\.[cm]?[jt]sx?$/i
const DECLARATION = /\.d(?:\.[^./\\]+)?\.[cm]?ts$/i

/** What bundlers take for another view of a file: its text, its address, a part of it that somebody else made. */
const VIEWS = new Set([
  'raw',
  'url',
  'worker',
  'sharedworker',
  'vue',
  'svelte',
  'astro',
  'commonjs-proxy',
  'commonjs-module',
])

/** Names that plugins made up. Rollup's convention, which the others follow. */
const VIRTUAL = '\0'

/** How Vite's server addresses what lies outside its root: with the whole path, which on Windows begins with a drive. */
const SERVED = /^\/@fs(?:\/(?=[a-z]:)|(?=\/))/i

/** The module ids that are worth a look, with whatever query. */
export const LOOKED_AT = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx)(?:$|[?#])/i

export type ModuleKind = 'source' | 'host'

/** The file behind a module id, and what it is; `undefined` for what no file holds as it is. */
export function fileOf(id: string): { readonly file: string; readonly kind: ModuleKind } | undefined {
  if (id.startsWith(VIRTUAL)) return undefined
  const [, file = id, query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(id.replace(SERVED, '')) ?? []
  if (query.split('&').some((part) => VIEWS.has(part.replace(/=.*/, '')))) return undefined
  if (HOSTS.test(file)) return { file, kind: 'host' }
  return SOURCE.test(file) && !DECLARATION.test(file) ? { file, kind: 'source' } : undefined
}
