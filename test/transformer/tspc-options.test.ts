import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, type Outcome, Project } from '../helpers/project.js'
import { stub } from './tspc-sources.js'

const plugins = [{ transform: 'deche/transformer' }]
const base = {
  target: 'es2022',
  lib: ['es2022'],
  types: [],
  skipLibCheck: true,
  strict: true,
  outDir: 'out',
  rootDir: 'src',
  plugins,
}

const script = `'use strict'
/** @deche */
function inScript(x: number): number { return x * 2 }

/** @deche */
var text = (x: string): string => x + '!'

process.stdout.write([inScript(1), inScript(1), text('a'), text('a')].join(' '))
declare var process: { stdout: { write(text: string): void } }
`

const checks = `export const positive = (x: number) => x > 0
export default function below(x: number) { return x < 1000 }
`

const checked = `#!/usr/bin/env node
"use client"
import limit, { positive as isPositive } from './checks.ts'
import * as checks from './checks.ts'

/** @deche validate=isPositive valid=limit */
export function f(x: number): number { return x + 1 }

/** @deche validate=checks */
export function g(x: number): number { return x + 1 }

const print = (text: string) => process.stdout.write(text)
print([f(1), f(1)].join(' '))
declare const process: { stdout: { write(text: string): void } }
`

/** Each a package of its own: what is compiled, how, and what it prints. */
const cases = {
  'a script in a CommonJS package': {
    type: 'commonjs',
    files: { 'src/main.ts': script },
    options: { module: 'node16' },
    prints: '2 2 a! a!',
    head: /^'use strict';\n(?:Object\.defineProperty\(exports, .*\n)?(?:const|var) \$deche = require\("deche\/runtime"\);/m,
  },
  'a script that is emitted as it stands in a package of ES modules': {
    type: 'module',
    files: { 'src/main.ts': script },
    options: { module: 'esnext', moduleResolution: 'bundler', moduleDetection: 'legacy' },
    prints: '2 2 a! a!',
    head: /^'use strict';\nimport \* as \$deche from "deche\/runtime";/m,
  },
  'a script that is emitted as it stands in a package of CommonJS modules': {
    type: 'commonjs',
    files: { 'src/main.ts': script },
    options: { module: 'esnext', moduleResolution: 'bundler', moduleDetection: 'legacy' },
    prints: '2 2 a! a!',
    head: /^'use strict';\n(?:const|var) \$deche = require\("deche\/runtime"\);/m,
  },
  'imports with the extensions of sources, ES modules': {
    type: 'module',
    files: { 'src/main.ts': checked, 'src/checks.ts': checks },
    options: { module: 'nodenext', rewriteRelativeImportExtensions: true },
    prints: '2 2',
    head: /^#!\/usr\/bin\/env node\n"use client";\nimport \* as \$deche from "deche\/runtime";/,
  },
  'imports with the extensions of sources, CommonJS': {
    type: 'commonjs',
    files: { 'src/main.ts': checked, 'src/checks.ts': checks },
    options: { module: 'nodenext', rewriteRelativeImportExtensions: true },
    prints: '2 2',
    head: /^#!\/usr\/bin\/env node\n"use client";\n"use strict";\n.*(?:const|var) \$deche = require\("deche\/runtime"\);/s,
  },
  'module preserve with a CommonJS file beside, comments removed': {
    type: 'module',
    files: {
      'src/main.ts': `import old from './old.cjs'\n/** @deche */\nexport const f = (x: number) => old(x)\nprocess.stdout.write([f(1), f(1)].join(' '))\ndeclare const process: { stdout: { write(text: string): void } }\n`,
      'src/old.cts': '/** @deche */\nfunction old(x: number) { return x + 1 }\nexport = old\n',
    },
    options: { module: 'preserve', removeComments: true },
    prints: '2 2',
    head: /^import \* as \$deche from "deche\/runtime";/,
  },
  'module preserve, files that are CommonJS by what they contain': {
    type: undefined,
    files: {
      'src/main.ts': `import old = require('./old')\nimport type { Any } from './types'\n/** @deche */\nfunction f(x: number) { return old(x) }\nprocess.stdout.write([f(1), f(1)].join(' '))\ndeclare const process: Any\n`,
      'src/old.ts': '/** @deche */\nfunction old(x: number) { return x + 1 }\nexport = old\n',
      'src/types.ts': 'export type Any = any\n',
    },
    options: { module: 'preserve' },
    prints: '2 2',
    head: /^(?:const|var) \$deche = require\("deche\/runtime"\);/,
  },
  'a body of thousands of terms': {
    type: 'module',
    files: {
      'src/main.ts': `/** @deche */\nexport const sum = (x: number) => x${' + x'.repeat(6000)}\n/** @deche */\nexport function f(x: number) { return x${' + x'.repeat(6000)} }\nprocess.stdout.write([sum(1), sum(1), f(1)].join(' '))\ndeclare const process: { stdout: { write(text: string): void } }\n`,
    },
    options: { module: 'nodenext' },
    prints: '6001 6001 6001',
    head: /^import \* as \$deche from "deche\/runtime";/,
  },
} as const

describe.each(Object.entries(cases))('%s', (_, { type, files, options, prints, head }) => {
  let project: Project
  let outcome: Outcome

  beforeAll(async () => {
    project = new Project({
      package: { name: 'demo', type },
      deche: stub(builtTransformer()),
      files: { ...files, 'tsconfig.json': { compilerOptions: { ...base, ...options }, include: ['src'] } },
    })
    outcome = await project.tspc()
  })

  afterAll(() => project.dispose())

  test('compiles, and loads the runtime first', () => {
    expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(project.read('out/main.js')).toMatch(head)
  })

  test('runs, hits, and reaches what its tags refer to', async () => {
    const { status, stdout, stderr } = await project.node(['out/main.js'])
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: prints })
    const lines = stderr.trimEnd().split('\n')
    expect(lines.filter((line) => line.startsWith('hit '))).not.toEqual([])
    if ('src/checks.ts' in files) {
      expect(lines).toContain('site demo.src.main.f f validate=positive valid=below {}')
      expect(lines).toContain('site demo.src.main.g g validate=undefined {}')
    }
  })
})

