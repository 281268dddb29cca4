import type ts from 'typescript'
import type { Binding, Site } from '../types.js'
import type { TypeScript } from './typescript-tree.js'

/**
 * A site whose references import from where the emitted file will: another plugin may have resolved a path alias in the
 * tree, and under `rewriteRelativeImportExtensions` the compiler corrects its own imports but no `require` of ours.
 */
export function withEmittedSpecifiers(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  options: ts.CompilerOptions,
  site: Site,
): Site {
  const emitted = (binding: Binding): Binding => {
    if (binding.kind === 'alias') return { ...binding, of: emitted(binding.of) }
    if (binding.kind !== 'import') return binding
    const from = specifierAt(ts, sourceFile, binding.end) ?? binding.from
    return { ...binding, from: options.rewriteRelativeImportExtensions ? emittedExtension(ts, from, options) : from }
  }
  const refs = Object.entries(site.refs).map(([option, binding]) => [option, emitted(binding)] as const)
  const self = site.self && { ...site.self, binding: emitted(site.self.binding) }
  return { ...site, refs: Object.fromEntries(refs), ...(self && { self }) }
}

/** What the import declaration that ends at an offset imports from by now. */
function specifierAt(ts: TypeScript, { statements }: ts.SourceFile, end: number): string | undefined {
  const found = statements.find((node) => node.end === end)
  const specifier = found && ts.isImportDeclaration(found) ? found.moduleSpecifier : undefined
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined
}

function emittedExtension(ts: TypeScript, from: string, { jsx }: ts.CompilerOptions): string {
  if (!/^\.\.?\//.test(from) || /\.d\.[cm]?ts$/.test(from)) return from
  if (jsx === ts.JsxEmit.Preserve && from.endsWith('.tsx')) return from.replace(/tsx$/, 'jsx')
  return from.replace(/\.([cm]?)tsx?$/, '.$1js')
}
