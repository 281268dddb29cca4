import type ts from 'typescript'
import type { Range, Site } from '../types.js'
import type { TypeScript } from '../typescript-tree.js'

/** Something that joins the key of a site. */
export interface Input {
  readonly kind: 'parameter' | 'attribute' | 'capture'
  /** Of the input: `city`, `this.host`. */
  readonly name: string
  readonly type: ts.Type
  /** Of the parameter's name; the function's name for what is not declared in its parameter list. */
  readonly range: Range
}

/** What the key of a site is made of, but for what the tag ignores. What the checker cannot find is left out. */
export function inputsOf(ts: TypeScript, checker: ts.TypeChecker, fn: ts.SignatureDeclaration, site: Site): Input[] {
  const ignored = new Set(namesIn(site.options.ignore))
  return [
    ...parametersOf(ts, checker, fn),
    ...attributesOf(ts, checker, fn, site),
    ...capturesOf(ts, checker, fn, site),
  ].filter(({ name }) => !ignored.has(name))
}

function namesIn(option: string | boolean | readonly string[] | undefined): readonly string[] {
  return typeof option === 'string' ? option.split(',') : Array.isArray(option) ? option : []
}

function parametersOf(ts: TypeScript, checker: ts.TypeChecker, { parameters }: ts.SignatureDeclaration): Input[] {
  const found: Input[] = []
  const visit = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) {
      const range: Range = [name.getStart(), name.end]
      if (name.text !== 'this')
        found.push({ kind: 'parameter', name: name.text, type: checker.getTypeAtLocation(name), range })
    } else {
      for (const element of name.elements) if (ts.isBindingElement(element)) visit(element.name)
    }
  }
  for (const { name } of parameters) visit(name)
  return found
}

function attributesOf(ts: TypeScript, checker: ts.TypeChecker, fn: ts.SignatureDeclaration, site: Site): Input[] {
  if (site.attrs.length === 0) return []
  const self = thisTypeOf(ts, checker, fn)
  if (self === undefined) return []
  return site.attrs.flatMap((attr) => {
    const property = attr.startsWith('#') ? privateMember(ts, self, attr) : self.getProperty(attr)
    if (property === undefined) return []
    return [{ kind: 'attribute', name: `this.${attr}`, type: checker.getTypeOfSymbol(property), range: site.nameRange }]
  })
}

/** What `this` is in a method, an accessor, or an arrow in a field. */
function thisTypeOf(ts: TypeScript, checker: ts.TypeChecker, fn: ts.SignatureDeclaration): ts.Type | undefined {
  const declared = fn.parameters.find(({ name }) => ts.isIdentifier(name) && name.text === 'this')
  if (declared) return checker.getTypeAtLocation(declared.name)
  for (let node: ts.Node = fn; node.parent; node = node.parent) {
    const { parent } = node
    if (ts.isClassLike(parent) && ts.isClassElement(node)) {
      const { symbol } = checker.getTypeAtLocation(parent)
      if (symbol === undefined) return undefined
      const isStatic =
        ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
      return isStatic ? checker.getTypeOfSymbol(symbol) : checker.getDeclaredTypeOfSymbol(symbol)
    }
    if (ts.isObjectLiteralExpression(parent)) return checker.getTypeAtLocation(parent)
  }
  return undefined
}

/** The checker gives private names a number of its own: `__#1@#token`. */
function privateMember(ts: TypeScript, self: ts.Type, name: string): ts.Symbol | undefined {
  for (const node of self.symbol?.declarations ?? []) {
    if (!ts.isClassLike(node)) continue
    const member = node.members.find(
      (each) => each.name && ts.isPrivateIdentifier(each.name) && each.name.text === name,
    )
    const symbol = (member as { readonly symbol?: ts.Symbol } | undefined)?.symbol
    if (symbol) return symbol
  }
  return undefined
}

function capturesOf(ts: TypeScript, checker: ts.TypeChecker, fn: ts.SignatureDeclaration, site: Site): Input[] {
  if (site.captures.length === 0) return []
  const { Value } = ts.SymbolFlags
  const visible = new Map(checker.getSymbolsInScope(fn.parent, Value).map((symbol) => [symbol.name, symbol]))
  return site.captures.flatMap((name) => {
    const symbol = visible.get(name)
    if (symbol === undefined) return []
    return [{ kind: 'capture', name, type: checker.getTypeOfSymbolAtLocation(symbol, fn), range: site.nameRange }]
  })
}
