import { afterEach, describe, expect, test } from 'vitest'
import type { Outcome, Project } from '../helpers/project.js'
import { build, bundlerProject, run } from './builds.js'
import { SOURCES, THROWN_AT } from './sources.js'

const projects: Project[] = []
afterEach(() => Promise.all(projects.splice(0).map((project) => project.dispose())))

function viteProject(files: Readonly<Record<string, string>>, packages: readonly string[] = []): Project {
  const project = bundlerProject('vite', files)
  for (const name of packages) project.link(name, `${import.meta.dirname}/../../node_modules/${name}`)
  projects.push(project)
  return project
}

/** A dev server in a process of its own. In `steps`, `load` runs a module, `edit` changes a file and waits until Vite has seen it. */
function served(project: Project, steps: string, plugin = 'deche()'): Promise<Outcome> {
  project.write({
    'serve.mjs': `import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'vite'
import deche from 'deche/vite'
const server = await createServer({ configFile: false, logLevel: 'silent', appType: 'custom', plugins: [${plugin}],
  server: { middlewareMode: true, ws: false } })
const load = (id) => server.ssrLoadModule(id, { fixStacktrace: true })
async function edit(file, from, to) {
  const seen = new Promise((done) => server.watcher.on('all', (_event, path) => path.endsWith(file) && done()))
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  await seen
  await new Promise((later) => setTimeout(later, 50))
}
${steps}
await server.close()
`,
  })
  return project.node(['serve.mjs'])
}

describe('the dev server', () => {
  test('an edited helper of version=auto is seen, and so is an edited function', async () => {
    const project = viteProject({
      ...SOURCES,
      'src/page.ts': `import { Shop, total } from './lib.js'
export const show = async () => console.log(new Shop<number>('Tea').label(3, 5), await total([1, 2]))
`,
    })
    const { stdout, stderr } = await served(
      project,
      `const show = async () => (await load('/src/page.ts')).show()
await show()
await edit('src/factor.ts', ': 10', ': 100')
await show()
await show()
await edit('src/lib.ts', "@deche */", "@deche version=2 */")
await show()`,
    )
    expect(stderr).toBe('')
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      'labelling',
      'computing',
      'Tea: 3    |10 3',
      'labelling',
      'Tea: 3    |100 3',
      'Tea: 3    |100 3',
      'computing',
      'Tea: 3    |100 3',
    ])
  })

  test('an error in a tag is shown until it is mended, and a function may move to another file', async () => {
    const project = viteProject({
      'src/a.ts': '/** @deche tll=1d name=demo.f */\nexport const f = (n: number) => n + 1\n',
      'src/b.ts': 'export { f } from "./a.js"\n',
    })
    const { stdout, stderr } = await served(
      project,
      `await load('/src/a.ts').catch((error) => console.log(error.message.split('\\n')[0]))
await edit('src/a.ts', 'tll', 'ttl')
console.log((await load('/src/b.ts')).f(1))
const moved = readFileSync('src/a.ts', 'utf8')
await edit('src/a.ts', moved, 'export {}')
await edit('src/b.ts', /.*/s, moved)
console.log((await load('/src/b.ts')).f(1))`,
    )
    expect(stderr).toBe('')
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      "src/a.ts:1:12 error DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?",
      '2',
      '2',
    ])
  })

  test('a thrown error points at line and column of the source', async () => {
    const { stdout } = await served(
      viteProject(SOURCES),
      `const { total } = await load('/src/lib.ts')
await total([]).catch((error) => {
  server.ssrFixStacktrace(error)
  console.log(error.stack)
})`,
    )
    expect(stdout).toContain(THROWN_AT)
  })
})

test('Vitest runs tests of tagged functions, which remember', async () => {
  const project = viteProject(
    {
      'src/slow.ts':
        '/** @deche */\nexport function slow(n: number): number {\n  console.log("computing")\n  return n * 2\n}\n',
      'src/slow.test.ts': `import { expect, test } from 'vitest'
import { slow } from './slow.js'
test('twice', () => expect(slow(2)).toBe(4))
`,
      'vitest.config.ts': `import deche from 'deche/vitest'
import { defineConfig } from 'vitest/config'
export default defineConfig({ plugins: [deche()] })
`,
    },
    ['vitest'],
  )
  const run = () => project.node(['node_modules/vitest/vitest.mjs', 'run', '--no-color'])
  const first = await run()
  expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('computing') })
  const second = await run()
  expect(second).toMatchObject({ status: 0, stdout: expect.stringContaining('1 passed') })
  expect(second.stdout).not.toContain('computing')
})

