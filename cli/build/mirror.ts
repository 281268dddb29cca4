import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { slashed } from '../init/paths.js'
import { configAt } from '../init/tsconfig.js'
import { type Compilation, type CompilationOptions, FOR_JAVASCRIPT_ALONE, isSource } from './compilation.js'
import type { ProjectCompiler } from './typescript.js'

/** What `tsc --showConfig` prints. */
interface ShownConfig {
  readonly compilerOptions: CompilationOptions & { readonly rootDir?: string; readonly outDir?: string }
  readonly files?: readonly string[]
  readonly references?: readonly { readonly path: string }[]
}

/**
 * A project by the command line of TypeScript 7.0, which has no other way to make JavaScript. The compiler runs in a
 * mirror: a temporary directory in which each source lies at the same path as in the file system, below the mirror's
 * root, so that all that is relative stays true. `undefined` if the configuration cannot be read.
 */
export async function mirrorCompilation(
  { tsc }: ProjectCompiler,
  config: string,
  overrides: readonly string[],
): Promise<Compilation | undefined> {
  const [shown, listed] = await Promise.all([
    showConfig(tsc, config, overrides),
    output(tsc, ['-p', config, '--listFilesOnly', ...overrides]),
  ])
  if (shown === undefined) return undefined
  const directory = path.dirname(config)
  const all = listed.split(/\r?\n/).filter((file) => path.isAbsolute(file) && existsSync(file))
  const own = all.filter((file) => !slashed(file).includes('/node_modules/'))
  const { rootDir = '.', outDir } = shown.compilerOptions
  const root = path.resolve(directory, rootDir)
  // What is outside is of another package, found through a link in node_modules, and is not compiled here.
  const isInside = (file: string) => outDir === undefined || !path.relative(root, file).startsWith('..')
  const references = (shown.references ?? []).map(({ path: given }) => path.resolve(directory, given))
  return {
    options: shown.compilerOptions,
    files: own.filter((file) => isSource(file) && isInside(file)),
    references,
    async emit(texts) {
      const mirror = new Mirror()
      try {
        const neighbours = await sourcesOf(tsc, references, new Set())
        for (const file of new Set([...own, ...neighbours])) mirror.add(file, texts.get(file))
        mirror.add(config, JSON.stringify(mirrored(shown)))
        await output(tsc, ['-p', mirror.pathOf(config)])
        return [...texts.keys()].flatMap((source) => {
          const place = outDir === undefined ? source : path.resolve(directory, outDir, path.relative(root, source))
          return mirror.madeBeside(place).map(({ file, text }) => ({ file, text, source }))
        })
      } finally {
        mirror.remove()
      }
    },
    close() {},
  }
}

/** Its files are all named, since directories are not searched again; what it refers to is there as source. */
function mirrored({ compilerOptions, files = [] }: ShownConfig): object {
  const { rootDir = '.' } = compilerOptions
  const forTypes = { tsBuildInfoFile: undefined, declarationDir: undefined }
  return { compilerOptions: { ...compilerOptions, rootDir, ...FOR_JAVASCRIPT_ALONE, ...forTypes }, files }
}

/** The sources of these projects and of those that they refer to. */
async function sourcesOf(tsc: string, configs: readonly string[], seen: Set<string>): Promise<string[]> {
  const found: string[] = []
  for (const config of configs.flatMap((each) => configAt(each) ?? [])) {
    if (seen.has(config)) continue
    seen.add(config)
    const shown = await showConfig(tsc, config, [])
    const directory = path.dirname(config)
    const resolved = (each: string) => path.resolve(directory, each)
    found.push(...(shown?.files ?? []).map(resolved))
    found.push(
      ...(await sourcesOf(
        tsc,
        (shown?.references ?? []).map((each) => resolved(each.path)),
        seen,
      )),
    )
  }
  return found
}

async function showConfig(tsc: string, config: string, overrides: readonly string[]): Promise<ShownConfig | undefined> {
  const shown = await output(tsc, ['-p', config, '--showConfig', ...overrides])
  try {
    return JSON.parse(shown.slice(shown.indexOf('{'))) as ShownConfig
  } catch {
    return undefined
  }
}

/** What is wrong, the compiler tells when it compiles the project itself. */
function output(tsc: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile(process.execPath, [tsc, ...args], { maxBuffer: 2 ** 30 }, (_, stdout) => done(stdout))
  })
}

class Mirror {
  readonly #root = realpathSync(mkdtempSync(path.join(tmpdir(), 'deche-build-')))
  readonly #prepared = new Set<string>()

  pathOf(file: string): string {
    const absolute = path.resolve(file)
    const { root } = path.parse(absolute)
    return path.join(this.#root, root.replace(/[\\/:]/g, '') || '_', absolute.slice(root.length))
  }

  /** Without a text, the file is copied as it is. */
  add(file: string, text: string | undefined): void {
    this.#prepare(path.dirname(path.resolve(file)))
    if (text === undefined) copyFileSync(file, this.pathOf(file))
    else writeFileSync(this.pathOf(file), text)
  }

  /** JavaScript and maps with the name of this file, at the places where they are outside. */
  madeBeside(file: string): { readonly file: string; readonly text: string }[] {
    const { dir, name, ext } = path.parse(file)
    const here = path.dirname(this.pathOf(file))
    const kind = /^\.([cm]?)[jt]sx?$/i.exec(ext)?.[1] ?? ''
    const names = [`${name}.${kind}js`, `${name}.jsx`].flatMap((each) => [each, `${each}.map`])
    return (existsSync(here) ? readdirSync(here) : [])
      .filter((each) => names.includes(each))
      .map((each) => ({ file: path.join(dir, each), text: readFileSync(path.join(here, each), 'utf8') }))
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Packages are found from here as from the directory itself, and it is of the same package. */
  #prepare(directory: string): void {
    if (this.#prepared.has(directory)) return
    this.#prepared.add(directory)
    mkdirSync(this.pathOf(directory), { recursive: true })
    const packages = path.join(directory, 'node_modules')
    if (existsSync(packages)) symlinkSync(packages, this.pathOf(packages), 'junction')
    const manifest = path.join(directory, 'package.json')
    if (existsSync(manifest)) copyFileSync(manifest, this.pathOf(manifest))
    if (path.dirname(directory) !== directory) this.#prepare(path.dirname(directory))
  }
}
