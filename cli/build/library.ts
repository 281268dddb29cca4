import { createRequire } from 'node:module'
import type ts from 'typescript'
import type { TypeScript } from '../../transformer/ts-patch/typescript-tree.js'
import { type Compilation, FOR_JAVASCRIPT_ALONE, isSource, type OutputFile } from './compilation.js'
import type { ProjectCompiler } from './typescript.js'

/** A project by the programming interface of TypeScript 5.9 and 6. `undefined` if its configuration cannot be read. */
export function libraryCompilation(
  { from }: ProjectCompiler,
  config: string,
  overrides: readonly string[],
): Compilation | undefined {
  const ts = createRequire(from)('typescript') as TypeScript
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} }
  const parsed = ts.getParsedCommandLineOfConfigFile(config, ts.parseCommandLine(overrides).options, host)
  if (parsed === undefined) return undefined
  const { fileNames: rootNames, projectReferences } = parsed
  const options: ts.CompilerOptions = { ...parsed.options, ...FOR_JAVASCRIPT_ALONE }
  delete options.tsBuildInfoFile
  const programOf = (texts: ReadonlyMap<string, string>) => {
    const compilerHost = ts.createCompilerHost(options)
    const { readFile } = compilerHost
    compilerHost.readFile = (file) => texts.get(file) ?? readFile.call(compilerHost, file)
    return ts.createProgram({ rootNames, options, host: compilerHost, ...(projectReferences && { projectReferences }) })
  }
  const program = programOf(new Map())
  const isOwn = (file: ts.SourceFile) => isSource(file.fileName) && !program.isSourceFileFromExternalLibrary(file)
  return {
    options: parsed.options,
    files: program.getSourceFiles().flatMap((file) => (isOwn(file) ? [file.fileName] : [])),
    references: (projectReferences ?? []).map((each) => ts.resolveProjectReferencePath(each)),
    emit(texts) {
      const outputs: OutputFile[] = []
      const rewritten = programOf(texts)
      for (const source of texts.keys()) {
        const file = rewritten.getSourceFile(source)
        rewritten.emit(file, (name, text) => outputs.push({ file: name, text, source }))
      }
      return outputs
    },
    close() {},
  }
}
