/**
 * What `--import deche/register` adds to the start of a program, beside plain Node and a hook that does nothing, which
 * Node 20 runs in a thread of its own: for an empty program, and for one with a tagged file, which also loads the parser and the
 * runtime. Medians of rounds in which they take turns. `npm run bench` prints it; `node bench/loader.mjs` does so alone.
 * BENCH_NODES names further Nodes, separated by commas.
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
const WAYS = { plain: [], idle: ['--import=./idle.mjs'], register: ['--import=deche/register'] }
/** The least that a loader can be: in the program's thread where Node has that. */
const IDLE = `import * as module from 'node:module'
if (module.registerHooks) module.registerHooks({ load: (url, context, next) => next(url, context) })
else module.register('./hook.mjs', import.meta.url)
`
const HOOK = 'export const load = (url, context, next) => next(url, context)\n'
const NODES = [process.execPath, ...(process.env.BENCH_NODES?.split(',') ?? [])]

/** Milliseconds of whole processes. */
export function loader(rounds) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-bench-loader-')))
  try {
    mkdirSync(join(directory, 'node_modules'))
    symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
    writeFileSync(join(directory, 'package.json'), '{ "name": "loader", "type": "module" }')
    writeFileSync(join(directory, 'idle.mjs'), IDLE)
    writeFileSync(join(directory, 'hook.mjs'), HOOK)
    const programs = Object.entries(PROGRAMS).map(([program, text], index) => {
      const file = `program-${index}.js`
      writeFileSync(join(directory, file), text)
      return { program, file }
    })
    const subjects = NODES.flatMap((node) =>
      programs.map(({ program, file }) => ({
        node: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(),
        program,
        runs: Object.entries(WAYS).map(([way, args]) => ({ way, command: [node, ...args, file], times: [] })),
      })),
    )
    const runs = subjects.flatMap((subject) => subject.runs)
    for (const { command } of runs) time(directory, command)
    for (let index = 0; index < rounds; index++) {
      for (const { command, times } of index % 2 === 0 ? runs : runs.toReversed()) times.push(time(directory, command))
    }
    return subjects.map(({ node, program, runs }) => {
      const [plain, idle, register] = runs.map(({ times }) => median(times))
      return { node, program, plainMs: round(plain), idleOverMs: round(idle - plain), overMs: round(register - plain) }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function time(cwd, [node, ...args]) {
  const started = performance.now()
  const { status, stderr } = spawnSync(node, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  })
  if (status !== 0 || stderr !== '') throw new Error(`${node} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return performance.now() - started
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(loader(Number(process.env.BENCH_ROUNDS ?? 41)))
