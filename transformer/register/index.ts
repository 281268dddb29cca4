import module from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { hookRequire } from './commonjs.js'
import { loadSync } from './hooks.js'
import { warnIfLate } from './late.js'

/** Not in the types of the oldest Node that deche supports. */
interface WithHooks {
  registerHooks?(hooks: { readonly load: typeof loadSync }): unknown
}

const REGISTERED = Symbol.for('deche.register')

/**
 * `node --import deche/register app.ts`: caches tagged functions in what Node loads from here on. `import` and `require`
 * are two ways into Node, each with hooks of its own. Loaded twice in a thread, from whichever installation, it works once.
 */
if (!Reflect.has(globalThis, REGISTERED)) {
  Reflect.set(globalThis, REGISTERED, true)
  hookRequire()
  const { registerHooks } = module as WithHooks
  if (registerHooks && hasGoodHooks(process.versions.node)) registerHooks({ load: loadSync })
  else module.register('./thread.js', import.meta.url)
  if (isMainThread) warnIfLate()
}

/**
 * Whether hooks in the thread that loads can do all that is asked of them. tsx 4.23 draws the same line, and deche must
 * draw where tsx does: hooks of this kind run before those of the other one, whatever the order of `--import`.
 */
function hasGoodHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const since = new Map([
    [22, [22, 3]],
    [24, [11, 1]],
    [25, [1, 0]],
  ]).get(major)
  if (!since) return major >= 26
  const [sinceMinor = 0, sincePatch = 0] = since
  return minor > sinceMinor || (minor === sinceMinor && patch >= sincePatch)
}
