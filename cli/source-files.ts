import { readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { Tsconfig, tsconfigAbove } from './init/tsconfig.js'

const SOURCE = /\.[cm]?[jt]sx?$/i
const JAVASCRIPT = /\.[cm]?jsx?$/i
const DECLARATION = /\.d(?:\.[^./\\]+)?\.[cm]?ts$/i

/**
 * The source files at these paths, each once, sorted. Directories are searched, but not `node_modules` and folders that
 * begin with a dot, and without what a compiler wrote into the `outDir` of a tsconfig; links to directories are not
 * followed. Throws for a path that does not exist or is no source file.
 */
export function sourceFiles(paths: readonly string[]): string[] {
  const files = new Map<string, string>()
  const add = (file: string) => {
    const real = realpathSync(file)
    if (!files.has(real)) files.set(real, file)
  }
  for (const given of paths) {
    const facts = statSync(given, { throwIfNoEntry: false })
    if (facts === undefined) throw new Error(`there is no file or directory '${given}'`)
    if (facts.isDirectory()) sourcesIn(given).forEach(add)
    else if (isSource(given)) add(given)
    else throw new Error(`'${given}' is no JavaScript or TypeScript source file`)
  }
  return [...files.values()].sort()
}

/**
 * Without what a compiler wrote into a directory: plain tsc keeps the comments, and with them the tags. JavaScript in
 * there is no source if a file elsewhere, or a TypeScript file, has its name.
 */
export function withoutOutput(files: readonly string[], output: string): string[] {
  const isWithin = (file: string) => !path.relative(path.resolve(output), path.resolve(file)).startsWith('..')
  const isOutput = (file: string) => JAVASCRIPT.test(file) && isWithin(file)
  const sources = new Set(files.filter((file) => !isOutput(file)).map(stem))
  return files.filter((file) => !isOutput(file) || !sources.has(stem(file)))
}

function sourcesIn(directory: string): string[] {
  const above = tsconfigAbove(path.resolve(directory))
  const outputs = new Set(above === undefined ? [] : outputOf(above))
  const files = below(directory, outputs)
  return [...outputs].reduce(withoutOutput, files)
}

/** Where the compiler writes, as far as that can be read: the compiler tells what is wrong with a configuration. */
function outputOf(config: string): string[] {
  try {
    return [new Tsconfig(config).pathOption('outDir') ?? []].flat()
  } catch {
    return []
  }
}

function stem(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, '')
}

/** Adds the directories that configurations on its way name as output. */
function below(directory: string, outputs: Set<string>): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : below(full, outputs)
    if (/^tsconfig(?:\..+)?\.json$/.test(entry.name)) for (const output of outputOf(full)) outputs.add(output)
    if (!isSource(entry.name)) return []
    // A link may lead to a file, to a directory, or nowhere.
    return entry.isFile() || statSync(full, { throwIfNoEntry: false })?.isFile() ? [full] : []
  })
}

function isSource(file: string): boolean {
  return SOURCE.test(file) && !DECLARATION.test(file)
}
