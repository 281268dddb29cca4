// The process behind `tsc` and `tspc` of a `Project`: runs a compiler as often as it is asked to. Compiler and transformer
// are evaluated anew in each run, so that they remember nothing; but V8 keeps the machine code of the compiler.
import { createRequire, Module } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from './host.mjs'

const [, , program, transformer] = process.argv
const require = createRequire(program)
const isPatched = program.endsWith('/tspc.js')
const compiler = require.resolve(isPatched ? '../compiler/tsc.js' : '../lib/tsc.js')
let runs = 0

if (isPatched) patchOnce()

serve(program, async () => {
  for (const file of Object.keys(require.cache)) if (file.startsWith(dirname(compiler))) delete require.cache[file]
  if (isPatched) await renewTransformer()
  require(compiler)
})

/** ts-patch reads 6 MB of compiler, hashes them and looks for its patched copy each time that it is asked for it. */
function patchOnce() {
  const live = require('../module/get-live-module.js')
  for (const name of ['getLiveModule', 'getLiveTypeScriptPackage']) {
    const original = live[name]
    let patched
    live[name] = (...args) => {
      patched ??= original(...args)
      return patched
    }
  }
}

/** What `require` answers is of this run alone. */
async function renewTransformer() {
  const exports = await import(`${pathToFileURL(transformer)}?run=${runs++}`)
  require.cache[transformer] = Object.assign(new Module(transformer), { filename: transformer, loaded: true, exports })
}
