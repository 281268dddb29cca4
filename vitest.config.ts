import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What dist/ loads on first use cannot be loaded from sources.
    setupFiles: ['runtime/cold.ts', 'test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests that wait for a process they started leave their core to others: a file for each core.
    maxWorkers: availableParallelism(),
  },
})
