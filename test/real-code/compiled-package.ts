import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { type Outcome, Project } from '../helpers/project.js'
import { cacheFor } from './may-be-kept.js'
import type { RealPackage } from './packages.js'
import { type Tagged, tagAll } from './tag-all.js'

const repository = resolve(import.meta.dirname, '../..')

/** A package with every function tagged, compiled by `tspc` with the transformer and without. */
export interface CompiledPackage {
  readonly project: Project
  /** By path below src/. */
  readonly sources: ReadonlyMap<string, Tagged>
  readonly outcomes: { readonly plain: Outcome; readonly tagged: Outcome }
  readonly plain: Readonly<Record<string, string>>
  readonly tagged: Readonly<Record<string, string>>
}

export async function compilePackage(pack: RealPackage): Promise<CompiledPackage> {
  const sources = taggedSources(pack)
  const project = new Project({
    allNodeTypes: true,
    package: { name: 'real', type: pack.type },
    files: {
      ...Object.fromEntries(Array.from(sources, ([file, { text }]) => [`src/${file}`, text])),
      'plain.json': tsconfig(pack, 'plain', []),
      'tagged.json': tsconfig(pack, 'tagged', [{ transform: 'deche/transformer' }]),
    },
  })
  const [plain, tagged] = await Promise.all([project.tspc('-p', 'plain.json'), project.tspc('-p', 'tagged.json')])
  return {
    project,
    sources,
    outcomes: { plain, tagged },
    plain: project.tree('plain'),
    tagged: project.tree('tagged'),
  }
}

function taggedSources(pack: RealPackage): Map<string, Tagged> {
  const directory = join(repository, 'node_modules', pack.name, pack.sources)
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file) && !pack.without?.test(file))
    .sort()
  return new Map(files.map((file) => [file, tagAll(file, readFileSync(join(directory, file), 'utf8'), cacheFor(pack))]))
}

function tsconfig(pack: RealPackage, outDir: string, plugins: readonly object[]): object {
  return {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2024', 'dom', 'dom.iterable'],
      types: ['node'],
      strict: true,
      skipLibCheck: true,
      declaration: true,
      rootDir: 'src',
      outDir,
      plugins,
      ...pack.options,
    },
    include: ['src'],
  }
}
