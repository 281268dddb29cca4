import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireAsIs } from '../../runtime/as-is.js'
import { warnOnce } from '../../runtime/warn.js'
import type { Format } from '../generate.js'
import { mentionsTag } from '../tag/tag.js'
import type * as Compile from './compile.js'

const SOURCE = /\.[cm]?[jt]sx?$/i
const PACKAGE = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/

/** Where deche itself lies: it is no program to be cached. */
const OWN = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..') + path.sep

/** Packages in `node_modules` whose functions may be cached too: `DECHE_REGISTER_PACKAGES=left,@acme/right`. */
const packages = new Set(
  (process.env.DECHE_REGISTER_PACKAGES ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
)

/** Whether a file may have functions to cache. */
export function isOurs(file: string): boolean {
  if (!SOURCE.test(file) || file.startsWith(OWN)) return false
  const name = PACKAGE.exec(file)?.[1]
  return name === undefined || packages.has(name.replaceAll('\\', '/'))
}

/** What came out last: `import` and `require` may ask for a file one behind the other. */
let last: string | undefined

/**
 * The text to load in place of `content`. `undefined`: the same. Throws if a tag has an error.
 *
 * @param format How Node will run it. Default: what the file's extension and its package say.
 */
export function rewritten(file: string, content: string | Buffer, format: Format | undefined): string | undefined {
  const text = content.includes('eche') ? content.toString() : ''
  if (!mentionsTag(text)) {
    warnIfChanged(file, content)
    return undefined
  }
  if (text === last) return undefined
  const code = compiler().compile(file, text, format)
  if (code !== undefined) last = code
  return code
}

let loaded: typeof Compile | undefined

/** Parser and all, which a program without a tag does without. */
export function compiler(): typeof Compile {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url)
    const file = require.resolve('./compile.js')
    loaded = (requireAsIs(file) ?? require(file)) as typeof Compile
  }
  return loaded
}

/** Compilers drop comments: one that comes before deche leaves no tag to see. */
function warnIfChanged(file: string, content: string | Buffer): void {
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.length
  let text: string
  try {
    if (statSync(file).size === size) return
    text = readFileSync(file, 'utf8')
  } catch {
    // Somebody made the module of nothing.
    return
  }
  if (!mentionsTag(text) || !compiler().hasTags(file, text)) return
  warnOnce(
    'DECHE3009',
    'order',
    `Functions of ${file} run uncached: another loader compiled it before deche/register saw it, and its tags are gone. ` +
      "Name deche/register first: 'node --import deche/register --import tsx app.ts', or " +
      "'NODE_OPTIONS=--import=deche/register tsx app.ts'.",
  )
}
