import { ConfigError } from '../errors.js'

/** Keys come from the environment, and a page has none. A secret in a page would be nobody's secret. */
function refuse(): never {
  throw new ConfigError('sign', 'a browser has no environment that could hold a key')
}

export { refuse as createKeyedHash, refuse as createSigning }
