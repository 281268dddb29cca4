import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { analyse } from '../../transformer/analyse.js'
import type { Diagnostic, Range, Site } from '../../transformer/types.js'

const root = path.resolve(import.meta.dirname, '../..')

const GROUPS = {
  forms: 'Functions',
  nested: 'Nested functions and closures',
  generators: 'Generators',
  parameters: 'Parameters',
  bodies: 'Bodies',
  files: 'Files',
  refused: 'Refused, and what they clash with',
}

const HEAD = `# Which functions

What becomes of each form that a tag can stand in front of. This page is made from the fixtures of the transformer's tests: every
function below is compiled there, and those that are cached are run beside what they were before. The fixtures lie in
\`fixtures/\`, under the names in the first column.

A nested function's key holds what it captures. What the codes mean, and what to do, is on the page [Build errors and
warnings](diagnostics.md).
`

/** A row for each tagged function, in the order of the text. */
function rowsOf(group: string, name: string): string[] {
  const text = readFileSync(path.join(root, 'fixtures', group, name), 'utf8')
  const { sites, diagnostics } = analyse(text, { file: name, module: 'm' })
  const rows = [
    ...sites.map((site) => ({ range: site.nameRange, outcome: outcomeOf(site) })),
    ...diagnostics.map((diagnostic) => ({ range: diagnostic.range, outcome: refusalOf(diagnostic) })),
  ].sort((a, b) => a.range[0] - b.range[0])
  const title = name.replace(/\.\w+$/, '').replaceAll('-', ' ')
  return rows.map(
    ({ range, outcome }) => `| ${title} (\`${path.extname(name)}\`) | ${codeAt(text, range)} | ${outcome} |`,
  )
}

function outcomeOf({ captures, async, generator, attrs }: Site): string {
  const kind = generator ? (async ? ', item by item as they come' : ', item by item') : ''
  const held = [...attrs.map((attr) => `this.${attr}`), ...captures].map((name) => `\`${name}\``)
  return `cached${kind}${held.length > 0 ? `; its key holds ${held.join(', ')}` : ''}`
}

function refusalOf({ code, severity }: Diagnostic): string {
  return `${severity === 'error' ? 'refused' : 'warning'}: ${code}`
}

/** The line of a place, or of what follows a tag on a line of its own, as Markdown. */
function codeAt(text: string, [start]: Range): string {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const lines = text.slice(from).split(/\r?\n/, 3)
  const codes = lines.map((line) =>
    line
      .replace(/^\uFEFF/, '')
      .replace(/\/\*\*.*?\*\/ ?/g, '')
      .trim(),
  )
  const code = codes.find((each) => each !== '')
  if (code === undefined) return 'the end of the file'
  const short = code.length > 70 ? `${code.slice(0, 67)}…` : code
  return `\`\` ${short.replaceAll('|', '\\|')} \`\``
}

test('the guide lists what becomes of every form in the fixtures', async () => {
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const names = readdirSync(path.join(root, 'fixtures', group)).filter(
      (name) => !/\.(?:expected\.\w+|txt)$/.test(name),
    )
    const rows = names.flatMap((name) => rowsOf(group, name))
    expect(rows.length).toBeGreaterThan(0)
    return `## ${title}\n\n| form | in the fixture | outcome |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  await expect(`${HEAD}\n${sections.join('\n')}`).toMatchFileSnapshot(path.join(root, 'docs/forms.md'))
})
