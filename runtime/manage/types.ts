/** Any function, whatever its parameters. */
export type AnyFunction = (...args: never[]) => unknown

/** What a call of `F` comes to, once awaited. */
export type ResultOf<F extends AnyFunction> = Awaited<ReturnType<F>>

/** What `writeCachedData` takes: a result of `F`, or for a generator an iterable of its items. */
export type Given<F extends AnyFunction, How extends 'sync' | 'async' = 'async'> =
  unknown extends ResultOf<F>
    ? ResultOf<F>
    : ResultOf<F> extends Iterator<infer T, unknown, never> | AsyncIterator<infer T, unknown, never>
      ? Iterable<T> | (How extends 'async' ? AsyncIterable<T> : never)
      : ResultOf<F>

declare const names: unique symbol

/** `F` as `wrap` answers it: at run time the same kind of function, in types it remembers the names of its parameters. */
export type Wrapped<F extends AnyFunction, N extends readonly string[]> = F & { readonly [names]?: N }

/** The parameter names that TypeScript knows: those given to `wrap`. */
export type NamesOf<F> = F extends { readonly [names]?: infer N extends readonly string[] }
  ? unknown extends N
    ? readonly string[]
    : N
  : readonly string[]

/** The named inputs of a call, as far as TypeScript can know them. The function's defaults fill the rest. */
export type Kwargs<F extends AnyFunction, N extends readonly string[]> = string extends N[number]
  ? Readonly<Record<string, unknown>>
  : {
      readonly [I in Exclude<keyof N, keyof (readonly unknown[])> as BareName<N[I]>]?: N[I] extends `...${string}`
        ? Gathered<Parameters<F>, N>
        : Parameters<F>[I & keyof Parameters<F>]
    }

type BareName<T> = T extends `...${infer Name}` ? Name : T & string

/** What the last of the names gathers, if it is a rest parameter. */
type Gathered<P extends readonly unknown[], N extends readonly string[]> = N extends readonly [
  string,
  ...infer Others extends readonly [string, ...string[]],
]
  ? P extends readonly [unknown?, ...infer Rest]
    ? Gathered<Rest, Others>
    : never
  : Readonly<P>

/** One stored call: by its arguments, by its named inputs, or by its key. */
export type Selector<F extends AnyFunction, N extends readonly string[] = readonly string[]> =
  | { readonly args: Parameters<F>; readonly kwargs?: never; readonly key?: never }
  | { readonly kwargs: Kwargs<F, N>; readonly args?: never; readonly key?: never }
  | { readonly key: string; readonly args?: never; readonly kwargs?: never }

/** For listings. */
export interface ListOptions {
  /** Full paths instead of keys. Default: false. */
  readonly paths?: boolean
  /** The directory to list, as the function's `path=` answers it. Needed for functions that have one. */
  readonly directory?: string
}

/** An older result, or the present one. */
export interface HistoryEntry<T> {
  /** When it was made. */
  readonly at: Date
  /** A fresh copy of the result. Throws EntryNotFoundError when it was removed meanwhile. */
  load(): T
}
