import { type Recordings, type RecordingsOptions, Tape } from './recordings.js'
import type { Restore } from './restore.js'
import { isolate } from './test-cache.js'

type Hook = (run: () => void) => unknown

/** What a test runner calls around tests: the module `vitest` or `node:test`, or the globals of Jest and Mocha. */
export interface TestHooks {
  readonly beforeEach: Hook
  readonly afterEach: Hook
  /** Vitest, Jest. */
  readonly beforeAll?: Hook
  readonly afterAll?: Hook
  /** node:test, Mocha. */
  readonly before?: Hook
  readonly after?: Hook
}

/**
 * Each test that follows has an empty cache in memory, as by `isolate()`; what hooks around all tests call shares one.
 * In a file of tests, within a `describe`, or in a setup file of all tests.
 *
 * @param hooks Default: the globals. Throws a TypeError where there are none.
 */
export function useTestCache(hooks?: TestHooks): void {
  around('useTestCache(hooks)', isolate, hooks)
}

/**
 * As `recordings(directory, options)`, during the tests that follow.
 *
 * @param options.hooks Default: the globals. Throws a TypeError where there are none.
 */
export function useRecordings(
  directory: string | URL,
  { hooks, ...options }: RecordingsOptions & { readonly hooks?: TestHooks } = {},
): Recordings {
  const tape = new Tape(directory, options)
  around('useRecordings(directory, { hooks })', () => tape.start(), hooks)
  return tape
}

/** Starts before each test and before all of them: what a test leaves running meets the outer one. */
function around(
  call: string,
  start: () => Restore,
  { beforeEach, afterEach, ...others }: Partial<TestHooks> = globalThis as Partial<TestHooks>,
): void {
  if (beforeEach === undefined || afterEach === undefined) {
    throw new TypeError(
      `There are no global beforeEach and afterEach here: call ${call} with those of your test runner, as in ` +
        "import * as hooks from 'vitest' (or 'node:test').",
    )
  }
  each(others.beforeAll ?? others.before, others.afterAll ?? others.after, start)
  each(beforeEach, afterEach, start)
}

/** The hooks answer nothing: a function would be called by Vitest. */
function each(before: Hook | undefined, after: Hook | undefined, start: () => Restore): void {
  if (before === undefined || after === undefined) return
  let restore: Restore | undefined
  before(() => {
    restore = start()
  })
  after(() => {
    restore?.()
  })
}
