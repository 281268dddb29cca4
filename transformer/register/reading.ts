import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Format } from '../generate.js'
import { rewritten } from './files.js'

/** A reading of a file that has not happened yet. */
export interface Expected {
  /** Whether it has happened. */
  readonly isDone: boolean
  /** From here on nothing is expected. Must be called. */
  end(): void
}

/**
 * Rewrites what the next reading of a file yields. Whoever loads a module (Node, tsx, a hook on `_extensions`) reads it
 * first, with `fs.readFileSync`. So it does not matter who was there before deche: all of them see TypeScript.
 */
export function rewriteReading(file: string, format: Format | undefined): Expected {
  const { readFileSync } = fs
  const state = { isDone: false, end }
  const reading = ((path: fs.PathOrFileDescriptor, options?: unknown) => {
    const content = Reflect.apply(readFileSync, fs, [path, options]) as string | Buffer
    if (state.isDone || (path instanceof URL ? fileURLToPath(path) : path) !== file) return content
    state.isDone = true
    end()
    const code = rewritten(file, content, format)
    if (code === undefined) return content
    return typeof content === 'string' ? code : Buffer.from(code)
  }) as typeof readFileSync
  fs.readFileSync = reading
  return state

  function end(): void {
    if (fs.readFileSync === reading) fs.readFileSync = readFileSync
  }
}
