// Runs every experiment, or those that are named, writes its figures into results.json and, from there, docs/reliability.md.
// It ends with 1 when a promise does not hold. `npm run reliability -- kills million` runs two of them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { table } from './table.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const EXPERIMENTS = [
  'kills',
  'mutations',
  'disk',
  'million',
  'remote',
  'locks-files',
  'locks-redis',
  'locks-s3',
  'listing-s3',
  'soak',
]

/** `locks` names all whose names begin so. */
const named = process.argv.slice(2).flatMap((name) => {
  const meant = EXPERIMENTS.filter((each) => each === name || each.startsWith(`${name}-`))
  if (meant.length === 0) throw new Error(`${name} is none of ${EXPERIMENTS.join(', ')}`)
  return meant
})

const file = join(here, 'results.json')
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
for (const name of named.length > 0 ? named : EXPERIMENTS) {
  const directory = mkdtempSync(join(tmpdir(), `deche-${name}-`))
  const started = performance.now()
  try {
    const [program, part] = name.split('-')
    const { run } = await import(`./${program}.mjs`)
    const figures = await run(directory, part)
    const seconds = Math.round((performance.now() - started) / 1000)
    const run_ = { date: new Date().toISOString().slice(0, 10), node: process.version, cpus: cpus().length, seconds }
    results[name] = { ...run_, figures }
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
    for (const { what, value, holds } of figures) console.log(`${holds ? 'ok   ' : 'WRONG'} ${name}: ${what}: ${value}`)
    if (figures.some(({ holds }) => !holds)) process.exitCode = 1
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
table(results)
