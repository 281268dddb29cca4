import { firstName, patternNames } from '../syntax/bindings.js'
import type { Node, Program } from '../syntax/parse.js'
import { type ImportOf, importFrom, nameOf } from './imports.js'

/** What an export is in its own file: a variable, another module's export, or an expression. */
export type Exported =
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'import'; readonly import: ImportOf }
  | { readonly kind: 'node'; readonly node: Node }

export interface Exports {
  /** Without `import` and `export` a file is CommonJS, whose exports nobody can tell by reading. */
  readonly isModule: boolean
  readonly named: ReadonlyMap<string, Exported>
  /** What `export * from` names. */
  readonly stars: readonly string[]
}

/** The values that a file exports. */
export function exportsOf({ body }: Program): Exports {
  const named = new Map<string, Exported>()
  const stars: string[] = []
  let isModule = false
  for (const statement of body) {
    switch (statement.type) {
      case 'ImportDeclaration':
        isModule = true
        break
      case 'ExportAllDeclaration':
        isModule = true
        if (statement.exportKind === 'type') break
        if (statement.exported === null) stars.push(statement.source.value)
        else named.set(nameOf(statement.exported), imported(statement, '*'))
        break
      case 'ExportDefaultDeclaration':
        isModule = true
        if (statement.declaration.type !== 'TSInterfaceDeclaration')
          named.set('default', { kind: 'node', node: statement.declaration })
        break
      case 'ExportNamedDeclaration':
        isModule = true
        if (statement.exportKind === 'type') break
        for (const [name, exported] of namedOf(statement)) named.set(name, exported)
        break
      default:
    }
  }
  return { isModule, named, stars }
}

type ExportNamed = Extract<Node, { type: 'ExportNamedDeclaration' }>

function namedOf(statement: ExportNamed): (readonly [string, Exported])[] {
  const { declaration, specifiers, source } = statement
  if (declaration) return declaredNames(declaration).map((name) => [name, { kind: 'local', name }])
  return specifiers
    .filter(({ exportKind }) => exportKind !== 'type')
    .map(({ local, exported }) => {
      const name = nameOf(local)
      return [nameOf(exported), source ? imported(statement, name) : { kind: 'local', name }]
    })
}

function declaredNames(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => patternNames(id))
  if (node.type === 'TSModuleDeclaration') return node.id.type === 'Literal' ? [] : [firstName(node.id)]
  return 'id' in node && node.id?.type === 'Identifier' ? [node.id.name] : []
}

function imported(statement: Parameters<typeof importFrom>[0], name: string): Exported {
  return { kind: 'import', import: importFrom(statement, name) }
}
