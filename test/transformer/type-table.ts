/** Types, a value of each, and what the type-aware pass says: of the key, and of the result. No words: nothing is said. */

export interface Row {
  readonly type: string
  /** An expression; absent where no single value could stand for the type. */
  readonly sample?: string
  readonly key?: string
  readonly result?: string
}

/** What the table's types and samples refer to. */
export const PREAMBLE = `import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { Socket } from 'node:net'
import { Stats, statSync } from 'node:fs'
import { configure } from 'deche'

export interface Plain { id: string; when: Date; tags: readonly string[]; nested?: { size: number | null } }
export interface Tree { name: string; children: Tree[]; parent?: Tree }
export interface Endless<T> { value: T; next?: Endless<[T]> }
export interface Shape { area(): number }
export interface Rows { rows: { socket: Socket }[] }
export interface Options { retries: number; signal?: AbortSignal }
export interface Money { toJSON(): string; plus(other: Money): Money }
export type Id = string & { readonly __brand: 'Id' }
export type Path = \`/\${string}\`
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
declare const brand: unique symbol
export type Branded = { readonly id: string } & { readonly [brand]?: true }
export enum Colour { Red, Green }
export const enum Fast { Yes = 'yes' }
export class Point { constructor(readonly x: number) {} }
export class Hidden { #x = 1; get x() { return this.#x } }
export class Weight { constructor(readonly kg: number) {} toJSON() { return { kg: this.kg } } }
export class Heavy extends Weight {}
export class Wrapped { constructor(readonly f: () => void) {} toJSON() { return { f: this.f } } }
export class HttpError extends Error { status = 404 }
export class Known { #x = 1; get x() { return this.#x } }
export class HalfKnown { #x = 1; get x() { return this.#x } }
export class KnownError extends Error {}
export abstract class Figure { abstract draw(): string }
export class Circle extends Figure { draw() { return 'o' } }
export interface Drawn { draw(): string }
export class Bag extends Map<string, number> {}
configure({ classes: {
  Known: { class: Known, encode: (known: Known) => known.x, decode: () => new Known() },
  HalfKnown: { class: HalfKnown, encode: (known: HalfKnown) => known.x },
  KnownError: { class: KnownError },
  Circle: { class: Circle, encode: () => 0, decode: () => new Circle() },
} })
`

const refused = (what: string, certain = true) => ({
  key: `value ${certain ? 'is' : 'may be'} ${what}`,
  result: `result ${certain ? 'is' : 'may be'} ${what}`,
})
const at = (path: string, what: string, certain = true) => ({
  key: `value${path} ${certain ? 'is' : 'may be'} ${what}`,
  result: `result${path} ${certain ? 'is' : 'may be'} ${what}`,
})

