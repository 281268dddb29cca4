/**
 * Writes docs/performance.md and its chart from bench/results.json: no number in them is typed. `npm run bench` does so
 * at its end; `node bench/report.mjs` alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))

/** The pages, by their paths in the repository. */
export function pages(results) {
  return { 'docs/performance.md': page(results), 'docs/performance.svg': chart(results.memory.runs) }
}

export function writePages() {
  const results = JSON.parse(readFileSync(join(repository, 'bench/results.json'), 'utf8'))
  for (const [path, text] of Object.entries(pages(results))) writeFileSync(join(repository, path), text)
}

function page({
  node,
  cpu,
  start,
  loader,
  output,
  memory,
  disk = [],
  diskSteps = [],
  scale,
  frontEnds = [],
  tspc = [],
  tspcProfile = [],
  measuredOn = {},
}) {
  return `# Performance

What a call costs, beside caches written by hand for one function (the limit) and beside other libraries. Measured by \`npm run bench\`
with Node ${node} on ${cpu}, which other programs used at the same time: read the ratios, not the nanoseconds. This page is made from the results.

![Cost of a hit in memory as a multiple of a hand-written Map](performance.svg)

## A hit in memory

Nanoseconds of processor time of a call, medians of rounds in which the subjects take turns, and the ratio to the limit. Each timed call was checked to be
a hit with the right answer. The libraries get the key by hand that their users would write. All of them but deche hand out the very object
that they keep.

${memory.runs
  .filter(({ shape, keys }) => shape === 'monomorphic' && keys === 100)
  .map(section)
  .join('\n\n')}

### Other numbers of keys, and code that has met everything

A program calls its caches with arguments of many kinds; the compiler of Node then knows less about each call. Ratios to the limit of the same run. The one key of W1 is 0,
which a Map does not tell from -0, so deche looks a second time.

${others(memory.runs)}

## Wrong answers

Pairs of calls that differ, and which caches answer the second with the answer to the first.

${correctness(memory.correctness)}

## On disk

Microseconds of processor time of a call without memory, of all threads, and the ratio to the limit: sha256 of the arguments, one file read and parsed,
or two written and renamed. Each answer was checked. keyv-file and flat-cache hold all they have in memory, and write it down as a whole;
lmdb and sqlite are data bases in one file. Libraries that could not be installed there are left out. A megabyte was given to deche alone. ${whereMeasured(measuredOn.disk)}

${disk.map(onDisk).join('\n\n')}

## Start

Milliseconds until the last statement of a program, over those of an empty one.

${table(
  ['program', 'ms'],
  start.map(({ program, overEmptyMs }) => [program, overEmptyMs]),
)}

### With deche/register

Milliseconds that \`--import deche/register\` adds to a process, beside a hook that does nothing. Node 20 runs hooks in a thread of its own, which any of them pays for.

${table(
  ['Node', 'program', 'plain, ms', 'a hook that does nothing, over that', 'deche/register, over that'],
  loader.map(({ node, program, plainMs, idleOverMs, overMs }) => [node, program, plainMs, idleOverMs, overMs]),
)}

${carried(output, frontEnds)}

${scale === undefined ? '' : `${much(scale)}\n\n`}## Compiling

What the bundler plugin takes on the sources of some packages, with its source map, beside what the parser alone takes on the same files and what esbuild takes to
compile them. Milliseconds for all files; a file without a tag is only searched for one. ${whereMeasured(measuredOn.frontEnds)}

${table(
  ['files', 'tags', 'KB', 'oxc-parser, ms', 'deche, ms', 'esbuild, ms', 'to the parser', 'to esbuild'],
  frontEnds.map((row) => [
    row.files,
    row.tags,
    row.kilobytes,
    row.parseMs,
    row.decheMs,
    row.esbuildMs,
    row.toParse,
    row.toEsbuild,
  ]),
)}

With \`tspc\`: CPU seconds of whole compilations with and without the plugin, in pairs that run at the same time on one core, and the median of the pairs' ratios. Files without a tag are not parsed. ${whereMeasured(measuredOn.tspc)}

${table(
  ['files', 'of them with tags', 'tags in each', 'pairs', 'without, s', 'with, s', 'ratio', 'lowest', 'highest'],
  tspc.map(({ files, tagged, functions, rounds, withoutMs, withMs, ratio, lowest, highest }) => [
    files.toLocaleString('en'),
    tagged,
    functions,
    rounds,
    (withoutMs / 1000).toFixed(1),
    (withMs / 1000).toFixed(1),
    ratio,
    lowest,
    highest,
  ]),
)}

${tspcProfile.map(profiled).join('')}## Why it is not faster

- What a hit of W1 does more than the limit, written by hand one upon the other: ${memory.steps ? chain(memory.steps.W1) : ''}. It counts since
  statistics, and what memory drops first, depend on it; and it looks at the clock so that what another process changes is seen by a loop that never waits.
- Two objects are one argument only if none of them has properties that a loop does not show: symbols, and names that are not enumerable. What there is to ask
  of an object like W3's: ${memory.steps ? list(memory.steps.W3) : ''}.
- What another process changes is seen within a second. So about twice a second the directory of a function is asked whether anything was written in it, and if so, or if it is on a
  file system that may not date its directories, each entry is compared with its file when it is asked for: a system call of 2 to 4 µs, which a hundred entries do not feel. Whoever asks for
  a hundred thousand of them while others are stored pays it for each hit; everybody pays it once in half a minute.
- A hit on disk opens, reads and closes one file, without asking for its size as one does by hand. Beyond that it reads a header, and takes sha256 of all bytes to see that none was altered. A
  store asks three times whether a file is there (the result and the exception before the body runs, the exception behind it), and dates the result that it has written. Beside each other,
  on tmpfs, in microseconds of processor time: ${diskSteps.map(({ size, steps }) => `of ${size}, ${list(steps, 'us', 'µs')}`).join('; ')}.
- Of a hit of a megabyte, nearly all is the decoder. The others in that list that could read one are no answer: structuredClone and v8.deserialize keep other
  things than the text that every program can read, and taking the bytes as latin1 is right for some texts alone.
- With \`ttl\`, the clock is read for each hit, as by hand.
- Asynchronous functions use synchronous calls for small files as well (up to 64 KB): what promises cost beside them shows in the two rows of file-system-cache. A burst of bodies
  that end in one turn of the event loop is therefore written in that turn, and holds up timers for as long. To spread it over several was tried and taken back: what was removed
  between the turns came back with the write.
- Of what a tagged file costs, a profile gives ${shares(frontEnds[0]?.phases ?? [])}.
`
}

