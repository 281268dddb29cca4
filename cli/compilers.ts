import { createRequire } from 'node:module'
import path from 'node:path'
import type { ProjectOptions } from 'ts-morph'
import type ts from 'typescript'
import type { TypeScript } from '../transformer/typescript-tree.js'

type MorphOptions = NonNullable<ProjectOptions['compilerOptions']>

/** A compiler that tells types to JavaScript. */
export interface Compiler {
  readonly ts: TypeScript
  createProgram(rootNames: readonly string[], options: ts.CompilerOptions): ts.Program
}

const known = new Map<string | undefined, Promise<Compiler>>()

/**
 * The compiler for the sources in a directory: the project's own `typescript`, where it is one that `tspc` can run too,
 * else the one that ts-morph brings. TypeScript 7 has no `createProgram`.
 *
 * @throws an Error that says what to install when there is neither.
 */
export function compilerFor(directory: string): Promise<Compiler> {
  const from = resolved(directory)
  const compiler = known.get(from) ?? load(from)
  known.set(from, compiler)
  return compiler
}

function resolved(directory: string): string | undefined {
  try {
    return createRequire(path.join(directory, 'x.js')).resolve('typescript')
  } catch {
    return undefined
  }
}

async function load(from: string | undefined): Promise<Compiler> {
  const own: unknown = from === undefined ? undefined : createRequire(from)(from)
  return isCompiler(own)
    ? { ts: own, createProgram: (rootNames, options) => own.createProgram(rootNames, options) }
    : bundled(versionOf(own))
}

/** TypeScript 5.9 and 6. What older ones lack, and what newer ones will have, nobody tried. */
function isCompiler(found: unknown): found is TypeScript {
  const [major = 0, minor = 0] = (versionOf(found) ?? '').split('.').map(Number)
  const isSupported = (major === 5 && minor >= 9) || major === 6
  return isSupported && typeof Reflect.get(Object(found), 'createProgram') === 'function'
}

function versionOf(found: unknown): string | undefined {
  const version: unknown = Reflect.get(Object(found), 'version')
  return typeof version === 'string' ? version : undefined
}

/** ts-morph's compiler finds its library in a file system of ts-morph's own, so ts-morph makes the programs. */
async function bundled(version: string | undefined): Promise<Compiler> {
  const { Project, ts } = await import('ts-morph').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') throw missing(version)
    throw error
  })
  return {
    ts: ts as unknown as TypeScript,
    createProgram(rootNames, options) {
      // The same options to the same compiler, whose declarations ts-morph has under names of its own.
      const project = new Project({
        compilerOptions: options as unknown as MorphOptions,
        skipFileDependencyResolution: true,
      })
      for (const name of rootNames) project.addSourceFileAtPathIfExists(name)
      return project.getProgram().compilerObject as unknown as ts.Program
    },
  }
}

function missing(version: string | undefined): Error {
  const found =
    version === undefined
      ? 'this project has no typescript'
      : `typescript ${version} has no programming interface for it`
  return new Error(
    `types cannot be checked: ${found}. Install ts-morph, which brings a compiler (npm i -D ts-morph), or pass --no-types.`,
  )
}
