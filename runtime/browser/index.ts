/** `deche` for browsers. */
import './stores.js'

export * from '../index.js'
