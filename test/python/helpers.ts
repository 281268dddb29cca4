import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest'
import { type AsyncStore, Cache, type CacheOptions, type Store, type SyncStore } from '../../runtime/index.js'
import { builtTransformer, type Outcome, Project } from '../helpers/project.js'

type Environment = Readonly<Record<string, string>>

/** Compiles the programs of a test file with one run of tspc; each answers the JSON lines that it printed. */
export function compiledPrograms(): {
  readonly program: (name: string, source: string) => (environment?: Environment) => Promise<unknown[]>
  readonly project: () => Project
} {
  const sources: Record<string, string> = {}
  let project: Project
  beforeAll(async () => {
    builtTransformer()
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'out',
      plugins: [{ transform: 'deche/transformer' }],
    }
    project = new Project({ files: { ...sources, 'tsconfig.json': { compilerOptions, include: ['src'] } } })
    expect(await project.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  })
  afterAll(() => project?.dispose())
  return {
    program(name, source) {
      sources[`src/${name}.ts`] = `${SAY}${source}`
      return async (environment) => lines(await project.node([`out/${name}.js`], environment))
    },
    project: () => project,
  }
}

const SAY = `const say = (...values: unknown[]) => values.forEach((value) => console.log(JSON.stringify(value)))
`

/** A package that needs no compiler; it goes with the test. */
export function plainProject(files: Readonly<Record<string, string | object>>): Project {
  const project = new Project({ files })
  onTestFinished(() => project.dispose())
  return project
}

/** The JSON lines of a program that ended well and warned of nothing. */
export function lines(outcome: Outcome): unknown[] {
  expect(outcome).toMatchObject({ status: 0, stderr: '' })
  return outcome.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The entry files of a directory, sorted, without what deche keeps for itself. */
export function entryFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.deche-'))
    .sort()
}

/** The entry files of one call, with `<key>` and `<µs>`. */
export function filesOf(directory: string, key = /^[0-9a-f]{64}/): string[] {
  return entryFiles(directory)
    .map((name) => name.replace(key, '<key>').replace(/-\d+$/, '-<µs>'))
    .sort()
}

/** What a function throws or rejects with. Fails if it does neither. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('it was to throw')
}

/** A store that writes down what is read and written, with `<key>` for the key. Removals are not written down. */
export function watchedStore(log: string[]): Store {
  const { store } = new Cache({ protocol: 'memory' })
  const note = (what: string, path: string) => log.push(`${what} ${path.replace(/^.*\/[0-9a-f]{64}/, '<key>')}`)
  return {
    // At hand: elsewhere, inputs are written with the answer.
    protocol: 'file',
    location: 'watched',
    sync: {
      ...store.sync,
      read(path) {
        note('read', path)
        return store.sync.read(path)
      },
      write(path, bytes, options) {
        note('write', path)
        return store.sync.write(path, bytes, options)
      },
    },
    async: store.async,
  }
}

/** A memory store some of whose operations are others. */
export function changedStore(changes: { sync?: Partial<SyncStore>; async?: Partial<AsyncStore> }): Store {
  const { sync, async } = new Cache({ protocol: 'memory' }).store
  return {
    protocol: 'changed',
    location: 'changed',
    sync: { ...sync, ...changes.sync },
    async: { ...async, ...changes.async },
  }
}

/** Until the test ends, time stands still but for what the test adds, in milliseconds. */
export function stopTime(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2027, 0, 1) })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  return (milliseconds) => vi.setSystemTime(Date.now() + milliseconds)
}

/** A function without parameters that answers how often it ran. */
export function counter(options: CacheOptions): () => number {
  let runs = 0
  return new Cache(options).wrap(() => ++runs, { name: 'demo.counter', params: [] })
}
