/// <reference lib="esnext.disposable" preserve="true" />
/** For tests of code that has tagged functions: `import { useTestCache, useRecordings } from 'deche/testing'`. */
export { type StoreCase, type StoreCaseOptions, storeConformance, storeFaces } from './conformance.js'
export { type TestHooks, useRecordings, useTestCache } from './hooks.js'
export { type Recordings, type RecordingsOptions, recordings } from './recordings.js'
export type { Restore } from './restore.js'
export { clear, isolate, runIsolated } from './test-cache.js'
