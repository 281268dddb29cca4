import type { Node, Program } from '../syntax/parse.js'
import type { Declaration } from '../syntax/scope-tree.js'
import type { Variable } from '../syntax/scopes.js'
import { bare, walk } from '../syntax/tree.js'

/** What an import declaration brings. */
export interface ImportOf {
  readonly from: string
  /** A name of another module, `default`, `*` or `export=`. */
  readonly imported: string
  /** `with { type: 'json' }`, which says what is made of the file; absent without. */
  readonly how?: string
}

/** What a variable is imported from; `undefined` for one that is not. */
export function importOf(variable: Variable): ImportOf | undefined {
  const { defs } = variable
  for (let index = 0; index < defs.length; index++) {
    const { type, node, parent } = defs[index] as Declaration
    if (type !== 'ImportBinding') continue
    if (node.type === 'TSImportEqualsDeclaration') {
      const { moduleReference } = node
      if (moduleReference.type !== 'TSExternalModuleReference') return undefined
      return { from: moduleReference.expression.value, imported: 'export=' }
    }
    if (parent?.type !== 'ImportDeclaration') continue
    if (node.type === 'ImportDefaultSpecifier') return importFrom(parent, 'default')
    if (node.type === 'ImportNamespaceSpecifier') return importFrom(parent, '*')
    if (node.type === 'ImportSpecifier') return importFrom(parent, nameOf(node.imported))
  }
  return undefined
}

type From = Extract<Node, { type: 'ImportDeclaration' | 'ExportNamedDeclaration' | 'ExportAllDeclaration' }>

/** A name from the module that a declaration imports or exports from. */
export function importFrom(declaration: From, imported: string): ImportOf {
  const { source, attributes } = declaration
  const how = attributes.map(({ key, value }) => `${nameOf(key)}=${value.value}`).sort()
  return { from: source?.value ?? '', imported, ...(how.length > 0 && { how: how.join() }) }
}

/** All that a module imports, whether it is used or not. */
export function importsOf({ body }: Program) {
  return body.flatMap((statement) =>
    statement.type === 'ImportDeclaration' && statement.importKind !== 'type'
      ? [{ name: 'import', nodes: [], import: importFrom(statement, '*') }]
      : [],
  )
}

/** What an import or export specifier calls a thing: `a`, `'a-b'`. */
export function nameOf(node: Node): string {
  if (node.type === 'Literal') return String(node.value)
  return node.type === 'Identifier' ? node.name : ''
}

/** What loads modules in a file: `require`, and what `createRequire` makes. */
export interface Loaders {
  readonly names: ReadonlySet<string>
  /** Finds all of it in a text, and more; `undefined`: it may be anywhere. JSX loads by what it is compiled to. */
  readonly pattern: RegExp | undefined
}

const PLAIN: Loaders = { names: new Set(['require']), pattern: /\b(?:require|import)\b|<\/|\/>/g }

export function loadersOf({ program, text }: { readonly program: Program; readonly text: string }): Loaders {
  if (!text.includes('createRequire')) return PLAIN
  const names = new Set(PLAIN.names)
  walk(program, (node) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) return true
    if (isCreateRequire(bare(node.init))) names.add(node.id.name)
    return true
  })
  // Each piece may name one of them, and few files have any.
  return { names, pattern: undefined }
}

/** `createRequire(…)`, `module.createRequire(…)`. */
export function isCreateRequire(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const callee = bare(node.callee)
  const name = callee.type === 'MemberExpression' ? callee.property : callee
  return name.type === 'Identifier' && name.name === 'createRequire'
}
