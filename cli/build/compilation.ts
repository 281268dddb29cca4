/** A file that the compiler makes. */
export interface OutputFile {
  readonly file: string
  readonly text: string
  /** The source file that it is made of. */
  readonly source: string
}

/** One project, seen by its own compiler. What it makes is held in memory: nobody writes. */
export interface Compilation {
  readonly options: CompilationOptions
  /** Of its source files, in the order of the program: those that it may make JavaScript of. */
  readonly files: readonly string[]
  /** The projects that it refers to: configurations, or directories with a tsconfig.json. */
  readonly references: readonly string[]
  /** The JavaScript of these files, and its maps, if their texts were these. */
  emit(texts: ReadonlyMap<string, string>): readonly OutputFile[] | Promise<readonly OutputFile[]>
  close(): void
}

/** Of the compiler's options, those that decide what there is to do. */
export interface CompilationOptions {
  readonly noEmit?: boolean | undefined
  readonly emitDeclarationOnly?: boolean | undefined
  readonly noEmitOnError?: boolean | undefined
  readonly pretty?: boolean | undefined
}

/**
 * So that JavaScript comes out whatever is wrong: the compiler has told that of the untouched sources. Types of what
 * deche wrote are nobody's business.
 */
export const FOR_JAVASCRIPT_ALONE = {
  noEmit: false,
  emitDeclarationOnly: false,
  noEmitOnError: false,
  noCheck: true,
  declaration: false,
  declarationMap: false,
  isolatedDeclarations: false,
  composite: false,
  incremental: false,
  // What deche writes may take a helper where the sources take none, so nobody may have installed tslib.
  importHelpers: false,
  noEmitHelpers: false,
} as const

export function isSource(file: string): boolean {
  return /\.[cm]?[jt]sx?$/i.test(file) && !/\.d\.(?:[^./\\]+\.)?[cm]?ts$/i.test(file)
}
