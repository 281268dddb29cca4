import type { Cache } from '../cache.js'
import { siteOf } from '../call/compiled-sites.js'
import type { Face } from '../call/look-up.js'
import type { Call, Memo } from '../call/memo.js'
import type { Stats } from '../call/stats.js'
import { runSteps, runStepsAsync, type Steps } from '../call/steps.js'
import { ConfigError, NotTransformedError } from '../errors.js'
import type { Store } from '../store/store.js'
import { tiersOf } from '../store/tiered.js'
import { type EntryKind, keyOf } from '../value/entry.js'
import { callOfArguments, directoryOf, locate, memoOf, type Target } from './locate.js'
import * as manage from './manage.js'
import { factsOf, whyNotCompiled } from './not-compiled.js'
import { ordered } from './ordered.js'
import type { AnyFunction, Given, HistoryEntry, ListOptions, NamesOf, ResultOf, Selector } from './types.js'

/**
 * The stored calls of a tagged or wrapped function. `self` is the object whose method it is; needed when its tag has
 * `attrs=` and calls are named by their arguments. Throws NotTransformedError, which says
 * what is the likely cause and how to compile.
 */
export function cached<F extends AnyFunction>(fn: F, self?: object): Entries<F, NamesOf<F>> {
  const site = siteOf(fn)
  if (site === undefined) {
    const facts = factsOf(fn, cached)
    throw new NotTransformedError(facts.name, whyNotCompiled(facts))
  }
  return new Entries<F, NamesOf<F>>({ site, fn, self })
}

/**
 * Lists, reads and removes the stored calls of one function. Asynchronous methods have a `…Sync` twin. Unlike the
 * function itself, they report a failing store to the caller.
 */
export class Entries<F extends AnyFunction = AnyFunction, N extends readonly string[] = readonly string[]> {
  readonly #target: Target

  /** @internal */
  constructor(target: Target) {
    this.#target = target
  }

  /** The function's id: `module.fnName`. */
  get id(): string {
    return this.#target.site.spec.id
  }

  /** The cache that the function uses. */
  get cache(): Cache {
    return this.#memo.cache
  }

  get store(): Store {
    return this.#memo.store
  }

  /** Where its entries lie; with `path=`, the directory above those that it chooses. */
  get path(): string {
    const { store, settings, directory } = this.#memo
    return settings.path === undefined ? below(store, directory) : store.location
  }

