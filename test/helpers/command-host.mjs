// The process behind `warmCommand`: runs the command as often as it is asked to, with whatever it has loaded by then.
import { register } from 'node:module'
import { serve } from './host.mjs'

// Modules of deche are new in each run, and so is what they remember. Those of packages stay: a compiler is warm.
register(
  `data:text/javascript,${encodeURIComponent(`
export async function resolve(specifier, context, next) {
  const run = /\\?run=\\d+$/.exec(context.parentURL ?? '')?.[0] ?? ''
  const resolved = await next(specifier, context)
  return specifier.startsWith('.') ? { ...resolved, url: resolved.url + run } : resolved
}`)}`,
)

const [, , command] = process.argv
let runs = 0

serve(command, () => import(`file://${command}?run=${runs++}`))
