import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { TextTransformer, Transformed } from '../../transformer/text/transform.js'
import { slashed } from '../init/paths.js'
import { writeChanges } from '../init/write.js'
import type { Compilation, OutputFile } from './compilation.js'
import { withChainedMap } from './maps.js'
import type { FileDiagnostic } from './show.js'

interface Rewritten {
  readonly text: string
  readonly transformed: Transformed
}

/** The JavaScript that is to stand where the compiler wrote that of the untouched sources. */
export interface Replacement {
  readonly outputs: readonly OutputFile[]
  readonly diagnostics: readonly FileDiagnostic[]
  /** Further files that decide what is written. */
  readonly reads: readonly string[]
}

/** What becomes of the tagged files of a project. */
export async function replacementOf(compilation: Compilation, transformer: TextTransformer): Promise<Replacement> {
  const { files, options } = compilation
  const tagged = new Map<string, Rewritten>()
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    const transformed = transformer.transform(file, text)
    if (transformed) tagged.set(file, { text, transformed })
  }
  const writes = options.noEmit !== true && options.emitDeclarationOnly !== true && tagged.size > 0
  const texts = new Map(Array.from(tagged, ([file, { transformed }]) => [file, transformed.code]))
  const emitted = writes ? await compilation.emit(texts) : []
  // JavaScript without an `outDir` would be written over its source, which the compiler refuses.
  const inputs = new Set(files.map((file) => path.resolve(file)))
  const outputs = emitted.flatMap((output): OutputFile[] => {
    const rewritten = tagged.get(slashed(output.source)) ?? tagged.get(output.source)
    const isJavaScript = /\.[cm]?jsx?(?:\.map)?$/.test(output.file) && !inputs.has(path.resolve(output.file))
    if (rewritten === undefined || !isJavaScript) return []
    return [{ ...output, text: withChainedMap(output.file, output.text, rewritten.text, rewritten.transformed) }]
  })
  return {
    outputs,
    diagnostics: Array.from(tagged, ([file, { text, transformed }]) =>
      transformed.diagnostics.map((diagnostic) => ({ file, text, diagnostic })),
    ).flat(),
    reads: Array.from(tagged.values(), ({ transformed }) => transformed.reads).flat(),
  }
}

/**
 * Writes what differs from what is there. A file that the compiler did not write is not made: an error, or an
 * incremental build, may have kept it from that.
 *
 * @param since Leave files alone that are older: milliseconds since the epoch.
 */
export function replaceOutputs({ outputs }: Replacement, since: number): void {
  const changes = outputs.flatMap(({ file, text }) => {
    if (!existsSync(file) || statSync(file).mtimeMs < since) return []
    const before = readFileSync(file, 'utf8')
    const mark = before.startsWith('\uFEFF') && !text.startsWith('\uFEFF') ? '\uFEFF' : ''
    const after = mark + text
    return before === after ? [] : [{ file, before, after }]
  })
  writeChanges(changes)
}
