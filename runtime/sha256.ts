import * as crypto from 'node:crypto'

/** sha256 of UTF-8 text or of bytes, as 64 lower-case hex digits. `crypto.hash` is twice as fast on short text. */
export function hash(...parts: (string | Uint8Array)[]): string {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return crypto.hash('sha256', only, 'hex')
  const digest = crypto.createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest('hex')
}