function carried({ files, forms }, frontEnds) {
  return `### What a program carries

The files of the package that a program reads: \`runtime.js\` when it imports a compiled module, \`way.js\` with its first call, \`cold.js\` with its first miss, \`remote.js\` with its first store elsewhere.

${table(
  ['file', 'bytes', 'compressed'],
  files.map(({ file, bytes, gzip }) => [file, bytes, gzip]),
)}

Bytes that compiling adds for each tagged function, beside what it adds once to a file: as the bundler plugin writes them, when esbuild has minified that, and with
\`tspc\`, which prints spaces around what it adds to a body. The function's id is in it, its name and its parameters' again, what its tag says, and 28 digits of a hash of its code: long names, and options with names
in them, take more. Of the other declarations of the file that tagged functions reach, the file has a line each. ${ofRealCode(frontEnds)}

${table(
  ['function', 'plugin', 'minified', 'tspc'],
  forms.map(({ form, plugin, minified, tspc }) => [form, plugin, minified, tspc]),
)}`
}

function ofRealCode([{ addedBytes, tags } = {}]) {
  return addedBytes === undefined
    ? ''
    : `In the ${tags} functions of real code under Compiling it is ${addedBytes} bytes on average, with what their files get once.`
}

function whereMeasured(machine) {
  return machine === undefined ? '' : `Measured with ${machine}, which others used as well.`
}

function shares(phases) {
  return phases.map(({ phase, share }) => `${Math.round(1000 * share) / 10} % to ${phase}`).join(', ')
}

function chain(steps) {
  return steps.map(({ name, ns }) => `${name}, ${ns} ns`).join('; ')
}

function list(steps, field = 'ns', unit = 'ns') {
  return steps.map(({ name, [field]: time }) => `${name} ${time} ${unit}`).join(', ')
}

function onDisk({ place, size, subjects }) {
  const rows = subjects
    .toSorted((a, b) => a.hit.us - b.hit.us)
    .map(({ name, isLimit, hit, miss }) => [label(name, isLimit), hit.us, hit.ratio, miss.us, miss.ratio])
  return `### ${size}, ${place}\n\n${table(['', 'hit, µs', 'ratio', 'miss with what it stores, µs', 'ratio'], rows)}`
}

function much({ hits, stores, delay }) {
  const number = (count) => count.toLocaleString('en')
  return `## Where there is much

Hits in memory of a function of one number, in an order that no cache of the processor can guess, beside a Map; and the bytes that an entry takes of the heap.

${table(
  ['entries', 'Map, ns', 'deche, ns', 'ratio', 'Map, bytes', 'deche, bytes'],
  hits.map((row) => [number(row.entries), row.limitNs, row.ns, row.ratio, row.limitBytes, row.bytes]),
)}

Storing, microseconds of processor time of each of the last thousand misses.

${table(
  ['entries of the function', 'µs'],
  stores.map(({ entries, us }) => [number(entries), us]),
)}

The longest time, milliseconds, between two ticks of a timer of one millisecond, while ${number(delay.calls)} asynchronous calls run that were begun at once, and whose bodies wait for 5 ms: ${delay.bodiesMs} of the
bodies alone, ${delay.missesMs} of misses that are stored.`
}

