/** The programming interface: `import { Cache, cached, configure } from 'deche'`. */
export { Cache } from './cache.js'
export type { ClassCodec, ClassCodecs, Codec } from './codec.js'
export { configure } from './config.js'
export { cached, Entries } from './entries.js'
export {
  CacheMissError,
  ConfigError,
  DecheError,
  EntryNotFoundError,
  NotTransformedError,
  UnkeyableArgumentError,
  ValidationError,
} from './errors.js'
export type { CacheOptions, ConfigureOptions, EntryFacts, FunctionOptions, Mode, WrapOptions } from './options.js'
export type { Stats } from './stats.js'
export type { AsyncStore, Stat, Store, Stored, SyncStore, WriteOptions } from './store/store.js'
export type { AnyFunction, HistoryEntry, Kwargs, ListOptions, NamesOf, ResultOf, Selector, Wrapped } from './types.js'
