import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** In place of `key/sha256.ts`: what browsers have for it answers later, and a synchronous function cannot wait. */
export function hash(...parts: (string | Uint8Array)[]): string {
  const digest = sha256.create()
  for (const part of parts) digest.update(typeof part === 'string' ? new TextEncoder().encode(part) : part)
  return bytesToHex(digest.digest())
}