test.each(['commonjs', 'esnext'])('aliases of names in namespaces, which only tags use, to %s', async (module) => {
  const main = `import { Checks } from './namespaces'
import positive = Checks.positive
import Deeper = Checks.Inner
import below = Deeper.below
export import exported = Checks.positive
/** @deche validate=positive valid=below */
export const f = (x: number) => x
/** @deche validate=exported */
export const g = (x: number) => x
f(1) + g(1)
`
  const namespaces =
    'export namespace Checks { export function positive() { return true } export namespace Inner { export function below() { return true } } }\n'
  const options = { ...base, module, moduleResolution: 'bundler' }
  const from = module === 'esnext' ? './namespaces.js' : './namespaces'
  const project = new Project({
    package: { name: 'demo', type: module === 'esnext' ? 'module' : 'commonjs' },
    deche: stub(builtTransformer()),
    files: {
      'src/main.ts': main.replace('./namespaces', from),
      'src/namespaces.ts': namespaces,
      'tsconfig.json': { compilerOptions: options, include: ['src'] },
    },
  })
  try {
    expect(await project.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    const { stderr } = await project.node(['out/main.js'])
    expect(stderr).toContain('site demo.src.main.f f validate=positive valid=below {}')
    expect(stderr).toContain('site demo.src.main.g g validate=positive {}')
  } finally {
    await project.dispose()
  }
})

test('a path alias that another plugin resolves before is resolved for the tag too', async () => {
  const alias = `module.exports.default = (program, config, { ts }) => (context) => (file) => ts.visitEachChild(file, (node) =>
  ts.isImportDeclaration(node) && node.moduleSpecifier.text === '#checks'
    ? context.factory.updateImportDeclaration(node, node.modifiers, node.importClause, context.factory.createStringLiteral('./checks.js'), node.attributes)
    : node, context)`
  const main = `import { positive } from '#checks'\n/** @deche validate=positive */\nexport const f = (x: number) => x\nf(1)\n`
  const options = { ...base, module: 'esnext', moduleResolution: 'bundler', paths: { '#checks': ['./src/checks.ts'] } }
  const project = new Project({
    deche: stub(builtTransformer()),
    files: {
      'src/main.ts': main,
      'src/checks.ts': checks,
      'alias.cjs': alias,
      'tsconfig.json': {
        compilerOptions: { ...options, plugins: [{ transform: './alias.cjs' }, ...plugins] },
        include: ['src'],
      },
    },
  })
  try {
    expect(await project.tspc()).toEqual({ status: 0, stdout: '', stderr: '' })
    const { stderr } = await project.node(['out/main.js'])
    expect(stderr).toBe('site demo.src.main.f f validate=positive {}\n')
  } finally {
    await project.dispose()
  }
})
