import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What dist/ loads on first use cannot be loaded from sources.
    setupFiles: ['runtime/cold.ts', 'test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Many tests start compilers and programs of their own: one file per two cores, so that they do not starve each other.
    maxWorkers: Math.max(1, Math.floor(availableParallelism() / 2)),
  },
})
