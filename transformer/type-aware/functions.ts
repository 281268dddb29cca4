import type ts from 'typescript'
import type { Site } from '../types.js'
import type { TypeScript } from '../typescript-tree.js'

/** The nodes of tagged functions, found by where their bodies start. */
export function functionsOf(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  sites: readonly Site[],
): ReadonlyMap<Site, ts.SignatureDeclaration> {
  const wanted = new Map(sites.map((site) => [site.body.range[0], site]))
  const found = new Map<Site, ts.SignatureDeclaration>()
  const visit = (node: ts.Node): void => {
    if (!holdsAny(node, wanted.keys())) return
    const { parent } = node
    if (parent && ts.isFunctionLike(parent) && 'body' in parent && parent.body === node) {
      const start = node.getStart(sourceFile)
      const site = wanted.get(start)
      if (site) found.set(site, parent)
      wanted.delete(start)
    }
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(sourceFile, visit)
  return found
}

function holdsAny(node: ts.Node, offsets: Iterable<number>): boolean {
  for (const offset of offsets) if (offset >= node.pos && offset < node.end) return true
  return false
}
