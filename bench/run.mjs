/**
 * What deche costs, beside what nobody can do without. `npm run bench` prints it and writes bench/results.json; a part
 * named behind it (`npm run bench memory`) is measured alone, and the other results stay. Quote ratios: the numbers
 * themselves belong to the machine.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { disk, diskSteps } from './disk/index.mjs'
import { frontEnds } from './front-ends.mjs'
import { loader } from './loader.mjs'
import { memory } from './memory/index.mjs'
import { median, round } from './numbers.mjs'
import { output } from './output.mjs'
import { here, node, withProject } from './project.mjs'
import { writePages } from './report.mjs'
import { scale } from './scale/index.mjs'
import { stores } from './stores.mjs'
import { tspc, tspcProfile } from './tspc.mjs'

const rounds = (fallback) => Number(process.env.BENCH_ROUNDS ?? fallback)
const programs = join(here, 'programs')

const PARTS = {
  start: () => withProject(programs, (directory) => start(directory, rounds(41))),
  output,
  memory: () => memory(rounds(21)),
  disk: () => disk(rounds(11)),
  diskSteps: () => diskSteps(rounds(21)),
  scale: () => scale(),
  loader: () => loader(rounds(41)),
  stores: () => stores(Number(process.env.BENCH_READS ?? 2000)),
  frontEnds: () => frontEnds(rounds(21)),
  tspc: () => tspc(Number(process.env.BENCH_TSPC_ROUNDS ?? 9)),
  tspcProfile: async () => [await tspcProfile(Number(process.env.BENCH_TSPC_ROUNDS ?? 5))],
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS)
const unknown = wanted.find((part) => !Object.hasOwn(PARTS, part))
if (unknown !== undefined)
  throw new Error(`there is no part '${unknown}'; the parts are ${Object.keys(PARTS).join(', ')}`)

const file = join(here, 'results.json')
const [version, cpu] = [process.version, `${cpus().length} × ${cpus()[0]?.model.trim()}`]
// A part that is measured alone may be so on another machine than the others.
const results = {
  ...JSON.parse(readFileSync(file, 'utf8')),
  ...(wanted.length === Object.keys(PARTS).length && { node: version, cpu }),
}
for (const part of wanted) {
  results[part] = await PARTS[part]()
  results.measuredOn = { ...results.measuredOn, [part]: `Node ${version} on ${cpu}` }
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}
report(results)
writePages()

/**
 * How long a program runs, from the moment Node is ready until its last statement, and how long the whole process
 * takes. Medians of rounds in which the programs take turns.
 */
function start(directory, rounds) {
  const programs = {
    empty: '',
    'one empty module': "import './module.mjs'",
    'a package of one empty module': "import 'empty'",
    'node:fs and node:crypto': "import 'node:fs'\nimport 'node:crypto'",
    'import deche/runtime': "import 'deche/runtime'",
    'import and one hit on disk': "import './out/one-hit.js'",
  }
  writeFileSync(join(directory, 'module.mjs'), 'export {}\n')
  mkdirSync(join(directory, 'node_modules/empty'))
  writeFileSync(join(directory, 'node_modules/empty/package.json'), '{ "name": "empty", "exports": "./empty.mjs" }')
  writeFileSync(join(directory, 'node_modules/empty/empty.mjs'), 'export {}\n')
  const names = Object.keys(programs)
  const clock = "process.on('exit', () => console.log(performance.now() - performance.nodeTiming.bootstrapComplete))\n"
  for (const [index, name] of names.entries()) {
    writeFileSync(join(directory, `start-${index}.mjs`), `${programs[name]}\n${clock}`)
  }
  node(directory, `start-${names.length - 1}.mjs`)
  const inside = names.map(() => [])
  const whole = names.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const index of names.keys()) {
      const started = performance.now()
      const output = node(directory, `start-${index}.mjs`)
      whole[index].push(performance.now() - started)
      if (output.includes('computed')) throw new Error('a hit was expected, and the body ran')
      inside[index].push(Number(output))
    }
  }
  const [emptyInside, emptyWhole] = [median(inside[0]), median(whole[0])]
  return names.map((name, index) => ({
    program: name,
    overEmptyMs: round(median(inside[index]) - emptyInside),
    processMs: round(median(whole[index])),
    processRatio: round(median(whole[index]) / emptyWhole),
  }))
}

function report({
  node: version,
  cpu,
  start = [],
  output = { files: [], forms: [] },
  memory = { runs: [] },
  disk = [],
  scale,
  loader = [],
  frontEnds = [],
  stores,
  tspc = [],
  tspcProfile = [],
}) {
  console.log(`Node ${version}, ${cpu}\n\nStart, milliseconds`)
  console.table(Object.fromEntries(start.map(({ program, ...numbers }) => [program, numbers])))
  console.log('Bytes of the files of the runtime, and what compiling adds for each function')
  console.table(Object.fromEntries(output.files.map(({ file, ...bytes }) => [file, bytes])))
  console.table(Object.fromEntries(output.forms.map(({ form, ...bytes }) => [form, bytes])))
  for (const { workload, title, keys, shape, subjects } of memory.runs) {
    console.log(
      `${workload}: ${title}; ${keys} keys, ${shape}: nanoseconds of a hit in memory, and as a ratio to the limit`,
    )
    console.table(Object.fromEntries(subjects.map(({ name, isLimit: _, ...numbers }) => [name, numbers])))
  }
  for (const { place, size, subjects } of disk) {
    console.log(`${place}, ${size}: microseconds of a hit, and of a miss with what it stores`)
    console.table(
      Object.fromEntries(
        subjects.map(({ name, hit, miss }) => [
          name,
          { hit: hit.us, 'hit ratio': hit.ratio, miss: miss.us, 'miss ratio': miss.ratio },
        ]),
      ),
    )
  }
  if (scale !== undefined) {
    console.log('Where there is much: hits in memory, stores, how late timers are, CPU milliseconds of tspc')
    console.table(scale.hits)
    console.table(scale.stores)
    console.table(scale.delay)
    console.table(scale.builds)
  }
  console.log('Start with deche/register, milliseconds of the whole process')
  console.table(loader)
  if (stores !== undefined) {
    console.log(
      'Stores elsewhere: requests of a call; a read, microseconds, from a client that answers at once and from Redis',
    )
    console.table({ ...stores.requests, ...stores.instantMicros })
    if (stores.redisMicros !== undefined) console.table(stores.redisMicros)
  }
  console.log('The bundler plugin, milliseconds for all files, and as ratios to the parser alone and to esbuild')
  console.table(Object.fromEntries(frontEnds.map(({ files, phases: _, ...numbers }) => [files, numbers])))
  console.log('tspc, CPU milliseconds of a compilation without and with the plugin')
  console.table(tspc)
  console.table(tspcProfile)
}
