/** What `module.register` loads, into a thread of Node's own. */
export { load } from './hooks.js'
