import remapping, { type EncodedSourceMap } from '@jridgewell/remapping'
import type { Transformed } from '../../transformer/text/transform.js'

/** At the end of a file that brings its map along. */
const INLINE = /(\/\/# sourceMappingURL=data:application\/json;base64,)([\w+/=]+)(\s*)$/

/**
 * What the compiler made of a rewritten text, with a map that leads to the text as it was: the compiler's own map,
 * whether it is a file or within the JavaScript, leads to the rewritten one.
 */
export function withChainedMap(name: string, output: string, original: string, rewritten: Transformed): string {
  if (name.endsWith('.map')) return chained(output, original, rewritten)
  return output.replace(INLINE, (_, start: string, data: string, end: string) => {
    const map = chained(Buffer.from(data, 'base64').toString(), original, rewritten)
    return `${start}${Buffer.from(map).toString('base64')}${end}`
  })
}

/** All but the mappings stays as the compiler wrote it: the name of the source, its root. */
function chained(map: string, original: string, rewritten: Transformed): string {
  const compilers = JSON.parse(map) as EncodedSourceMap
  const { names, mappings } = remapping(compilers, (_, { depth }) => (depth === 1 ? rewritten.map() : null))
  const contents = compilers.sourcesContent && { sourcesContent: [original] }
  return JSON.stringify({ ...compilers, names, mappings, ...contents })
}
