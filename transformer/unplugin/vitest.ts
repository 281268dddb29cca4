/** Vitest takes the plugins of Vite. */
export { default, type Options, type Pattern } from './vite.js'
