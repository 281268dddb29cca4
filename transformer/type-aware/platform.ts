import type ts from 'typescript'
import type { TypeScript } from '../ts-patch/typescript-tree.js'

/** The types that the language and its platforms declare, and what the runtime makes of their objects. */

/** Objects that are keyed and stored as a whole. `runtime/key/kinds.ts` and `runtime/value/walk.ts` know how. */
const WHOLE: ReadonlySet<string> = new Set([
  ...['Date', 'RegExp', 'URL', 'URLSearchParams', 'Headers', 'DOMException', 'Buffer', 'ArrayBuffer', 'DataView'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Float16Array', 'Int32Array'],
  ...['Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'ArrayBufferView'],
  ...['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError'],
  ...['String', 'Number', 'Boolean', 'BigInt', 'Symbol', 'Object'],
])

/** Objects that are what they hold, and how a path leads to the values of their type arguments. */
const CONTAINERS: Readonly<Record<string, readonly string[]>> = {
  Map: ['.keys()', '.get()'],
  ReadonlyMap: ['.keys()', '.get()'],
  Set: ['.values()'],
  ReadonlySet: ['.values()'],
  // An array is one.
  Iterable: ['[]'],
  ArrayLike: ['[]'],
}

/** Refused, under a name that says more than that of their type. */
const REFUSED: Readonly<Record<string, string>> = {
  Function: 'a function',
  CallableFunction: 'a function',
  NewableFunction: 'a function',
  Promise: 'a promise',
  PromiseLike: 'a promise',
  Generator: 'a generator',
  AsyncGenerator: 'an async generator',
  Iterator: 'an iterator',
  IterableIterator: 'an iterator',
  IteratorObject: 'an iterator',
  ArrayIterator: 'an iterator',
  MapIterator: 'an iterator',
  SetIterator: 'an iterator',
  AsyncIterator: 'an async iterator',
  AsyncIterable: 'an async iterable',
  AsyncIterableIterator: 'an async iterator',
  AsyncIteratorObject: 'an async iterator',
  IArguments: 'an arguments object',
}

/** Arrays with properties of their own: part of keys, but stored they would lose these. */
const EXTENDED_ARRAYS: ReadonlySet<string> = new Set(['RegExpMatchArray', 'RegExpExecArray'])

export type Kind =
  | { readonly kind: 'whole' }
  | { readonly kind: 'container'; readonly steps: readonly string[] }
  | { readonly kind: 'refused'; readonly what: string | undefined }
  | { readonly kind: 'extended-array' }

/** What the declarations of a program are: the project's own, a package's, or the platform's. */
export class Platform {
  readonly #ts: TypeScript
  readonly #program: ts.Program
  /** Of each file that was asked about: a type has many declarations in few of them. */
  readonly #isPlatforms = new Map<ts.SourceFile, boolean>()
  readonly #isForeign = new Map<ts.SourceFile, boolean>()

  constructor(ts: TypeScript, program: ts.Program) {
    this.#ts = ts
    this.#program = program
  }

  /** What is known of a type by its name, undefined for types that the platform does not declare. */
  kindOf(symbol: ts.Symbol): Kind | undefined {
    const { name } = symbol
    if (!this.isPlatforms(symbol)) return undefined
    if (WHOLE.has(name)) return { kind: 'whole' }
    const steps = Object.hasOwn(CONTAINERS, name) ? CONTAINERS[name] : undefined
    if (steps !== undefined) return { kind: 'container', steps }
    if (Object.hasOwn(REFUSED, name)) return { kind: 'refused', what: REFUSED[name] }
    if (EXTENDED_ARRAYS.has(name)) return { kind: 'extended-array' }
    // `interface Blob {}` and `declare var Blob: { new(): Blob }`: how the platform's classes are declared.
    const { Interface, Variable } = this.#ts.SymbolFlags
    const isClass = (symbol.flags & Interface) !== 0 && (symbol.flags & Variable) !== 0
    return isClass ? { kind: 'refused', what: undefined } : undefined
  }

  isPlatforms({ declarations }: ts.Symbol): boolean {
    return declarations?.some((node) => this.#isPlatformFile(node.getSourceFile())) ?? false
  }

  /** Declared by the language, the platform or a package, so that nobody here chose what it has. */
  isForeign({ declarations }: ts.Symbol): boolean {
    return (
      declarations?.every((node) => {
        const file = node.getSourceFile()
        const known = this.#isForeign.get(file)
        if (known !== undefined) return known
        const isForeign =
          file.isDeclarationFile && (this.#isPlatformFile(file) || /[\\/]node_modules[\\/]/.test(file.fileName))
        this.#isForeign.set(file, isForeign)
        return isForeign
      }) ?? false
    )
  }

  #isPlatformFile(file: ts.SourceFile): boolean {
    if (!file.isDeclarationFile) return false
    const known = this.#isPlatforms.get(file)
    if (known !== undefined) return known
    const isPlatforms =
      /[\\/]node_modules[\\/](?:@types[\\/](?:node|web|bun)|bun-types|undici-types|undici)[\\/]/.test(file.fileName) ||
      /[\\/]typescript[\\/]lib[\\/]lib\.[\w.]+\.d\.ts$/.test(file.fileName) ||
      this.#program.isSourceFileDefaultLibrary(file)
    this.#isPlatforms.set(file, isPlatforms)
    return isPlatforms
  }
}
