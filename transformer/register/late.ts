import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { warnOnce } from '../../runtime/warn.js'
import { compiler, isOurs } from './files.js'

/** What is loaded before the program: `--import deche/register`, `-r=./setup.ts`. */
const PRELOADS = /(?:^|\s)(?:--import|--require|-r|--loader|--experimental-loader)(?:=|\s+)(\S+)/g

/**
 * Says so if files with tags were loaded before deche was: `import 'deche/register'` in a program comes too late for the
 * program itself and for what it imports at its top, wherever that line stands.
 */
export function warnIfLate(): void {
  const entry = process.argv[1]
  const isModule = entry !== undefined && isImportedByProgram() && existsSync(entry) && isOurs(entry)
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter(isOurs)
  if (!isModule && loaded.length === 0) return
  const tagged = compiler().taggedAmong(loaded, isModule ? entry : undefined)
  if (tagged.length === 0) return
  warnOnce(
    'DECHE3010',
    'late',
    `Functions of ${tagged.join(', ')} run uncached: deche/register was loaded later. ` +
      "Load it before the program: 'node --import deche/register app.ts'.",
  )
}

/** Unless an option of Node loads it, or a file of the user's that may. */
function isImportedByProgram(): boolean {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ')
  const preloads = Array.from(options.matchAll(PRELOADS), ([, name = '']) => name)
  return !preloads.some(
    (name) => /\bdeche\b/.test(name) || (/^(?:\.|\/|file:|[a-z]:)/i.test(name) && !name.includes('node_modules')),
  )
}
