import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type Compilation, type CompilationOptions, FOR_JAVASCRIPT_ALONE, isSource } from './compilation.js'
import type { ProjectCompiler } from './typescript.js'

/** A project by the programming interface of TypeScript 7.1 and later, which speaks to a process of the compiler. */
export async function serverCompilation(
  { from }: ProjectCompiler,
  config: string,
  overrides: readonly string[],
): Promise<Compilation> {
  const load = async (part: string): Promise<unknown> =>
    import(pathToFileURL(createRequire(from).resolve(`typescript/${part}`)).href)
  const { API } = (await load('sync')) as SyncModule
  const { createFileSystemLayer } = (await load('fs')) as FileSystemModule
  const api = new API({ cwd: process.cwd() })
  const parsed = api.parseConfigFile(config)
  const options = { ...parsed.options, ...api.parseCommandLine(overrides).options }
  const programOf = (texts: ReadonlyMap<string, string>): Program => {
    const { operation } = api.createSnapshot({
      fileSystem: createFileSystemLayer([...texts]),
      createPrograms: [
        {
          rootFiles: parsed.fileNames,
          compilerOptions: { ...options, ...FOR_JAVASCRIPT_ALONE, tsBuildInfoFile: undefined },
          options: { projectReferences: parsed.projectReferences },
        },
      ],
    })
    const [program] = operation.createdPrograms
    if (program === undefined) throw new Error(`the compiler made no program of ${config}`)
    return program
  }
  const program = programOf(new Map())
  return {
    options,
    files: program
      .getSourceFileNames()
      .filter((file) => isSource(file) && program.getSourceFileMetadata(file)?.isFromExternalLibrary !== true),
    references: (parsed.projectReferences ?? []).map((reference) => reference.path),
    emit(texts) {
      const { outputFiles } = programOf(texts).getJavaScriptEmit([...texts.keys()])
      return Array.from(outputFiles, ([file, { text, sourceFileName = '' }]) => ({
        file,
        text,
        source: sourceFileName,
      }))
    },
    close: () => api.close(),
  }
}

/** What is used of `typescript/sync`. Whoever compiles deche has not got these types: they belong to another release. */
interface SyncModule {
  readonly API: new (options: { readonly cwd: string }) => Api
}

interface FileSystemModule {
  createFileSystemLayer(files: readonly (readonly [file: string, text: string])[]): object
}

interface Api {
  parseConfigFile(file: string): {
    readonly fileNames: readonly string[]
    readonly options: CompilationOptions
    readonly projectReferences?: readonly { readonly path: string }[]
  }
  parseCommandLine(args: readonly string[]): { readonly options: CompilationOptions }
  createSnapshot(params: object): { readonly operation: { readonly createdPrograms: readonly Program[] } }
  close(): void
}

interface Program {
  getSourceFileNames(): readonly string[]
  getSourceFileMetadata(file: string): { readonly isFromExternalLibrary: boolean } | undefined
  getJavaScriptEmit(files: readonly string[]): {
    readonly outputFiles: ReadonlyMap<string, { readonly text: string; readonly sourceFileName?: string }>
  }
}
