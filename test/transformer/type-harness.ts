import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type ts from 'typescript'
import { analyse } from '../../transformer/analyse.js'
import { typeWarnings } from '../../transformer/type-aware/type-warnings.js'
import type { Analysis, Diagnostic } from '../../transformer/types.js'
import type { TypeScript } from '../../transformer/typescript-tree.js'
import { type Compiler, compilers } from '../helpers/project.js'

const repository = resolve(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

/** The compilers that deche supports, as `tspc` would hand them to it. */
export const namespaces = [named(compilers[0]), named(compilers[1])] as const

function named({ label, typescript }: Compiler): readonly [label: string, ts: TypeScript] {
  return [label, require(typescript)]
}

export interface Said {
  readonly code: string
  /** The text at the range. */
  readonly at: string
  readonly message: string
  readonly fix: string
}

/** Files of compilers and packages, read once. */
const libraries = new Map<string, ts.SourceFile | undefined>()

/** Files that exist in memory alone, beside this repository's own and its dependencies. */
export class Memory {
  readonly program: ts.Program
  readonly #ts: TypeScript
  readonly #directory = join(repository, 'test/in-memory')

  constructor(ts: TypeScript, files: Readonly<Record<string, string>>, options: ts.CompilerOptions = {}) {
    this.#ts = ts
    const all: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts'],
      types: ['node'],
      strict: true,
      allowJs: true,
      checkJs: true,
      skipLibCheck: true,
      noEmit: true,
      ...options,
    }
    const texts = new Map(Object.entries(files).map(([name, text]) => [join(this.#directory, name), text]))
    const host = ts.createCompilerHost(all)
    const { fileExists, readFile, directoryExists, getSourceFile } = host
    host.directoryExists = (name) => name === this.#directory || (directoryExists?.(name) ?? true)
    host.getSourceFile = (file, options, ...rest) => {
      if (texts.has(file)) return getSourceFile(file, options, ...rest)
      const key = JSON.stringify([ts.version, file, options])
      const known = libraries.get(key) ?? getSourceFile(file, options, ...rest)
      libraries.set(key, known)
      return known
    }
    host.fileExists = (file) => texts.has(file) || fileExists(file)
    host.readFile = (file) => texts.get(file) ?? readFile(file)
    this.program = ts.createProgram([...texts.keys()], all, host)
  }

  /** What is wrong with a file in the compiler's own eyes: a test of wrong types would test `any`. */
  errors(name: string): string[] {
    const found = this.program.getSemanticDiagnostics(this.#file(name))
    return found.map(({ messageText }) => this.#ts.flattenDiagnosticMessageText(messageText, ' '))
  }

  warnings(name: string): Diagnostic[] {
    return this.warningsOf(name, analyse(this.#file(name).text, { file: name, module: 'm' }))
  }

  /** For sites that the analysis does not make of the text. */
  warningsOf(name: string, analysis: Pick<Analysis, 'sites'>): Diagnostic[] {
    return typeWarnings(this.#ts, this.program, this.#file(name), analysis)
  }

  said(name: string): Said[] {
    const { text } = this.#file(name)
    return this.warnings(name).map(({ code, range, message, fix }) => ({
      code,
      at: text.slice(...range),
      message,
      fix,
    }))
  }

  #file(name: string): ts.SourceFile {
    const file = this.program.getSourceFile(join(this.#directory, name))
    if (file === undefined) throw new Error(`there is no ${name}`)
    return file
  }
}
