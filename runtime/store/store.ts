/**
 * Where bytes lie. A path is `<directory>/<name>`, `/`-separated and already safe as file names; `checkPath` refuses
 * what would leave the store, with a ConfigError. Every operation either does all of its work or throws; a missing
 * path is an answer, not an error.
 */
export interface Store {
  /** `file`, `memory`, … */
  readonly protocol: string
  /** Where it is, for people: an absolute directory, or `memory`. */
  readonly location: string
  readonly sync: SyncStore
  readonly async: AsyncStore
}

/** What a program may give as its own store: without `sync`, it serves asynchronous functions alone. */
export type GivenStore = Omit<Store, 'sync'> & { readonly sync?: SyncStore | undefined }

/** What is known of a stored path without reading it. */
export interface Stat {
  /** Bytes. */
  readonly size: number
  /** Last modification, milliseconds since the epoch, by the store's clock. */
  readonly modified: number
  /** Changes whenever the content was written anew, also by another process. Compare for equality only. */
  readonly revision: string
}

export interface Stored extends Stat {
  /** The reader's own: a plain Uint8Array that fills its buffer and that nobody else holds. */
  readonly bytes: Uint8Array
}

export interface WriteOptions {
  /** Leave an existing path as it is. */
  readonly ifAbsent?: boolean
  /**
   * From when on nobody will want it, milliseconds since the epoch. A store that can, removes it then by itself; others
   * pass this over.
   */
  readonly expires?: number
  /**
   * When the original of a copy was modified, milliseconds since the epoch: copying makes nothing younger. A store that
   * cannot say so passes this over.
   */
  readonly modified?: number
  /**
   * How little of the new stat is wanted. `size`: the writer does not remember the revision. `none`: nor does anybody ever ask
   * whether this path was written anew. What is not wanted may be answered anyhow.
   */
  readonly facts?: 'size' | 'none'
}

/** A file of a listing, with what is known of it without reading. */
export interface Listed extends Stat {
  readonly name: string
  /** When it was last read, milliseconds since the epoch, give or take half a minute; absent if never, or not known. */
  readonly read?: number
}

/** Held until it is released, until its holder dies, or, where nobody can see that, until its lease ends. */
export interface Lock {
  /** Idempotent; never throws: a lock that cannot be released ends with its lease. */
  release(): void
}

/** As `Lock`, where releasing takes a request. */
export interface AsyncLock {
  release(): Promise<void>
}

export interface SyncStore {
  /** Bytes and facts in one operation; `undefined` when there is none. */
  read(path: string): Stored | undefined
  /** Whole or not at all, even if the process dies. Answers the new stat; `undefined` when `ifAbsent` and it was there. */
  write(path: string, bytes: Uint8Array, options?: WriteOptions): Stat | undefined
  stat(path: string): Stat | undefined
  /** Answers whether there was something to remove. */
  remove(path: string): boolean
  /** The names of the files in a directory, streamed, in no order, without unfinished writes. None for a missing directory. */
  list(directory: string): Iterable<string>
  /** As `list`, with facts. Without it, there are no limits (`maxSize`, …) and no `deche prune`. */
  scan?(directory: string): Iterable<Listed>
  /** Every directory that holds files, streamed, in no order. Needed where `scan` is. */
  directories?(): Iterable<string>
  /** As `scan`, of one path and as it is now. Without it, `stat` has to do, and nothing is known of reads. */
  inspect?(path: string): Listed | undefined
  /** Notes that an answer from this path was used again without reading it. Never throws. */
  touch?(path: string): void
  /**
   * Changes whenever a path in the directory is written or removed, by whomever. Compare for equality only. `undefined`, or
   * no such method, where that cannot be told. Never throws.
   */
  directoryRevision?(directory: string): string | undefined
  /**
   * Tries once to take the lock of a path, which need not exist; `undefined` while another holds it. Takes over from a
   * holder that is dead. Whoever waits asks every 20 ms: a store that has to ask a service for it spaces these requests
   * itself. Without it, `lock` is without effect in the store.
   */
  tryLock?(path: string): Lock | undefined
  /** Removes locks that were left behind long ago, where nothing else does. */
  sweep?(): void
}

export interface AsyncStore {
  read(path: string): Promise<Stored | undefined>
  /** `bytes` must not change before the promise settles. */
  write(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<Stat | undefined>
  stat(path: string): Promise<Stat | undefined>
  remove(path: string): Promise<boolean>
  list(directory: string): AsyncIterable<string>
  scan?(directory: string): AsyncIterable<Listed>
  directories?(): AsyncIterable<string>
  inspect?(path: string): Promise<Listed | undefined>
  touch?(path: string): void
  tryLock?(path: string): Promise<AsyncLock | undefined>
  sweep?(): Promise<void>
}
