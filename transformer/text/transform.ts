import { analyse } from '../analyse.js'
import { CodeFiles, withCode } from '../code/index.js'
import { diagnose, linesOf } from '../diagnostics.js'
import type { Format } from '../generate.js'
import { moduleOf, realPath } from '../module-id.js'
import { rewrite } from '../rewrite.js'
import type { SourceMap } from '../source-map.js'
import { mentionsTag } from '../tag/tag.js'
import type { Analysis, Diagnostic, Site } from '../types.js'
import { moduleFormat } from './module-format.js'

/** What a text front end makes of a file with tags. */
export interface Transformed {
  /** The text to compile further. The same as before if no function is cached. */
  readonly code: string
  /** From `code` to the text that was given, precise to the token. Made when asked. */
  readonly map: () => SourceMap
  /** Errors and warnings, in the order of the text. A function with an error runs uncached. */
  readonly diagnostics: readonly Diagnostic[]
  readonly sites: readonly Site[]
  /** Other files that the result depends on, absolute: a change of one may change it (`version=auto`). */
  readonly reads: readonly string[]
}

export interface TransformOptions {
  /** How the text loads modules, where somebody knows. Default: told by the text, its extension and its package. */
  readonly format?: Format
  /** How it will run, for those who leave imports and exports of values as they are: decides where there are none. */
  readonly runsAs?: Format
}

/** Where a function was seen, by its id. */
interface Place {
  readonly file: string
  readonly line: number
}

/**
 * Rewrites source texts for whatever compiles them further: bundlers, loaders, compilers that take no transformers. One
 * for each build, or each run of a watching one: it knows which ids are taken.
 */
export class TextTransformer {
  readonly #places = new Map<string, Place>()
  /** The ids of each file. */
  readonly #idsOf = new Map<string, string[]>()
  #files = new CodeFiles()

  /**
   * Another round of a watching build: files may have changed. Ids stay taken until their file is seen again.
   */
  again(): void {
    this.#files = new CodeFiles()
  }

  /** The file is gone: its ids are free. */
  forget(file: string): void {
    this.#forget(realPath(file))
  }

  /**
   * What becomes of a text. `undefined`: it has no tag, is not what deche reads, or was rewritten before.
   *
   * @param file Where the text comes from: its place in its package makes the ids, its extension tells the language.
   */
  transform(file: string, text: string, { format, runsAs }: TransformOptions = {}): Transformed | undefined {
    if (!mentionsTag(text)) return undefined
    const own = moduleOf(file)
    const found = analyse(text, { file, module: own.module })
    if (found.sites.length === 0 && found.diagnostics.length === 0) return undefined
    const { analysis, reads } = withCode({ file, text, analysis: found }, this.#files)
    const { sites, diagnostics } = this.#settleIds(own.file, text, analysis)
    const output = rewrite(text, { ...analysis, sites }, format ?? moduleFormat(file, analysis, runsAs))
    return {
      code: output.code,
      map: () => output.map(file),
      diagnostics,
      sites,
      reads,
    }
  }

  #forget(file: string): void {
    for (const id of this.#idsOf.get(file) ?? []) this.#places.delete(id)
    this.#idsOf.delete(file)
  }

  /** A function whose id belongs to one of another file is refused: they would answer for each other. */
  #settleIds(file: string, text: string, analysis: Analysis): Pick<Analysis, 'sites' | 'diagnostics'> {
    this.#forget(file)
    const ids: string[] = []
    this.#idsOf.set(file, ids)
    const clashes: Diagnostic[] = []
    const lineOf = linesOf(text)
    const sites = analysis.sites.filter(({ id, nameRange }) => {
      const taken = this.#places.get(id)
      if (taken) clashes.push(diagnose('idInOtherFile', nameRange, id, `${taken.file}:${taken.line}`))
      else {
        this.#places.set(id, { file, line: lineOf(nameRange[0]) })
        ids.push(id)
      }
      return taken === undefined
    })
    const diagnostics = [...analysis.diagnostics, ...clashes].sort((a, b) => a.range[0] - b.range[0])
    return { sites, diagnostics }
  }
}
