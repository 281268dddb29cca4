import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtTransformer, compilers, type Outcome, Project } from '../helpers/project.js'
import { mappedIdentifiers, mappedTokens } from './source-maps.js'
import { decorated, decoratedLegacy, sources, stub, thrower } from './tspc-sources.js'

const setups = [
  {
    label: 'ES modules, nodenext, verbatimModuleSyntax, isolatedModules, decorators of the language',
    type: 'module',
    decorated,
    options: { target: 'es2022', module: 'nodenext', verbatimModuleSyntax: true, isolatedModules: true },
  },
  {
    label: 'CommonJS, target es2015, experimentalDecorators with metadata',
    type: 'commonjs',
    decorated: decoratedLegacy,
    options: {
      target: 'es2015',
      module: 'node16',
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      importHelpers: false,
    },
  },
] as const

interface Compiled {
  readonly project: Project
  /** Output directory by directory: what the compiler alone makes, what it makes with the plugin. */
  readonly plain: Record<string, string>
  readonly wrapped: Record<string, string>
  readonly outcomes: { readonly plain: Outcome; readonly wrapped: Outcome }
}

/** `line:column` of a word, both from 1. */
function place(source: string, word: string): string {
  const before = source.slice(0, source.indexOf(word)).split('\n')
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}

describe.each(setups)('$label', ({ type, options, decorated }) => {
  const compiled = new Map<string, Compiled>()
  const files = { ...sources, 'src/decorated.ts': decorated, 'src/thrower.ts': thrower }

  beforeAll(async () => {
    const all = compilers.map(async (compiler) => {
      const project = new Project({
        compiler,
        package: { name: 'demo', type },
        deche: stub(builtTransformer()),
        files: {
          ...files,
          'tsconfig.json': {
            compilerOptions: {
              ...options,
              strict: true,
              types: [],
              skipLibCheck: true,
              lib: ['es2023', 'esnext.disposable', 'decorators'],
              rootDir: 'src',
              outDir: 'wrapped',
              declaration: true,
              sourceMap: true,
              plugins: [{ transform: 'deche/transformer' }],
            },
            include: ['src'],
          },
        },
      })
      const [plain, wrapped] = await Promise.all([project.tsc('--outDir', 'plain'), project.tspc()])
      compiled.set(compiler.label, {
        project,
        plain: project.tree('plain'),
        wrapped: project.tree('wrapped'),
        outcomes: { plain, wrapped },
      })
    })
    await Promise.all(all)
  })

  afterAll(async () => {
    for (const { project } of compiled.values()) await project.dispose()
  })

  describe.each(compilers)('$label', ({ label }) => {
    const it = () => compiled.get(label) as Compiled

    test('compiles without an error, and with no warning but of two results', () => {
      const { plain, wrapped } = it().outcomes
      expect(plain).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(wrapped).toMatchObject({ status: 0, stderr: '' })
      expect(wrapped.stdout.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^src\/forms\.ts.*: warning .* result is a function, .* curried /),
        expect.stringMatching(/^src\/forms\.ts.*: warning .* empty returns nothing/),
      ])
    })

    test('wraps every tagged function and no other', () => {
      const calls = (text: string) => text.match(/\$deche\.run(?:Async)?\)?\(\$d\d+,/g)?.length ?? 0
      const tags = (text: string) => text.match(/@deche/g)?.length ?? 0
      for (const [file, text] of Object.entries(files)) {
        const output = it().wrapped[file.replace('src/', '').replace('.ts', '.js')] ?? ''
        expect([file, calls(output)]).toEqual([file, tags(text)])
      }
    })

    test('declarations are byte for byte those of the compiler alone', () => {
      const declarations = (tree: Record<string, string>) =>
        Object.fromEntries(Object.entries(tree).filter(([file]) => file.endsWith('.d.ts')))
      expect(Object.keys(declarations(it().plain))).toHaveLength(Object.keys(files).length)
      expect(declarations(it().wrapped)).toEqual(declarations(it().plain))
    })

    test('a file without tags is emitted as it would be', () => {
      for (const file of ['checks.js', 'checks.js.map', 'main.js', 'main.js.map'])
        expect(it().wrapped[file]).toBe(it().plain[file])
    })

    test('source maps place every identifier where the compiler alone places it, and nothing of ours', () => {
      for (const [file, source] of Object.entries(files)) {
        const name = file.replace('src/', '').replace('.ts', '.js')
        const tokens = (tree: Record<string, string>) =>
          mappedIdentifiers(source, tree[name] ?? '', tree[`${name}.map`] ?? '')
        const plain = tokens(it().plain)
        expect(plain.size).toBeGreaterThan(0)
        expect(Object.fromEntries(tokens(it().wrapped))).toEqual(Object.fromEntries(plain))
        const ours = mappedTokens(it().wrapped[name] ?? '', it().wrapped[`${name}.map`] ?? '', /\$deche/)
        expect(ours).toEqual([])
      }
    })

    test('prints what the untagged program prints, the second round from the cache', async () => {
      const { project } = it()
      const [plain, wrapped] = await Promise.all([project.node(['plain/main.js']), project.node(['wrapped/main.js'])])
      expect(plain).toMatchObject({ status: 0, stderr: '' })
      expect(wrapped.status).toBe(0)
      expect(JSON.parse(wrapped.stdout)).toEqual(JSON.parse(plain.stdout))
      const named = (kind: string) =>
        new Set(Array.from(wrapped.stderr.matchAll(new RegExp(`^${kind} (\\S+)`, 'gm')), ([, id]) => id))
      const [sites, hits] = [named('site'), named('hit')]
      expect(sites.size).toBe(29)
      expect([...sites].filter((id) => !hits.has(id))).toEqual(['demo.src.forms.fails'])
      // Modules of a cycle run in another order as ES modules than as CommonJS.
      const described = wrapped.stderr
        .match(/^site .*$/gm)
        ?.sort()
        .join('\n')
      await expect(`${described}\n`).toMatchFileSnapshot('./tspc-sites.txt')
    })

    test('an uncaught error points at the lines and columns of the source', async () => {
      const { project } = it()
      const frames = async (directory: string) => {
        const { stderr } = await project.node(['--enable-source-maps', `${directory}/thrower.js`])
        return stderr.match(/src\/\w+\.ts:\d+:\d+/g) ?? []
      }
      const [plain, wrapped] = await Promise.all([frames('plain'), frames('wrapped')])
      expect(wrapped[0]).toBe(`src/forms.ts:${place(sources['src/forms.ts'], 'new RangeError')}`)
      expect(plain).toHaveLength(2)
      expect([wrapped.at(0), wrapped.at(-1)]).toEqual(plain)
    })
  })

  test('both compilers emit the same bytes', () => {
    const [first, second] = compilers.map(({ label }) => compiled.get(label) as Compiled)
    expect(first?.plain).toEqual(second?.plain)
    expect(first?.wrapped).toEqual(second?.wrapped)
  })
})
