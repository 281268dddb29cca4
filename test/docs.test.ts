import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import TypeScript from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPTIONS } from '../runtime/config/options.js'
import { Cache, cached } from '../runtime/index.js'
import { WARNINGS } from '../runtime/warn.js'
import { analyse } from '../transformer/analyse.js'
import { DIAGNOSTIC_CODES } from '../transformer/diagnostics.js'
import {
  buildWarningsOf,
  Examples,
  expectedBuildWarnings,
  expectedOutput,
  expectedWarnings,
  warningsOf,
} from './helpers/examples.js'
import { type Block, isOfWalk, readPages, repository } from './helpers/markdown.js'
import { temporaryDirectory } from './helpers/temporary.js'
import { Memory } from './transformer/type-harness.js'

/**
 * Examples of the guide by what the fence says behind `ts`: nothing, a program of its own; `fragment`, a piece of one;
 * `refused`, something the build refuses or warns of; a file name, a file of the page's walk-through (walk-through.test.ts).
 */
const pages = readPages()
const blocks = pages.flatMap((page) => page.blocks)
const examples = blocks.filter(({ language, info }) => language === 'ts' && info === '')
const fragments = blocks.filter(({ language, info }) => language === 'ts' && info === 'fragment')
const refused = blocks.filter(({ info }) => info === 'refused')
const byPlace = (list: readonly Block[]) => list.map((block) => [block.place, block] as const)

describe.concurrent('examples of the guide', () => {
  let programs: Examples
  let compiled: Promise<{ status: number | null; stdout: string }>
  beforeAll(() => {
    programs = new Examples(examples)
    compiled = programs.compile()
  })
  afterAll(async () => {
    await compiled
    await programs.dispose()
  })

  test('compile with tspc under a strict type check, with no warning but those that they tell of', async () => {
    const { status, stdout } = await compiled
    expect(buildWarningsOf(stdout).sort()).toEqual(examples.flatMap(expectedBuildWarnings).sort())
    expect(status).toBe(0)
  })

  test.for(byPlace(examples))('%s prints what it says', async ([, block]) => {
    await compiled
    const { status, stdout, stderr } = await oneOfTwo(() => programs.run(block))
    expect(warningsOf(stderr)).toEqual(expectedWarnings(block))
    expect(status).toBe(0)
    const shown = expectedOutput(block)
    if (shown.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(shown)
  })
})

describe('examples that are no programs', () => {
  test('fragments are few, and the test says how many there are', () => {
    console.log(
      `docs: ${examples.length} examples run, ${refused.length} refused ones checked, ${fragments.length} fragments not run`,
    )
    expect(fragments.length).toBeLessThanOrEqual(6)
  })

  test('no fence says what no test knows', () => {
    const known = new Set([...examples, ...fragments, ...refused])
    const isText = ({ language, info }: Block) =>
      ['', 'js', 'json', 'py', 'sh', 'text'].includes(language) && info === ''
    // The test of the recipes compares them with the files.
    const isFile = ({ info }: Block) => info.startsWith('examples/')
    const others = blocks.filter((block) => !known.has(block) && !isText(block) && !isFile(block) && !isOfWalk(block))
    expect(others.map(({ place, language, info }) => `${place}: ${language} ${info}`)).toEqual([])
  })

  test.for(byPlace(fragments))('%s is TypeScript', ([, block]) => {
    const { diagnostics } = analyse(block.text, { file: 'fragment.ts', module: 'demo.fragment' })
    expect(diagnostics).toEqual([])
  })

  test.for(byPlace(refused))('%s is refused as it says', ([, block]) => {
    const file = `main.${block.language}`
    const { diagnostics: fromText } = analyse(block.text, { file, module: 'demo.src.main' })
    const diagnostics = [...fromText, ...(block.heading.startsWith('DECHE107') ? fromTypes(block) : [])]
    expect(diagnostics.map(({ message, fix }) => `${message}. ${fix}`)).toEqual(expectedOutput(block))
    const codes = new Set(diagnostics.map(({ code }) => code))
    expect([...codes]).toEqual([/^DECHE\d{4}/.exec(block.heading)?.[0]])
  })
})

function fromTypes({ text }: Block) {
  const memory = new Memory(TypeScript, { 'main.ts': text })
  expect(memory.errors('main.ts')).toEqual([])
  return memory.warnings('main.ts')
}

describe('links', () => {
  const anchors = new Map(pages.map((page) => [page.file, page.anchors]))
  const links = pages.flatMap((page) =>
    page.links.filter(({ target }) => !/^[a-z]+:/.test(target)).map((link) => ({ ...link, page })),
  )

  test.for(links.map((link) => [`${link.place} → ${link.target}`, link] as const))('%s', ([, { target, page }]) => {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page.file : posix.join(dirname(page.file), path)
    expect(existsSync(join(repository, file))).toBe(true)
    if (anchor !== undefined) expect(anchors.get(file)).toContain(anchor)
  })

  test('the index names every page of the guide', () => {
    const index = pages.find(({ file }) => file === 'docs/README.md')
    const named = index?.links.map(({ target }) => `docs/${target.split('#')[0]}`)
    const guide = pages.map(({ file }) => file).filter((file) => file.startsWith('docs/') && file !== 'docs/README.md')
    expect(guide.filter((file) => !named?.includes(file))).toEqual([])
  })
})

describe('commands', () => {
  const {
    scripts,
    bin,
  }: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
  const lines = pages
    .filter(({ file }) => !file.startsWith('docs/'))
    .flatMap((page) => page.blocks)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ place, text }) => text.split('\n').map((line) => ({ place, line })))

  const recipe = (file: string, command: string) =>
    blocks.find(({ page, language, text }) => page === file && language === 'sh' && text.includes(command))?.text ?? ''
  const shell = (text: string, cwd: string, key = '') =>
    execFileSync('sh', ['-c', text], { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, key } }).split(' ')[0]

  test('the recipe of keys.md makes the key that its first example prints', () => {
    const [first] = examples.filter(({ page }) => page === 'docs/keys.md').flatMap(expectedOutput)
    expect(shell(recipe('docs/keys.md', 'sha256sum'), repository)).toBe(first)
  })

  test('the recipe of on-disk.md makes the checksum in the header', () => {
    const prefix = temporaryDirectory()
    const inc = new Cache({ prefix }).wrap((y: number) => y + 1, { name: 'demo.inc', params: ['y'] })
    inc(1)
    const key = cached(inc).tokenize(1)
    const [header = ''] = readFileSync(join(prefix, 'demo.inc', key), 'utf8').split('\n')
    const sum = shell(recipe('docs/on-disk.md', 'sha256sum'), join(prefix, 'demo.inc'), key)
    expect(JSON.parse(header)).toMatchObject({ sum })
  })

  test('npm scripts that the README and CONTRIBUTING name exist', () => {
    const named = lines.flatMap(({ place, line }) =>
      Array.from(line.matchAll(/\bnpm (?:run ([\w:-]+)|(test))\b/g), ([, script, test]) => ({
        place,
        script: script ?? test ?? '',
      })),
    )
    expect(named.length).toBeGreaterThan(1)
    expect(named.filter(({ script }) => !Object.hasOwn(scripts ?? {}, script))).toEqual([])
  })

  test('npx finds what they run', () => {
    const named = lines.flatMap(({ place, line }) =>
      Array.from(line.matchAll(/\bnpx ([\w-]+)/g), ([, command = '']) => ({ place, command })),
    )
    const isThere = (command: string) =>
      Object.hasOwn(bin ?? {}, command) || existsSync(join(repository, 'node_modules/.bin', command))
    expect(named.filter(({ command }) => !isThere(command))).toEqual([])
  })
})

