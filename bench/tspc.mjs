/**
 * What the transformer adds to `tspc`: CPU time of whole compilations (user + system) of a project of many modules that
 * import one another, with and without the plugin. Both of a pair run at the same time, on Linux on one core, which gives each
 * a slice of a few milliseconds in turn: whatever slows the one slows the other. Each is the first to start in every
 * other pair.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { median, round, thousandths } from './numbers.mjs'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
/**
 * Several sizes near a thousand: the little memory that the plugin takes is one more collection of all of it, or none, as
 * the size of the project has it.
 */
const SIZES = [100, 1000, 1200, 1400, 5000]
const LARGE = 2000
const TYPICAL = 1200
const TAGGED_EVERY = 20
/** Of a file with tags: all functions that it has, but for two methods and the constructor. */
const FUNCTIONS = 4
const KINDS = ['without', 'with']
/** So many pairs run at a time. Without cores of their own, pairs would disturb one another. */
const CORES = process.platform === 'linux' ? Math.min(2, cpus().length) : 1
const onCore = (core) => (process.platform === 'linux' ? ['taskset', '-c', String(core)] : [])

/**
 * `rounds` pairs of compilations for each project, a third of that for the large one: the medians of each kind in
 * milliseconds, and of the ratios of pairs.
 */
export async function tspc(rounds) {
  const found = []
  for (const files of SIZES) {
    found.push(await compare(TAGGED_EVERY, files > LARGE ? Math.ceil(rounds / 3) : rounds, files))
  }
  found.push(await compare(TAGGED_EVERY, rounds, TYPICAL, 1))
  found.push(await compare(0, rounds, TYPICAL))
  return found
}

function compare(taggedEvery, rounds, files, functions = FUNCTIONS) {
  return inProject(taggedEvery, functions, files, async (directory) => {
    const times = { without: [], with: [] }
    const pair = async (index, core) => {
      const order = index % 2 === 0 ? KINDS : KINDS.toReversed()
      const both = await Promise.all(order.map((kind) => compile(directory, kind, [], onCore(core))))
      for (const [at, kind] of order.entries()) times[kind].push(both[at])
    }
    for (let index = 0; index < rounds; index += CORES) {
      const cores = Array.from({ length: Math.min(CORES, rounds - index) }, (_, core) => core)
      await Promise.all(cores.map((core) => pair(index + core, core)))
    }
    const ratios = times.with.map((time, index) => time / times.without[index])
    return {
      files,
      tagged: taggedEvery === 0 ? 0 : Math.ceil(files / taggedEvery),
      functions: taggedEvery === 0 ? 0 : functions,
      rounds,
      withoutMs: round(median(times.without)),
      withMs: round(median(times.with)),
      ratio: thousandths(median(ratios)),
      lowest: thousandths(Math.min(...ratios)),
      highest: thousandths(Math.max(...ratios)),
    }
  })
}

/**
 * By profiles of compilations with the plugin: what ran under one of our functions, as a part of all the rest. A machine that
 * is slow for a while is so for both, so small parts show that two times cannot tell from noise. What the compiler does with
 * our longer text is not among them.
 */
