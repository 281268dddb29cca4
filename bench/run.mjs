/**
 * What deche costs, beside what nobody can do without. `npm run bench` prints it and writes bench/results.json. Quote
 * ratios: the numbers themselves belong to the machine.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loader } from './loader.mjs'
import { median, round } from './numbers.mjs'
import { tspc } from './tspc.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const repository = dirname(here)
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-bench-')))

try {
  prepare()
  const results = {
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    start: start(Number(process.env.BENCH_ROUNDS ?? 41)),
    calls: JSON.parse(node('out/calls.js')),
    loader: loader(Number(process.env.BENCH_ROUNDS ?? 41)),
    tspc: tspc(Number(process.env.BENCH_TSPC_ROUNDS ?? 9)),
  }
  writeFileSync(join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  report(results)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** Compiles the programs in a project of their own, with the transformer. */
function prepare() {
  cpSync(join(here, 'programs'), join(directory, 'src'), { recursive: true })
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true })
  symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
  symlinkSync(join(repository, 'node_modules/@types/node'), join(directory, 'node_modules/@types/node'), 'junction')
  const options = { target: 'es2023', module: 'nodenext', types: ['node'], rootDir: 'src', outDir: 'out', strict: true }
  const plugins = [{ transform: 'deche/transformer' }]
  const files = {
    'package.json': { name: 'bench', type: 'module' },
    'tsconfig.json': { compilerOptions: { ...options, plugins }, include: ['src'] },
  }
  for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), JSON.stringify(content))
  node(join(repository, 'node_modules/ts-patch/bin/tspc.js'))
}

/**
 * How long a program runs, from the moment Node is ready until its last statement, and how long the whole process
 * takes. Medians of rounds in which the programs take turns.
 */
function start(rounds) {
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
  node(`start-${names.length - 1}.mjs`)
  const inside = names.map(() => [])
  const whole = names.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const index of names.keys()) {
      const started = performance.now()
      const output = node(`start-${index}.mjs`)
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

function report({ node: version, cpu, start, calls, loader, tspc }) {
  console.log(`Node ${version}, ${cpu}\n\nStart, milliseconds`)
  console.table(Object.fromEntries(start.map(({ program, ...numbers }) => [program, numbers])))
  console.log('Calls, microseconds, and as a ratio to the limit')
  console.table(Object.fromEntries(calls.map(({ name, ...numbers }) => [name, numbers])))
  console.log('Start with deche/register, milliseconds of the whole process')
  console.table(Object.fromEntries(loader.map(({ program, ...numbers }) => [program, numbers])))
  console.log('tspc, CPU milliseconds of a compilation without and with the plugin')
  console.table(Object.fromEntries(tspc.map(({ project, ...numbers }) => [project, numbers])))
}

function node(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}
