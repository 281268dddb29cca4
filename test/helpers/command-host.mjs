// The process behind `warmCommand`: runs the command as often as it is asked to, with whatever it has loaded by then.
import { register } from 'node:module'

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

process.on('message', async ({ args, cwd, environment }) => {
  const said = { stdout: '', stderr: '' }
  const writes = ['stdout', 'stderr'].map((name) => [process[name], process[name].write, name])
  for (const [stream, , name] of writes) {
    stream.write = (text) => {
      said[name] += text
      return true
    }
  }
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  process.chdir(cwd)
  process.argv = [process.execPath, command, ...args]
  process.exitCode = undefined
  let failure
  try {
    await import(`file://${command}?run=${runs++}`)
  } catch (error) {
    failure = String(error instanceof Error ? error.stack : error)
  }
  const status = process.exitCode ?? 0
  process.exitCode = undefined
  process.stdout.removeAllListeners('error')
  for (const [stream, write] of writes) stream.write = write
  // The directory goes with its test.
  process.chdir('/')
  process.send({ status, ...said, failure })
})
