import { ConfigError } from '../errors.js'
import type { Layer } from './types.js'

/** The variables of the environment, and the option each of them is. */
const VARIABLES: Readonly<Record<string, string>> = {
  // First, because a protocol drops the storageOptions that were meant for another one.
  DECHE_FS__PROTOCOL: 'protocol',
  DECHE_FS__PREFIX: 'prefix',
  DECHE_MODE: 'mode',
  DECHE_TTL: 'ttl',
  DECHE_EXPIRY: 'expiry',
  DECHE_ERRORS: 'errors',
  DECHE_MEMORY: 'memory',
  DECHE_SHARE: 'share',
  DECHE_UNKEYABLE: 'unkeyable',
  DECHE_MAX_SIZE: 'maxSize',
  DECHE_MAX_AGE: 'maxAge',
  DECHE_MAX_ENTRIES: 'maxEntries',
}
/** No options: read elsewhere, and secrets among them never shown. */
const OTHERS = new Set(['DECHE_REGISTER_PACKAGES', 'DECHE_SIGN_KEY', 'DECHE_REDACT_KEY'])
const STORAGE = 'DECHE_FS__STORAGE_OPTIONS__'

/** For messages: every variable that means something. */
export const ENVIRONMENT = `${[...Object.keys(VARIABLES), `${STORAGE}…`].join(', ')}`

export interface Environment {
  /** One layer for each variable, so that a message names it. */
  readonly layers: readonly Layer[]
  /** Variables that begin with DECHE_ and mean nothing. */
  readonly unknown: readonly string[]
}

/**
 * Reads the environment; an empty variable counts as none. Throws ConfigError for a `DECHE_FS__…` variable that means
 * nothing. Other unknown ones are handed back: another program, or another version of deche, may know them.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const layers: Layer[] = []
  const unknown: string[] = []
  for (const [variable, option] of Object.entries(VARIABLES)) {
    const value = env[variable]
    if (value) layers.push({ source: variable, options: { [option]: value } })
  }
  for (const variable of Object.keys(env).sort()) {
    const value = env[variable]
    if (!value || !variable.startsWith('DECHE_') || Object.hasOwn(VARIABLES, variable) || OTHERS.has(variable)) continue
    if (variable.startsWith(STORAGE)) {
      layers.push({ source: variable, options: { storageOptions: storageOption(variable, value) } })
    } else if (variable.startsWith('DECHE_FS__')) {
      throw new ConfigError(variable, `it is no setting; settings are ${ENVIRONMENT}`)
    } else {
      unknown.push(variable)
    }
  }
  return { layers, unknown }
}

/** `…__ENDPOINT_URL=x` is `{ endpointUrl: 'x' }`; `…__CREDENTIALS__SECRET=x` is `{ credentials: { secret: 'x' } }`. */
function storageOption(variable: string, text: string): Readonly<Record<string, unknown>> {
  const names = variable.slice(STORAGE.length).split('__').map(camelCase)
  if (names.some((name) => name === '')) {
    throw new ConfigError(variable, `it names no storage option; write ${STORAGE}ENDPOINT_URL for endpointUrl`)
  }
  // Text stays text (an account number may begin with 0), but for the two words whose text would be truthy.
  const value: unknown = text === 'true' || text === 'false' ? text === 'true' : text
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Readonly<Record<string, unknown>>
}

function camelCase(words: string): string {
  return words.toLowerCase().replace(/(?!^)_+([a-z0-9])/g, (_, first: string) => first.toUpperCase())
}
