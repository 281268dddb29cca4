import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Loader } from 'esbuild'
import { createUnplugin, type UnpluginBuildContext, type UnpluginContext, type UnpluginOptions } from 'unplugin'
import { diagnose } from '../diagnostics.js'
import { TextTransformer } from '../text/transform.js'
import type { Diagnostic } from '../types.js'
import { errorsIn, messageOf, warningsIn } from './messages.js'
import { fileOf, LOOKED_AT } from './module-ids.js'
import type { Options, Pattern } from './options.js'
import { requireSupported } from './versions.js'
import { viteHooks } from './vite-hooks.js'

/** Rollup and Rolldown run plugins as they are listed, unless a hook asks to be the first. */
const BEFORE_OTHERS = { order: 'pre' } as const

type Context = UnpluginBuildContext & UnpluginContext

/**
 * The transformer for bundlers: before anything strips types or comments, source text in and source text out. All
 * front ends are this one plugin.
 */
export const plugin = createUnplugin<Options | undefined, false>((options = {}, meta): UnpluginOptions => {
  let transformer = new TextTransformer()
  const said = new Map<string, { readonly text: string; readonly warnings: string }>()
  const readBy = new Map<string, readonly string[]>()
  let esbuildLoaders: Readonly<Record<string, string>> = {}

  /** What a front end shows once for a text: a build for servers and one for browsers see the same files. */
  function warn(context: Context, file: string, text: string, warnings: readonly Diagnostic[]): void {
    if (warnings.length === 0) {
      said.delete(file)
      return
    }
    const all = warnings.map(({ code, range }) => `${code} ${range}`).join()
    const before = said.get(file)
    if (before?.text === text && before.warnings === all) return
    said.set(file, { text, warnings: all })
    for (const warning of warnings) context.warn(messageOf(file, text, [warning]))
  }

  return {
    name: 'deche',
    enforce: 'pre',

    buildStart() {
      requireSupported(meta)
      // esbuild looks at all files anew and says of none that it is gone.
      if (meta.framework === 'esbuild') transformer = new TextTransformer()
      else transformer.again()
    },

    watchChange(id) {
      transformer.again()
      // It is looked at once more if it is still there.
      transformer.forget(id)
    },

    transform: {
      ...BEFORE_OTHERS,
      filter: {
        id: { include: listed(options.include) ?? LOOKED_AT, exclude: excluded(options) },
        code: /@deche/i,
      },
      handler(text, id) {
        const known = fileOf(id)
        if (known === undefined) return undefined
        const { file, kind } = known
        if (kind === 'host') {
          warn(this, file, text, unread(text))
          return undefined
        }
        const transformed = transformer.transform(file, text)
        const { code = text, map, diagnostics = [], reads = [] } = transformed ?? {}
        readBy.set(file, reads)
        for (const read of reads) this.addWatchFile(read)
        const warnings = warningsIn(diagnostics)
        warn(this, file, text, [...lostTags(file, text), ...warnings])
        const errors = errorsIn(diagnostics)
        // Some front ends throw here, others go on and fail at the end.
        if (errors.length > 0) this.error(messageOf(file, text, errors))
        return code === text ? undefined : { code, map: map?.() }
      },
    },

    vite: viteHooks((changed) => [...readBy].flatMap(([file, reads]) => (reads.includes(changed) ? [file] : []))),

    esbuild: {
      onLoadFilter: LOOKED_AT,
      config(build) {
        esbuildLoaders = build.loader ?? {}
      },
      loader: (_code, file) => loaderOf(file, esbuildLoaders),
    },
  }
})

/** Compilers drop comments: behind one of them, a function is uncached, and nobody else would say so. */
function lostTags(file: string, text: string): Diagnostic[] {
  const before = textOf(file, text)
  if (before === undefined || before === text) return []
  const lost = mentions(before) - mentions(text)
  return lost > 0 ? [diagnose('lostTags', [0, 0], lost)] : []
}

function mentions(text: string): number {
  return text.split('@deche').length - 1
}

/** What a file holds. One that is as long as a text holds that: nobody drops comments without a byte less. */
function textOf(file: string, text: string): string | undefined {
  try {
    return statSync(file).size === Buffer.byteLength(text) ? text : readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** A tag where no front end of ours reads it: the function runs uncached, and nobody else would say so. */
function unread(text: string): Diagnostic[] {
  const [found] = text.matchAll(/(?<=^[ \t]*(?:\/\*\*|\*)?[ \t]*)@deche\b/gm)
  return found ? [diagnose('unreadFile', [found.index, found.index + found[0].length])] : []
}

function listed(patterns: Options['include']): Pattern[] | undefined {
  return patterns === undefined ? undefined : [patterns].flat()
}

function excluded({ include, exclude }: Options): Pattern[] {
  return [...(include === undefined ? [/[\\/]node_modules[\\/]/] : []), ...(listed(exclude) ?? [])]
}

/** How esbuild reads a file, which it decides before it knows of the plugin. */
function loaderOf(file: string, configured: Readonly<Record<string, string>>): Loader {
  const extension = path.extname(file)
  return (configured[extension] ?? LOADERS[extension.replace(/^\.[cm]/, '.')] ?? 'js') as Loader
}

const LOADERS: Readonly<Record<string, string>> = { '.ts': 'ts', '.tsx': 'tsx', '.js': 'js', '.jsx': 'jsx' }
