import { readFileSync } from 'node:fs'
import { TextTransformer } from '../text/transform.js'
import { errorsIn, messageOf, warningsIn } from './messages.js'
import type { Options } from './options.js'
import { plugin } from './plugin.js'

export type { Options, Pattern } from './options.js'

/** A `BunPlugin`, whose types are in a package that few have. */
export interface Plugin {
  name: string
  setup(build: never): void | Promise<void>
}

/** For `Bun.build`, and for `plugin()` in a file that bunfig.toml preloads, where files of `node_modules` are left alone. */
export default function deche(options: Options = {}): Plugin {
  if (process.versions.bun === undefined)
    throw new Error(
      `deche/bun is for Bun, and this is Node ${process.versions.node}. Run it with bun, or use deche/esbuild.`,
    )
  const { name, setup } = plugin.bun(options) as { name: string; setup(build: Builder): void | Promise<void> }
  return { name, setup: (build: Builder) => ('onStart' in build ? setup(build) : rewriteWhileRunning(build)) }
}

interface Builder {
  onLoad(filter: { readonly filter: RegExp }, load: (file: { readonly path: string }) => object): void
}

const OWN_SOURCE = /^(?!.*[\\/]node_modules[\\/]).*\.[cm]?[jt]sx?$/

/** A program that runs has no build, which the library would ask for. What is asked for at once is answered at once, for `require`. */
function rewriteWhileRunning(build: Builder): void {
  const transformer = new TextTransformer()
  build.onLoad({ filter: OWN_SOURCE }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    const { code = text, diagnostics = [] } = transformer.transform(path, text) ?? {}
    for (const warning of warningsIn(diagnostics))
      process.emitWarning(messageOf(path, text, [warning]).message, { type: 'DecheWarning', code: warning.code })
    const errors = errorsIn(diagnostics)
    if (errors.length > 0) throw new Error(messageOf(path, text, errors).message)
    const [, loader = 'js'] = /\.[cm]?([jt]sx?)$/.exec(path) ?? []
    return { contents: code, loader }
  })
}
