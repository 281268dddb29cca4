import { afterEach, describe, expect, test } from 'vitest'
import { builtTransformer, compilers, Project, type ProjectOptions } from '../helpers/project.js'
import { stub } from './tspc-sources.js'

const options = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022'],
  types: [],
  skipLibCheck: true,
  rootDir: 'src',
  outDir: 'out',
}
const plugins = [{ transform: 'deche/transformer' }]

const projects: Project[] = []

function project(files: ProjectOptions['files'], rest: Omit<ProjectOptions, 'files'> = {}): Project {
  const made = new Project({
    deche: stub(builtTransformer()),
    files: { 'tsconfig.json': { compilerOptions: { ...options, plugins }, include: ['src'] }, ...files },
    ...rest,
  })
  projects.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(projects.splice(0).map((each) => each.dispose()))
})

const faulty = {
  'src/faulty.ts': `/** @deche ttl=1h */
export const sound = (x: number) => x

/**
 * @deche
 *   tll=7d
 */
export function misspelt(x: number): number {
  return x
}
`,
  'src/first.ts': `/** @deche name=the.id */
export const one = (x: number) => x
`,
  'src/second.ts': `import './first.js'

/** @deche name=the.id */
export function two(x: number) { return x + 1 }

/** @deche */
export function three(x: number) { return x + 2 }
`,
}

describe.each(compilers)('$label', (compiler) => {
  test('mistakes are printed as the compiler prints its own, fail the build, and leave only the faulty functions alone', async () => {
    const it = project(faulty, { compiler })
    const { status, stdout } = await it.tspc()
    expect(status).toBe(2)
    expect(stdout.trimEnd().split('\n')).toEqual([
      "src/faulty.ts(6,6): error TS991003: DECHE1003: 'tll' is not an option of the tag. Did you mean 'ttl'?",
      'src/second.ts(4,17): error TS991040: DECHE1040: the id the.id is taken by the function at src/first.ts:2. Rename one of the functions, or give it name= in its tag.',
    ])
    expect(it.read('out/faulty.js').match(/run\(/g)).toHaveLength(1)
    expect(it.read('out/first.js').match(/run\(/g)).toHaveLength(1)
    expect(it.read('out/second.js')).toContain('function two(x) { return x + 1; }')
    expect(it.read('out/second.js')).toContain('"demo.src.second.three"')
  })
})

const doubtful = {
  'src/doubtful.ts': `/** @deche */
export async function load(url: string, log: (text: string) => void): Promise<() => string> {
  log(url)
  return () => url
}

/** @deche ignore=log */
export function report(log: (text: string) => void): void {
  log('done')
}
`,
  'src/fine.ts': '/** @deche */\nexport const fine = (x: number) => x\n',
}

const doubts = [
  'src/doubtful.ts(2,23): warning TS991071: DECHE1071: result is a function, which cannot be stored, so load would run in every call. Return plain data.',
  'src/doubtful.ts(2,41): warning TS991070: DECHE1070: log is a function, of which no key can be made. Add ignore=log if the result does not depend on it, or pass plain data.',
  'src/doubtful.ts(8,17): warning TS991072: DECHE1072: report returns nothing, so a hit does nothing but leave out what the body does. Return what the body finds out, or remove the tag.',
]

describe.each(compilers)('warnings, $label', (compiler) => {
  test('are printed as the compiler prints, once, and fail neither the build nor the caching', async () => {
    const it = project(doubtful, { compiler })
    const { status, stdout } = await it.tspc()
    expect(stdout.trimEnd().split('\n')).toEqual(doubts)
    expect(status).toBe(0)
    expect(it.read('out/doubtful.js').match(/\$deche\.run(?:Async)?\(/g)).toHaveLength(2)
  })

  test('stand beside errors, and come again only with the file', async () => {
    const it = project({ ...doubtful, ...faulty }, { compiler })
    const { status, stdout } = await it.tspc()
    expect(status).toBe(2)
    expect(stdout.trimEnd().split('\n')).toEqual(expect.arrayContaining(doubts))
    expect(stdout.match(/error TS/g)).toHaveLength(2)
    const clean = project(doubtful, { compiler })
    expect((await clean.tspc('--incremental')).stdout.trimEnd().split('\n')).toEqual(doubts)
    clean.write({ 'src/fine.ts': '/** @deche */\nexport const fine = (x: number) => x + 1\n' })
    expect(await clean.tspc('--incremental')).toMatchObject({ status: 0, stdout: '' })
  })
})

test('warnings have colours where the compiler has them', async () => {
  const it = project(doubtful)
  const pretty = await it.tspc('--pretty')
  expect(pretty.stdout).toContain(
    '\u001B[93mwarning\u001B[0m\u001B[90m TS991072: \u001B[0mDECHE1072: report returns nothing',
  )
  expect(pretty.stdout).toContain('export function report(log: (text: string) => void): void {')
  expect(pretty.status).toBe(0)
})

test('output that Node cannot load is refused', async () => {
  const it = project(
    {
      'src/a.ts': '/** @deche */\nexport function f(x: number) { return x }\n',
      'tsconfig.json': {
        compilerOptions: { ...options, module: 'system', moduleResolution: 'bundler', plugins },
        include: ['src'],
      },
    },
    { compiler: compilers[1] },
  )
  const { status, stdout } = await it.tspc()
  expect(status).toBe(2)
  expect(stdout).toContain(
    'src/a.ts(2,17): error TS991041: DECHE1041: tagged functions cannot be compiled to System modules.',
  )
  expect(it.read('out/a.js')).not.toContain('$deche')
})

test('a plugin that replaced a body before ours is reported, not passed over', async () => {
  const it = project({
    'src/a.ts':
      '/** @deche */\nexport function f(x: number) { return x }\n/** @deche */\nexport const g = (x: number) => x\n',
    'replace.cjs': `module.exports.default = (program, config, { ts }) => (context) => (file) => {
  const visit = (node) => ts.isFunctionDeclaration(node)
    ? context.factory.updateFunctionDeclaration(node, node.modifiers, node.asteriskToken, node.name, node.typeParameters, node.parameters, node.type, context.factory.createBlock([]))
    : node
  return ts.visitEachChild(file, visit, context)
}`,
    'tsconfig.json': {
      compilerOptions: { ...options, plugins: [{ transform: './replace.cjs' }, ...plugins] },
      include: ['src'],
    },
  })
  const { status, stdout } = await it.tspc()
  expect(status).toBe(2)
  expect(stdout).toContain('src/a.ts(2,17): error TS991042: DECHE1042: another plugin replaced the body of f')
  expect(it.read('out/a.js')).toMatch(/g = \(x\) => \$d1\.hit\?\.\(x\) \?\? \$deche\.run\(/)
})
