import type { LoadFnOutput, LoadHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isOurs, rewritten } from './files.js'
import { runsAs } from './formats.js'

/** A module as Node hands it on, with what its types do not tell. */
interface Loaded extends LoadFnOutput {
  /** Node will load it once more, by the way of `require`. */
  readonly shouldBeReloadedByCJSLoader?: boolean
}

type NextSync = (url: string, context?: Partial<LoadHookContext>) => Loaded
type Next = (url: string, context?: Partial<LoadHookContext>) => Loaded | Promise<Loaded>

/** The hook of `module.registerHooks`. */
export function loadSync(url: string, context: LoadHookContext, next: NextSync): Loaded {
  return withCaches(url, next(url, context))
}

/** The hook of `module.register`. */
export async function load(url: string, context: LoadHookContext, next: Next): Promise<Loaded> {
  return withCaches(url, await next(url, context))
}

/** What somebody loaded, with its tagged functions cached. */
function withCaches(url: string, loaded: Loaded): Loaded {
  const { source } = loaded
  if (!url.startsWith('file:') || !source || loaded.shouldBeReloadedByCJSLoader) return loaded
  const format = runsAs(loaded.format)
  const file = fileURLToPath(url)
  if (format === null || !isOurs(file)) return loaded
  const bytes = typeof source === 'string' ? source : asBuffer(source)
  const code = rewritten(file, bytes, format)
  if (code === undefined) return loaded
  return { ...loaded, source: code }
}

function asBuffer(source: Exclude<LoadFnOutput['source'], string | undefined>): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
}