describe('beside plugins of frameworks', () => {
  const HELPER = {
    'src/price.ts': `/** @deche */
export function price(euros: number): string {
  console.log('computing price')
  return euros.toFixed(2)
}
`,
  }
  const built = (plugin: string, call: string, entry: string) =>
    `import { build } from 'vite'
import framework from '${plugin}'
import deche from 'deche/vite'
await build({ configFile: false, logLevel: 'warn', plugins: [framework(), deche()],
  build: { ssr: 'src/${entry}', outDir: 'out', rollupOptions: { output: { entryFileNames: 'main.js' } } } })
`.replace('framework()', call)

  test('React: a component with a tagged function, and one that imports one', async () => {
    const project = viteProject(
      {
        ...HELPER,
        'src/page.tsx': `import { renderToStaticMarkup } from 'react-dom/server'
import { price } from './price.js'

/** @deche */
export function title<T extends string>(name: T): string {
  console.log('computing title')
  return name.toUpperCase()
}

const Page = ({ name }: { name: string }) => <h1>{title(name)} {price(3)}</h1>
console.log(renderToStaticMarkup(<Page name="tea" />))
`,
        'build.mjs': built('@vitejs/plugin-react', 'framework()', 'page.tsx'),
      },
      ['@vitejs/plugin-react', 'react', 'react-dom'],
    )
    expect(await project.node(['build.mjs'])).toMatchObject({ status: 0, stderr: '' })
    expect(await project.node(['out/main.js'])).toMatchObject({
      stdout: 'computing title\ncomputing price\n<h1>TEA 3.00</h1>\n',
    })
    expect(await project.node(['out/main.js'])).toMatchObject({ stdout: '<h1>TEA 3.00</h1>\n' })
  })

  test('Vue: a component that imports a tagged function; a tag in the component is told to be none', async () => {
    const project = viteProject(
      {
        ...HELPER,
        'src/Page.vue': `<script setup lang="ts">
import { price } from './price.js'
/** @deche */
function title(name: string) { return name.toUpperCase() }
</script>
<template><h1>{{ title('tea') }} {{ price(3) }}</h1></template>
`,
        'src/main.ts': `import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import Page from './Page.vue'
console.log(await renderToString(createSSRApp(Page)))
`,
        'build.mjs': built('@vitejs/plugin-vue', 'framework()', 'main.ts'),
      },
      ['@vitejs/plugin-vue', 'vue'],
    )
    const { status, stderr } = await project.node(['build.mjs'])
    expect(status).toBe(0)
    expect(stderr).toContain(
      'src/Page.vue:3:5 warning DECHE1044: nothing here is cached: only files of JavaScript and TypeScript are looked at.',
    )
    expect(await project.node(['out/main.js'])).toMatchObject({ stdout: 'computing price\n<h1>TEA 3.00</h1>\n' })
    expect(await project.node(['out/main.js'])).toMatchObject({ stdout: '<h1>TEA 3.00</h1>\n' })
  })
})

describe('apply', () => {
  const files = {
    'src/main.ts': `/** @deche */
function twice(n: number): number {
  console.log('computing')
  return 2 * n
}
export const show = () => console.log(twice(1), twice(1))
show()
`,
  }

  test.each<[string, boolean]>([
    ['build', true],
    ['serve', false],
  ])('%s: a build is cached %s', async (apply, isCached) => {
    const project = viteProject(files)
    expect(await build(project, 'vite', `[{ ...deche(), apply: '${apply}' }]`)).toMatchObject({ status: 0 })
    const { stdout } = await run(project)
    expect(stdout.split('computing').length - 1).toBe(isCached ? 1 : 2)
  })

  test.each<[string, boolean]>([
    ['build', false],
    ['serve', true],
  ])('%s: what the dev server runs is cached %s', async (apply, isCached) => {
    const project = viteProject(files)
    const { stdout } = await served(project, "await load('/src/main.ts')", `{ ...deche(), apply: '${apply}' }`)
    expect(stdout.split('computing').length - 1).toBe(isCached ? 1 : 2)
  })
})
