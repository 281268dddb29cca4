import type { Binding } from '../types.js'
import type { Node, Program } from './parse.js'

type Statement = Program['body'][number]
type Import = Extract<Node, { type: 'ImportDeclaration' }>
type ImportEquals = Extract<Node, { type: 'TSImportEqualsDeclaration' }>

/** The values that the module's own scope binds, by name. Types are none. */
export function moduleScope(program: Program): ReadonlyMap<string, Binding> {
  const scope = new Map<string, Binding>()
  for (const statement of program.body) {
    for (const binding of bindingsOf(statement)) scope.set(binding.name, binding)
  }
  for (const statement of program.body) {
    if (statement.type === 'TSImportEqualsDeclaration') addAlias(scope, statement)
  }
  return scope
}

/** `import x = A.B.c`. Aliases of aliases come in the order of the text, which is the order they must stand in. */
function addAlias(scope: Map<string, Binding>, { id, importKind, moduleReference }: ImportEquals): void {
  if (importKind === 'type' || moduleReference.type === 'TSExternalModuleReference') return
  const [root = '', ...path] = entityPath(moduleReference)
  const of = scope.get(root) ?? { kind: 'local', name: root }
  scope.set(id.name, { kind: 'alias', name: id.name, of, path })
}

function entityPath(node: Node): string[] {
  if (node.type === 'TSQualifiedName') return [...entityPath(node.left), ...entityPath(node.right)]
  return node.type === 'Identifier' ? [node.name] : []
}

function bindingsOf(statement: Statement): Binding[] {
  switch (statement.type) {
    case 'ImportDeclaration':
      return importsOf(statement)
    case 'ExportDefaultDeclaration':
      return declared(statement.declaration, false)
    case 'ExportNamedDeclaration':
      return statement.declaration ? declared(statement.declaration, true) : []
    default:
      return declared(statement, false)
  }
}

function declared(node: Node, exported: boolean): Binding[] {
  switch (node.type) {
    case 'VariableDeclaration': {
      const names = node.declarations.flatMap((declarator) => patternNames(declarator.id))
      return names.map((name) => ({ kind: exported && !node.declare ? 'exported-variable' : 'local', name }))
    }
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      return node.id ? [{ kind: 'local', name: node.id.name }] : []
    case 'TSModuleDeclaration':
      return node.global || node.id.type === 'Literal' ? [] : [{ kind: 'local', name: firstName(node.id) }]
    case 'TSImportEqualsDeclaration':
      return importEquals(node, exported)
    default:
      return []
  }
}

function importsOf(node: Import): Binding[] {
  if (node.importKind === 'type') return []
  const bindings: Binding[] = []
  for (const specifier of node.specifiers) {
    const { name } = specifier.local
    if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue
    // A second import would need the same attributes and phase; such a module holds data, not functions.
    if (node.attributes.length > 0 || node.phase) bindings.push({ kind: 'local', name })
    else
      bindings.push({ kind: 'import', name, from: node.source.value, imported: importedName(specifier), end: node.end })
  }
  return bindings
}

function importedName(specifier: Import['specifiers'][number]): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  return specifier.imported.type === 'Literal' ? specifier.imported.value : specifier.imported.name
}

function importEquals(node: ImportEquals, exported: boolean): Binding[] {
  const { name } = node.id
  if (node.importKind === 'type') return []
  if (node.moduleReference.type !== 'TSExternalModuleReference')
    return [{ kind: exported ? 'exported-variable' : 'local', name }]
  const from = node.moduleReference.expression.value
  return [{ kind: 'import', name, from, imported: 'export=', end: node.end }]
}

/** `A` of `A.B.C`. */
export function firstName(node: Node): string {
  if (node.type === 'TSQualifiedName') return firstName(node.left)
  return node.type === 'Identifier' ? node.name : ''
}

/** The names that a pattern binds. */
export function patternNames(node: Node): string[] {
  switch (node.type) {
    case 'Identifier':
      return [node.name]
    case 'AssignmentPattern':
      return patternNames(node.left)
    case 'RestElement':
      return patternNames(node.argument)
    case 'Property':
      return patternNames(node.value)
    case 'ObjectPattern':
      return node.properties.flatMap(patternNames)
    case 'ArrayPattern':
      return node.elements.flatMap((element) => (element ? patternNames(element) : []))
    default:
      return []
  }
}