function profiled({ files, tagged, ratio, lowest, highest }) {
  return `By profiles of the compilation of ${files} files, ${tagged} of them with tags, what runs under functions of the plugin is ${share(ratio)} % of the rest (${share(lowest)} to ${share(highest)}). What is \
not in that is what the compiler does with the longer text, and what collecting garbage costs more.\n\n`
}

function share(ratio) {
  return ((ratio - 1) * 100).toFixed(1)
}

function section({ workload, title, subjects }) {
  const rows = subjects
    .toSorted((a, b) => a.ns - b.ns)
    .map(({ name, isLimit, ns, low, high, ratio }) => [label(name, isLimit), ns, `${low}–${high}`, ratio])
  return `### ${workload}: ${title}\n\n${table(['', 'ns', 'quartiles', 'ratio'], rows)}`
}

function label(name, isLimit) {
  if (isLimit) return `limit: ${name}`
  return name.startsWith('deche') ? `**${name}**` : name
}

function others(runs) {
  const chosen = runs.filter(({ shape, keys }) => shape !== 'monomorphic' || keys !== 100)
  const names = [
    ...new Set(chosen.flatMap(({ subjects }) => subjects.filter(({ isLimit }) => !isLimit).map(({ name }) => name))),
  ]
  const head = [
    '',
    ...chosen.map(
      ({ workload, keys, shape }) =>
        `${workload}, ${keys.toLocaleString('en')}${shape === 'megamorphic' ? ', all kinds' : ''}`,
    ),
  ]
  const rows = names.map((name) => [
    label(name, false),
    ...chosen.map(({ subjects }) => subjects.find((subject) => subject.name === name)?.ratio ?? ''),
  ])
  return table(head, rows)
}

function correctness(rows) {
  return table(
    ['', 'one answer for', 'hands out its own object'],
    rows.map(({ name, wrong, sharesAnswers }) => [
      label(name, false),
      wrong.map((pair) => pair.replaceAll('|', '\\|')).join('; ') || 'none of them',
      sharesAnswers ? 'yes' : 'no',
    ]),
  )
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const BARS = ['deche', 'lru-cache', 'fast-typescript-memoize', 'memoizee', 'nano-memoize', 'fast-memoize', 'memoize']
const SHOWN = ['W1', 'W2', 'W3', 'W4', 'W5']
const WIDTH = 760
const LEFT = 190
const LINE = 15

/** Bars of ratios, on a logarithmic scale: each line from one to ten, to a hundred, to a thousand times the limit. */
function chart(runs) {
  const groups = runs.filter(
    ({ workload, keys, shape }) => SHOWN.includes(workload) && keys === 100 && shape === 'monomorphic',
  )
  const most = Math.max(
    ...groups.flatMap(({ subjects }) => subjects.filter(({ name }) => BARS.includes(name)).map(({ ratio }) => ratio)),
  )
  const decades = Math.ceil(Math.log10(most))
  const x = (ratio) => LEFT + (Math.log10(Math.max(ratio, 1)) / decades) * (WIDTH - LEFT - 60)
  const height = 40 + groups.length * ((BARS.length + 2) * LINE)
  const parts = []
  for (let decade = 0; decade <= decades; decade++) {
    parts.push(`<line x1="${x(10 ** decade)}" x2="${x(10 ** decade)}" y1="24" y2="${height - 8}" stroke="#ccc"/>`)
    parts.push(`<text x="${x(10 ** decade)}" y="18" text-anchor="middle" fill="#777">${10 ** decade} ×</text>`)
  }
  let y = 40
  for (const { workload, title, subjects } of groups) {
    parts.push(
      `<text x="4" y="${y}" font-weight="bold" fill="#777">${workload}: ${title.replaceAll('&', '&amp;')}</text>`,
    )
    y += LINE
    for (const name of BARS) {
      const subject = subjects.find((each) => each.name === name)
      if (subject === undefined) continue
      const fill = name === 'deche' ? '#2f6feb' : '#b5b5b5'
      parts.push(`<text x="${LEFT - 6}" y="${y}" text-anchor="end" fill="#777">${name}</text>`)
      parts.push(
        `<rect x="${LEFT}" y="${y - 10}" width="${Math.max(1, x(subject.ratio) - LEFT).toFixed(1)}" height="11" fill="${fill}"/>`,
      )
      parts.push(`<text x="${(x(subject.ratio) + 4).toFixed(1)}" y="${y}" fill="#777">${subject.ratio}</text>`)
      y += LINE
    }
    y += LINE
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<title>Cost of a hit in memory as a multiple of a hand-written Map, 100 keys, logarithmic</title>
${parts.join('\n')}
</svg>
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writePages()
