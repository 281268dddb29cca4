// Whether dist/ is what a build would make of the sources: `npm run demo`, `npm test` and `npm pack` each begin with a build.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What a build reads. npm's list in node_modules says which packages are installed there. */
const INPUTS = [
  'runtime',
  'transformer',
  'cli',
  'scripts',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'node_modules/.package-lock.json',
]

const stampOf = (root) => join(root, 'node_modules/.cache/deche-build')

/** Of the paths, contents and modes of all that is in there; undefined where something is missing. */
function hash(root, names) {
  const sum = createHash('sha256')
  try {
    for (const name of names) {
      for (const file of filesUnder(root, name)) {
        const bytes = readFileSync(join(root, file))
        sum.update(JSON.stringify([file, statSync(join(root, file)).mode, bytes.length])).update(bytes)
      }
    }
    return sum.digest('hex')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function filesUnder(root, name) {
  try {
    const entries = readdirSync(join(root, name), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    return entries.flatMap((entry) => filesUnder(root, `${name}/${entry.name}`))
  } catch (error) {
    if (error.code === 'ENOTDIR') return [name]
    throw error
  }
}

/** What the sources are now, for the two below. */
export function inputsOf(root) {
  return hash(root, INPUTS)
}

export function isUnchanged(root, inputs) {
  const output = hash(root, ['dist'])
  if (inputs === undefined || output === undefined || kept(root) !== `${inputs} ${output}`) return false
  // Sources that were written anew with what was in them are not younger than what was built of them.
  const now = new Date()
  for (const file of filesUnder(root, 'dist')) utimesSync(join(root, file), now, now)
  return true
}

/** Notes that dist/ was built of these, unless they have changed meanwhile. */
export function keep(root, inputs) {
  const file = stampOf(root)
  rmSync(file, { force: true })
  if (inputs === undefined || inputsOf(root) !== inputs) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${inputs} ${hash(root, ['dist'])}`)
}

function kept(root) {
  try {
    return readFileSync(stampOf(root), 'utf8')
  } catch {
    return undefined
  }
}
