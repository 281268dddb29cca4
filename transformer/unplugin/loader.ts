import type { LoaderContext } from 'webpack'
import { TextTransformer } from '../text/transform.js'
import type { Diagnostic } from '../types.js'
import { errorsIn, messageOf, warningsIn } from './messages.js'
import { fileOf } from './module-ids.js'

/** One for a process: loaders are told nothing of builds. An id belongs to the file that had it last. */
const transformer = new TextTransformer()

/**
 * A loader of webpack's kind, for what takes loaders and no plugins: Turbopack. It must run before what strips types or
 * comments, so it is the last of a list.
 */
export default function loader(this: Context, text: string, map?: InputMap): void {
  const known = fileOf(this.resource)
  transformer.again()
  const transformed = known?.kind === 'source' ? transformer.transform(known.file, text) : undefined
  if (known === undefined || transformed === undefined) {
    this.callback(null, text, map)
    return
  }
  const { code, diagnostics, reads } = transformed
  const told = (some: readonly Diagnostic[]) => new Error(messageOf(known.file, text, some).message)
  for (const read of reads) this.addDependency(read)
  for (const warning of warningsIn(diagnostics)) this.emitWarning(told([warning]))
  const errors = errorsIn(diagnostics)
  if (errors.length > 0) this.callback(told(errors))
  else this.callback(null, code, { ...transformed.map(), file: known.file })
}

type Context = Pick<LoaderContext<object>, 'resource' | 'addDependency' | 'emitWarning' | 'callback'>
type InputMap = Parameters<Context['callback']>[2]