// biome-ignore format: a table
export const TABLE: readonly Row[] = [
  // Primitives, and what says nothing.
  { type: 'string', sample: '"a"' }, { type: 'number', sample: 'NaN' }, { type: 'bigint', sample: '1n' },
  { type: 'boolean', sample: 'true' }, { type: 'null', sample: 'null' }, { type: 'undefined', sample: 'undefined' },
  { type: '"a" | "b"', sample: '"b"' }, { type: 'symbol', sample: 'Symbol.for("a")' }, { type: 'string | undefined', sample: 'undefined' },
  { type: 'any' }, { type: 'unknown' }, { type: 'object' }, { type: '{}' }, { type: 'never' }, { type: 'any[]' },
  { type: 'Record<string, any>' }, { type: 'Record<string, unknown>' }, { type: 'Map<string, any>' }, { type: '{ x: any; y?: unknown }' },
  { type: 'Id', sample: '"a"' }, { type: 'Path', sample: '"/a"' }, { type: 'Colour', sample: 'Colour.Red' },
  { type: 'Colour.Green', sample: 'Colour.Green' }, { type: 'Fast', sample: '"yes"' }, { type: 'typeof Colour', sample: 'Colour' },
  { type: 'Branded', sample: '({ id: "a" })' }, { type: 'Uppercase<string>', sample: '"A"' },

  // Data.
  { type: 'Plain', sample: '({ id: "a", when: new Date(0), tags: ["b"], nested: { size: null } })' },
  { type: 'Partial<Plain>', sample: '({})' }, { type: 'Readonly<Plain>' }, { type: 'Pick<Plain, "id">', sample: '({ id: "a" })' },
  { type: 'Plain[]', sample: '[]' }, { type: 'readonly Plain[]', sample: '[]' }, { type: 'ReadonlyArray<number>', sample: '[1]' },
  { type: '[string, number?, ...boolean[]]', sample: '["a", 1, true]' }, { type: 'Json', sample: '[{ a: [null] }]' },
  { type: 'Record<string, number[]>', sample: '({ a: [1] })' }, { type: '{ [name: string]: Plain }', sample: '({})' },
  { type: 'Tree', sample: '({ name: "a", children: [{ name: "b", children: [] }] })' },
  { type: 'Endless<string>', sample: '({ value: "a", next: { value: ["a"] } })' },
  { type: 'Map<string, Plain>', sample: 'new Map()' }, { type: 'ReadonlyMap<Id, Set<number>>', sample: 'new Map([["a", new Set([1])]])' },
  { type: 'Set<Date>', sample: 'new Set([new Date(0)])' }, { type: 'Iterable<string>', sample: '["a"]' }, { type: 'ArrayLike<string>', sample: '["a"]' },
  { type: 'Date', sample: 'new Date(0)' }, { type: 'RegExp', sample: '/a/g' }, { type: 'URL', sample: 'new URL("a:b")' },
  { type: 'URLSearchParams', sample: 'new URLSearchParams("a=1")' }, { type: 'Headers', sample: 'new Headers({ a: "b" })' },
  { type: 'Uint8Array', sample: 'new Uint8Array(2)' }, { type: 'Float64Array', sample: 'new Float64Array(2)' },
  { type: 'Buffer', sample: 'Buffer.from("a")' }, { type: 'ArrayBuffer', sample: 'new ArrayBuffer(2)' }, { type: 'DataView', sample: 'new DataView(new ArrayBuffer(2))' },
  { type: 'ArrayBufferLike', sample: 'new ArrayBuffer(2)' }, { type: 'NodeJS.ArrayBufferView', sample: 'new Uint8Array(2)' }, { type: 'BufferEncoding', sample: '"hex"' },
  { type: 'Error', sample: 'new Error("a")' }, { type: 'TypeError', sample: 'new TypeError("a")' }, { type: 'AggregateError', sample: 'new AggregateError([], "a")' },
  { type: 'NodeJS.ErrnoException', sample: 'Object.assign(new Error("a"), { code: "E" })' }, { type: 'DOMException', sample: 'new DOMException("a")' },
  { type: 'RequestInit', sample: '({ method: "POST" })' }, { type: 'Intl.NumberFormatOptions', sample: '({ style: "percent" })' },
  { type: 'NodeJS.Dict<string>', sample: '({ a: "b" })' },

  // What can only be called, or read once, or waited for.
  { type: '() => void', sample: '() => {}', ...refused('a function') }, { type: 'Function', sample: '() => {}', ...refused('a function') },
  { type: 'new () => Point', sample: 'Point', ...refused('a class') }, { type: 'typeof Point', sample: 'Point', ...refused('a class') },
  { type: 'typeof parseInt', sample: 'parseInt', ...refused('a function') },
  { type: 'AbortSignal', sample: 'new AbortController().signal', ...refused('an AbortSignal') },
  { type: 'AbortSignal | undefined', sample: 'AbortSignal.abort()', ...refused('an AbortSignal', false) },
  { type: 'string | (() => string)', sample: '() => "a"', ...refused('a function', false) },
  { type: 'ReadableStream', sample: 'new ReadableStream()', ...refused('a ReadableStream') },
  { type: 'Request', sample: 'new Request("http://a")', ...refused('a Request') },
  { type: 'Response', sample: 'new Response()', ...refused('a Response') }, { type: 'Blob', sample: 'new Blob()', ...refused('a Blob') },
  { type: 'string | URL | Request', sample: 'new Request("http://a")', ...refused('a Request', false) },
  { type: 'FormData', sample: 'new FormData()', ...refused('a FormData') },
  { type: 'WeakMap<object, string>', sample: 'new WeakMap()', ...refused('a WeakMap') }, { type: 'WeakRef<object>', sample: 'new WeakRef({})', ...refused('a WeakRef') },
  { type: 'SharedArrayBuffer', sample: 'new SharedArrayBuffer(1)', ...refused('a SharedArrayBuffer') },
  { type: 'Iterator<string>', sample: '["a"].values()', ...refused('an iterator') }, { type: 'Generator<string>', sample: '(function* () {})()', ...refused('a generator') },
  { type: 'AsyncIterable<string>', sample: '(async function* () {})()', ...refused('an async iterable') },
  { type: 'Intl.NumberFormat', sample: 'new Intl.NumberFormat()', ...refused('a NumberFormat') },
  { type: 'EventEmitter', sample: 'new EventEmitter()', ...refused('an EventEmitter') }, { type: 'Readable', sample: 'Readable.from([])', ...refused('a Readable') },
  { type: 'NodeJS.ReadableStream', sample: 'Readable.from([])', ...refused('a ReadableStream') },
  { type: 'Socket', sample: 'new Socket()', ...refused('a Socket') }, { type: 'Stats', sample: 'statSync(".")', ...refused('a Stats') },
  { type: 'Console', sample: 'console', ...refused('a Console') },
  { type: 'RegExpMatchArray', sample: '"a".match(/a/)', result: 'result is a RegExpMatchArray' },

  // Classes.
  { type: 'Point', sample: 'new Point(1)', ...refused('an instance of Point') }, { type: 'Hidden', sample: 'new Hidden()', ...refused('an instance of Hidden') },
  { type: 'Weight', sample: 'new Weight(1)', result: 'result is an instance of Weight' },
  { type: 'Heavy', sample: 'new Heavy(1)', ...refused('an instance of Heavy') },
  { type: 'Wrapped', sample: 'new Wrapped(() => {})', key: 'value.toJSON().f is a function', result: 'result is an instance of Wrapped' },
  { type: 'Money', result: 'result.toJSON is a function' },
  { type: 'HttpError', sample: 'new HttpError("a")', ...refused('an instance of HttpError') }, { type: 'Bag', sample: 'new Bag()', ...refused('an instance of Bag') },
  { type: 'Known', sample: 'new Known()' }, { type: 'HalfKnown', sample: 'new HalfKnown()', result: 'result is an instance of HalfKnown' },
  { type: 'KnownError', sample: 'new KnownError("a")' }, { type: 'Circle', sample: 'new Circle()' },
  { type: 'Figure', sample: 'new Circle()' }, { type: 'Drawn', sample: 'new Circle()' },
  { type: 'Shape', sample: '({ area: () => 1 })', ...at('.area', 'a function') },
  { type: '{ get(): string }', sample: '({ get: () => "a" })', ...at('.get', 'a function') },

  // Inside.
  { type: 'Rows', sample: '({ rows: [{ socket: new Socket() }] })', ...at('.rows[].socket', 'a Socket') },
  { type: 'Options', sample: '({ retries: 1, signal: AbortSignal.abort() })', ...at('.signal', 'an AbortSignal', false) },
  { type: 'Required<Options>', ...at('.signal', 'an AbortSignal') },
  { type: 'Map<string, () => void>', sample: 'new Map([["a", () => {}]])', ...at('.get()', 'a function') },
  { type: 'Map<Point, string>', sample: 'new Map([[new Point(1), "a"]])', ...at('.keys()', 'an instance of Point') },
  { type: 'Set<Promise<string>>', sample: 'new Set([Promise.resolve("a")])', ...at('.values()', 'a promise') },
  { type: '[string, Point]', sample: '["a", new Point(1)]', ...at('[1]', 'an instance of Point') },
  { type: 'Record<string, () => void>', sample: '({ a: () => {} })', ...at('[…]', 'a function', false) },
  { type: '{ "a b": Blob }', sample: '({ "a b": new Blob() })', ...at('["a b"]', 'a Blob') },
  { type: 'Plain & { done(): void }', sample: '({ done() {} })', ...at('.done', 'a function') },
  { type: 'Array<string | Point>', sample: '[new Point(1)]', ...at('[]', 'an instance of Point', false) },
]
