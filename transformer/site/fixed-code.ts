import { isOnlyWritten, wrapped } from '../ambient/expressions.js'
import type { Node } from '../syntax/parse.js'
import type { DefinitionKind, ScopeNode, Scopes, Variable } from '../syntax/scopes.js'
import { bare, isFunction, type SyntaxTree, walk } from '../syntax/tree.js'
import { keyName } from './params.js'

/** What some code depends on besides its own text, so that it is missing from a key. */
export interface Hidden {
  /** As a message names it: `rate`, `this`, `helper.rate`. */
  readonly name: string
  /** The key holds a variable of this name, but the code may have been made with another one: in another turn of a loop. */
  readonly isAnother: boolean
}

/**
 * What some code reads and `known` does not have; through other functions too. `holder` is the variable that led to it:
 * each of its values is made with the variables around it, and not with those of one turn of a loop. Without one, the code
 * is made together with the function that captures it, as the other methods of its class are.
 */
export function hiddenIn(
  scopes: Scopes,
  tree: SyntaxTree,
  code: ScopeNode,
  holder: Variable | undefined,
  known: ReadonlySet<Variable>,
  seen = new Set<Variable>(holder && [holder]),
): Hidden | undefined {
  const word = contextOf(code)
  if (word !== undefined && holder !== undefined) return { name: word, isAnother: false }
  for (const { name, variable, isHoisted } of scopes.freeNames(code)) {
    if (variable === undefined || seen.has(variable) || scopes.isOfModule(variable)) continue
    if (isHoisted) return { name, isAnother: false }
    if (known.has(variable)) {
      if (holder !== undefined && !scopes.isAround(variable, holder)) return { name, isAnother: true }
      continue
    }
    seen.add(variable)
    const inner = codeOf(scopes, tree, variable)
    if (inner === undefined) return { name, isAnother: false }
    const hidden =
      hiddenProperty(scopes, tree, variable) ?? hiddenIn(scopes, tree, inner, holder ?? variable, known, seen)
    if (hidden !== undefined) return hidden
  }
  return undefined
}

/** The function, class or enum that a variable stands for all its life. */
export function codeOf(scopes: Scopes, tree: SyntaxTree, variable: Variable): ScopeNode | undefined {
  const [definition, ...others] = valueDefinitions(variable)
  if (definition === undefined || others.length > 0 || scopes.isReassigned(variable)) return undefined
  const node = definition.node
  const kind: DefinitionKind = definition.type
  switch (kind) {
    case 'FunctionName':
    case 'ClassName':
    case 'TSEnumName':
      return node as ScopeNode
    case 'Variable': {
      const isPlain = node.type === 'VariableDeclarator' && node.id.type === 'Identifier'
      const value = isPlain && node.init && !isConditional(tree, node) ? bare(node.init) : undefined
      return value && (isFunction(value) || value.type === 'ClassExpression') ? value : undefined
    }
    default:
      return undefined
  }
}

/** A property that is set on a function or class from outside, and read: `helper.rate = rate`, `Base.prototype.rate = …`. */
export function hiddenProperty(scopes: Scopes, tree: SyntaxTree, variable: Variable): Hidden | undefined {
  const written = new Set<string>()
  const read = new Set<string>()
  let isFilled = false
  for (const { node } of scopes.usesOf(variable)) {
    const member = tree.parent(wrapped(tree, node))
    const property = member?.type === 'MemberExpression' && !member.computed ? keyName(member.property) : undefined
    const outer = member?.type === 'MemberExpression' ? outermost(tree, member) : node
    isFilled ||= isFilledByCall(tree, outer)
    if (member === undefined || property === undefined) continue
    if (isChanged(tree, outer)) {
      written.add(property)
      // What is in a property has been made with it: methods of a prototype.
      if (outer !== member) read.add(property)
    }
    if (!isOnlyWritten(tree, member)) read.add(property)
  }
  const name = [...read].find((each) => isFilled || written.has(each))
  return name === undefined ? undefined : { name: `${variable.name}.${name}`, isAnother: false }
}

/** `a.b.c` around `a.b`. */
function outermost(tree: SyntaxTree, member: Node): Node {
  let outer = member
  for (
    let up = tree.parent(wrapped(tree, outer));
    up?.type === 'MemberExpression';
    up = tree.parent(wrapped(tree, up))
  ) {
    if (bare(up.object) !== outer) break
    outer = up
  }
  return outer
}

function isChanged(tree: SyntaxTree, member: Node): boolean {
  const target = tree.parent(wrapped(tree, member))
  const isAssigned = target?.type === 'AssignmentExpression' && target.left === wrapped(tree, member)
  return isAssigned || target?.type === 'UpdateExpression'
}

const FILLERS = new Set(['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set'])

/** `Object.assign(helper, …)`, `Reflect.set(helper, …)` */
function isFilledByCall(tree: SyntaxTree, node: Node): boolean {
  const filled = wrapped(tree, node)
  const call = tree.parent(filled)
  if (call?.type !== 'CallExpression' || call.arguments[0] !== filled) return false
  const callee = bare(call.callee)
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return false
  const isOfLanguage = callee.object.name === 'Object' || callee.object.name === 'Reflect'
  return isOfLanguage && FILLERS.has(keyName(callee.property) ?? '')
}

/** Without overload signatures, and interfaces that are merged with a class. */
export function valueDefinitions(variable: Variable): Variable['defs'] {
  return variable.defs.filter(({ node }) => node.type !== 'TSDeclareFunction' && node.type !== 'TSInterfaceDeclaration')
}

/** What an arrow has of the function around it without naming a variable. */
export function contextOf(code: Node): 'this' | 'super' | 'new.target' | undefined {
  let found: 'this' | 'super' | 'new.target' | undefined
  if (code.type !== 'ArrowFunctionExpression') return undefined
  walk(code, (node) => {
    if (node.type === 'ThisExpression') found ??= 'this'
    else if (node.type === 'Super') found ??= 'super'
    else if (isNewTarget(node)) found ??= 'new.target'
    const hasOwn = node.type === 'ClassBody' || (isFunction(node) && node.type !== 'ArrowFunctionExpression')
    return found === undefined && !hasOwn
  })
  return found
}

export function isNewTarget(node: Node): boolean {
  return node.type === 'MetaProperty' && node.meta.name === 'new'
}

/** `if (…) { var helper = … }`: the variable is there in any case, its value is not. */
function isConditional(tree: SyntaxTree, declarator: Node): boolean {
  const declaration = tree.parent(declarator)
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'var') return false
  for (const up of tree.ancestors(declaration)) {
    if (isFunction(up) || up.type === 'StaticBlock') return false
    if (/^(?:If|Switch|Try|Labeled)Statement$/.test(up.type)) return true
  }
  return false
}
