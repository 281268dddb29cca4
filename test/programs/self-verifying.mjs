// Content that proves itself: the name it was made for and the hash of all of it.
import { createHash, randomBytes } from 'node:crypto'

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Bytes of this size for this name, different each time. */
export function make(name, size) {
  const rest = Buffer.concat([Buffer.from(`${name}\n${size}\n`), randomBytes(16), Buffer.alloc(size)]).subarray(
    0,
    size - 65,
  )
  return new Uint8Array(Buffer.concat([Buffer.from(`${sha256(rest)}\n`), rest]))
}

/** `whole`, `torn`, or `wrong` when it is another name's. */
export function judge(name, bytes) {
  const buffer = Buffer.from(bytes)
  const rest = buffer.subarray(65)
  if (buffer.subarray(0, 65).toString('latin1') !== `${sha256(rest)}\n`) return 'torn'
  const [of, size] = rest.subarray(0, 64).toString('latin1').split('\n')
  if (Number(size) !== buffer.length) return 'torn'
  return of === name ? 'whole' : 'wrong'
}
