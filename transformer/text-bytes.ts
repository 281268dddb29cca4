import { hash } from 'node:crypto'

/** From here on a call of the platform costs less than a look at each letter. */
const LONG = 100

/**
 * A text that is put together from many parts and then hashed, as UTF-8. By `+=` each part would be an object of its own, and
 * the whole would be copied twice to be hashed. The memory serves the next text as well.
 */
export class TextBytes {
  #bytes = Buffer.allocUnsafeSlow(1 << 12)
  #length = 0

  clear(): void {
    this.#length = 0
  }

  add(text: string): void {
    const { length } = text
    this.#reserve(3 * length)
    const start = this.#length
    if (length > LONG) {
      this.#length += this.#bytes.write(text, start)
      return
    }
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > 127) {
        this.#length += bytes.write(text, start)
        return
      }
      bytes[start + index] = code
    }
    this.#length += length
  }

  /** JSON of a text. */
  addQuoted(text: string): void {
    const { length } = text
    this.#reserve(length + 2)
    const bytes = this.#bytes
    const start = this.#length
    bytes[start] = QUOTE
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code < 32 || code > 126 || code === QUOTE || code === BACKSLASH) {
        this.add(JSON.stringify(text))
        return
      }
      bytes[start + 1 + index] = code
    }
    bytes[start + 1 + length] = QUOTE
    this.#length += length + 2
  }

  sha256(): string {
    return hash('sha256', this.#bytes.subarray(0, this.#length))
  }

  #reserve(room: number): void {
    const needed = this.#length + room
    if (needed <= this.#bytes.length) return
    const bytes = Buffer.allocUnsafeSlow(2 * needed)
    this.#bytes.copy(bytes, 0, 0, this.#length)
    this.#bytes = bytes
  }
}

const QUOTE = 34
const BACKSLASH = 92
