/** The programming interface: `import { Cache, cached, configure } from 'deche'`. */
export { Cache } from './cache.js'
export type { Stats } from './call/stats.js'
export { cached, Entries } from './cold.js'
export { configure } from './config/config.js'
export type {
  CacheOptions,
  ConfigureOptions,
  EntryFacts,
  FunctionOptions,
  Mode,
  TierOptions,
  WrapOptions,
} from './config/options.js'
export {
  CacheMissError,
  ConfigError,
  DecheError,
  EntryNotFoundError,
  NotTransformedError,
  StoreError,
  type StoreFailure,
  UnkeyableArgumentError,
  ValidationError,
} from './errors.js'
export type {
  AnyFunction,
  HistoryEntry,
  Kwargs,
  ListOptions,
  NamesOf,
  ResultOf,
  Selector,
  Wrapped,
} from './manage/types.js'
export type {
  AsyncLock,
  AsyncStore,
  Listed,
  Lock,
  Stat,
  Store,
  Stored,
  SyncStore,
  WriteOptions,
} from './store/store.js'
export type { ClassCodec, ClassCodecs, Codec } from './value/codec.js'
