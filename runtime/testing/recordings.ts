import { existsSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { type Call, pathsOf, type Resolution, storedInputs } from '../call/memo.js'
import type { StandIn } from '../call/stand-in.js'
import { cached } from '../cold.js'
import { checkStoreOptions } from '../config/store.js'
import type { Mode, Settings } from '../config/types.js'
import { CacheMissError, ConfigError } from '../errors.js'
import type { AnyFunction } from '../manage/types.js'
import { directoryName } from '../names.js'
import type { Store } from '../store/store.js'
import { kindOf } from '../value/entry.js'
import { type RecordingsAct, startRecordings } from './acts.js'
import { recordingCommand } from './command.js'
import { createRecordingStore } from './recording-store.js'
import type { Restore } from './restore.js'
import { TestCache } from './test-cache.js'

export interface RecordingsOptions {
  /** The functions that are recorded, or their ids; the others run, with a test cache. Default: all. */
  readonly functions?: readonly (AnyFunction | string)[]
  /**
   * `offline`: replay; a call without a recording throws CacheMissError. `on`: record what is missing. `refresh`: record
   * everything anew, each call once. `readonly`: run what is missing, write nothing. `off`: run everything.
   * Default: the environment's `DECHE_MODE`, else `offline`.
   */
  readonly mode?: Mode
  /** What runs these tests, for the message about a missing recording: `npm test`. Default: made of how the process was started. */
  readonly command?: string
}

/** A directory of recorded calls. */
export interface Recordings {
  /** Absolute. */
  readonly directory: string
  readonly mode: Mode
  /** Calls (`<id>/<key>`) whose recordings nothing has asked for in this process, sorted. */
  unused(): string[]
  /** Removes those, and answers them. */
  prune(): string[]
}

/**
 * From now on, until what this answers is restored, tagged and wrapped functions are answered from the entries in a
 * directory that belongs into version control. A recording answers at any age: `ttl`, `expiry`, `valid` and `path` of a tag
 * do not count here. It goes before test caches.
 *
 * @param directory Made by the first recording; relative to the working directory.
 * @throws ConfigError for a wrong mode or directory; NotTransformedError for a function that is not compiled by deche.
 */
export function recordings(
  directory: string | URL,
  options: RecordingsOptions = {},
): Recordings & Disposable & { readonly restore: Restore } {
  const tape = new Tape(directory, options)
  const restore = tape.start()
  return Object.assign(tape, { restore, [Symbol.dispose]: restore })
}

/** A directory of recordings, what of it is used, and how functions get it. */
export class Tape implements Recordings, RecordingsAct {
  readonly directory: string
  readonly mode: Mode
  readonly standIn: StandIn
  readonly others = new TestCache()
  /** `<id>/<key>` of the calls that were answered or recorded. */
  readonly #used = new Set<string>()
  readonly #functions: readonly (AnyFunction | string)[] | undefined
  readonly #command: string | undefined
  #ids: ReadonlySet<string> | undefined

  constructor(directory: string | URL, { functions, mode, command }: RecordingsOptions) {
    this.directory = directoryOf(directory)
    this.mode = modeOf(mode)
    this.#functions = functions
    this.#command = command
    const store = createRecordingStore(this.directory, this.#used, this.mode === 'refresh')
    this.standIn = { store: () => store, resolve: (_, own) => this.#resolve(own, store) }
  }

  covers(id: string | undefined): boolean {
    if (this.#functions === undefined) return true
    return id !== undefined && this.#recorded(this.#functions).has(id)
  }

  start(): Restore {
    // Now, and not within a call: a function that is not compiled by deche is the test's mistake.
    if (this.#functions !== undefined) this.#recorded(this.#functions)
    return startRecordings(this)
  }

  unused(): string[] {
    return this.#unusedFiles().map(({ name }) => name)
  }

  prune(): string[] {
    const unused = this.#unusedFiles()
    for (const { directory, files } of unused) {
      for (const file of files) unlinkSync(`${directory}/${file}`)
      if (readdirSync(directory).length === 0) rmdirSync(directory)
    }
    return unused.map(({ name }) => name)
  }

  #recorded(functions: readonly (AnyFunction | string)[]): ReadonlySet<string> {
    this.#ids ??= new Set(functions.map((fn) => (typeof fn === 'string' ? fn : cached(fn).id)))
    return this.#ids
  }

  #resolve(own: Resolution, store: Store): Resolution {
    return {
      ...own,
      store,
      // Everything is missing to begin with: the store sees to that.
      mode: this.mode === 'refresh' ? 'on' : this.mode,
      settings: ageless(own.settings),
      missed: (call) => this.#missed(call),
    }
  }

  #missed(call: Call): CacheMissError {
    const { memo, key } = call
    const place = shown(this.directory)
    const inputs = inspect(storedInputs(call), INSPECT)
    const { data, exception } = pathsOf(call)
    const damaged = [data, exception].find((path) => existsSync(`${this.directory}/${path}`))
    const fact =
      damaged === undefined
        ? `${memo.id} has no recording in ${place} for ${inputs}`
        : `${memo.id} cannot read its recording ${place}/${damaged} for ${inputs}: the file was changed (by hand, or in its line ends), or another codec wrote it`
    return new CacheMissError(memo.id, key, place, `${fact}. Record it: ${recordingCommand(this.#command)}`)
  }

  #unusedFiles(): { readonly name: string; readonly directory: string; readonly files: readonly string[] }[] {
    const ids = this.#functions && new Set([...this.#recorded(this.#functions)].map(directoryName))
    return subdirectories(this.directory)
      .filter((id) => ids?.has(id) ?? true)
      .flatMap((id) => {
        const directory = `${this.directory}/${id}`
        const files = readdirSync(directory)
        const keys = new Set(files.flatMap((file) => kindOf(file)?.key ?? []))
        return [...keys]
          .map((key) => ({ name: `${id}/${key}`, directory, files: files.filter((file) => kindOf(file)?.key === key) }))
          .filter(({ name }) => !this.#used.has(name))
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

const INSPECT = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 3,
  maxArrayLength: 20,
  maxStringLength: 200,
  customInspect: false,
}

/** Without what would make an answer depend on the day, or on more than the call, and what would remove recordings. */
function ageless(settings: Settings): Settings {
  const { ttl: _, path: __, functionLimits: ___, cacheLimits: ____, ...kept } = settings
  return { ...kept, sign: false, valid: [], expiry: 'replace', errors: settings.errors === 'off' ? 'off' : 'keep' }
}

function modeOf(given: Mode | undefined): Mode {
  const source = given === undefined ? 'DECHE_MODE' : 'recordings()'
  const mode = given ?? (process.env.DECHE_MODE || 'offline')
  checkStoreOptions(source, { mode })
  return mode as Mode
}

function directoryOf(given: string | URL): string {
  const refuse = (problem: string) => new ConfigError('recordings()', `'${given}' ${problem}`)
  if (given === '' || (given instanceof URL && given.protocol !== 'file:')) throw refuse('must be a directory')
  const directory = resolve(given instanceof URL ? fileURLToPath(given) : given)
  if (directory.split(sep).includes('.deche'))
    throw refuse('is in .deche, which .gitignore leaves out: name another directory')
  return directory
}

function shown(directory: string): string {
  const short = relative(process.cwd(), directory)
  return (short.startsWith('..') ? directory : short).replaceAll(sep, '/')
}

function subdirectories(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}
