import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** A fenced block of a page. */
export interface Block {
  /** `docs/keys.md:12`: its first line. */
  readonly place: string
  readonly page: string
  /** The line of its first line of text, from 1. */
  readonly line: number
  readonly language: string
  /** What the fence says behind the language: `fragment`, or the name of a file. */
  readonly info: string
  readonly text: string
  /** The heading it stands under. */
  readonly heading: string
}

export interface Page {
  /** From the repository's root: `docs/keys.md`. */
  readonly file: string
  readonly blocks: readonly Block[]
  readonly headings: readonly string[]
  /** `#anchor` of each heading, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>
  readonly links: readonly { readonly place: string; readonly target: string }[]
}

/** The pages that lead from an empty folder to a running program. */
const WALKS = ['README.md', 'docs/getting-started.md']

/** Whether the block is a file of its page's walk-through. */
export function isOfWalk({ page, info }: Block): boolean {
  return WALKS.includes(page) && /^[\w/-]+\.\w+$/.test(info)
}

/** README, CONTRIBUTING, CHANGELOG and the guide. */
export function readPages(): Page[] {
  const guide = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md'))
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...guide.sort().map((name) => `docs/${name}`)].map((file) =>
    readPage(file, readFileSync(join(repository, file), 'utf8')),
  )
}

export function readPage(file: string, text: string): Page {
  const blocks: Block[] = []
  const headings: string[] = []
  const links: { place: string; target: string }[] = []
  let open: { fence: string; language: string; info: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(`{3,})\s*(\S*)\s*(.*?)\s*$/.exec(line)
    if (open !== undefined) {
      if (line.trimEnd() !== open.fence) {
        open.lines.push(line)
        continue
      }
      const { language, info, lines } = open
      const heading = headings.at(-1) ?? ''
      const place = `${file}:${open.line}`
      blocks.push({ place, page: file, line: open.line, language, info, text: `${lines.join('\n')}\n`, heading })
      open = undefined
    } else if (fence) {
      open = { fence: fence[1] ?? '', language: fence[2] ?? '', info: fence[3] ?? '', line: index + 2, lines: [] }
    } else {
      const heading = /^#{1,6}\s+(.*?)\s*$/.exec(line)?.[1]
      if (heading !== undefined) headings.push(heading)
      for (const [, target = ''] of line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        links.push({ place: `${file}:${index + 1}`, target })
      }
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: this block has no end`)
  return { file, blocks, headings, anchors: new Set(anchorsOf(headings)), links }
}

/** Lower case, no punctuation, hyphens for spaces; a repeated one gets a number. */
function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return headings.map((heading) => {
    const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const anchor = shown
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}
