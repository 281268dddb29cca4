import { createHmac, timingSafeEqual } from 'node:crypto'
import { ConfigError } from '../errors.js'

/** What entries are signed with, and what their signatures are compared with. */
export interface Signing {
  readonly sign: (sum: string) => string
  readonly accepts: (sum: string, signature: string) => boolean
}

/** The environment's own name for the keys. They never stand in a message, nor in a configuration file. */
export const SIGN_KEY = 'DECHE_SIGN_KEY'
export const REDACT_KEY = 'DECHE_REDACT_KEY'

/** Characters of a key, below which somebody could try them all. */
const LEAST = 32

/** Says what is signed, so that a signature made with the same key elsewhere means nothing here. */
const PURPOSE = 'deche entry 1\n'

/**
 * HMAC-SHA256 of an entry's checksum, which covers function, key, header and body. The first key of the list signs, all of
 * them are accepted. Throws ConfigError for a key that is too short.
 */
export function createSigning(text: string): Signing {
  const keys = text.split(',').map((key) => checked(SIGN_KEY, key.trim()))
  const signed = (key: string | undefined, sum: string) =>
    createHmac('sha256', key ?? '')
      .update(PURPOSE + sum)
      .digest()
  return {
    sign: (sum) => signed(keys[0], sum).toString('hex'),
    accepts(sum, signature) {
      const given = Buffer.from(signature, 'hex')
      return given.length === 32 && keys.some((key) => timingSafeEqual(signed(key, sum), given))
    },
  }
}

/** The key of a call whose inputs hold a secret: nobody without the key of the environment can find it by guessing. */
export function createKeyedHash(text: string): (inputs: string) => string {
  const key = checked(REDACT_KEY, text.trim())
  return (inputs) => createHmac('sha256', key).update(`deche key 1\n${inputs}`).digest('hex')
}

function checked(variable: string, key: string): string {
  if (key.length >= LEAST) return key
  const problem = `a key must have ${LEAST} characters or more, as \`openssl rand -hex 32\` makes them`
  throw new ConfigError(variable, problem)
}
