import { StoreError, type StoreFailure } from '../../errors.js'
import { reason } from '../../warn.js'

/** What Node says when there is nobody at the other end, or when it hung up. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  'ETIMEDOUT',
  'EPROTO',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/** A failure of the network, if `error` or what caused it is one. */
export function networkFailure(error: unknown): StoreFailure | undefined {
  for (let each: unknown = error, depth = 0; each !== undefined && depth < 5; each = causeOf(each), depth++) {
    const code = textOf(each, 'code')
    if (UNREACHABLE.has(code) || /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/.test(code))
      return 'unreachable'
    if (textOf(each, 'message') === 'aborted' || /socket hang up/.test(textOf(each, 'message'))) return 'unreachable'
  }
  return undefined
}

/** What an HTTP status says of the service. */
export function statusFailure(status: unknown): StoreFailure | undefined {
  if (typeof status !== 'number') return undefined
  if (status === 401 || status === 403) return 'refused'
  return status === 429 || status >= 500 ? 'unavailable' : undefined
}

/** A client's error as one of ours; those that are ours already as they are. */
export function storeError(location: string, failure: StoreFailure, error: unknown, what = reason(error)): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError(location, failure, (what || textOf(error, 'name')).replace(/\.$/, ''), { cause: error })
}

/** A property of an error that is text, else ''. */
export function textOf(error: unknown, name: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' ? value : ''
}

/** Happy eyeballs end in an AggregateError, one error for each address. */
function causeOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  const errors: unknown = Reflect.get(error, 'errors')
  return Array.isArray(errors) ? errors[0] : Reflect.get(error, 'cause')
}
