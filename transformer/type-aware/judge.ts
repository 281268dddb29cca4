import type ts from 'typescript'
import type { TypeScript } from '../ts-patch/typescript-tree.js'
import { type Fault, type Purpose, propertyStep, withArticle } from './fault.js'
import type { Kind, Platform } from './platform.js'
import type { RegisteredClasses } from './registered.js'

/** Levels within a type that are looked at. Generic types can go on for ever, each level being a new type. */
const DEEPEST = 10

/** Types looked at for one value. Those of a large library may lead to all its others. */
const MOST = 500

/** How the type at hand was come to. */
interface Way {
  readonly path: string
  readonly certain: boolean
  /** Inside a type that a package declares: what is optional there is not worth a warning. */
  readonly foreign: boolean
  readonly depth: number
}

const START: Way = { path: '', certain: true, foreign: false, depth: 0 }

/**
 * What of a type the runtime would refuse, as far as types tell. In doubt there is no fault: `any`, `unknown`, `object`,
 * free type parameters. A union has a fault if one of its members has, and an optional property counts, but not inside
 * types of packages: these offer much that nobody passes.
 */
export class TypeJudge {
  readonly #ts: TypeScript
  readonly #checker: ts.TypeChecker
  readonly #platform: Platform
  readonly #registered: RegisteredClasses
  readonly #purpose: Purpose
  readonly #seen = new Set<ts.Type>()

  constructor(
    ts: TypeScript,
    checker: ts.TypeChecker,
    platform: Platform,
    registered: RegisteredClasses,
    purpose: Purpose,
  ) {
    this.#ts = ts
    this.#checker = checker
    this.#platform = platform
    this.#registered = registered
    this.#purpose = purpose
  }

  fault(type: ts.Type): Fault | undefined {
    this.#seen.clear()
    return this.#visit(type, START)
  }

  #visit(type: ts.Type, way: Way): Fault | undefined {
    const { TypeFlags } = this.#ts
    // What is being looked at, or was and has no fault: types may hold themselves.
    if (way.depth > DEEPEST || this.#seen.has(type) || this.#seen.size >= MOST) return undefined
    // Enums and `boolean` are unions too, of what is no fault.
    if (type.flags & (TypeFlags.EnumLike | TypeFlags.BooleanLike)) return undefined
    this.#seen.add(type)
    if (type.isUnion()) return this.#union(type.types, way)
    if (type.isIntersection()) return this.#intersection(type, way)
    if (type.flags & TypeFlags.Instantiable) {
      const constraint = this.#checker.getBaseConstraintOfType(type)
      return constraint && this.#visit(constraint, way)
    }
    return type.flags & TypeFlags.Object ? this.#object(type, way) : undefined
  }

  #union(types: readonly ts.Type[], way: Way): Fault | undefined {
    const { Undefined, Null, Void } = this.#ts.TypeFlags
    const members = types.filter(({ flags }) => !(flags & (Undefined | Null | Void)))
    const certain = way.certain && members.length === types.length
    // `ArrayBufferLike`: what gives bytes gives an ArrayBuffer.
    const likely = members.length > 1 ? members.filter(({ symbol }) => symbol?.name !== 'SharedArrayBuffer') : members
    const faults = likely.map((member) => this.#visit(member, { ...way, certain: certain && likely.length === 1 }))
    const [first] = faults.filter((fault) => fault !== undefined)
    return way.foreign && faults.includes(undefined) ? undefined : first
  }

  /** `string & { __brand: 'Id' }` is a string; of objects, each part says something of the value. */
  #intersection(type: ts.IntersectionType, way: Way): Fault | undefined {
    const { StringLike, NumberLike, BigIntLike, BooleanLike, ESSymbolLike } = this.#ts.TypeFlags
    const primitive = StringLike | NumberLike | BigIntLike | BooleanLike | ESSymbolLike
    if (type.types.some(({ flags }) => flags & primitive)) return undefined
    return firstOf(type.types, (part) => this.#visit(part, way))
  }

