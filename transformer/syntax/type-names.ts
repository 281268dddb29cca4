import type { Node } from './parse.js'
import { type AnyNode, eachName, type ScopeAnalysis } from './scope-analysis.js'
import type { Scope } from './scope-tree.js'

/** The part of a scope analysis that looks at types: what they declare, and the values that they name by `typeof x`. */
export function visitType(analysis: ScopeAnalysis, node: AnyNode): void {
  switch (node?.type) {
    case undefined:
    case null:
    case 'Literal':
    case 'TSStringKeyword':
    case 'TSNumberKeyword':
    case 'TSBooleanKeyword':
    case 'TSVoidKeyword':
    case 'TSAnyKeyword':
    case 'TSUnknownKeyword':
      return
    case 'Identifier':
      analysis.typeNames.push([node, analysis.scope])
      return
    case 'MemberExpression':
      visitType(analysis, node.object)
      return
    case 'TSQualifiedName':
      visitType(analysis, node.left)
      return
    case 'TSCallSignatureDeclaration':
    case 'TSConstructorType':
    case 'TSConstructSignatureDeclaration':
    case 'TSFunctionType':
      visitFunctionType(analysis, node)
      return
    case 'TSMethodSignature':
      if (node.computed) analysis.visit(node.key)
      visitFunctionType(analysis, node)
      return
    case 'TSPropertySignature':
      if (node.computed) analysis.visit(node.key)
      visitType(analysis, node.typeAnnotation)
      return
    case 'TSConditionalType':
      analysis.open('conditionalType', node)
      visitType(analysis, node.checkType)
      visitType(analysis, node.extendsType)
      visitType(analysis, node.trueType)
      analysis.close()
      visitType(analysis, node.falseType)
      return
    case 'TSImportType':
      visitType(analysis, node.typeArguments)
      return
    case 'TSIndexSignature':
      for (const param of node.parameters) if (param.type === 'Identifier') visitType(analysis, param.typeAnnotation)
      visitType(analysis, node.typeAnnotation)
      return
    case 'TSInferType': {
      const { typeParameter } = node
      analysis.declare('Type', typeParameter.name, typeParameter, undefined, scopeOfInferred(analysis.scope))
      visitType(analysis, typeParameter.constraint)
      return
    }
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      declareType(analysis, node)
      return
    case 'TSMappedType':
      analysis.open('mappedType', node)
      analysis.declare('Type', node.key, node)
      visitType(analysis, node.constraint)
      visitType(analysis, node.nameType)
      visitType(analysis, node.typeAnnotation)
      analysis.close()
      return
    case 'TSNamedTupleMember':
      visitType(analysis, node.elementType)
      return
    case 'TSTypeParameter':
      analysis.declare('Type', node.name, node)
      visitType(analysis, node.constraint)
      visitType(analysis, node.default)
      return
    case 'TSTypePredicate':
      if (node.parameterName.type !== 'TSThisType') analysis.read(node.parameterName)
      visitType(analysis, node.typeAnnotation)
      return
    case 'TSTypeQuery':
      visitQuery(analysis, node)
      return
    default:
      analysis.eachChild(node, visitType)
  }
}

/** Its parameters can be named by `typeof`. */
function visitFunctionType(analysis: ScopeAnalysis, node: AnyNode): void {
  analysis.open('functionType', node)
  visitType(analysis, node.typeParameters)
  for (const param of node.params) {
    let isVisited = false
    const tell = (name: AnyNode) => {
      analysis.declare('Parameter', name, node)
      if (!name.typeAnnotation) return
      visitType(analysis, name.typeAnnotation)
      isVisited = true
    }
    eachName(param, [], tell, [])
    if (!isVisited) visitType(analysis, param.typeAnnotation)
  }
  visitType(analysis, node.returnType)
  analysis.close()
}

/** Its parameters are known in it alone. */
function declareType(analysis: ScopeAnalysis, node: AnyNode): void {
  analysis.declare('Type', node.id, node)
  if (node.typeParameters) {
    analysis.open('type', node)
    visitType(analysis, node.typeParameters)
  }
  if (node.type === 'TSTypeAliasDeclaration') visitType(analysis, node.typeAnnotation)
  else {
    for (const each of node.extends) visitType(analysis, each)
    visitType(analysis, node.body)
  }
  if (node.typeParameters) analysis.close()
}

/** `typeof x`, `typeof x.y<T>`. */
function visitQuery(analysis: ScopeAnalysis, { exprName, typeArguments }: AnyNode): void {
  let named = exprName
  while (named.type === 'TSQualifiedName') named = named.left
  if (exprName.type === 'TSImportType') visitType(analysis, exprName)
  else if (named.type === 'Identifier') analysis.read(named as Node).isOfType = true
  visitType(analysis, typeArguments)
}

/** `infer T` belongs to the condition, also from within a type of a function there. */
function scopeOfInferred(scope: Scope): Scope {
  if (!isInner(scope)) return scope
  let up = scope.upper
  while (up !== null && isInner(up)) up = up.upper
  return up?.type === 'conditionalType' ? up : scope
}

function isInner({ type }: Scope): boolean {
  return type === 'functionType' || type === 'mappedType'
}
