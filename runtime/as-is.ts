/**
 * A file of deche, an ES module, past those who changed `require`: tsx makes CommonJS of all that is asked for with it, and of
 * what that imports, which would be a second runtime. `undefined` in a Node that deche does not know.
 */
export function requireAsIs(file: string): unknown {
  const { Module } = process.getBuiltinModule('node:module')
  const module = new Module(file) as NodeModule & { _compile(text: string, file: string, format: string): void }
  module.filename = file
  try {
    module._compile(process.getBuiltinModule('node:fs').readFileSync(file, 'utf8'), file, 'module')
    return module.exports
  } catch {
    return undefined
  }
}