describe('tables that the guide repeats', () => {
  const codesIn = (file: string, pattern: RegExp) =>
    new Set(
      pages
        .find((page) => page.file === file)
        ?.headings.flatMap((heading) => Array.from(heading.matchAll(pattern), ([code]) => code)),
    )

  test('diagnostics.md has a section for every diagnostic of the transformer, and no other', () => {
    const sections = codesIn('docs/diagnostics.md', /DECHE\d{4}/g)
    expect([...sections].sort()).toEqual(Object.values(DIAGNOSTIC_CODES).sort())
  })

  test('every diagnostic that needs one file alone has an example', () => {
    const shown = new Set(refused.map(({ heading }) => /^DECHE\d{4}/.exec(heading)?.[0]))
    const missing = Object.values(DIAGNOSTIC_CODES).filter((code) => !shown.has(code))
    // Two files, a module format, another plugin, another compiler, stored entries, imports, what was built, files of a megabyte: they have tests of their own.
    const elsewhere = [
      'DECHE1035',
      'DECHE1040',
      'DECHE1041',
      'DECHE1042',
      'DECHE1043',
      'DECHE1044',
      'DECHE1045',
      'DECHE1080',
      'DECHE1081',
      'DECHE1090',
      'DECHE1091',
    ]
    expect(missing.sort()).toEqual(elsewhere)
  })

  test('troubleshooting.md has a section for every error and every warning of the runtime, and no other', () => {
    const errors = readFileSync(join(repository, 'runtime/errors.ts'), 'utf8').match(/DECHE2\d{3}/g) ?? []
    const sections = codesIn('docs/troubleshooting.md', /DECHE\d{4}/g)
    expect([...sections].sort()).toEqual([...new Set(errors), ...Object.keys(WARNINGS)].sort())
  })

  test('options.md has a section for every option', () => {
    const sections = pages.find(({ file }) => file === 'docs/options.md')?.headings.flatMap((each) => each.split(', '))
    expect(Object.keys(OPTIONS).filter((option) => !sections?.includes(option))).toEqual([])
  })

  test('the README names every option of tags that works', () => {
    const readme = readFileSync(join(repository, 'README.md'), 'utf8')
    const working = Object.entries(OPTIONS).filter(([, { allowed }]) => allowed !== 'cache')
    expect(
      working
        .map(([option]) => option)
        .filter((option) => !readme.includes(`docs/options.md#${option.toLowerCase()})`)),
    ).toEqual([])
  })
})

let running = 0
const waiting: (() => void)[] = []

/** Processes two at a time: more would only take turns on a small machine. */
async function oneOfTwo<T>(work: () => Promise<T>): Promise<T> {
  if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}
