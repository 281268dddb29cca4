/**
 * The program of `worker.ts` with all that it imports, as CommonJS: `scripts/worker-source.mjs` puts it here, in the
 * build and in the tests. As text, because a bundle of the user's has no file that a worker could be started from.
 */
export const workerSource: string = ''
