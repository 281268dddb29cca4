import { childrenOf, type Node, type Program } from './parse.js'
import { isFunction } from './tree.js'

type Statement = Program['body'][number]

/** How a source text is written to load modules: as an ES module, if only for its types; as CommonJS; or without saying. */
export function moduleSyntaxOf({ body, sourceType }: Program): 'esm' | 'cjs' | 'types' | undefined {
  const declarations = body.filter(isEsModule)
  if (declarations.length > 0)
    return declarations.every(isOfTypes) && !body.some((node) => isOnlyInModules(node)) ? 'types' : 'esm'
  if (body.some(isCommonJs)) return 'cjs'
  // `await` outside of functions, `import.meta`.
  return sourceType === 'module' ? 'esm' : undefined
}

/** Those that only carry types make a module of a file too, for all compilers. */
function isEsModule({ type }: Statement): boolean {
  return (
    type === 'ImportDeclaration' ||
    type === 'ExportNamedDeclaration' ||
    type === 'ExportDefaultDeclaration' ||
    type === 'ExportAllDeclaration'
  )
}

function isOfTypes(node: Statement): boolean {
  if ('importKind' in node) return node.importKind === 'type'
  return 'exportKind' in node && node.exportKind === 'type'
}

/** `await` outside of functions, or `import.meta` anywhere. */
function isOnlyInModules(node: Node, isInFunction = false): boolean {
  if (node.type === 'MetaProperty') return node.meta.name === 'import'
  const awaits = node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)
  if (awaits && !isInFunction) return true
  return childrenOf(node).some((child) => isOnlyInModules(child, isInFunction || isFunction(node)))
}

/** `export =` and `import x = require()`. */
function isCommonJs(node: Statement): boolean {
  if (node.type === 'TSExportAssignment') return true
  return node.type === 'TSImportEqualsDeclaration' && node.moduleReference.type === 'TSExternalModuleReference'
}
