import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { workerSource } from './scripts/worker-source.mjs'

/** Files that take long: first, so that no core waits at the end for one that began last. */
const LONG =
  /\/test\/(?:recipes|real-code|built|cli|build|docs|walk-through|package|elsewhere|init|one-id|register-loading|bundlers\/(?:bundlers|vite)|runtime\/store-kill|runtime\/remote\/(?:s3|tiers|locks)|transformer\/tspc-[\w-]+)\.test\.ts$/

/**
 * They put modules of their own in the place of others, keep a core busy, or begin what stays for good in their process: once there
 * was a stand-in for stores, compiled functions have no shortcuts any more.
 */
const ALONE = [
  'test/transformer/windows-paths.test.ts',
  'test/runtime/store-kill.test.ts',
  'test/testing/recordings.test.ts',
  'test/testing/test-cache.test.ts',
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  plugins: [
    {
      name: 'worker-program',
      load: (file) => (file.endsWith('/store/remote/worker-source.ts') ? workerSource(import.meta.dirname) : undefined),
    },
  ],
  test: {
    projects: [
      // Files leave nothing behind in their process: a worker takes one after the other, with what it has loaded by then.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
    // What dist/ loads on first use cannot be loaded from sources.
    setupFiles: ['runtime/way.ts', 'runtime/cold.ts', 'runtime/remote.ts', 'test/setup.ts'],
    // Long enough for a machine that does much else: they end what hangs.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    // Some tests wait, for a lease, a server or a disk. One file more than there are cores, so that none is idle then.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
  },
})
