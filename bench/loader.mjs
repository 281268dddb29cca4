/**
 * What `--import deche/register` adds to the start of a program, beside plain Node: for an empty one, where it may cost
 * the hooks alone, and for one with a tagged file, which also loads the parser and the runtime. Medians of rounds in which
 * they take turns. `npm run bench` prints it; `node bench/loader.mjs` does so alone.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, round } from './numbers.mjs'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const PROGRAMS = {
  empty: '',
  'one tagged file, one hit': '/** @deche */\nfunction twice(a) {\n  return 2 * a\n}\ntwice(1)\n',
}
const WAYS = { plain: [], register: ['--import=deche/register'] }

/** Milliseconds of whole processes. */
export function loader(rounds) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-bench-loader-')))
  try {
    mkdirSync(join(directory, 'node_modules'))
    symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
    writeFileSync(join(directory, 'package.json'), '{ "name": "loader", "type": "module" }')
    const runs = Object.entries(PROGRAMS).flatMap(([program, text], index) => {
      const file = `program-${index}.js`
      writeFileSync(join(directory, file), text)
      return Object.entries(WAYS).map(([way, args]) => ({ program, way, args: [...args, file], times: [] }))
    })
    for (const { args } of runs) time(directory, args)
    for (let index = 0; index < rounds; index++) {
      for (const { args, times } of index % 2 === 0 ? runs : runs.toReversed()) times.push(time(directory, args))
    }
    return Object.keys(PROGRAMS).map((program) => {
      const [plain, register] = Object.keys(WAYS).map((way) =>
        median(runs.find((run) => run.program === program && run.way === way).times),
      )
      return { program, plainMs: round(plain), registerMs: round(register), overPlainMs: round(register - plain) }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function time(cwd, args) {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  })
  if (status !== 0 || stderr !== '') throw new Error(`${args.join(' ')} ended with ${status}:\n${stderr}`)
  return performance.now() - started
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(loader(Number(process.env.BENCH_ROUNDS ?? 41)))
