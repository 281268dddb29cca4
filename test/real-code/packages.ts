/** A package that brings its TypeScript sources along, and how to compile them. */
export interface RealPackage {
  readonly name: string
  /** Where its sources lie in the package. */
  readonly sources: string
  /** Sources that are no part of the test, by their path in there. */
  readonly without?: RegExp
  /** The modules whose exports are called, by their path in there. */
  readonly entries: readonly string[]
  readonly type: 'module' | 'commonjs'
  readonly options: Readonly<Record<string, unknown>>
  /** Functions and classes that may not be answered from a cache, and why: no person would tag them. */
  readonly notKept: Readonly<Record<string, string>>
  /** Exports and methods that are not called, and why. */
  readonly notCalled: Readonly<Record<string, string>>
  /** What must come of it at least, lest the test pass for want of anything to compare. */
  readonly floors: Floors
}

export interface Floors {
  readonly tags: number
  readonly sites: number
  readonly outcomes: number
  /** Outcomes that are no exceptions. */
  readonly results: number
  readonly hits: number
}

const ESM = { module: 'nodenext' }
/** For sources that import without extension. */
const COMMON_JS = { module: 'commonjs', moduleResolution: 'bundler' }

/** Of different character: pure functions and closures; proxies, plugins and classes. */
export const packages: readonly RealPackage[] = [
  {
    name: '@scure/base',
    sources: '.',
    entries: ['index'],
    type: 'module',
    options: ESM,
    notKept: {},
    notCalled: {},
    floors: { tags: 100, sites: 30, outcomes: 580, results: 130, hits: 30 },
  },
  {
    name: 'immer',
    sources: 'src',
    entries: ['immer', 'plugins/patches', 'plugins/mapset', 'plugins/arrayMethods', 'utils/common'],
    type: 'commonjs',
    options: COMMON_JS,
    notKept: { getPlugin: 'reads what was registered' },
    notCalled: {},
    floors: { tags: 170, sites: 80, outcomes: 2500, results: 1900, hits: 1500 },
  },
]

/** Large ones, which `npm run test:real-code` adds: numbers and bytes, overloads, a compiler of types. */
export const largePackages: readonly RealPackage[] = [
  {
    name: '@noble/hashes',
    sources: 'src',
    entries: ['sha2', 'sha3', 'sha3-addons', 'blake1', 'blake2', 'blake3', 'legacy', 'hmac', 'hkdf', 'pbkdf2', 'utils'],
    type: 'module',
    options: { ...ESM, rewriteRelativeImportExtensions: true },
    notKept: {
      u8: 'answers a view of its argument',
      u32: 'answers a view of its argument',
      createView: 'answers a view of its argument',
      nextTick: 'is there to take time',
      ...Object.fromEntries(
        ['Chi', 'Maj', 'rotl', 'rotr', 'byteSwap', 'rotlSH', 'rotlSL', 'rotlBH', 'rotlBL', 'rotrSH', 'rotrSL'].map(
          (name) => [name, 'takes a nanosecond, and is called a million times'],
        ),
      ),
    },
    notCalled: {},
    floors: { tags: 380, sites: 250, outcomes: 14_000, results: 7000, hits: 6000 },
  },
  {
    name: 'rxjs',
    sources: 'src',
    entries: ['index'],
    type: 'commonjs',
    options: COMMON_JS,
    notKept: {
      popNumber: 'takes the last item out of its argument',
      popScheduler: 'takes the last item out of its argument',
      popResultSelector: 'takes the last item out of its argument',
    },
    notCalled: { fromEvent: 'calls itself without end for a text, which holds texts' },
    floors: { tags: 950, sites: 360, outcomes: 45_000, results: 23_000, hits: 500 },
  },
  {
    name: 'zod',
    sources: 'src',
    without: /(?:^|\/)(?:tests|benchmarks|v3)\/|^(?:index|compile|mini\/index)\.ts$/,
    entries: ['v4/classic/index', 'v4/mini/index'],
    type: 'module',
    options: ESM,
    notKept: {},
    notCalled: {},
    // Its functions take schemas and contexts, which have no key.
    floors: { tags: 1900, sites: 1000, outcomes: 28_000, results: 18_000, hits: 5 },
  },
]
