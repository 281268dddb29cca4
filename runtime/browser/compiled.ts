/** `deche/runtime` for browsers: all of it, since nothing can be loaded on first use. */
import '../cold.js'
import '../way.js'
import './stores.js'

export * from '../compiled.js'
