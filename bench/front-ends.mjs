/**
 * What the bundler plugin costs for each file, over the TypeScript sources that some packages ship: for a file with tags
 * beside what the parser alone takes on it, for one without beside esbuild, which compiles it anyway. In one process, the
 * ways taking turns file by file, so that a busy machine slows all of them. `node bench/front-ends.mjs` runs it alone.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { parseSync } from 'oxc-parser'
import { median, round, thousandths } from './numbers.mjs'
import { phasesOf } from './phases.mjs'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const PACKAGES = ['rxjs', 'zod', 'immer', '@noble/hashes', '@scure/base', '@jridgewell/trace-mapping', 'entities']
const FUNCTION = /^(?:export )?(?:default )?(?:async )?function\b|^(?:export )?const \w+ = (?:async )?(?:<.*>)?\(.*=>/gm

/** Medians of `rounds`, in milliseconds for all files of a kind, and what the plugin takes as a ratio. */
export async function frontEnds(rounds) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-bench-front-ends-')))
  try {
    const { default: deche } = await import('deche/rollup')
    const plugin = deche()
    const transform = (file, text) => plugin.transform.handler.call(context, text, file)
    const files = prepare(directory, transform)
    const ways = {
      // The tree is made when it is asked for.
      parse: ({ file, text }) =>
        void parseSync(file, text, { lang: 'ts', astType: 'ts', sourceType: 'unambiguous' }).program,
      // As a bundler without filters would: with a look at every text, and the map.
      deche: ({ file, text }) => JSON.stringify(transform(file, text)?.map),
      esbuild: ({ file, text }) => transformSync(text, { loader: 'ts', sourcefile: file, sourcemap: 'external' }),
    }
    const rows = [true, false].map((isTagged) => {
      const some = files.filter((each) => each.isTagged === isTagged)
      const { parse, deche, esbuild } = measure(some, ways, rounds)
      return {
        files: `${some.length} ${isTagged ? 'with tags' : 'without'}`,
        tags: some.reduce((sum, { tags }) => sum + tags, 0),
        kilobytes: Math.round(some.reduce((sum, { text }) => sum + text.length, 0) / 1000),
        parseMs: round(median(parse)),
        decheMs: round(median(deche)),
        esbuildMs: round(median(esbuild)),
        toParse: thousandths(median(deche.map((time, index) => time / parse[index]))),
        toEsbuild: thousandths(median(deche.map((time, index) => time / esbuild[index]))),
      }
    })
    const tagged = files.filter((each) => each.isTagged)
    const added = tagged.map(({ file, text }) => transform(file, text).code.length - text.length)
    rows[0].addedBytes = Math.round(added.reduce((sum, bytes) => sum + bytes) / rows[0].tags)
    const phases = await phasesOf(() => {
      for (const file of tagged) ways.deche(file)
    }, rounds)
    rows[0].phases = phases.map(([phase, share]) => ({ phase, share: thousandths(share) }))
    return rows
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What a bundler hands to the plugin. */
const context = {
  addWatchFile() {},
  warn() {},
  error({ message }) {
    throw new Error(message)
  },
}

/** For each way a time of each round, over all files. */
function measure(files, ways, rounds) {
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  for (let index = -3; index < rounds; index++) {
    const sums = Object.fromEntries(Object.keys(ways).map((way) => [way, 0]))
    for (const file of files) {
      for (const [way, run] of index % 2 === 0 ? Object.entries(ways) : Object.entries(ways).toReversed()) {
        const started = performance.now()
        run(file)
        sums[way] += performance.now() - started
      }
    }
    // The first ones warm up.
    if (index >= 0) for (const [way, sum] of Object.entries(sums)) times[way].push(sum)
  }
  return times
}

/** Every second file gets a tag in front of each function at its top, unless deche refuses one of them, as it does overloads. */
function prepare(directory, transform) {
  return PACKAGES.flatMap((name) => {
    const root = join(repository, 'node_modules', name)
    writeAt(join(directory, name, 'package.json'), JSON.stringify({ name, type: 'module' }))
    const sources = readdirSync(root, { recursive: true })
      .filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$|node_modules|(?:^|\/)(?:tests|benchmarks)\//.test(file))
      .sort()
    return sources.map((source, index) => {
      const plain = readFileSync(join(root, source), 'utf8')
      const file = join(directory, name, source)
      const tagged = index % 2 === 0 ? plain.replaceAll(FUNCTION, '/** @deche */\n$&') : plain
      writeAt(file, tagged)
      const text = isAccepted(() => transform(file, tagged)) ? tagged : plain
      writeAt(file, text)
      const tags = text.split('/** @deche */\n').length - 1
      return { file, text, tags, isTagged: tags > 0 }
    })
  })
}

function isAccepted(transform) {
  try {
    transform()
    return true
  } catch {
    return false
  }
}

function writeAt(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.dir(await frontEnds(Number(process.env.BENCH_ROUNDS ?? 21)), { depth: null })
