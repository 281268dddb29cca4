/** The main job on real input: compile a tagged program with `tspc`, then run it in three processes. `npm run demo` */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('messages/', import.meta.url))
const tspc = fileURLToPath(new URL('../node_modules/ts-patch/bin/tspc.js', import.meta.url))
const LANGUAGES = ['cs', 'de', 'es', 'fr', 'it', 'pl', 'pt-br', 'tr']

rmSync(`${project}.deche`, { recursive: true, force: true })
step('Compile with tspc', tspc)
step('First run: nothing is cached', `${project}dist/main.js`, ...LANGUAGES)
step('Second run, a new process: and a language that does not exist', `${project}dist/main.js`, ...LANGUAGES, 'tlh')
step('Third run: the exception too comes from the cache', `${project}dist/main.js`, ...LANGUAGES, 'tlh')
console.log('\nThe answers are files: examples/messages/.deche')

function step(title, ...command) {
  console.log(`\n${title}`)
  const { status } = spawnSync(process.execPath, command, { cwd: project, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
