import type { Param } from '../runtime/call/site.js'

/** `[start, end)` in UTF-16 code units of the source text. */
export type Range = readonly [start: number, end: number]

/** Everything deche knows of one source file. Made from its text alone. */
export interface Analysis {
  readonly sites: readonly Site[]
  readonly diagnostics: readonly Diagnostic[]
  /** Where the head goes: behind hashbang and directive prologue, before the first statement. */
  readonly insertAt: number
  /** What our import is called in this file: `$deche`, made longer until the text does not contain it. */
  readonly namespace: string
  /** What the names of the functions begin with that tell about its sites: `$d`, made longer in the same way. */
  readonly factories: string
  /**
   * What the syntax of the text makes of the file; `undefined` if it has neither `import` nor `export`. Those of `types`
   * alone are gone when a tool has only stripped types.
   */
  readonly moduleSyntax: 'esm' | 'cjs' | 'types' | undefined
}

/** A tagged function. */
export interface Site {
  /** `module.fnName`, or the tag's `name=`. */
  readonly id: string
  /** The qualified name within the file: `forecast`, `Client.get`, `default`. */
  readonly name: string
  /** Of the name, or of what stands for it: where diagnostics about the function point. */
  readonly nameRange: Range
  readonly params: readonly Param[]
  readonly attrs: readonly string[]
  /** Variables of the functions and blocks around it that its body reads: they join the key under their own names. */
  readonly captures: readonly string[]
  readonly async: boolean
  readonly generator: boolean
  /** Whether the body may run for `new`, and makes or tells something by that: such calls are not cached. */
  readonly constructs: boolean
  /** Whether code among the parameters (a default that is a function) may see them change, or change them. */
  readonly sharesParams: boolean
  /** The tag's options whose values are text. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[]>>
  /** The tag's options that name a binding of the module. */
  readonly refs: Readonly<Record<string, Binding>>
  /** How the module reaches the function; absent where it cannot (a private method, an anonymous default export). */
  readonly self?: { readonly binding: Binding; readonly path: readonly SelfStep[] }
  /** Of its code: a hash, and what is in it. Without `version=auto` only its own file counts. */
  readonly code: { readonly hash: string; readonly pieces: string }
  readonly body: Body
}

/** From a module binding to the function: `Client` → `.prototype` → `.get`; `getter` reads the descriptor. */
export interface SelfStep {
  readonly property: string
  readonly getter?: true
}

/** A name in the module's scope, and what an emitter must know to reach it. */
export type Binding =
  | { readonly kind: 'local'; readonly name: string }
  /** `export const x`, `export let x`: under CommonJS TypeScript emits `exports.x` and no local `x`. */
  | { readonly kind: 'exported-variable'; readonly name: string }
  /** `import x = A.B.c`, which TypeScript elides if only the tag uses it: the tag reaches for what it stands for. */
  | { readonly kind: 'alias'; readonly name: string; readonly of: Binding; readonly path: readonly string[] }
  /**
   * TypeScript elides an import that only the tag uses, so emitters import it once more. `imported` is `default`, `*`,
   * `export=` (`import x = require()`) or a name. `end` is the end of the import declaration: a second import stands
   * right behind it, so that modules run in the order they ran in before.
   */
  | {
      readonly kind: 'import'
      readonly name: string
      readonly from: string
      readonly imported: string
      readonly end: number
    }

/** Where the rewrite inserts. */
export interface Body {
  /** Of the block including its braces, or of the arrow's expression including parentheses around it: the closure keeps them. */
  readonly range: Range
  readonly block: boolean
  /** For a block: behind its `{` and directive prologue. For an expression: its start. */
  readonly start: number
  /** For a block: at its `}`. For an expression: its end. */
  readonly end: number
}

export type Severity = 'error' | 'warning'

/** What the build tells. `message` is the fact; `fix` is what to do, a whole sentence. */
export interface Diagnostic {
  /** `DECHE1003`: stable. */
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly fix: string
  /** Of the name or word at fault. */
  readonly range: Range
}
