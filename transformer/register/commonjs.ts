import { Module } from 'node:module'
import { isOurs, rewritten } from './files.js'
import { runsAs } from './formats.js'
import { rewriteReading } from './reading.js'

/** Not in Node's types, though every tool that compiles on the fly lives on them. */
interface Loading {
  load(this: NodeModule, file: string): void
  _compile(this: NodeModule, content: string, file: string, format?: string): unknown
}

/**
 * Rewrites what `require` loads, when it is read. Node may have read it earlier, to tell its exports to an `import`: then
 * it is rewritten when it is compiled.
 */
export function hookRequire(): void {
  const prototype = Module.prototype as unknown as Loading
  const { load, _compile } = prototype
  const wasRead = new WeakMap<NodeModule, { readonly isDone: boolean }>()
  prototype.load = function (file) {
    if (!isOurs(file)) return load.call(this, file)
    const expected = rewriteReading(file, undefined)
    wasRead.set(this, expected)
    try {
      return load.call(this, file)
    } finally {
      expected.end()
    }
  }
  prototype._compile = function (content, file, format) {
    const isLeft = wasRead.get(this)?.isDone || !isOurs(file)
    const code = isLeft ? undefined : rewritten(file, content, runsAs(format) ?? undefined)
    return _compile.call(this, code ?? content, file, format)
  }
}
