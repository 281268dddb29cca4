import fs from 'node:fs'
import { Module } from 'node:module'
import { isOurs, rewritten } from './files.js'

/** Not in Node's types, though every tool that compiles on the fly lives on it. */
interface Loading {
  load(this: NodeModule, file: string): void
}

/**
 * Rewrites what `require` loads. Whoever compiles a file (Node, tsx, a hook on `_extensions`) reads it first, with
 * `fs.readFileSync` while the module is loaded: that one reading gets the rewritten text. So the order of such tools does
 * not matter, and all of them see TypeScript.
 */
export function hookRequire(): void {
  const prototype = Module.prototype as unknown as Loading
  const { load } = prototype
  prototype.load = function (file) {
    if (!isOurs(file)) return load.call(this, file)
    const restore = rewriteNextReading(file)
    try {
      return load.call(this, file)
    } finally {
      restore()
    }
  }
}

/** Until the file was read, or the function that comes back is called. */
function rewriteNextReading(file: string): () => void {
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
    const code = rewritten(file, content, undefined)
    if (code === undefined) return content
    return typeof content === 'string' ? code : Buffer.from(code)
  }) as typeof readFileSync
  fs.readFileSync = reading
  return restore
}