  /** What its cache has done in this process. */
  get stats(): Readonly<Stats> {
    return { ...this.#target.site.stats }
  }

  /** The function as it would be without a cache: its body runs. */
  get func(): F {
    const { site, fn, self } = this.#target
    if (fn === undefined) throw new TypeError(`${site.spec.id} was opened by its id: its function is not known`)
    const entries = this
    const bare = function (this: unknown, ...args: unknown[]): unknown {
      const receiver = this === undefined || this === entries ? self : this
      return ordered(site, 'bare', () => Reflect.apply(fn, receiver, args))
    }
    return bare as unknown as F
  }

  /** The key of a call: sha256 of its named inputs, 64 hexadecimal digits. Throws UnkeyableArgumentError. */
  tokenize(...args: Parameters<F>): string {
    return callOfArguments(this.#target, args).key
  }

  /**
   * Runs the function now and replaces what is stored for this call. A generator runs as what comes back is consumed, and
   * replaces when that came to its end.
   */
  async refresh(...args: Parameters<F>): Promise<ResultOf<F>> {
    return (await this.#refresh(args)) as ResultOf<F>
  }

  refreshSync(...args: Parameters<F>): ReturnType<F> {
    return this.#refresh(args) as ReturnType<F>
  }

  /** Whether this call would be answered by its stored result: it is there, not expired, and `valid` accepts it. */
  isValid(...args: Parameters<F>): Promise<boolean> {
    return this.#async((face) => manage.isValid(callOfArguments(this.#target, args), face))
  }

  isValidSync(...args: Parameters<F>): boolean {
    return this.#sync((face) => manage.isValid(callOfArguments(this.#target, args), face))
  }

  /** Whether there is a stored result, whatever its age. */
  hasData(selector: Selector<F, N>): Promise<boolean> {
    return this.#async((face) => manage.has(this.#locate(selector), 'data', face))
  }

  hasDataSync(selector: Selector<F, N>): boolean {
    return this.#sync((face) => manage.has(this.#locate(selector), 'data', face))
  }

  hasInputs(selector: Selector<F, N>): Promise<boolean> {
    return this.#async((face) => manage.has(this.#locate(selector), 'inputs', face))
  }

  hasInputsSync(selector: Selector<F, N>): boolean {
    return this.#sync((face) => manage.has(this.#locate(selector), 'inputs', face))
  }

  hasException(selector: Selector<F, N>): Promise<boolean> {
    return this.#async((face) => manage.has(this.#locate(selector), 'exception', face))
  }

  hasExceptionSync(selector: Selector<F, N>): boolean {
    return this.#sync((face) => manage.has(this.#locate(selector), 'exception', face))
  }

  /** The stored result, whatever its age. Throws EntryNotFoundError. */
  async loadCachedData(selector: Selector<F, N>): Promise<ResultOf<F>> {
    return (await this.#async((face) => manage.load(this.#locate(selector), 'data', face))) as ResultOf<F>
  }

  loadCachedDataSync(selector: Selector<F, N>): ResultOf<F> {
    return this.#sync((face) => manage.load(this.#locate(selector), 'data', face)) as ResultOf<F>
  }

  /** The stored named inputs, without ignored ones, redacted ones as `[redacted]`. Throws EntryNotFoundError. */
  async loadCachedInputs(selector: Selector<F, N>): Promise<Record<string, unknown>> {
    return (await this.#async((face) => manage.load(this.#locate(selector), 'inputs', face))) as Record<string, unknown>
  }

  loadCachedInputsSync(selector: Selector<F, N>): Record<string, unknown> {
    return this.#sync((face) => manage.load(this.#locate(selector), 'inputs', face)) as Record<string, unknown>
  }

  /** What the function threw. Throws EntryNotFoundError. */
  loadCachedException(selector: Selector<F, N>): Promise<unknown> {
    return this.#async((face) => manage.load(this.#locate(selector), 'exception', face))
  }

  loadCachedExceptionSync(selector: Selector<F, N>): unknown {
    return this.#sync((face) => manage.load(this.#locate(selector), 'exception', face))
  }

  /**
   * Stores a result as if the function had answered it now; for a generator, the items of an iterable and what it returns. Throws ValidationError, DecheError for one that cannot be kept, ConfigError in a mode that writes nothing.
   */
  writeCachedData(selector: Selector<F, N>, value: Given<F>): Promise<void> {
    return this.#async((face) => manage.store(this.#locate(selector), value, this.#how(selector), face))
  }

  writeCachedDataSync(selector: Selector<F, N>, value: Given<F, 'sync'>): void {
    this.#sync((face) => manage.store(this.#locate(selector), value, this.#how(selector), face))
  }

  /** Removes the stored result and what `expiry=append` kept of it. Nothing happens if there is none. */
  removeCachedData(selector: Selector<F, N>): Promise<void> {
    return this.#async((face) => manage.remove(this.#locate(selector), 'data', face))
  }

  removeCachedDataSync(selector: Selector<F, N>): void {
    this.#sync((face) => manage.remove(this.#locate(selector), 'data', face))
  }

  removeCachedInputs(selector: Selector<F, N>): Promise<void> {
    return this.#async((face) => manage.remove(this.#locate(selector), 'inputs', face))
  }

  removeCachedInputsSync(selector: Selector<F, N>): void {
    this.#sync((face) => manage.remove(this.#locate(selector), 'inputs', face))
  }

  removeCachedException(selector: Selector<F, N>): Promise<void> {
    return this.#async((face) => manage.remove(this.#locate(selector), 'exception', face))
  }

  removeCachedExceptionSync(selector: Selector<F, N>): void {
    this.#sync((face) => manage.remove(this.#locate(selector), 'exception', face))
  }

  /** Removes everything stored of the function: results, older results, inputs, exceptions. */
  removeAll(options: ListOptions = {}): Promise<void> {
    return this.#removeAll(['data', 'inputs', 'exception'], options)
  }

  removeAllSync(options: ListOptions = {}): void {
    this.#removeAllSync(['data', 'inputs', 'exception'], options)
  }

  removeAllCachedData(options: ListOptions = {}): Promise<void> {
    return this.#removeAll(['data'], options)
  }

  removeAllCachedDataSync(options: ListOptions = {}): void {
    this.#removeAllSync(['data'], options)
  }

  removeAllCachedInputs(options: ListOptions = {}): Promise<void> {
    return this.#removeAll(['inputs'], options)
  }

  removeAllCachedInputsSync(options: ListOptions = {}): void {
    this.#removeAllSync(['inputs'], options)
  }

  removeAllCachedExceptions(options: ListOptions = {}): Promise<void> {
    return this.#removeAll(['exception'], options)
  }

  removeAllCachedExceptionsSync(options: ListOptions = {}): void {
    this.#removeAllSync(['exception'], options)
  }

  /** The keys of all stored results, in no order. Older ones under `expiry=append` are not among them. */
  listCachedData(options: ListOptions = {}): Promise<string[]> {
    return collect(this.iterCachedData(options))
  }

  listCachedDataSync(options: ListOptions = {}): string[] {
    return [...this.iterCachedDataSync(options)]
  }

  listCachedInputs(options: ListOptions = {}): Promise<string[]> {
    return collect(this.iterCachedInputs(options))
  }

  listCachedInputsSync(options: ListOptions = {}): string[] {
    return [...this.iterCachedInputsSync(options)]
  }

  listCachedExceptions(options: ListOptions = {}): Promise<string[]> {
    return collect(this.iterCachedExceptions(options))
  }

  listCachedExceptionsSync(options: ListOptions = {}): string[] {
    return [...this.iterCachedExceptionsSync(options)]
  }

  /** As `listCachedData`, one key at a time, in constant memory. */
  iterCachedData(options: ListOptions = {}): AsyncGenerator<string, void, undefined> {
    return this.#iterate('data', options)
  }

  iterCachedDataSync(options: ListOptions = {}): Generator<string, void, undefined> {
    return this.#iterateSync('data', options)
  }

  iterCachedInputs(options: ListOptions = {}): AsyncGenerator<string, void, undefined> {
    return this.#iterate('inputs', options)
  }

  iterCachedInputsSync(options: ListOptions = {}): Generator<string, void, undefined> {
    return this.#iterateSync('inputs', options)
  }

  iterCachedExceptions(options: ListOptions = {}): AsyncGenerator<string, void, undefined> {
    return this.#iterate('exception', options)
  }

  iterCachedExceptionsSync(options: ListOptions = {}): Generator<string, void, undefined> {
    return this.#iterateSync('exception', options)
  }

  /** The results of a call under `expiry=append`, oldest first, the present one last. */
  async history(selector: Selector<F, N>): Promise<HistoryEntry<Promise<ResultOf<F>>>[]> {
    const call = this.#locate(selector)
    const results = await this.#async((face) => resultsOf(call, face))
    return results.map(({ at, path }) => ({
      at: new Date(at),
      load: async () => (await this.#async((face) => manage.loadFrom(call, 'data', path, face))) as ResultOf<F>,
    }))
  }

  historySync(selector: Selector<F, N>): HistoryEntry<ResultOf<F>>[] {
    const call = this.#locate(selector)
    return this.#sync((face) => resultsOf(call, face)).map(({ at, path }) => ({
      at: new Date(at),
      load: () => this.#sync((face) => manage.loadFrom(call, 'data', path, face)) as ResultOf<F>,
    }))
  }

  get #memo(): Memo {
    return memoOf(this.#target)
  }

  #locate(selector: Selector<F, N>): Call {
    return locate(this.#target, selector as Selector<AnyFunction>)
  }

  // An async function, so that a wrong selector is a rejection and not a throw.
  async #async<T>(steps: (face: Face) => Steps<T>): Promise<T> {
    return await runStepsAsync(steps(this.store.async))
  }

  #sync<T>(steps: (face: Face) => Steps<T>): T {
    return runSteps(steps(this.store.sync))
  }

  /** A function that is not declared `async` answers with a promise if it did before. */
  #how({ key }: Selector<F, N>): { readonly inputs: boolean; readonly promise: boolean } {
    return { inputs: key === undefined, promise: this.#target.site.answersPromises }
  }

  #refresh(args: readonly unknown[]): unknown {
    const { site, fn, self } = this.#target
    if (fn === undefined) throw new TypeError(`${site.spec.id} was opened by its id: its function is not known`)
    if (this.#memo.mode === 'offline')
      throw new ConfigError("mode 'offline'", `nothing is run, so ${site.spec.id} cannot be refreshed`)
    return ordered(site, 'refresh', () => Reflect.apply(fn, self, args))
  }

  #removeAll(kinds: readonly EntryKind[], { directory }: ListOptions): Promise<void> {
    return this.#async((face) => manage.removeAll(this.#memo, directoryOf(this.#target, directory), kinds, face))
  }

