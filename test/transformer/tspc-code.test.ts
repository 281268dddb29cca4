import { afterEach, describe, expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import { withCode } from '../../transformer/code/index.js'
import { moduleOf } from '../../transformer/module-id.js'
import { builtTransformer, compilers, Project, type ProjectOptions, TAGGED_PROGRAM } from '../helpers/project.js'
import { rounds } from '../helpers/watching.js'

builtTransformer()
const projects: Project[] = []
afterEach(async () => {
  await Promise.all(projects.splice(0).map((each) => each.dispose()))
})

const AUTO = `import { add } from './lib.js'
let runs = 0
/** @deche version=auto ignore=runs */
export function sum(a: number, b: number): string {
  return \`\${add(a, b)}, run \${++runs}\`
}
`
const PLAIN = AUTO.replace(' version=auto', '')
const MAIN = "import { sum } from './sum.js'\nconsole.log(sum(1, 2))\n"
const add = (operator: string) => `export function add(a: number, b: number): number { return a ${operator} b }\n`

function project(options: Omit<ProjectOptions, 'files'>, changes: object = {}, sum = AUTO): Project {
  const made = new Project({
    ...options,
    files: {
      'tsconfig.json': { ...TAGGED_PROGRAM, compilerOptions: { ...TAGGED_PROGRAM.compilerOptions, ...changes } },
      'src/sum.ts': sum,
      'src/lib.ts': add('+'),
      'src/main.ts': MAIN,
      'src/other.ts': 'export const other = 1\n',
    },
  })
  projects.push(made)
  return made
}

const hashIn = (output: string) => /\],"([0-9a-f]{28})"/.exec(output)?.[1]

/** What `deche check` and the later front ends make of the file. */
function hashFromText(it: Project): string | undefined {
  const file = it.path('src/sum.ts')
  const text = it.read('src/sum.ts')
  const analysis = analyse(text, { file, module: moduleOf(file).module })
  return withCode({ file, text, analysis }).analysis.sites[0]?.code.hash
}

async function run(it: Project) {
  const { stdout, stderr, status } = await it.node(['out/main.js'])
  return { out: stdout.trim(), warnings: stderr.match(/DECHE\d+/g) ?? [], status }
}

describe.each(compilers)('$label', (compiler) => {
  test('every format gets the hash that the text alone has', async () => {
    const hashes = await Promise.all(
      [{}, { module: 'commonjs', moduleResolution: compiler.label.endsWith('5.9') ? 'node10' : 'bundler' }].map(
        async (changes) => {
          const it = project({ compiler }, changes)
          expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
          expect(hashIn(it.read('out/sum.js'))).toBe(hashFromText(it))
          return hashFromText(it)
        },
      ),
    )
    expect(hashes[0]).toMatch(/^[0-9a-f]{28}$/)
    expect(hashes[1]).toBe(hashes[0])
  })

  test('--incremental emits a file again when only the body of what it calls has changed', async () => {
    const it = project({ compiler }, { incremental: true, declaration: true })
    expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await run(it)).out).toBe('3, run 1')
    it.write({ 'src/lib.ts': add('*') })
    expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(hashIn(it.read('out/sum.js'))).toBe(hashFromText(it))
    expect((await run(it)).out).toBe('2, run 1')
    it.write({ 'src/lib.ts': add('+') })
    expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await run(it)).out).toBe('3, run 1')
  })

  test('--watch as well, and -b', async () => {
    const it = project({ compiler })
    const next = rounds(it.startTspc('--watch', '--preserveWatchOutput'))
    expect(await next()).toContain('Found 0 errors.')
    // The compiler itself passes files by from the second edit on: at the first it knows too little.
    for (const operator of ['*', '-', '/']) {
      const before = it.read('out/sum.js')
      it.write({ 'src/lib.ts': add(operator) })
      expect(await next()).toContain('Found 0 errors.')
      expect(it.read('out/sum.js')).not.toBe(before)
      expect(hashIn(it.read('out/sum.js'))).toBe(hashFromText(it))
    }

    const built = project({ compiler }, { composite: true })
    expect(await built.tspc('-b')).toEqual({ status: 0, stdout: '', stderr: '' })
    built.write({ 'src/lib.ts': add('*') })
    expect(await built.tspc('-b')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(hashIn(built.read('out/sum.js'))).toBe(hashFromText(built))
  })
})

test('version=auto recomputes when a helper in another file changes', async () => {
  const it = project({})
  for (const [operator, out] of [
    ['+', '3, run 1'],
    ['+', '3, run 1'],
    ['*', '2, run 1'],
    ['+', '3, run 1'],
  ] as const) {
    it.write({ 'src/lib.ts': add(operator) })
    expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await run(it)).toEqual({ out, warnings: [], status: 0 })
  }
})

test('without it the old answer comes with one warning when the code in its own file has changed', async () => {
  const it = project({}, {}, PLAIN)
  it.write({ 'src/main.ts': "import { sum } from './sum.js'\nconsole.log(sum(1, 2), sum(2, 2))\n" })
  const compile = async () => expect(await it.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
  await compile()
  expect(await run(it)).toEqual({ out: '3, run 1 4, run 2', warnings: [], status: 0 })

  it.write({ 'src/sum.ts': `// another comment\n${PLAIN.replace('add(a, b)', '(add(a, b))')}export const more = 1\n` })
  await compile()
  expect(await run(it)).toEqual({ out: '3, run 1 4, run 2', warnings: [], status: 0 })

  it.write({ 'src/sum.ts': PLAIN.replace('add(a, b)', 'add(b, a)') })
  await compile()
  expect(await run(it)).toEqual({ out: '3, run 1 4, run 2', warnings: ['DECHE3008'], status: 0 })
  const names = Object.keys(it.tree('.deche'))
  expect(names.filter((name) => name.endsWith('.code'))).toHaveLength(1)

  it.write({ 'src/sum.ts': PLAIN.replace('add(a, b)', 'add(b, a)').replace('@deche', '@deche version=1') })
  await compile()
  expect(await run(it)).toEqual({ out: '3, run 1 4, run 2', warnings: [], status: 0 })
})
