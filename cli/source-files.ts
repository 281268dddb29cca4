import { readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'

const SOURCE = /\.[cm]?[jt]sx?$/i
const JAVASCRIPT = /\.[cm]?jsx?$/i
const DECLARATION = /\.d(?:\.[^./\\]+)?\.[cm]?ts$/i

/**
 * The source files at these paths, each once, sorted. Directories are searched, but not `node_modules` and folders that
 * begin with a dot; links to directories are not followed. Throws for a path that does not exist or is no source file.
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
    if (facts.isDirectory()) below(given).forEach(add)
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

function stem(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, '')
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : below(full)
    if (!isSource(entry.name)) return []
    // A link may lead to a file, to a directory, or nowhere.
    return entry.isFile() || statSync(full, { throwIfNoEntry: false })?.isFile() ? [full] : []
  })
}

function isSource(file: string): boolean {
  return SOURCE.test(file) && !DECLARATION.test(file)
}
