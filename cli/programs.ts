import { readFileSync } from 'node:fs'
import path from 'node:path'
import type ts from 'typescript'
import type { TypeScript } from '../transformer/ts-patch/typescript-tree.js'
import { mayRegister } from '../transformer/type-aware/registered.js'
import { type Compiler, compilerFor } from './compilers.js'
import { slashed } from './init/paths.js'

/** A source file in a program that knows its types. */
export interface TypedFile {
  readonly file: string
  readonly ts: TypeScript
  readonly program: ts.Program
  readonly sourceFile: ts.SourceFile
}

/** A tsconfig.json, or what stands in for a missing one. */
interface Config {
  readonly options: ts.CompilerOptions
  /** The files that it includes. */
  readonly files: ReadonlySet<string>
  readonly references: readonly string[]
}

/** Files of one tsconfig.json, which make up one program. */
interface Group {
  readonly compiler: Compiler
  readonly config: Config
  readonly files: string[]
}

/**
 * The given files (absolute paths) with their types, program by program. A program is made of them and of what they
 * import, not of all that is in their tsconfig.json, but for its declaration files and the files that register classes.
 *
 * @param registering Further files that may register classes.
 * @throws an Error when no compiler is installed.
 */
export async function* typedFiles(
  files: readonly string[],
  registering: readonly string[],
): AsyncGenerator<TypedFile, void, undefined> {
  for (const { compiler, config, files: own } of await grouped(files)) {
    const declarations = [...config.files].filter((file) => /\.d\.[cm]?ts$/.test(file))
    const others = [...config.files].filter((file) => registers(file))
    const roots = new Set([...own, ...declarations, ...others, ...registering])
    const { ts } = compiler
    const program = compiler.createProgram([...roots], { ...config.options, ...FOR_TYPES_ALONE })
    for (const file of own) {
      const sourceFile = program.getSourceFile(file)
      if (sourceFile) yield { file, ts, program, sourceFile }
    }
  }
}

/** JavaScript has types too, from its JSDoc. */
const FOR_TYPES_ALONE: ts.CompilerOptions = {
  allowJs: true,
  noEmit: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
}

async function grouped(files: readonly string[]): Promise<Group[]> {
  const groups = new Map<string, Group>()
  const configs = new Configs()
  for (const file of files) {
    const directory = path.dirname(file)
    const compiler = await compilerFor(directory)
    const name = configs.nameFor(compiler.ts, file)
    const config = name === undefined ? withoutConfig(compiler.ts) : configs.read(compiler.ts, name)
    // Without a tsconfig.json, two directories may still have two compilers.
    const key = name ?? `no tsconfig.json, typescript ${compiler.ts.version}`
    const group = groups.get(key) ?? { compiler, config, files: [] }
    groups.set(key, group)
    group.files.push(file)
  }
  return [...groups.values()]
}

/** What is known of tsconfig.json files. */
class Configs {
  readonly #read = new Map<string, Config>()

  /** The nearest one upwards, or that of those it refers to which includes the file. */
  nameFor(ts: TypeScript, file: string): string | undefined {
    const nearest = ts.findConfigFile(path.dirname(file), ts.sys.fileExists)
    if (nearest === undefined) return undefined
    const names = [nearest]
    // Grows while it is walked through: references of references.
    for (const name of names) {
      const { files, references } = this.read(ts, name)
      if (files.has(slashed(file))) return name
      names.push(...references.filter((each) => !names.includes(each)))
    }
    return nearest
  }

  read(ts: TypeScript, name: string): Config {
    const known = this.#read.get(name)
    if (known) return known
    const config = readConfig(ts, name)
    this.#read.set(name, config)
    return config
  }
}

function readConfig(ts: TypeScript, name: string): Config {
  // What is wrong with it, the compiler explains when it compiles. Here the rest has to do.
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} }
  const parsed = ts.getParsedCommandLineOfConfigFile(name, undefined, host)
  if (parsed === undefined) return withoutConfig(ts)
  const references = parsed.projectReferences?.map((reference) => ts.resolveProjectReferencePath(reference)) ?? []
  return { options: parsed.options, files: new Set(parsed.fileNames.map(slashed)), references }
}

function withoutConfig(ts: TypeScript): Config {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
  }
  return { options, files: new Set(), references: [] }
}

function registers(file: string): boolean {
  try {
    return !/\.d\.[cm]?ts$/.test(file) && mayRegister(readFileSync(file, 'utf8'))
  } catch {
    // Included and gone, or not for us to read: it is not among the files to check, so nobody asked about it.
    return false
  }
}
