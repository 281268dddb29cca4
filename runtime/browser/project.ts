import type { Project } from '../config/file.js'

/** In place of `config/file.ts`: there are no files to configure, and none to keep entries in. */
export function readProject(): Project {
  return { root: '/', layer: { source: 'the browser', options: { protocol: 'memory' } } }
}
