/** Where in a text something stands, as stack traces say it. */
export function placeOf(text: string, word: string): string {
  const before = text.slice(0, text.indexOf(word)).split('\n')
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}

/** Both insertions are in front of the error: without a map its column would be another one. */
const fails = (name: string) =>
  `/** @deche */ export const ${name} = (a: number): number => { if (a < 0) { ran('${name}'); throw new RangeError('negative') } return a }\n`

/** A file with a function of its own kind, and one that throws. In TypeScript; JavaScript is what is left without types. */
const esm = (name: string, type = `interface Hidden { a: string }`) => `import { ran } from '#ran'
${type}

/** @deche */
export async function ${name}(a: number): Promise<number> {
  ran('${name}')
  return a + 1
}
${fails(`${name}Fails`)}`

const cjs = (name: string) => `const { ran } = require('#ran')

/** @deche version=auto */
function ${name}(a: number): number {
  ran('${name}')
  return a + 1
}
const ${name}Fails = /** @deche */ (a: number): number => { if (a < 0) { ran('${name}Fails'); throw new RangeError('negative') } return a }
module.exports = { ${name}, ${name}Fails }
`

/** Of a package whose type is `module`. */
const MODULES = {
  'src/entry.ts': `import { ran } from '#ran'
import { createRequire } from 'node:module'
import { imported, importedFails } from './imported.ts'
import commonjs from './commonjs.cts'
import { plain, plainFails } from './plain.mjs'

/** @deche */
function entry(a: number): number {
  ran('entry')
  return a + 1
}

const later = await import('./later.mts')
const again = createRequire(import.meta.url)('./commonjs.cts')
const required = createRequire(import.meta.url)('./required.cts')
const values = [entry(1), await imported(1), commonjs.commonjs(1), await plain(1), await later.later(1), required.required(1)]
const failing = [importedFails, commonjs.commonjsFails, plainFails, later.laterFails, required.requiredFails]
console.log(JSON.stringify({ values, isOne: again === commonjs, stacks: failing.map(stackOf) }))

function stackOf(fn: (a: number) => number): string {
  try {
    return String(fn(-1))
  } catch (error) {
    return String(/[\\w-]+\\.[cm]?[jt]s:\\d+:\\d+/.exec((error as Error).stack ?? ''))
  }
}
`,
  'src/imported.ts': esm(
    'imported',
    `import type { Hidden } from './later.mts'\nunused<Hidden>()\nfunction unused<T>(a?: T): T | undefined { return a }`,
  ),
  'src/later.mts': esm('later', 'export interface Hidden { a: string }'),
  'src/commonjs.cts': cjs('commonjs'),
  'src/required.cts': cjs('required'),
  'src/plain.mjs': withoutTypes(esm('plain', '')),
}

/** In the program's place: which bodies ran. */
const RAN = { 'ran.cjs': `exports.ran = (name) => require('node:fs').writeSync(1, 'ran ' + name + '\\n')\n` }

export const TYPESCRIPT: Readonly<Record<string, string>> = { ...MODULES, ...RAN }

/** The same without types, for a Node that knows none. */
export const JAVASCRIPT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(MODULES).map(([file, text]) => [file.replace(/ts$/, 'js'), withoutTypes(text)])),
  ...RAN,
}

/** Of the types that are above, no others. */
function withoutTypes(text: string): string {
  return text
    .replace(/: (?:number|string|Promise<number>|\(a: number\) => number)(?=[,) ]|$)/gm, '')
    .replace(/^(?:export )?interface .*$|^import type .*$|^unused<.*$|^function unused.*$/gm, '')
    .replaceAll('(error as Error)', 'error')
    .replace(/\.([cm]?)ts'/g, ".$1js'")
}