export function tspcProfile(rounds) {
  return inProject(TAGGED_EVERY, FUNCTIONS, TYPICAL, async (directory) => {
    const shares = []
    for (let index = 0; index < rounds; index++) {
      const name = `round-${index}.cpuprofile`
      await compile(directory, 'with', ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}`])
      shares.push(shareOf(JSON.parse(readFileSync(join(directory, name), 'utf8'))))
    }
    return {
      files: TYPICAL,
      tagged: TYPICAL / TAGGED_EVERY,
      ratio: thousandths(1 + median(shares)),
      lowest: thousandths(1 + Math.min(...shares)),
      highest: thousandths(1 + Math.max(...shares)),
    }
  })
}

async function inProject(taggedEvery, functions, count, measure) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'deche-bench-tspc-')))
  try {
    generate(directory, taggedEvery, functions, count)
    return await measure(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Of the samples with one of our functions on their stack, to the others. Collecting garbage is divided as they are. */
function shareOf({ nodes, samples, timeDeltas }) {
  const ours = new Set()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const apart = new Set(nodes.filter(({ callFrame }) => isApart(callFrame.functionName)).map(({ id }) => id))
  const mark = (node, isOurs) => {
    const inside = isOurs || node.callFrame.url.includes('/dist/transformer/')
    if (inside) ours.add(node.id)
    for (const child of node.children ?? []) mark(byId.get(child), inside)
  }
  mark(nodes[0], false)
  let [inside, outside] = [0, 0]
  for (const [index, id] of samples.entries()) {
    if (apart.has(id)) continue
    if (ours.has(id)) inside += timeDeltas[index]
    else outside += timeDeltas[index]
  }
  return inside / outside
}

function isApart(name) {
  return name === '(garbage collector)' || name === '(idle)'
}

/** CPU milliseconds of one compilation: of the whole process, from its start to its end. */
async function compile(directory, kind, flags = [], before = []) {
  const modules = join(repository, 'node_modules')
  const clock = `import { writeSync } from 'node:fs'
    process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(2, String((user + system) / 1000)) })`
  const args = [
    ...flags,
    `--import=data:text/javascript,${encodeURIComponent(clock)}`,
    join(modules, 'ts-patch/bin/tspc.js'),
    '-p',
    `${kind}.json`,
  ]
  const env = { ...process.env, NODE_OPTIONS: '', TSP_COMPILER_TS_PATH: join(modules, 'typescript') }
  const [program, ...rest] = [...before, process.execPath, ...args]
  const child = spawn(program, rest, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await closed
  if (status !== 0 || stdout !== '') throw new Error(`${kind} ended with ${status}:\n${stdout}${stderr}`)
  return Number(stderr)
}

function generate(directory, taggedEvery, functions, count) {
  const options = { target: 'es2023', module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'] }
  const files = { 'package.json': JSON.stringify({ name: 'large', type: 'module' }) }
  for (const kind of KINDS) {
    const plugins = kind === 'with' ? [{ transform: 'deche/transformer' }] : []
    const compilerOptions = { ...options, rootDir: 'src', outDir: `out-${kind}`, plugins }
    files[`${kind}.json`] = JSON.stringify({ compilerOptions, include: ['src'] })
  }
  for (let index = 0; index < count; index++) {
    files[fileOf(index)] = sourceOf(index, taggedEvery > 0 && index % taggedEvery === 0 ? functions : 0)
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true })
  symlinkSync(repository, join(directory, 'node_modules/deche'), 'junction')
  symlinkSync(join(repository, 'node_modules/@types/node'), join(directory, 'node_modules/@types/node'), 'junction')
}

function fileOf(index) {
  return `src/area-${index % 24}/module-${index}.ts`
}

/** Some hundred lines of what programs are made of: types, parsing, a class, asynchronous work, imports of others. */
function sourceOf(index, tags) {
  let left = tags
  const tag = (options) => (left-- > 0 ? `/** @deche ${options} */\n` : '')
  const used = [1, 7, 31].map((step) => index - step).filter((other) => other >= 0)
  const imports = used.map((other) => `import { total${other} } from '../../${fileOf(other).replace('.ts', '.js')}'`)
  const calls = used.map((other) => `total${other}(lines)`)
  return `import { readFile } from 'node:fs/promises'
${imports.join('\n')}

/** What a customer wants. */
export interface Order${index} {
  readonly id: string
  readonly lines: readonly { readonly article: string; readonly count: number; readonly price: number }[]
  readonly state: 'open' | 'paid' | 'sent'
  readonly notes?: ReadonlyMap<string, string>
}

type Summary${index} = Pick<Order${index}, 'id' | 'state'> & { readonly total: number; readonly words: readonly string[] }

${tag('ttl=7d')}export function total${index}(lines: Order${index}['lines'], discount = 0): number {
  const sum = lines.reduce((before, { count, price }) => before + count * price, 0)
  return Math.round(sum * (1 - discount) * 100) / 100
}

${tag('ttl=90s ignore=verbose')}export async function load${index}(path: string, verbose = false): Promise<Order${index}[]> {
  const text = await readFile(path, 'utf8')
  if (verbose) console.error(\`read \${text.length} characters\`)
  const rows = text.split('\\n').filter((line) => line.trim() !== '')
  return rows.map((row, line) => {
    const [id = \`row-\${line}\`, article = 'unknown', count = '0', price = '0', state = 'open'] = row.split(';')
    if (state !== 'open' && state !== 'paid' && state !== 'sent') throw new RangeError(\`\${path}:\${line}: \${state}\`)
    return { id, lines: [{ article, count: Number(count), price: Number(price) }], state }
  })
}

export class Register${index} {
  readonly #orders = new Map<string, Order${index}>()

  constructor(readonly name: string, orders: Iterable<Order${index}> = []) {
    for (const order of orders) this.add(order)
  }

  add(order: Order${index}): this {
    this.#orders.set(order.id, order)
    return this
  }

  ${tag('attrs=name ignore=this.#orders')}summary(state: Order${index}['state'], { discount = 0, longest = 3 }: { discount?: number; longest?: number } = {}): Summary${index}[] {
    const found: Summary${index}[] = []
    for (const order of this.#orders.values()) {
      if (order.state !== state) continue
      const { id, lines } = order
      const words = lines.map(({ article }) => article.toUpperCase()).sort((a, b) => a.localeCompare(b)).slice(0, longest)
      const others: readonly number[] = [${calls.join(', ')}]
      found.push({ id, state, words, total: Math.max(total${index}(lines, discount), ...others) })
    }
    return found
  }

  static async read(paths: readonly string[]): Promise<Register${index}> {
    const all = await Promise.all(paths.map((path) => load${index}(path)))
    return new Register${index}(paths.join(), all.flat())
  }
}

${tag('version=2')}export const label${index} = (order: Order${index}, width: number): string => {
  const text = \`\${order.id}: \${total${index}(order.lines).toFixed(2)} (\${order.state})\`
  return text.length > width ? \`\${text.slice(0, width - 1)}…\` : text.padEnd(width)
}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rounds = Number(process.env.BENCH_TSPC_ROUNDS ?? 9)
  console.table(process.argv.includes('--profile') ? [await tspcProfile(rounds)] : await tspc(rounds))
}
