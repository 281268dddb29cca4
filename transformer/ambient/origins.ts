import { keyName } from '../params.js'
import type { Node } from '../parse.js'
import type { FreeName } from '../scopes.js'
import { bare } from '../syntax.js'
import { propertyName } from './expressions.js'
import type { Subject } from './subject.js'

/** The way to a value from a global: `['process', 'env']`, whatever the file calls it. */
export type Way = readonly string[]

/** Modules of Node that hold what is a global as well. What `perf_hooks` exports are globals themselves. */
const MODULES: ReadonlyMap<string, Way> = new Map(
  [['process', ['process']] as const, ['crypto', ['crypto']] as const, ['perf_hooks', []] as const].flatMap(
    ([name, way]) => [[name, way] as const, [`node:${name}`, way] as const],
  ),
)

const GLOBALS = new Set(['globalThis', 'global', 'window', 'self'])

/** One step on. `globalThis.x` is `x`, and `crypto.webcrypto` has what `crypto` has. */
export function further(way: Way, name: string): Way {
  if (way.length === 1 && GLOBALS.has(way[0] ?? '')) return [name]
  return way[0] === 'crypto' && name === 'webcrypto' ? way : [...way, name]
}

type Place = Pick<Subject, 'scopes' | 'tree'>

/** Constants that stand for constants; a bound, as they may stand for each other in a circle. */
const STEPS = 4

/** The way to what a name stands for, if that is a global, an import of one, or a constant for one of these. */
export function wayTo({ scopes, tree }: Place, free: FreeName, steps = STEPS): Way | undefined {
  const { name, variable } = free
  if (variable === undefined) return [name]
  const definition = scopes.definitionOf(variable)
  if (definition === undefined) return undefined
  const { node } = definition
  const parent = tree.parent(node)
  if (parent?.type === 'ImportDeclaration') return wayOfImport(node, MODULES.get(parent.source.value))
  if (node.type === 'TSImportEqualsDeclaration') {
    const { moduleReference } = node
    return moduleReference.type === 'TSExternalModuleReference'
      ? MODULES.get(moduleReference.expression.value)
      : undefined
  }
  if (node.type !== 'VariableDeclarator' || parent?.type !== 'VariableDeclaration') return undefined
  if (parent.declare) return [name]
  if (parent.kind !== 'const' || node.init === null || steps === 0) return undefined
  const start = wayOfExpression({ scopes, tree }, node.init, steps - 1)
  const way = start && wayInPattern(node.id, name, start)
  // What was read of the environment is a constant like any other.
  return way && isVariableOfEnvironment(way) ? undefined : way
}

function wayOfImport(specifier: Node, way: Way | undefined): Way | undefined {
  if (way === undefined || specifier.type !== 'ImportSpecifier') return way
  const { imported } = specifier
  const name = imported.type === 'Literal' ? imported.value : imported.name
  return name === 'default' ? way : further(way, name)
}

/** `process.env`, `require('crypto')`, `import.meta.env` as the value of a constant. */
function wayOfExpression(place: Place, expression: Node, steps: number): Way | undefined {
  const node = bare(expression)
  switch (node.type) {
    case 'Identifier': {
      const named = place.scopes.namedBy(node)
      return named && wayTo(place, named, steps)
    }
    case 'MetaProperty':
      return [node.meta.name, node.property.name]
    case 'MemberExpression': {
      const way = wayOfExpression(place, node.object, steps)
      const name = propertyName(node.property, node.computed)
      return way && name !== undefined ? further(way, name) : undefined
    }
    case 'CallExpression': {
      const [module] = node.arguments
      const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require'
      return isRequire && module?.type === 'Literal' ? MODULES.get(String(module.value)) : undefined
    }
    default:
      return undefined
  }
}

/** Each of their properties is a variable of the environment. */
const ENVIRONMENTS = new Set(['process.env', 'import.meta.env', 'Bun.env'])

export function isEnvironment(way: Way): boolean {
  return ENVIRONMENTS.has(way.join('.'))
}

export function isVariableOfEnvironment(way: Way): boolean {
  return isEnvironment(way.slice(0, -1))
}

/** Globals that have something which no key holds. */
export const ROOTS: ReadonlySet<string> = new Set([
  ...GLOBALS,
  'process',
  'Deno',
  'Bun',
  'Date',
  'performance',
  'Temporal',
  'Math',
  'crypto',
])

function wayInPattern(pattern: Node, name: string, way: Way): Way | undefined {
  if (pattern.type === 'Identifier') return way
  if (pattern.type !== 'ObjectPattern') return undefined
  for (const property of pattern.properties) {
    if (property.type === 'RestElement' || property.computed) continue
    const key = keyName(property.key)
    if (property.value.type === 'Identifier' && property.value.name === name && key !== undefined) {
      return further(way, key)
    }
  }
  return undefined
}
