import type { Node, Program } from '../parse.js'
import { firstName, patternNames } from '../scope.js'
import type { ImportOf } from './module-code.js'

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
        else named.set(nameOf(statement.exported), imported(statement.source.value, '*'))
        break
      case 'ExportDefaultDeclaration':
        isModule = true
        if (statement.declaration.type !== 'TSInterfaceDeclaration')
          named.set('default', { kind: 'node', node: statement.declaration })
        break
      case 'ExportNamedDeclaration':
        isModule = true
        for (const [name, exported] of namedOf(statement)) named.set(name, exported)
        break
      default:
    }
  }
  return { isModule, named, stars }
}

type ExportNamed = Extract<Node, { type: 'ExportNamedDeclaration' }>

function namedOf({ declaration, specifiers, source }: ExportNamed): (readonly [string, Exported])[] {
  if (declaration) return declaredNames(declaration).map((name) => [name, { kind: 'local', name }])
  return specifiers.map(({ local, exported }) => {
    const name = nameOf(local)
    return [nameOf(exported), source ? imported(source.value, name) : { kind: 'local', name }]
  })
}

function declaredNames(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => patternNames(id))
  if (node.type === 'TSModuleDeclaration') return node.id.type === 'Literal' ? [] : [firstName(node.id)]
  return 'id' in node && node.id?.type === 'Identifier' ? [node.id.name] : []
}

function imported(from: string, name: string): Exported {
  return { kind: 'import', import: { from, imported: name } }
}

function nameOf(node: Node): string {
  if (node.type === 'Literal') return String(node.value)
  return node.type === 'Identifier' ? node.name : ''
}