  /** What is known by its name comes first: asked for its members, the checker makes those of each `Array<T>` anew. */
  #object(type: ts.Type, way: Way): Fault | undefined {
    if (this.#checker.isTupleType(type)) {
      return firstOf(this.#argumentsOf(type), (item, index) => this.#visit(item, inside(way, `[${index}]`)))
    }
    if (this.#checker.isArrayType(type)) {
      return firstOf(this.#argumentsOf(type), (item) => this.#visit(item, inside(way, '[]')))
    }
    const { symbol } = type
    const known = symbol && this.#platform.kindOf(symbol)
    if (known) return this.#platforms(type, symbol, known, way)
    const callable = type.getCallSignatures().length > 0 ? 'a function' : undefined
    const what = callable ?? (type.getConstructSignatures().length > 0 ? 'a class' : undefined)
    if (what !== undefined) return { path: way.path, what, certain: way.certain }
    return symbol ? this.#named(type, symbol, way) : this.#properties(type, way)
  }

  #platforms(type: ts.Type, symbol: ts.Symbol, known: Kind, way: Way): Fault | undefined {
    const named = byName(symbol, way)
    switch (known.kind) {
      case 'whole':
        return undefined
      case 'container':
        return firstOf(this.#argumentsOf(type), (item, at) => {
          const step = known.steps[at]
          return step === undefined ? undefined : this.#visit(item, inside(way, step))
        })
      case 'extended-array':
        return this.#purpose === 'key' ? undefined : named
      case 'refused':
        return known.what === undefined && this.#tellsItself(type)
          ? undefined
          : { ...named, what: known.what ?? named.what }
      default:
        return known satisfies never
    }
  }

  #named(type: ts.Type, symbol: ts.Symbol, way: Way): Fault | undefined {
    const named = byName(symbol, way)
    const { Class, ValueModule, Interface } = this.#ts.SymbolFlags
    if (symbol.flags & Class) return this.#instance(type, symbol, way)
    if (symbol.flags & ValueModule) {
      const isFile = symbol.declarations?.some((node) => this.#ts.isSourceFile(node))
      if (isFile) return { ...named, what: 'a module namespace' }
    }
    const foreign = this.#platform.isForeign(symbol)
    const fault = this.#properties(type, { ...way, foreign })
    // Of a package's class people know its name, not what its methods are.
    const isMethod = foreign && symbol.flags & Interface && fault?.path.lastIndexOf('.') === way.path.length
    return isMethod && fault?.what === 'a function' ? named : fault
  }

  /** A class says by its own `toJSON` what is in a key; what is stored must be made again. Else it must be registered. */
  #instance(type: ts.Type, symbol: ts.Symbol, way: Way): Fault | undefined {
    if (this.#registered.serves(symbol, this.#purpose, this.#isError(type))) return undefined
    const abstract = symbol.declarations?.some(
      (node) =>
        this.#ts.canHaveModifiers(node) &&
        node.modifiers?.some(({ kind }) => kind === this.#ts.SyntaxKind.AbstractKeyword),
    )
    if (abstract && this.#registered.satisfies(this.#checker, type)) return undefined
    const own = symbol.members?.get('toJSON' as ts.__String)
    if (this.#purpose === 'key' && own && own.flags & this.#ts.SymbolFlags.Method) {
      const [signature] = this.#checker.getTypeOfSymbol(own).getCallSignatures()
      return signature && this.#visit(signature.getReturnType(), inside(way, '.toJSON()'))
    }
    const foreign = this.#platform.isForeign(symbol)
    const name = symbol.name === 'default' || symbol.name.startsWith('__') ? 'class' : symbol.name
    return {
      path: way.path,
      what: foreign ? withArticle(name) : name === 'class' ? 'an instance of a class' : `an instance of ${name}`,
      certain: way.certain,
      ...(!foreign && { registrable: true }),
    }
  }

  #isError(type: ts.Type): boolean {
    const bases = type.isClassOrInterface() ? this.#checker.getBaseTypes(type) : []
    return bases.some((base) => {
      const { symbol } = base
      return symbol && ((symbol.name === 'Error' && this.#platform.isPlatforms(symbol)) || this.#isError(base))
    })
  }

  #properties(type: ts.Type, way: Way): Fault | undefined {
    // Classes implement interfaces; of one that has toJSON, or is registered, the key knows what to say.
    if (this.#tellsItself(type)) return undefined
    // An interface that extends Array: its methods are those of all arrays.
    const item = type.getNumberIndexType()
    if (item && this.#checker.isArrayLikeType(type)) return this.#visit(item, inside(way, '[]'))
    const properties = type.getProperties().filter((property) => this.#counts(property, way))
    const fault =
      firstOf(properties, (property) => this.#directFault(property, way)) ??
      firstOf(properties, (property) =>
        this.#visit(this.#checker.getTypeOfSymbol(property), this.#into(property, way)),
      ) ??
      firstOf(this.#checker.getIndexInfosOfType(type), (info) => this.#visit(info.type, inside(maybe(way), '[…]')))
    return fault === undefined || this.#registered.satisfies(this.#checker, type) ? undefined : fault
  }

  /** Names that are symbols are mostly brands, which no value has. */
  #counts(property: ts.Symbol, { foreign }: Way): boolean {
    if (property.name.startsWith('__@') || property.name.startsWith('__#')) return false
    return !(foreign && this.#isOptional(property))
  }

  /** Without a look inside: a method, or an accessor that would not be stored as one. */
  #directFault(property: ts.Symbol, way: Way): Fault | undefined {
    const { path, certain } = this.#into(property, way)
    const { SymbolFlags } = this.#ts
    if (property.flags & SymbolFlags.Method) return { path, what: 'a function', certain }
    const isAccessor =
      this.#purpose === 'result' &&
      property.flags & SymbolFlags.Accessor &&
      property.declarations?.some((node) => this.#ts.isObjectLiteralExpression(node.parent))
    return isAccessor ? { path, what: 'an accessor (a getter or setter)', certain } : undefined
  }

  #into(property: ts.Symbol, way: Way): Way {
    return inside(this.#isOptional(property) ? maybe(way) : way, propertyStep(property.name))
  }

  #isOptional({ flags }: ts.Symbol): boolean {
    return (flags & this.#ts.SymbolFlags.Optional) !== 0
  }

  /** An object with methods, among them toJSON, is an instance of some class that has it. */
  #tellsItself(type: ts.Type): boolean {
    return this.#purpose === 'key' && type.getProperty('toJSON') !== undefined
  }

  #argumentsOf(type: ts.Type): readonly ts.Type[] {
    return this.#isReference(type) ? this.#checker.getTypeArguments(type) : []
  }

  #isReference(type: ts.Type): type is ts.TypeReference {
    return ((type as ts.ObjectType).objectFlags & this.#ts.ObjectFlags.Reference) !== 0
  }
}

function byName({ name }: ts.Symbol, { path, certain }: Way): Fault {
  return { path, what: withArticle(name), certain }
}

function inside(way: Way, step: string): Way {
  return { ...way, path: way.path + step, depth: way.depth + 1 }
}

function maybe(way: Way): Way {
  return { ...way, certain: false }
}

function firstOf<T>(items: readonly T[], look: (item: T, index: number) => Fault | undefined): Fault | undefined {
  for (const [index, item] of items.entries()) {
    const fault = look(item, index)
    if (fault !== undefined) return fault
  }
  return undefined
}
