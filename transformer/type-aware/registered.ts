import type ts from 'typescript'
import type { TypeScript } from '../typescript-tree.js'
import type { Purpose } from './fault.js'

/** Whether a text may register classes: `configure({ classes })`, or a configuration file. */
export function mayRegister(text: string): boolean {
  return text.includes('classes') && text.includes('deche')
}

interface Registration {
  readonly type: ts.Type
  readonly encode: boolean
  readonly decode: boolean
}

/**
 * The classes that the program registers: `{ classes: { Money: { class: Money, encode, decode } } }` in any file that
 * mentions deche. Read from types, so that it may be spread over variables and modules.
 */
export class RegisteredClasses {
  /** A registry whose type does not tell what is in it: any class may be. */
  readonly open: boolean
  readonly #registrations = new Map<ts.Symbol, Registration>()

  constructor(ts: TypeScript, program: ts.Program) {
    const checker = program.getTypeChecker()
    let open = false
    const read = (registry: ts.Type) => {
      if (registry.getStringIndexType()?.getProperty('class')) open = true
      for (const property of registry.getProperties()) this.#add(checker, checker.getTypeOfSymbol(property))
    }
    const visit = (node: ts.Node): void => {
      const isProperty = ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)
      if (isProperty && ts.isIdentifier(node.name) && node.name.text === 'classes') {
        read(checker.getTypeAtLocation(ts.isPropertyAssignment(node) ? node.initializer : node.name))
      }
      ts.forEachChild(node, visit)
    }
    for (const file of program.getSourceFiles()) {
      if (!file.isDeclarationFile && mayRegister(file.text)) visit(file)
    }
    this.open = open
  }

  #add(checker: ts.TypeChecker, codec: ts.Type): void {
    const made = codec.getProperty('class')
    if (made === undefined) return
    const type = checker.getTypeOfSymbol(made).getConstructSignatures()[0]?.getReturnType()
    if (type?.symbol === undefined) return
    const [encode, decode] = ['encode', 'decode'].map((name) => codec.getProperty(name) !== undefined)
    this.#registrations.set(type.symbol, { type, encode: encode ?? false, decode: decode ?? false })
  }

  /** Whether instances of exactly this class can be keyed, or stored. Errors need neither `encode` nor `decode`. */
  serves(symbol: ts.Symbol, purpose: Purpose, isError: boolean): boolean {
    const known = this.#registrations.get(symbol)
    if (known === undefined) return this.open
    return isError || (known.encode && (purpose === 'key' || known.decode))
  }

  /** Whether instances of a registered class are values of the type. */
  satisfies(checker: ts.TypeChecker, type: ts.Type): boolean {
    return (
      this.open ||
      [...this.#registrations.values()].some(({ type: registered }) => checker.isTypeAssignableTo(registered, type))
    )
  }
}
