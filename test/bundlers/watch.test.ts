import { expect, test } from 'vitest'
import { bundlerProject } from './builds.js'
import { SOURCES } from './sources.js'

/** Builds, and builds anew after each edit; runs what came out of it. */
const WATCH = `import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { watch } from 'rolldown'
import deche from 'deche/rolldown'
const edits = [
  () => edit('src/factor.ts', ': 10', ': 100'),
  () => edit('src/lib.ts', 'attrs=name', 'atrs=name'),
  () => edit('src/lib.ts', 'atrs=name', 'attrs=name'),
]
function edit(file, from, to) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}
let later
const watcher = watch({ input: 'src/main.ts', plugins: [deche()], external: /^deche/, platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } }, output: { dir: 'out', format: 'es' } })
watcher.on('event', async (event) => {
  if (event.code === 'ERROR') console.log(/error DECHE\\d+/.exec(event.error.message)?.[0])
  if (event.code === 'BUNDLE_END') console.log(execFileSync(process.execPath, ['out/main.js'], { encoding: 'utf8' }).split('\\n').filter((line) => /label|Tea/.test(line)).join())
  if (event.code !== 'END' && event.code !== 'ERROR') return
  // An error may be followed by an end.
  clearTimeout(later)
  later = setTimeout(() => (edits.shift() ?? (() => watcher.close()))(), 150)
})
`

test('a watching build sees an edited helper of version=auto, an error, and that it is mended', async () => {
  const project = bundlerProject('rolldown', { ...SOURCES, 'watch.mjs': WATCH })
  try {
    const { stdout, stderr } = await project.node(['watch.mjs'])
    expect(stderr).toBe('')
    const lines = stdout.split('\n').filter(Boolean)
    // An edit that the watcher sees twice is built twice.
    expect(lines.filter((line, index) => line !== lines[index - 1])).toEqual([
      'labelling,30 Tea: 3    |10',
      'labelling,30 Tea: 3    |100',
      'error DECHE1003',
      '30 Tea: 3    |100',
    ])
  } finally {
    await project.dispose()
  }
})
