import fs from 'node:fs'
import { Module } from 'node:module'
import { isOurs, rewritten } from './files.js'
import { runsAs } from './formats.js'

/** Not in Node's types, though every tool that compiles on the fly lives on them. */
interface Loading {
  load(this: NodeModule, file: string): void
  _compile(this: NodeModule, content: string, file: string, format?: string): unknown
}

/** Modules whose text was rewritten, or needs no rewriting. */
const seen = new WeakSet<NodeModule>()

/**
 * Rewrites what `require` loads. Whoever compiles a file (tsx, a hook on `_extensions`, Node) reads it first, with
 * `fs.readFileSync` while the module is loaded: that one reading gets the rewritten text. So the order of such tools does
 * not matter, and all of them see TypeScript. Node may have read the file earlier, to tell its exports to an `import`:
 * then it is the text to compile that is rewritten.
 */
export function hookRequire(): void {
  const prototype = Module.prototype as unknown as Loading
  const { load, _compile } = prototype
  prototype.load = function (file) {
    if (!isOurs(file)) return load.call(this, file)
    const restore = rewriteNextReading(this, file)
    try {
      return load.call(this, file)
    } finally {
      restore()
    }
  }
  prototype._compile = function (content, file, format) {
    const isSeen = seen.has(this) || !isOurs(file)
    const code = isSeen ? undefined : rewritten(file, content, runsAs(format) ?? undefined)
    return _compile.call(this, code ?? content, file, format)
  }
}

/** Until the file was read, or the function that comes back is called. */
function rewriteNextReading(module: NodeModule, file: string): () => void {
  const { readFileSync } = fs
  let isDone = false
  const restore = () => {
    isDone = true
    if (fs.readFileSync === reading) fs.readFileSync = readFileSync
  }
  const reading = ((path: fs.PathOrFileDescriptor, options?: unknown) => {
    const content = Reflect.apply(readFileSync, fs, [path, options]) as string | Buffer
    if (isDone || path !== file) return content
    restore()
    seen.add(module)
    const code = rewritten(file, content, undefined)
    if (code === undefined) return content
    return typeof content === 'string' ? code : Buffer.from(code)
  }) as typeof readFileSync
  fs.readFileSync = reading
  return restore
}
