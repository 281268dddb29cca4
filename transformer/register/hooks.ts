import type { LoadFnOutput, LoadHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isOurs, rewritten } from './files.js'
import { runsAs } from './formats.js'
import { rewriteReading } from './reading.js'

/** A module as Node hands it on, with what its types do not tell. */
interface Loaded extends LoadFnOutput {
  /** Node will load it once more, by the way of `require`. */
  readonly shouldBeReloadedByCJSLoader?: boolean
}

type Next<Result> = (url: string, context?: Partial<LoadHookContext>) => Result

/** The hook of `module.registerHooks`. */
export function loadSync(url: string, context: LoadHookContext, next: Next<Loaded>): Loaded {
  const file = fileOf(url)
  const format = runsAs(context.format)
  if (file === undefined || format === null) return next(url, context)
  const expected = rewriteReading(file, format)
  try {
    const loaded = next(url, context)
    return expected.isDone ? loaded : withCaches(file, loaded)
  } finally {
    expected.end()
  }
}

/** The hook of `module.register`. There a file is read by other ways, and must come to deche as it is. */
export async function load(
  url: string,
  context: LoadHookContext,
  next: Next<Loaded | Promise<Loaded>>,
): Promise<Loaded> {
  const loaded = await next(url, context)
  const file = fileOf(url)
  if (file === undefined) return loaded
  const result = withCaches(file, loaded)
  // Node prints warnings a turn later, and a short program would have ended this thread by then.
  await new Promise((later) => setImmediate(later))
  return result
}

function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const file = fileURLToPath(url)
  return isOurs(file) ? file : undefined
}

/** What somebody loaded, with its tagged functions cached. */
function withCaches(file: string, loaded: Loaded): Loaded {
  const { source } = loaded
  const format = runsAs(loaded.format)
  if (!source || format === null || loaded.shouldBeReloadedByCJSLoader) return loaded
  const code = rewritten(file, typeof source === 'string' ? source : asBuffer(source), format)
  return code === undefined ? loaded : { ...loaded, source: code }
}

function asBuffer(source: Exclude<LoadFnOutput['source'], string | undefined>): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
}
