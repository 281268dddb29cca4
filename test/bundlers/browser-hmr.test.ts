import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Project } from '../helpers/project.js'
import { temporaryDirectory } from '../helpers/temporary.js'
import { bundlerProject } from './builds.js'

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)
const skipped = CHROMIUM === undefined ? ' (skipped: no chromium)' : ''

const projects: Project[] = []
const browsers: ChildProcess[] = []
afterEach(async () => {
  for (const browser of browsers.splice(0)) {
    const ended = new Promise((done) => browser.once('exit', done))
    browser.kill()
    await ended
  }
  await Promise.all(projects.splice(0).map((project) => project.dispose()))
})

/** A page that tells the server what it computes; `accept` is how it takes an edit. */
const page = (accept: string) => ({
  'index.html': '<!doctype html><script type="module" src="/src/main.ts"></script>',
  'src/factor.ts': 'export const factor = (): number => 10\n',
  'src/lib.ts': `import { factor } from './factor.js'

/** @deche version=auto */
export function times(n: number): number {
  void fetch('/told?computing')
  return n * factor()
}
`,
  'src/main.ts': `import { times } from './lib.js'
const tell = async (f: typeof times) => fetch('/told?' + [f(2), f(2), ++tellings].join())
let tellings = 0
await tell(times)
${accept}
await fetch('/told?ready')
`,
  'serve.mjs': `import { createServer } from 'vite'
import deche from 'deche/vite'
const told = {
  name: 'told',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      if (!request.url.startsWith('/told?')) return next()
      console.log(decodeURIComponent(request.url.slice('/told?'.length)))
      response.end()
    })
  },
}
const server = await createServer({ configFile: false, logLevel: 'error', plugins: [deche(), told] })
await server.listen(0)
console.log(server.resolvedUrls.local[0])
`,
})

/** The lines that a process prints, one by one. */
function linesOf(child: ChildProcess): () => Promise<string> {
  const lines: string[] = []
  const waiting: ((line: string) => void)[] = []
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      const next = waiting.shift()
      if (next) next(line)
      else lines.push(line)
    }
  })
  return () => {
    const line = lines.shift()
    return line === undefined ? new Promise((tell) => waiting.push(tell)) : Promise.resolve(line)
  }
}

test.skipIf(CHROMIUM === undefined).each<[string, string, string]>([
  ['that reloads', '', '200,200,1'],
  ['that takes the new module', "import.meta.hot?.accept('./lib.js', (lib) => tell(lib?.times))", '200,200,2'],
])(
  `a page %s gets the new answer when a helper is edited${skipped}`,
  async (_name, accept, answer) => {
    const project = bundlerProject('vite', page(accept))
    projects.push(project)
    const told = linesOf(project.start(['serve.mjs']))
    const url = await told()
    const profile = `--user-data-dir=${join(temporaryDirectory(), 'profile')}`
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
    browsers.push(spawn(CHROMIUM ?? '', [...flags, profile, url], { stdio: 'ignore' }))
    expect([await told(), await told(), await told()].sort()).toEqual(['20,20,1', 'computing', 'ready'])
    const helper = project.path('src/factor.ts')
    writeFileSync(helper, readFileSync(helper, 'utf8').replace('10', '100'))
    expect([await told(), await told()].sort()).toEqual([answer, 'computing'])
  },
  120_000,
)