  #removeAllSync(kinds: readonly EntryKind[], { directory }: ListOptions): void {
    this.#sync((face) => manage.removeAll(this.#memo, directoryOf(this.#target, directory), kinds, face))
  }

  async *#iterate(kind: EntryKind, { directory, paths }: ListOptions): AsyncGenerator<string, void, undefined> {
    const where = directoryOf(this.#target, directory)
    for await (const name of this.store.async.list(where)) {
      const key = keyOf(kind, name)
      if (key !== undefined) yield paths ? below(this.store, `${where}/${name}`) : key
    }
  }

  *#iterateSync(kind: EntryKind, { directory, paths }: ListOptions): Generator<string, void, undefined> {
    const where = directoryOf(this.#target, directory)
    for (const name of this.store.sync.list(where)) {
      const key = keyOf(kind, name)
      if (key !== undefined) yield paths ? below(this.store, `${where}/${name}`) : key
    }
  }
}

/** A path of a store, whose location may be the root directory; of tiers, in the nearest. */
function below(store: Store, path: string): string {
  const { location } = tiersOf(store)?.[0]?.store ?? store
  return location.endsWith('/') ? `${location}${path}` : `${location}/${path}`
}

function* resultsOf(call: Call, face: Face): Steps<{ readonly at: number; readonly path: string }[]> {
  const older = yield* manage.olderOf(call, face)
  const at = yield* manage.madeAt(call, face)
  return at === undefined ? older : [...older, { at, path: `${call.directory}/${call.key}` }]
}

async function collect(names: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = []
  for await (const name of names) list.push(name)
  return list
}
