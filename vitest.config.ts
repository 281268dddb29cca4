import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { workerSource } from './scripts/worker-source.mjs'

export default defineConfig({
  plugins: [
    {
      name: 'worker-program',
      load: (file) => (file.endsWith('/store/remote/worker-source.ts') ? workerSource(import.meta.dirname) : undefined),
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    // What dist/ loads on first use cannot be loaded from sources.
    setupFiles: ['runtime/cold.ts', 'runtime/remote.ts', 'test/setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // Tests that wait for a process they started leave their core to others: a file for each core.
    maxWorkers: availableParallelism(),
  },
})
