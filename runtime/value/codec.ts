/** Value ↔ bytes, for `output=` and `input=`. */
export interface Codec<T = unknown> {
  /** Written into the entry's header; an entry made by another codec is a miss. Default: the name it is registered under. */
  readonly name?: string
  /** The file is only the codec's bytes, without header or checksum: a Parquet file that other programs open in place. */
  readonly raw?: boolean
  /** May answer a promise for asynchronous functions. A throw means that this value is not stored. */
  encode(value: T): Uint8Array | string | Promise<Uint8Array | string>
  /** Must answer a fresh value. A throw means that the entry is a miss. */
  decode(bytes: Uint8Array): T | Promise<T>
}

/** How instances of one class are keyed and stored. Register with `configure({ classes: { Money: { class: Money, … } } })`. */
export interface ClassCodec<T = object, D = unknown> {
  readonly class: abstract new (...args: never[]) => T
  /** The data that stands for the instance, in keys and in entries. Default, for classes that extend Error: their own properties. */
  encode?(value: T): D
  /** Makes the instance anew. Default, for classes that extend Error: an object of the class, its constructor not called. */
  decode?(data: D): T
}

/** By registered name. The name is what entries refer to; it should be the class's own. */
export type ClassCodecs = Readonly<Record<string, ClassCodec>>
