/**
 * What a browser lacks of Node's globals and the runtime asks for. The build puts these in their places in `dist/browser/`;
 * no program sees them.
 */

const utf8 = new TextEncoder()

/** As much of Node's Buffer as entries and keys need. */
class Bytes extends Uint8Array {
  static override from(source: unknown, from?: unknown, length?: unknown): Bytes {
    if (typeof source === 'string') return own(from === 'base64' ? fromBase64(source) : utf8.encode(source))
    if (ArrayBuffer.isView(source)) return new Bytes(source as Uint8Array)
    return new Bytes(source as ArrayBuffer, from as number | undefined, length as number | undefined)
  }

  static byteLength(text: string): number {
    return utf8.encode(text).length
  }

  static allocUnsafe(length: number): Bytes {
    return new Bytes(length)
  }

  static allocUnsafeSlow(length: number): Bytes {
    return new Bytes(length)
  }

  static isBuffer(value: unknown): value is Bytes {
    return value instanceof Bytes
  }

  static compare(one: Uint8Array, other: Uint8Array): number {
    const index = one.findIndex((byte, at) => byte !== other[at])
    return index === -1 ? one.length - other.length : (one[index] ?? 0) - (other[index] ?? -1)
  }

  write(text: string, at = 0): number {
    return utf8.encodeInto(text, this.subarray(at)).written
  }

  copy(target: Uint8Array, at = 0, from = 0, to = this.length): number {
    const part = this.subarray(from, to)
    target.set(part, at)
    return part.length
  }

  override toString(encoding = 'utf8', from = 0, to = this.length): string {
    const bytes = this.subarray(from, to)
    if (encoding === 'utf8') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    return encoding === 'base64' ? btoa(characters) : characters
  }
}

function own({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Bytes {
  return new Bytes(buffer, byteOffset, byteLength)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** No environment, no command line: a browser's program says with `configure` what it wants. */
const nothing = {
  argv: [],
  env: {},
  execArgv: [],
  execPath: '/',
  features: {},
  pid: 0,
  platform: 'browser',
  versions: {},
  cwd: () => '/',
  emitWarning(message: string, { code }: { readonly code: string }): void {
    console.warn(`(${code}) DecheWarning: ${message}`)
  },
}

/** A task of its own, after what the page has to do. */
function nextTask(task: () => void): void {
  setTimeout(task, 0)
}

export { Bytes as Buffer, nextTask as setImmediate, nothing as process }
